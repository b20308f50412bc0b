//! Which conversations, closed ones included, a viewer finds by a search or by their id (domain.md section 11).
//!
//! [`Reach`] is the rule as data: the database's queries are built from it, and [`Reach::has`] asks the same of one
//! conversation. It goes beyond [`sees`](super::sees) in one thing: agents find the headers of closed conversations that
//! they were primary agent of at any time. The transcript, and every fact that is not for everybody, stay with
//! `sees`.

use std::collections::BTreeSet;

use crate::{Access, Agent, AgentId, Channel, Conversation, QueueId, Role, Scope, Source};

/// What a viewer finds among all conversations: what any of their roles finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Every conversation: of an administrator, and of a supervisor of every queue.
    pub everything: bool,
    /// What is or ended in one of these queues: a supervisor's.
    pub queues: BTreeSet<QueueId>,
    /// What takes place on one of these channels and is of its source, or of none: a gateway's.
    pub channels: BTreeSet<Channel>,
    /// That source.
    pub source: Option<Source>,
    /// What this agent handles, and what is closed and this agent handled at any time.
    pub primary: Option<AgentId>,
}

impl Reach {
    /// Of a viewer with this access; `agent` is the viewer's own agent row.
    pub fn of(access: &Access, agent: Option<&Agent>) -> Self {
        let mut reach = Self {
            everything: access.has_role(Role::Administrator),
            ..Self::default()
        };
        if access.has_role(Role::Supervisor) {
            match access.queues() {
                Scope::All => reach.everything = true,
                Scope::Only(queues) => reach.queues.clone_from(queues),
            }
        }
        if access.has_role(Role::CustomerGateway) {
            let channels = Channel::ALL.iter().copied();
            let own = channels.filter(|channel| access.channels().contains(channel));
            reach.channels = own.collect();
            reach.source = access.source().cloned();
        }
        if access.has_role(Role::Agent) {
            reach.primary = agent.map(|agent| agent.id);
        }
        reach
    }

    fn carries(&self, conversation: &Conversation) -> bool {
        let source = conversation.source.as_ref();
        self.channels.contains(&conversation.channel)
            && source.is_none_or(|source| self.source.as_ref() == Some(source))
    }

    /// Whether it has this conversation. `handled` says whether an agent was its primary agent at any time.
    pub fn has(&self, conversation: &Conversation, handled: impl FnOnce(AgentId) -> bool) -> bool {
        let by_agent = |agent| {
            conversation.primary_agent() == Some(agent)
                || (!conversation.is_ongoing() && handled(agent))
        };
        self.everything
            || self.queues.contains(&conversation.queue)
            || self.carries(conversation)
            || self.primary.is_some_and(by_agent)
    }
}
