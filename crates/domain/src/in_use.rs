//! What still uses an agent, a queue or a workstream, or belongs to a customer: why it cannot go.
//!
//! Only what is ongoing counts, and membership. Closed conversations and the log go on referring to what
//! was deleted, which is why deleting keeps the row.

use std::sync::Arc;

use super::world::Key;
use super::{AgentId, Conversation, CustomerId, Draft, QueueId, Refusal, WorkstreamId};

/// How many conversations and members a refusal names.
pub const NAMED: usize = 10;

/// What uses something.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InUse {
    /// How many ongoing conversations.
    pub conversation_count: usize,
    /// The oldest of them.
    pub conversations: Vec<Arc<Conversation>>,
    /// How many offers and transfer requests among them wait for the agent's answer.
    pub offer_count: usize,
    /// How many agents are members.
    pub member_count: usize,
    /// The oldest of them.
    pub members: Vec<AgentId>,
}

impl InUse {
    /// The ongoing conversations that an agent has, is offered or advises.
    pub fn of_agent(draft: &Draft<'_>, agent: AgentId) -> Self {
        let offered = |c: &Conversation| c.offer.as_ref().is_some_and(|offer| offer.agent == agent);
        let mut offers = 0;
        let theirs = draft.concerning(Key::Agent(agent));
        let used = Self::by(theirs.inspect(|c| offers += usize::from(offered(c))));
        Self {
            offer_count: offers,
            ..used
        }
    }

    /// The ongoing conversations in a queue, and its members.
    pub fn of_queue(draft: &Draft<'_>, queue: QueueId) -> Self {
        let members = draft.members_of(queue);
        let mut members: Vec<AgentId> = members.map(|agent| agent.id).collect();
        let member_count = members.len();
        members.sort_unstable();
        members.truncate(NAMED);
        Self {
            member_count,
            members,
            ..Self::by(draft.concerning(Key::Queue(queue)))
        }
    }

    /// The ongoing conversations of a workstream.
    pub fn of_workstream(draft: &Draft<'_>, workstream: WorkstreamId) -> Self {
        Self::by(draft.concerning(Key::Workstream(workstream)))
    }

    /// The ongoing conversations of a customer.
    pub fn of_customer(draft: &Draft<'_>, customer: CustomerId) -> Self {
        Self::by(draft.of_customer(customer))
    }

    /// Nothing, or the refusal that names what it is.
    pub fn none(self) -> Result<(), Refusal> {
        if self.conversation_count == 0 && self.member_count == 0 {
            Ok(())
        } else {
            Err(Refusal::ResourceInUse(Box::new(self)))
        }
    }

    /// In words.
    pub fn described(&self) -> String {
        let some = |count: usize, one: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            many => Some(format!("{many} {one}s")),
        };
        let parts = [
            some(self.conversation_count, "ongoing conversation"),
            some(self.member_count, "member"),
        ];
        parts
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" and ")
    }

    fn by<'a>(conversations: impl Iterator<Item = &'a Arc<Conversation>>) -> Self {
        let mut conversations: Vec<_> = conversations.collect();
        let conversation_count = conversations.len();
        conversations.sort_unstable_by_key(|conversation| conversation.id);
        conversations.truncate(NAMED);
        Self {
            conversation_count,
            conversations: conversations.into_iter().cloned().collect(),
            ..Self::default()
        }
    }
}
