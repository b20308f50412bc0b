//! `endByCustomer`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::{Act, Action};

conversation_inputs! {
    /// Which contact the customer ended.
    EndByCustomerInput {}
}

payloads! {
    /// What came of the customer's end.
    EndByCustomerPayload {}
}

#[derive(Default)]
pub(super) struct EndByCustomerMutation;

#[Object]
impl EndByCustomerMutation {
    /// The customer ended the contact: a running conversation comes to WRAP_UP, one that nobody
    /// handles (OPEN, offered, WAITING) is CLOSED.
    async fn end_by_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contact the customer ended.")] input: EndByCustomerInput,
    ) -> Result<EndByCustomerPayload> {
        Ok(act(ctx, Action::EndByCustomer, &input, |_| {
            Ok(Act::EndByCustomer)
        })
        .await?
        .into())
    }
}
