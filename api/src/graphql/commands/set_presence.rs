//! `setPresence`: its input, its payload and its resolver.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};

use super::carry_out;
use super::input::terms;
use crate::graphql::errors::CommandError;
use crate::graphql::scalars::Cursor;
use domain::Command;
use domain::Presence;

/// Your new presence.
#[derive(InputObject)]
pub struct SetPresenceInput {
    /// Any but INACTIVE.
    presence: Presence,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// What came of setting a presence.
#[derive(SimpleObject)]
pub struct SetPresencePayload {
    /// Your presence now; null when refused.
    presence: Option<Presence>,
    /// Where in the event log this is. Null when refused.
    as_of: Option<Cursor>,
    /// Why it was refused; empty when it was done.
    errors: Vec<CommandError>,
}

#[derive(Default)]
pub(super) struct SetPresenceMutation;

#[Object]
impl SetPresenceMutation {
    /// Set your own presence. Setting OFFLINE or AWAY moves no conversation. For agents, supervisors
    /// and administrators.
    ///
    /// An agent who was connected, by at least one WebSocket or subscription as an event stream, and
    /// then had none for 150 seconds (the operator's setting), becomes OFFLINE, and what they had ACTIVE
    /// and accepted goes back to its queue. Opening a stream again within that time keeps everything;
    /// so does this mutation, also without a stream and with the presence that you have: whoever
    /// opened none since setting it last is never taken for disconnected.
    async fn set_presence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Your new presence.")] input: SetPresenceInput,
    ) -> Result<SetPresencePayload> {
        let terms = terms("setPresence", None, None, input.idempotency_key.as_ref());
        let command = Command::SetPresence(input.presence);
        let done = carry_out(ctx, None, terms.map(|terms| (command, terms))).await?;
        Ok(SetPresencePayload {
            presence: done.outcome.presence,
            as_of: done.as_of,
            errors: done.errors,
        })
    }
}
