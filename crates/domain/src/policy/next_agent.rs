//! What the next agent may read of a customer's past (domain.md section 11).
//!
//! It is asked of what is there now, at every reading: an agent who is no longer the primary agent reads nothing more.

use std::sync::Arc;

use super::Reading;
use crate::{Agent, Conversation, CustomerId, Draft, Role, Viewer, Workstream, World};

/// How many of a customer's closed conversations the next agent may read: those that closed last.
pub const EARLIER: usize = 20;

/// Whether a conversation lets its primary agent read what its customer said before it.
fn opens(conversation: &Conversation, agent: &Agent, workstream: Option<&Arc<Workstream>>) -> bool {
    conversation.is_ongoing()
        && conversation.primary_agent() == Some(agent.id)
        && workstream.is_none_or(|workstream| workstream.earlier_transcripts)
}

/// Whether one conversation is an earlier one of the other's source, of a customer who is the same.
fn precedes(earlier: &Conversation, conversation: &Conversation) -> bool {
    !earlier.is_ongoing() && earlier.source == conversation.source
}

/// Whether the viewer, as the accepted primary agent of this conversation, may read its customer's latest closed ones.
pub fn reads_earlier(world: &World, agent: &Agent, conversation: &Conversation) -> bool {
    opens(
        conversation,
        agent,
        world.workstreams.get(&conversation.workstream),
    )
}

/// The ongoing conversation as whose primary agent this one may read an earlier one, where that is among the latest of its
/// customer; the oldest, where there are several. `customer` is who the earlier one's customer is by now: of what is not
/// ongoing, only the rows of customers know whom they were merged into.
pub fn reads_as_next<'w>(
    world: &'w World,
    agent: &Agent,
    earlier: &Conversation,
    customer: CustomerId,
) -> Option<&'w Arc<Conversation>> {
    let theirs = world.of_customer(customer);
    let mut theirs = theirs.filter(|one| precedes(earlier, one));
    theirs.find(|one| reads_earlier(world, agent, one))
}

/// The same for this one conversation, under the lock.
pub(crate) fn may_read_earlier(
    draft: &Draft<'_>,
    viewer: &Viewer,
    agent: &Agent,
    conversation: &Conversation,
    earlier: &Conversation,
) -> bool {
    let workstream = draft.workstream(conversation.workstream);
    viewer.has_role(Role::Agent)
        && draft.survivor(earlier.customer) == draft.survivor(conversation.customer)
        && precedes(earlier, conversation)
        && opens(conversation, agent, workstream)
}

/// What of an earlier one they read: what was said among agents, only where they are members of its queue; what coached
/// one of them, never.
pub fn earlier_reading(agent: &Agent, earlier: &Conversation) -> Reading {
    if agent.queues.contains(&earlier.queue) {
        Reading::Inside
    } else {
        Reading::Public
    }
}
