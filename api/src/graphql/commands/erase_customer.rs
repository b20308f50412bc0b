//! `eraseCustomer`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::customers::{CustomerKeyInput, named};
use super::manage;
use crate::graphql::errors::CommandError;
use crate::graphql::scalars::Cursor;
use domain::{AuditedAction, Manage, commands};

/// Whose data to erase.
#[derive(InputObject)]
pub struct EraseCustomerInput {
    /// The customer (`cust_…`): `customer { id }` of any conversation of theirs, or an id that was merged into theirs. Give
    /// this or `customerKey`.
    customer_id: Option<ID>,
    /// The customer by a gateway's key. A repeat finds nobody by it, since the key goes as well.
    customer_key: Option<CustomerKeyInput>,
    /// Why, in your words; kept in the audit trail, and never erased: name the request, not the customer.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// What came of erasing.
#[derive(SimpleObject)]
pub struct EraseCustomerPayload {
    /// The customer's id, which stays; null when refused.
    customer_id: Option<ID>,
    /// When their data were erased: now, or the first time; null when refused.
    erased_at: Option<DateTime<Utc>>,
    /// Where in the event log this is. Erasing is no event, so nothing follows from it. Null when refused.
    as_of: Option<Cursor>,
    /// Why it was refused; empty when it was done.
    errors: Vec<CommandError>,
}

impl From<super::Done> for EraseCustomerPayload {
    fn from(done: super::Done) -> Self {
        let (customer, at) = done.outcome.erased.unzip();
        Self {
            customer_id: customer.map(|id| ID(id.to_string())),
            erased_at: at,
            as_of: done.as_of,
            errors: done.errors,
        }
    }
}

#[derive(Default)]
pub(super) struct EraseCustomerMutation;

#[Object]
impl EraseCustomerMutation {
    /// Erase a customer's data for good, under every id that was merged into theirs too: the name, the gateway's keys, and of all their conversations the subject, the
    /// attributes, notes, comments and the text of every message, whoever wrote it, since others may quote. Conversations, messages, figures, the event log
    /// and the audit trail stay, without words. The same key makes a new customer from now on. Refused with
    /// RESOURCE_IN_USE while the customer has an ongoing conversation, and with TARGET_NOT_FOUND when there is no
    /// such customer; a repeat does nothing. For administrators.
    async fn erase_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose data to erase.")] input: EraseCustomerInput,
    ) -> Result<EraseCustomerPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::EraseCustomer, reason, key, || {
            let named = named(
                input.customer_id.as_ref(),
                input.customer_key.as_ref(),
                None,
            )?;
            Ok(Manage::EraseCustomer(commands::EraseCustomer(named)))
        })
        .await
    }
}
