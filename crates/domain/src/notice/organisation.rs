//! What others do to an agent, told to that agent: what, and by whom (domain.md section 13).

use super::Notice;
use crate::{Actor, Agent, Change, Role, Viewer};

/// What an event about an agent is to this viewer; none when it is not about them, or their own doing. `agent` is the
/// viewer's own agent row, `after` the one that changed.
pub fn to_agent(
    viewer: &Viewer,
    agent: Option<&Agent>,
    change: &Change,
    actor: &Actor,
    after: &Agent,
) -> Option<Notice> {
    let is_theirs = viewer.has_role(Role::Agent) && agent.is_some_and(|own| own.id == after.id);
    // What a rule does, or they themselves, they see by what they are shown.
    let (Actor::Supervisor { subject } | Actor::Administrator { subject }) = actor else {
        return None;
    };
    if !is_theirs || subject == viewer.subject() {
        return None;
    }
    let by = subject.clone();
    match change {
        Change::AgentPresenceChanged { presence, .. } => Some(Notice::PresenceSet(*presence, by)),
        Change::MembershipChanged { queue, member, .. } => {
            Some(Notice::MembershipSet(*queue, *member, by))
        }
        Change::AgentsNotified { notice } => Some(Notice::Notified(*notice, by)),
        _ => None,
    }
}
