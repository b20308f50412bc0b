//! Who may do what: the table of domain.md section 3 as one function.
//!
//! [`permit`] is the only maker of a [`Grant`], and nothing is decided on a conversation without
//! one. What an action needs of a supervisor stands in `Action::needs`, one line each.

use super::conversation::Footprint;
use super::{
    Access, Agent, AgentId, Channel, Conversation, Permission, Refusal, Role, Setting, Settings,
    State, Subject, Viewer,
};

/// What can be done to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // The names are the mutations'.
pub enum Action {
    CustomerMessage,
    CustomerDisconnected,
    CustomerReconnected,
    EndByCustomer,
    ChangeMode,
    RecordConsent,
    Pick,
    Accept,
    Reject,
    SetAside,
    Reopen,
    Release,
    End,
    Close,
    Send,
    Leave,
    Monitor,
    StopMonitoring,
    Join,
    Assign,
    CancelOffer,
    Transfer,
    CancelTransfer,
    ForceClose,
}

/// Which part of the policy decides on an action.
enum Needs {
    Gateway,
    Agent,
    /// Who leaves, as an agent or as a supervisor in scope: it only takes back.
    AgentOrSupervisor,
    /// Who writes: as an agent, or as a supervisor with the right to what they are there, to watch or
    /// to take part.
    AgentOrWatcher,
    /// Always allowed to a supervisor in scope: it only takes back.
    SupervisorInScope,
    Supervisor(Setting, Permission),
}

impl Action {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::CustomerMessage,
        Self::CustomerDisconnected,
        Self::CustomerReconnected,
        Self::EndByCustomer,
        Self::ChangeMode,
        Self::RecordConsent,
        Self::Pick,
        Self::Accept,
        Self::Reject,
        Self::SetAside,
        Self::Reopen,
        Self::Release,
        Self::End,
        Self::Close,
        Self::Send,
        Self::Leave,
        Self::Monitor,
        Self::StopMonitoring,
        Self::Join,
        Self::Assign,
        Self::CancelOffer,
        Self::Transfer,
        Self::CancelTransfer,
        Self::ForceClose,
    ];

    const fn needs(self) -> Needs {
        use Setting::{
            SupervisorAssign, SupervisorForceClose, SupervisorMonitor, SupervisorTransfer,
        };
        match self {
            Self::CustomerMessage
            | Self::CustomerDisconnected
            | Self::CustomerReconnected
            | Self::EndByCustomer
            | Self::ChangeMode
            | Self::RecordConsent => Needs::Gateway,
            Self::Pick
            | Self::Accept
            | Self::Reject
            | Self::SetAside
            | Self::Reopen
            | Self::Release
            | Self::End
            | Self::Close => Needs::Agent,
            Self::Send => Needs::AgentOrWatcher,
            Self::Leave => Needs::AgentOrSupervisor,
            Self::StopMonitoring => Needs::SupervisorInScope,
            Self::Monitor => Needs::Supervisor(SupervisorMonitor, Permission::Monitor),
            Self::Join => Needs::Supervisor(SupervisorMonitor, Permission::Join),
            Self::Assign | Self::CancelOffer => {
                Needs::Supervisor(SupervisorAssign, Permission::Assign)
            }
            Self::Transfer | Self::CancelTransfer => {
                Needs::Supervisor(SupervisorTransfer, Permission::Transfer)
            }
            Self::ForceClose => Needs::Supervisor(SupervisorForceClose, Permission::ForceClose),
        }
    }
}

/// Proof that the policy allowed an action; what the action still needs of state and target is
/// `decide`'s to check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    role: Role,
    agent: Option<AgentId>,
}

impl Grant {
    /// In which role the viewer acts.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// As which agent the viewer acts; none in another role.
    pub const fn agent(&self) -> Option<AgentId> {
        self.agent
    }
}

/// Through which roles a viewer sees a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // One for each role of the table.
pub struct Sight {
    /// As the gateway of its channel.
    pub gateway: bool,
    /// As an agent: own, consulted, offered, or OPEN in one of their queues.
    pub agent: bool,
    /// As a supervisor whose scope has its queue.
    pub supervisor: bool,
    /// As an administrator.
    pub administrator: bool,
}

impl Sight {
    /// Whether the viewer sees it at all.
    pub const fn any(self) -> bool {
        self.gateway || self.agent || self.supervisor || self.administrator
    }
}

/// Through which roles a viewer with this access sees a conversation with this channel and
/// footprint. `agent` is the viewer's own agent row.
pub fn sight(access: &Access, agent: Option<&Agent>, channel: Channel, seen: &Footprint) -> Sight {
    let by_agent = |agent: &Agent| {
        seen.agents.contains(&agent.id) || (seen.open && agent.queues.contains(&seen.queue))
    };
    Sight {
        gateway: access.has_role(Role::CustomerGateway) && access.channels().contains(&channel),
        agent: access.has_role(Role::Agent) && agent.is_some_and(by_agent),
        supervisor: access.has_role(Role::Supervisor) && access.queues().contains(&seen.queue),
        administrator: access.has_role(Role::Administrator),
    }
}

/// Through which roles a viewer with this access sees this conversation. `agent` is the viewer's own
/// agent row.
pub fn sees(access: &Access, agent: Option<&Agent>, conversation: &Conversation) -> Sight {
    // The same rule as `sight`, without building a footprint: this runs once a row of every list.
    let by_agent = |agent: &Agent| {
        conversation.primary_agent() == Some(agent.id)
            || conversation
                .offer
                .as_ref()
                .is_some_and(|offer| offer.agent == agent.id)
            || conversation.consultants.contains(&agent.id)
            || (conversation.state == State::Open && agent.queues.contains(&conversation.queue))
    };
    Sight {
        gateway: access.has_role(Role::CustomerGateway)
            && access.channels().contains(&conversation.channel),
        agent: access.has_role(Role::Agent) && agent.is_some_and(by_agent),
        supervisor: access.has_role(Role::Supervisor)
            && access.queues().contains(&conversation.queue),
        administrator: access.has_role(Role::Administrator),
    }
}

/// Whether and how the viewer may read the transcript (domain.md section 3, second row).
pub fn reads_transcript(
    viewer: &Viewer,
    agent: Option<&Agent>,
    conversation: &Conversation,
) -> Option<Reading> {
    let sight = sees(viewer.access(), agent, conversation);
    if sight.agent && agent.is_some_and(|agent| takes_part(agent, conversation)) {
        return Some(Reading::Everything);
    }
    // The session may run on an earlier token; this one must allow it too.
    let may_watch = sight.supervisor && viewer.permissions().contains(&Permission::Monitor);
    if may_watch && conversation.monitor_of(viewer.subject()).is_some() {
        return Some(Reading::Everything);
    }
    sight.gateway.then_some(Reading::Public)
}

/// Whether the viewer supervises this conversation, or administrates: may know what would betray a
/// monitor, and the figures of its agents. A supervisor of other queues who sees it as its agent is
/// an agent here.
pub fn leads(access: &Access, conversation: &Conversation) -> bool {
    let sight = sees(access, None, conversation);
    sight.supervisor || sight.administrator
}

/// Whether the viewer may learn which supervisor it was (domain.md sections 1, 3 and 4): whoever
/// leads the conversation. Its agents know those who take part, and whom they saw take part
/// (`took_part`: it was done as a participant). A gateway never learns it.
pub fn knows_supervisor(
    access: &Access,
    agent: Option<&Agent>,
    conversation: &Conversation,
    supervisor: &Subject,
    took_part: bool,
) -> bool {
    let met = || took_part || conversation.joined().any(|m| m.supervisor == *supervisor);
    leads(access, conversation) || (sees(access, agent, conversation).agent && met())
}

/// Whether the viewer takes part in the conversation as an agent, and so writes and leaves as one.
pub fn acts_as_agent(viewer: &Viewer, agent: Option<&Agent>, conversation: &Conversation) -> bool {
    let sight = sees(viewer.access(), agent, conversation);
    sight.agent && agent.is_some_and(|agent| takes_part(agent, conversation))
}

fn takes_part(agent: &Agent, conversation: &Conversation) -> bool {
    conversation.primary_agent() == Some(agent.id) || conversation.consultants.contains(&agent.id)
}

/// Which messages of a transcript a viewer may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// PUBLIC and INTERNAL.
    Everything,
    /// PUBLIC only.
    Public,
}

/// Whoever acts as an agent must be one that Regie knows. Asked before the conversation is looked
/// up, so that the answer is the same whether or not there is one.
pub fn known_agent(viewer: &Viewer, agent: Option<&Agent>, action: Action) -> Result<(), Refusal> {
    let as_agent = match action.needs() {
        Needs::Agent => true,
        Needs::AgentOrSupervisor | Needs::AgentOrWatcher => !viewer.has_role(Role::Supervisor),
        _ => false,
    };
    if as_agent && viewer.has_role(Role::Agent) && agent.is_none() {
        return Err(Refusal::AgentUnknown);
    }
    Ok(())
}

/// Checks 3 to 7 of domain.md section 3, and visibility before them.
pub fn permit(
    viewer: &Viewer,
    agent: Option<&Agent>,
    settings: &Settings,
    conversation: &Conversation,
    action: Action,
) -> Result<Grant, Refusal> {
    let sight = sees(viewer.access(), agent, conversation);
    let by_supervisor = |extra: Option<(Setting, Permission)>| {
        supervisor(viewer, settings, conversation, sight, action, extra)
    };
    match action.needs() {
        Needs::Gateway => {
            visible(sight)?;
            if !viewer.has_role(Role::CustomerGateway) {
                return Err(Refusal::RoleRequired(Role::CustomerGateway));
            }
            if !sight.gateway {
                return Err(Refusal::ChannelOutOfScope(conversation.channel));
            }
            Ok(Grant {
                role: Role::CustomerGateway,
                agent: None,
            })
        }
        Needs::Agent => as_agent(viewer, agent, sight),
        needs @ (Needs::AgentOrSupervisor | Needs::AgentOrWatcher) => {
            let supervises = viewer.has_role(Role::Supervisor);
            if !supervises || acts_as_agent(viewer, agent, conversation) {
                return as_agent(viewer, agent, sight);
            }
            by_supervisor(match needs {
                Needs::AgentOrWatcher => Some(to_be_there(viewer, conversation)),
                _ => None,
            })
        }
        Needs::SupervisorInScope => by_supervisor(None),
        Needs::Supervisor(setting, permission) => by_supervisor(Some((setting, permission))),
    }
}

/// What it takes to be in the conversation as this supervisor is: the session may have begun with
/// another token.
fn to_be_there(viewer: &Viewer, conversation: &Conversation) -> (Setting, Permission) {
    let look = conversation.monitor_of(viewer.subject());
    let joined = look.is_some_and(|look| look.joined_at.is_some());
    let permission = if joined {
        Permission::Join
    } else {
        Permission::Monitor
    };
    (Setting::SupervisorMonitor, permission)
}

fn visible(sight: Sight) -> Result<(), Refusal> {
    if sight.any() {
        Ok(())
    } else {
        Err(Refusal::NotFound)
    }
}

fn as_agent(viewer: &Viewer, agent: Option<&Agent>, sight: Sight) -> Result<Grant, Refusal> {
    visible(sight)?;
    if !viewer.has_role(Role::Agent) {
        return Err(Refusal::RoleRequired(Role::Agent));
    }
    let agent = agent.ok_or(Refusal::AgentUnknown)?;
    Ok(Grant {
        role: Role::Agent,
        agent: Some(agent.id),
    })
}

fn supervisor(
    viewer: &Viewer,
    settings: &Settings,
    conversation: &Conversation,
    sight: Sight,
    action: Action,
    extra: Option<(Setting, Permission)>,
) -> Result<Grant, Refusal> {
    visible(sight)?;
    if !viewer.has_role(Role::Supervisor) {
        return Err(Refusal::RoleRequired(Role::Supervisor));
    }
    if !sight.supervisor {
        return Err(Refusal::OutOfScope(conversation.queue));
    }
    if let Some((setting, permission)) = extra {
        if !settings.is_on(setting) {
            return Err(Refusal::SettingDisabled(setting));
        }
        if !viewer.permissions().contains(&permission) {
            return Err(Refusal::PermissionMissing(permission));
        }
    }
    if action == Action::Assign && viewer.has_role(Role::ApiAccess) {
        return Err(Refusal::ApiAccessConflict);
    }
    Ok(Grant {
        role: Role::Supervisor,
        agent: None,
    })
}

/// What is not about one conversation: a role, and for an agent a row.
pub fn require_role(viewer: &Viewer, role: Role) -> Result<(), Refusal> {
    if viewer.has_role(role) {
        Ok(())
    } else {
        Err(Refusal::RoleRequired(role))
    }
}
