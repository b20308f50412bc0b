//! What leaves an agent's sight with a membership.
//!
//! One event, several deliveries: each conversation that was OPEN in the queue leaves by itself. So
//! that a connection may break between any two, each delivery has a cursor of its own within the
//! event: how many of the event's list are handled. The list stands in the event, in an order that
//! stays; only the last delivery of an event has the event's own cursor. What the viewer still sees
//! otherwise does not leave, and keeps its number.

use std::sync::Arc;

use super::{Audience, Delivery, DeliveryKind};
use crate::app::App;
use crate::log::Entry;
use domain::{After, Change, ConversationId, QueueId, Role, Viewer, policy};

/// The conversations that left the viewer's sight with this event, after the first `handled`. What
/// an agent sees depends on who they are, so that a crowd has none.
pub(super) fn left(
    app: &App,
    audience: &Audience,
    entry: &Arc<Entry>,
    handled: u32,
) -> Vec<Delivery> {
    let (Audience::One(viewer), After::Agent(agent), Change::MembershipChanged { queue, left, .. }) =
        (audience, &entry.after, &entry.change)
    else {
        return Vec::new();
    };
    if agent.subject != *viewer.subject() || !viewer.has_role(Role::Agent) {
        return Vec::new();
    }
    let numbered = left.iter().zip(1_u32..);
    numbered
        .filter(|(_, step)| *step > handled)
        .filter(|(id, _)| !still_seen(app, viewer, *queue, **id))
        .map(|(id, step)| Delivery {
            entry: entry.clone(),
            kind: DeliveryKind::Left(*id),
            cursor: entry.cursor_within(step),
        })
        .collect()
}

/// Whether the viewer sees what was OPEN in this queue through another role, or has it on their list
/// again as an agent: as a member since, where it is OPEN, or as theirs.
fn still_seen(app: &App, viewer: &Viewer, queue: QueueId, id: ConversationId) -> bool {
    app.board.read(|board| {
        let agent = board.world.agent_of(viewer.subject());
        let agent = agent.map(|agent| &**agent);
        let ongoing = board.world.conversations.get(&id);
        let now = ongoing.map(|is| policy::sees(viewer.access(), agent, is));
        // A gateway's channel and source are not at hand of one that has closed since; to take that off a list is
        // right for it too.
        let elsewhere = policy::leads_in(viewer.access(), queue);
        elsewhere || now.is_some_and(|now| now.agent || now.gateway)
    })
}
