//! `mergeCustomers`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::input::id;
use super::manage;
use crate::graphql::errors::CommandError;
use crate::graphql::scalars::Cursor;
use crate::graphql::types::customer::Customer;
use domain::{AuditedAction, Manage, commands};

/// Which two customers are one.
#[derive(InputObject)]
pub struct MergeCustomersInput {
    /// The customer whose id becomes another name (`cust_…`); not one who was merged before.
    merged_id: ID,
    /// The customer who stays (`cust_…`), also by an id that was merged into theirs.
    surviving_id: ID,
    /// Why, in your words, up to 500 characters; kept in the audit trail, and never erased: name the reason, not the customer.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// What came of merging.
#[derive(SimpleObject)]
pub struct MergeCustomersPayload {
    /// The customer who stays; null when refused.
    customer: Option<Customer>,
    /// Where in the event log this is. Null when refused.
    as_of: Option<Cursor>,
    /// Why it was refused; empty when it was done.
    errors: Vec<CommandError>,
}

impl From<super::Done> for MergeCustomersPayload {
    fn from(done: super::Done) -> Self {
        Self {
            customer: done.outcome.customer.map(Customer::by_id),
            as_of: done.as_of,
            errors: done.errors,
        }
    }
}

#[derive(Default)]
pub(super) struct MergeCustomersMutation;

#[Object]
impl MergeCustomersMutation {
    /// Two customers are one from now on. This is final. The merged id becomes another name of the surviving customer: their
    /// keys find the survivor, filters by either id find the conversations of both, and erasing the one erases
    /// the other. The survivor's name stays, and the other's goes. No conversation changes: each shows the survivor as its
    /// customer. Refused with INVALID_INPUT where both are one customer already, or the merged one was merged before, and with
    /// TARGET_NOT_FOUND when one of them is not there, or their data were erased. For administrators.
    async fn merge_customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which two customers are one.")] input: MergeCustomersInput,
    ) -> Result<MergeCustomersPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        manage(ctx, AuditedAction::MergeCustomers, reason, key, || {
            Ok(Manage::MergeCustomers(commands::MergeCustomers {
                merged: id("mergedId", &input.merged_id)?,
                surviving: id("survivingId", &input.surviving_id)?,
            }))
        })
        .await
    }
}
