//! What supervisors may do to agents (domain.md section 13).

use std::sync::Arc;

use super::{permitted, require_role, switched_on};
use crate::{
    Agent, AgentId, AgentKind, Draft, Permission, QueueId, Refusal, Role, Setting, Viewer,
};

/// The person that an input of a supervisor names, where the supervisor may act on agents so ([`led`]).
pub(crate) fn led_person<'d>(
    viewer: &Viewer,
    draft: &'d Draft<'_>,
    agent: AgentId,
    needs: (Setting, Permission),
) -> Result<&'d Arc<Agent>, Refusal> {
    let agent = led(viewer, draft, agent, needs)?;
    match agent.kind {
        AgentKind::Human => Ok(agent),
        AgentKind::Bot => Err(Refusal::TargetIsBot),
    }
}

/// What it takes of a supervisor to manage agents.
pub(crate) const MANAGES: (Setting, Permission) =
    (Setting::SupervisorManageAgents, Permission::ManageAgents);

/// Whether a supervisor may make this agent a member of this queue, or a member no more: both are in scope.
pub(crate) fn may_move(
    viewer: &Viewer,
    draft: &Draft<'_>,
    agent: AgentId,
    queue: QueueId,
) -> Result<(), Refusal> {
    led(viewer, draft, agent, MANAGES)?;
    if viewer.queues().contains(&queue) {
        Ok(())
    } else {
        Err(Refusal::OutOfScope(queue))
    }
}

/// Whether a supervisor may act on the people of this queue as one who manages agents.
pub(crate) fn leads_queue(
    viewer: &Viewer,
    draft: &Draft<'_>,
    queue: QueueId,
) -> Result<(), Refusal> {
    require_role(viewer, Role::Supervisor)?;
    if !viewer.queues().contains(&queue) {
        return Err(Refusal::OutOfScope(queue));
    }
    let (setting, permission) = MANAGES;
    switched_on(draft.settings(), setting)?;
    permitted(viewer, permission)?;
    let path = "to.queueId";
    let there = draft.queue(queue).map(|_| ());
    there.ok_or(Refusal::TargetNotFound { path })
}

/// The agent that an input of a supervisor names, where the supervisor may act on agents with this setting and this
/// permission: not the supervisor, and with a queue in scope.
fn led<'d>(
    viewer: &Viewer,
    draft: &'d Draft<'_>,
    agent: AgentId,
    (setting, permission): (Setting, Permission),
) -> Result<&'d Arc<Agent>, Refusal> {
    require_role(viewer, Role::Supervisor)?;
    let path = "agentId";
    let named = draft.agent(agent).ok_or(Refusal::TargetNotFound { path });
    if let Ok(named) = &named {
        in_reach(viewer, named)?;
    }
    switched_on(draft.settings(), setting)?;
    permitted(viewer, permission)?;
    named
}

/// A supervisor's agents have a queue in scope; nobody leads themselves.
fn in_reach(viewer: &Viewer, agent: &Agent) -> Result<(), Refusal> {
    let shares = |queue: &QueueId| viewer.queues().contains(queue);
    if agent.subject == *viewer.subject() || !agent.queues.iter().any(shares) {
        return Err(Refusal::AgentOutOfScope(agent.id));
    }
    Ok(())
}
