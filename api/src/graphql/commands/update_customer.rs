//! `updateCustomer`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::carry_out_for;
use super::customers::{CustomerKeyInput, named};
use super::input::{LONGEST_NAME, text_to_cut};
use crate::graphql::context::Request;
use crate::graphql::errors::CommandError;
use crate::graphql::scalars::Cursor;
use crate::graphql::types::customer::Customer;
use domain::commands::UpdateCustomer;
use domain::fold;
use domain::{AuditedAction, Command, Refusal, Role, Viewer};

/// A customer's name.
#[derive(InputObject)]
pub struct UpdateCustomerInput {
    /// The customer (`cust_…`), also by an id that was merged into theirs. Give this or `customerKey`.
    customer_id: Option<ID>,
    /// The customer by a gateway's key; of a gateway its own.
    customer_key: Option<CustomerKeyInput>,
    /// The name from now on. What is longer than 200 characters is cut.
    name: String,
    /// Why, in your words, up to 500 characters; kept in the audit trail where an administrator asks.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// What came of naming a customer.
#[derive(SimpleObject)]
pub struct UpdateCustomerPayload {
    /// The customer as they are now; null when refused.
    customer: Option<Customer>,
    /// Where in the event log this is. Null when refused.
    as_of: Option<Cursor>,
    /// Why it was refused; empty when it was done.
    errors: Vec<CommandError>,
}

impl From<super::Done> for UpdateCustomerPayload {
    fn from(done: super::Done) -> Self {
        Self {
            customer: done.outcome.customer.map(Customer::by_id),
            as_of: done.as_of,
            errors: done.errors,
        }
    }
}

/// What is asked, for the audit.
const ASKED: AuditedAction = AuditedAction::UpdateCustomer;

#[derive(Default)]
pub(super) struct UpdateCustomerMutation;

#[Object]
impl UpdateCustomerMutation {
    /// Give a customer another name, at any time: it is shown, and found by searches, wherever the customer is, ongoing
    /// conversations and closed ones. The same name again changes nothing. For gateways, customers of their own source, and
    /// for administrators. Refused with TARGET_NOT_FOUND when there is no such customer, and when their data were erased.
    async fn update_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A customer's name.")] input: UpdateCustomerInput,
    ) -> Result<UpdateCustomerPayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        let viewer = ctx.viewer()?;
        let parse = || Ok(Command::UpdateCustomer(update(&input, viewer)?));
        Ok(carry_out_for(ctx, ASKED, reason, key, parse).await?.into())
    }
}

fn update(input: &UpdateCustomerInput, viewer: &Viewer) -> Result<UpdateCustomer, Refusal> {
    // An administrator names the source, whatever else they are.
    let gateway = (!viewer.has_role(Role::Administrator)).then_some(viewer);
    let customer = named(
        input.customer_id.as_ref(),
        input.customer_key.as_ref(),
        gateway,
    )?;
    let given = text_to_cut("name", &input.name)?;
    let name = fold::name(&given, LONGEST_NAME).ok_or_else(|| Refusal::InvalidInput {
        path: "name",
        problem: "give a name that is not all blank".to_owned(),
    })?;
    Ok(UpdateCustomer { customer, name })
}
