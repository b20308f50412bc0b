//! `setPresence`: its input, its payload and its resolver.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::input::{id, terms};
use super::{carry_out, carry_out_for};
use crate::graphql::errors::CommandError;
use crate::graphql::scalars::Cursor;
use domain::commands::SetPresenceOf;
use domain::{AuditedAction, Command, Presence};

/// Your new presence, or that of an agent of yours.
#[derive(InputObject)]
pub struct SetPresenceInput {
    /// Any but INACTIVE.
    presence: Presence,
    /// Whose (`agent_…`), for supervisors: a person with a queue in your scope, not you. Left out: your own.
    agent_id: Option<ID>,
    /// Why, in your words, up to 500 characters; kept in the audit trail. Of an agent's presence only.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// What came of setting a presence.
#[derive(SimpleObject)]
pub struct SetPresencePayload {
    /// The presence now; null when refused.
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
    /// and administrators. With `agentId` a supervisor sets that of an agent who has a queue in their scope, which needs
    /// `supervisorManageAgents` and `agent:manage`; `drainAgent` moves their work as well.
    ///
    /// An agent who was connected, by at least one WebSocket or subscription as an event stream, and
    /// then had none for 150 seconds (the operator's setting), becomes OFFLINE, and what they had ACTIVE
    /// and accepted goes back to its queue. Opening a stream again within that time keeps everything;
    /// so does this mutation, also without a stream and with the presence that you have: whoever
    /// opened none since setting it last is never taken for disconnected.
    async fn set_presence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which presence, and whose.")] input: SetPresenceInput,
    ) -> Result<SetPresencePayload> {
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        let presence = input.presence;
        let done = if let Some(agent) = &input.agent_id {
            let asked = AuditedAction::SetPresence;
            let parse = || {
                let agent = id("agentId", agent)?;
                Ok(Command::SetPresenceOf(SetPresenceOf { agent, presence }))
            };
            carry_out_for(ctx, asked, reason, key, parse).await?
        } else {
            let terms = terms("setPresence", None, reason, key);
            let command = Command::SetPresence(presence);
            carry_out(ctx, None, terms.map(|terms| (command, terms))).await?
        };
        Ok(SetPresencePayload {
            presence: done.outcome.presence,
            as_of: done.as_of,
            errors: done.errors,
        })
    }
}
