//! `notifyAgents`: its input, its payload and its resolver.

use std::collections::HashSet;

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};

use super::carry_out_for;
use super::input::{id, text};
use crate::graphql::context::Request;
use crate::graphql::errors::CommandError;
use crate::graphql::scalars::Cursor;
use domain::commands::notify_agents::MOST_AGENTS;
use domain::commands::{Notified, NotifyAgents};
use domain::{AgentId, AgentNoticeId, AuditedAction, Command, Refusal};

/// The longest text of a notice, in characters.
const LONGEST_TEXT: usize = 1_000;

/// Whom to notify: exactly one of these.
#[derive(OneofObject)]
pub enum NotifyRecipients {
    /// These agents (`agent_…`): 1 to 500, each once; people with a queue in your scope, not you.
    AgentIds(Vec<ID>),
    /// The people who are members of this queue (`queue_…`) of your scope, but for you.
    QueueId(ID),
}

/// What to tell whom.
#[derive(InputObject)]
pub struct NotifyAgentsInput {
    /// Whom.
    to: NotifyRecipients,
    /// What they are told: 1 to 1,000 characters.
    text: String,
    /// Why, in your words, up to 500 characters; kept in the audit trail, and not told.
    reason: Option<String>,
    /// Makes it safe to repeat; 1 to 128 characters, kept for 24 hours.
    idempotency_key: Option<String>,
}

/// What came of notifying agents.
#[derive(SimpleObject)]
pub struct NotifyAgentsPayload {
    /// The notice's id (`notice_…`); null when refused.
    notice_id: Option<ID>,
    /// How many agents are told: 0 where the queue has no other people. Null when refused.
    notified: Option<u32>,
    /// Where in the event log this is. Null when refused.
    as_of: Option<Cursor>,
    /// Why it was refused: nobody is told then. Empty when it was done.
    errors: Vec<CommandError>,
}

#[derive(Default)]
pub(super) struct NotifyAgentsMutation;

#[Object]
impl NotifyAgentsMutation {
    /// Tell agents something: each gets it by `notifications` as an AgentsNotifiedNotice that says by whom, also when they
    /// come back within seven days and resume from their cursor; then its text is deleted. `eraseCustomer` does not look into it:
    /// write nothing of a customer's person. All of them are told or, where one of them may not be, nobody. Needs `supervisorManageAgents` and `agent:manage`. For supervisors.
    async fn notify_agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to tell whom.")] input: NotifyAgentsInput,
    ) -> Result<NotifyAgentsPayload> {
        let notice = AgentNoticeId::new(ctx.app()?.clock.now());
        let (reason, key) = (input.reason.as_ref(), input.idempotency_key.as_ref());
        let parse = || {
            Ok(Command::NotifyAgents(NotifyAgents {
                id: notice,
                to: recipients(&input.to)?,
                text: text("text", &input.text, LONGEST_TEXT)?,
            }))
        };
        let done = carry_out_for(ctx, AuditedAction::NotifyAgents, reason, key, parse).await?;
        let notice = done.outcome.notice;
        Ok(NotifyAgentsPayload {
            notice_id: notice.map(|id| ID(id.to_string())),
            notified: notice.map(|_| done.outcome.notified),
            as_of: done.as_of,
            errors: done.errors,
        })
    }
}

fn recipients(to: &NotifyRecipients) -> Result<Notified, Refusal> {
    let path = "to.agentIds";
    let given = match to {
        NotifyRecipients::QueueId(queue) => return Ok(Notified::Queue(id("to.queueId", queue)?)),
        NotifyRecipients::AgentIds(given) => given,
    };
    let agents = given.iter().map(|agent| id(path, agent));
    let agents = agents.collect::<Result<Vec<AgentId>, _>>()?;
    let different: HashSet<_> = agents.iter().collect();
    if agents.is_empty() || agents.len() > MOST_AGENTS || different.len() < agents.len() {
        let problem = format!("name 1 to {MOST_AGENTS} agents, each once");
        return Err(Refusal::InvalidInput { path, problem });
    }
    Ok(Notified::Agents(agents))
}
