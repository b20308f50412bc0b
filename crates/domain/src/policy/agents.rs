//! What supervisors may do to agents (domain.md section 13).

use std::sync::Arc;

use super::{permitted, require_role, switched_on};
use crate::{
    Agent, AgentId, AgentKind, Draft, Permission, QueueId, Refusal, Role, Setting, Viewer,
};

/// The agent that an input of a supervisor names, where the supervisor may act on agents with this setting and this
/// permission: a person, not the supervisor, with a queue in scope.
pub(crate) fn led<'d>(
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
    let agent = named?;
    if agent.kind == AgentKind::Bot {
        return Err(Refusal::TargetIsBot);
    }
    Ok(agent)
}

/// A supervisor's agents have a queue in scope; nobody leads themselves.
pub(crate) fn in_reach(viewer: &Viewer, agent: &Agent) -> Result<(), Refusal> {
    let shares = |queue: &QueueId| viewer.queues().contains(queue);
    if agent.subject == *viewer.subject() || !agent.queues.iter().any(shares) {
        return Err(Refusal::AgentOutOfScope(agent.id));
    }
    Ok(())
}
