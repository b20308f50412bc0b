//! Who may do what: the table of domain.md section 3 as one function.
//!
//! [`permit`] is the only maker of a [`Grant`], and nothing is decided on a conversation without
//! one. What an action needs stands with its command ([`Needs`]).

use std::sync::Arc;

use chrono::{DateTime, Utc};

mod agents;
mod customers;
mod next_agent;
mod past;

pub(crate) use agents::{MANAGES, leads_queue, led_person, may_move};
pub use customers::CustomerReach;
pub(crate) use next_agent::may_read_earlier;
pub use next_agent::{EARLIER, earlier_reading, reads_as_next, reads_earlier};
pub use past::Reach;

use super::action::{Action, AskedBy};
use super::conversation::Footprint;
use super::{
    Access, Agent, AgentId, Channel, Conversation, LookKind, Permission, QueueId, Refusal, Role,
    Setting, Settings, Source, State, Viewer, Visibility,
};

/// Which part of the policy decides on an action: whom it is for, and what a supervisor needs for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// The gateway of the conversation's channel.
    Gateway,
    /// An agent who sees the conversation.
    Agent,
    /// Who leaves, as an agent or as a supervisor in scope: it only takes back.
    AgentOrSupervisor,
    /// Who writes: as an agent, or as a supervisor with the right to what they are there, to watch or
    /// to take part.
    AgentOrWatcher,
    /// The gateway of its channel, and who writes.
    GatewayOrWriter,
    /// The primary agent, or a supervisor in scope with this permission; no setting decides on it.
    PrimaryOrPermitted(Permission),
    /// The gateway of its channel, and whom [`Needs::PrimaryOrPermitted`] names.
    GatewayPrimaryOrPermitted(Permission),
    /// A supervisor in scope, always: for what takes nothing from anybody, such as to stop watching.
    SupervisorInScope,
    /// A supervisor in scope with this permission; no setting decides on it.
    SupervisorPermitted(Permission),
    /// A supervisor in scope, with this setting on and this permission.
    Supervisor(Setting, Permission),
    /// The same, and no token for programs (`API_ACCESS`).
    SupervisorInPerson(Setting, Permission),
}

impl Needs {
    /// Whose it is to ask for it.
    pub const fn asked_by(self) -> AskedBy {
        match self {
            Self::Gateway => AskedBy::Gateways,
            Self::Agent => AskedBy::Agents,
            Self::AgentOrSupervisor | Self::AgentOrWatcher => AskedBy::AgentsOrSupervisors,
            Self::PrimaryOrPermitted(_) | Self::GatewayPrimaryOrPermitted(_) => {
                AskedBy::HandlersOrSupervisors
            }
            Self::GatewayOrWriter => AskedBy::Everybody,
            Self::SupervisorInScope
            | Self::SupervisorPermitted(_)
            | Self::Supervisor(..)
            | Self::SupervisorInPerson(..) => AskedBy::Supervisors,
        }
    }
}

/// Proof that the policy allowed this viewer this action on this conversation; what the action still needs
/// of state and target is checked after it. There is no other way to decide on a conversation.
#[derive(Debug)]
pub struct Grant<'a> {
    viewer: &'a Viewer,
    conversation: &'a Arc<Conversation>,
    action: Action,
    role: Role,
    agent: Option<AgentId>,
}

impl<'a> Grant<'a> {
    /// To whom.
    pub const fn viewer(&self) -> &'a Viewer {
        self.viewer
    }

    /// On what.
    pub const fn conversation(&self) -> &'a Arc<Conversation> {
        self.conversation
    }

    /// For what.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// In which role the viewer acts.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// As which agent the viewer acts; none in another role.
    pub const fn agent(&self) -> Option<AgentId> {
        self.agent
    }

    /// As which agent the viewer acts, where only agents act.
    pub fn as_agent(&self) -> Result<AgentId, Refusal> {
        self.agent.ok_or(Refusal::AgentUnknown)
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

/// Where a conversation came in, which decides whose gateway it is; never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// On which channel.
    pub channel: Channel,
    /// From which source; none: from before there were sources.
    pub source: Option<&'a Source>,
}

/// Whether the holder of this access is the gateway of what came in there: of their channels, and of their source.
/// What has none is found by its channel.
pub fn carries(access: &Access, origin: Origin<'_>) -> bool {
    access.has_role(Role::CustomerGateway)
        && access.channels().contains(&origin.channel)
        && origin
            .source
            .is_none_or(|source| access.source() == Some(source))
}

/// Whether the holder of this access sees what is in this queue as a supervisor or an administrator.
pub fn leads_in(access: &Access, queue: QueueId) -> bool {
    access.has_role(Role::Administrator)
        || (access.has_role(Role::Supervisor) && access.queues().contains(&queue))
}

/// Through which roles a viewer with this access sees a conversation with this origin and
/// footprint. `agent` is the viewer's own agent row.
pub fn sight(
    access: &Access,
    agent: Option<&Agent>,
    origin: Origin<'_>,
    seen: &Footprint,
) -> Sight {
    let by_agent = |agent: &Agent| {
        seen.agents.contains(&agent.id) || (seen.open && agent.queues.contains(&seen.queue))
    };
    Sight {
        gateway: carries(access, origin),
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
        gateway: carries(access, conversation.origin()),
        agent: access.has_role(Role::Agent) && agent.is_some_and(by_agent),
        supervisor: access.has_role(Role::Supervisor)
            && access.queues().contains(&conversation.queue),
        administrator: access.has_role(Role::Administrator),
    }
}

/// Whether and how the viewer may read the transcript at this instant (domain.md section 3, second row).
pub fn reads_transcript(
    viewer: &Viewer,
    agent: Option<&Agent>,
    conversation: &Conversation,
    now: DateTime<Utc>,
) -> Option<Reading> {
    let sight = sees(viewer.access(), agent, conversation);
    if in_session(viewer, sight, conversation, now) {
        return Some(Reading::Everything);
    }
    let own = agent.filter(|agent| sight.agent && takes_part(agent, conversation));
    if let Some(agent) = own {
        return Some(Reading::Own(agent.id));
    }
    sight.gateway.then_some(Reading::Public)
}

/// Whether the viewer reads as a supervisor in a session of theirs, which is all that what customers said of a contact is
/// for.
pub fn reads_in_session(
    viewer: &Viewer,
    agent: Option<&Agent>,
    conversation: &Conversation,
    now: DateTime<Utc>,
) -> bool {
    let sight = sees(viewer.access(), agent, conversation);
    in_session(viewer, sight, conversation, now)
}

/// The session may run on an earlier token; this one must allow it too. One whose time is over counts no more, however
/// late the event of its end is.
fn in_session(
    viewer: &Viewer,
    sight: Sight,
    conversation: &Conversation,
    now: DateTime<Utc>,
) -> bool {
    let look = conversation.look_of(viewer.subject());
    sight.supervisor
        && look.is_some_and(|look| {
            let needed = match look.kind {
                LookKind::Monitor => Permission::Monitor,
                LookKind::Review => Permission::Review,
            };
            viewer.permissions().contains(&needed) && look.ended_by(now).is_none()
        })
}

/// Whether the viewer takes part in the conversation as an agent, and so writes and leaves as one.
pub fn acts_as_agent(viewer: &Viewer, agent: Option<&Agent>, conversation: &Conversation) -> bool {
    let sight = sees(viewer.access(), agent, conversation);
    sight.agent && agent.is_some_and(|agent| takes_part(agent, conversation))
}

/// Whether the viewer asks for what is asked by these as an agent, where they are a supervisor too.
pub fn asks_as_agent(
    asked_by: AskedBy,
    viewer: &Viewer,
    agent: Option<&Agent>,
    conversation: &Conversation,
) -> bool {
    match asked_by {
        AskedBy::HandlersOrSupervisors => is_primary(viewer, agent, conversation),
        _ => acts_as_agent(viewer, agent, conversation),
    }
}

fn is_primary(viewer: &Viewer, agent: Option<&Agent>, conversation: &Conversation) -> bool {
    let me = agent.filter(|_| viewer.has_role(Role::Agent));
    me.is_some_and(|me| conversation.primary_agent() == Some(me.id))
}

fn takes_part(agent: &Agent, conversation: &Conversation) -> bool {
    conversation.primary_agent() == Some(agent.id) || conversation.consultants.contains(&agent.id)
}

/// Which messages of a transcript a viewer may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reading {
    /// All of them: a supervisor in a session.
    Everything,
    /// PUBLIC and INTERNAL, and what coaches this agent, who takes part.
    Own(AgentId),
    /// PUBLIC and INTERNAL.
    Inside,
    /// PUBLIC only.
    Public,
}

impl Reading {
    /// Whether who reads so may read a message of this visibility, which coaches this agent, if one.
    pub fn reads(self, visibility: Visibility, coached: Option<AgentId>) -> bool {
        match visibility {
            Visibility::Public => true,
            Visibility::Internal => self.is_inside(),
            Visibility::Coaching => match self {
                Self::Everything => true,
                Self::Own(agent) => coached == Some(agent),
                Self::Inside | Self::Public => false,
            },
        }
    }

    /// Whether it is that of the organisation's people. Who reads for the customer must not learn who supervises, nor
    /// of what is INTERNAL.
    pub const fn is_inside(self) -> bool {
        !matches!(self, Self::Public)
    }
}

/// Whoever acts as an agent must be one that Regie knows. Asked before the conversation is looked
/// up, so that the answer is the same whether or not there is one.
pub fn known_agent(viewer: &Viewer, agent: Option<&Agent>, needs: Needs) -> Result<(), Refusal> {
    let as_agent = match needs {
        Needs::Agent => true,
        Needs::AgentOrSupervisor | Needs::AgentOrWatcher | Needs::PrimaryOrPermitted(_) => {
            !viewer.has_role(Role::Supervisor)
        }
        Needs::GatewayPrimaryOrPermitted(_) | Needs::GatewayOrWriter => {
            !viewer.has_role(Role::Supervisor) && !viewer.has_role(Role::CustomerGateway)
        }
        Needs::Gateway
        | Needs::SupervisorInScope
        | Needs::SupervisorPermitted(_)
        | Needs::Supervisor(..)
        | Needs::SupervisorInPerson(..) => false,
    };
    if as_agent && viewer.has_role(Role::Agent) && agent.is_none() {
        return Err(Refusal::AgentUnknown);
    }
    Ok(())
}

/// Checks 3 to 7 of domain.md section 3, and visibility before them: whether this viewer may do this to this
/// conversation, for which this is needed.
pub fn permit<'a>(
    viewer: &'a Viewer,
    agent: Option<&Agent>,
    settings: &Settings,
    conversation: &'a Arc<Conversation>,
    action: Action,
    needs: Needs,
) -> Result<Grant<'a>, Refusal> {
    let sight = sees(viewer.access(), agent, conversation);
    if !sight.any() {
        return Err(Refusal::NotFound);
    }
    let in_scope = || in_scope(viewer, conversation, sight);
    let supervisor = |(setting, permission)| {
        let role = in_scope()?;
        switched_on(settings, setting)?;
        permitted(viewer, permission).map(|()| role)
    };
    let (role, agent) = match needs {
        Needs::Gateway => (gateway(viewer, conversation, sight)?, None),
        Needs::Agent => as_agent(viewer, agent)?,
        Needs::GatewayOrWriter if is_carried_by(viewer, sight) => {
            (gateway(viewer, conversation, sight)?, None)
        }
        Needs::AgentOrSupervisor | Needs::AgentOrWatcher | Needs::GatewayOrWriter
            if !viewer.has_role(Role::Supervisor) || acts_as_agent(viewer, agent, conversation) =>
        {
            as_agent(viewer, agent)?
        }
        Needs::AgentOrWatcher | Needs::GatewayOrWriter => {
            (supervisor(to_be_there(viewer, conversation))?, None)
        }
        Needs::PrimaryOrPermitted(_) | Needs::GatewayPrimaryOrPermitted(_)
            if is_primary(viewer, agent, conversation) =>
        {
            as_agent(viewer, agent)?
        }
        Needs::GatewayPrimaryOrPermitted(_) if is_carried_by(viewer, sight) => {
            (gateway(viewer, conversation, sight)?, None)
        }
        // An agent who is no more than that lacks the part, and no role.
        Needs::PrimaryOrPermitted(_) | Needs::GatewayPrimaryOrPermitted(_)
            if viewer.has_role(Role::Agent) && !viewer.has_role(Role::Supervisor) =>
        {
            as_agent(viewer, agent)?
        }
        Needs::PrimaryOrPermitted(permission)
        | Needs::GatewayPrimaryOrPermitted(permission)
        | Needs::SupervisorPermitted(permission) => {
            let role = in_scope()?;
            permitted(viewer, permission)?;
            (role, None)
        }
        Needs::AgentOrSupervisor | Needs::SupervisorInScope => (in_scope()?, None),
        Needs::Supervisor(setting, permission) => (supervisor((setting, permission))?, None),
        Needs::SupervisorInPerson(setting, permission) => {
            let role = supervisor((setting, permission))?;
            if viewer.has_role(Role::ApiAccess) {
                return Err(Refusal::ApiAccessConflict);
            }
            (role, None)
        }
    };
    Ok(Grant {
        viewer,
        conversation,
        action,
        role,
        agent,
    })
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

/// Whether the viewer asks as a gateway, where agents and supervisors may ask too: as nothing else, or for the channel
/// that is theirs to carry.
fn is_carried_by(viewer: &Viewer, sight: Sight) -> bool {
    let has = |role| viewer.has_role(role);
    let nothing_else = !has(Role::Agent);
    has(Role::CustomerGateway) && !has(Role::Supervisor) && (sight.gateway || nothing_else)
}

fn gateway(viewer: &Viewer, conversation: &Conversation, sight: Sight) -> Result<Role, Refusal> {
    require_role(viewer, Role::CustomerGateway)?;
    if !sight.gateway {
        return Err(Refusal::ChannelOutOfScope(conversation.channel));
    }
    Ok(Role::CustomerGateway)
}

fn as_agent(viewer: &Viewer, agent: Option<&Agent>) -> Result<(Role, Option<AgentId>), Refusal> {
    require_role(viewer, Role::Agent)?;
    let agent = agent.ok_or(Refusal::AgentUnknown)?;
    Ok((Role::Agent, Some(agent.id)))
}

fn in_scope(viewer: &Viewer, conversation: &Conversation, sight: Sight) -> Result<Role, Refusal> {
    require_role(viewer, Role::Supervisor)?;
    if !sight.supervisor {
        return Err(Refusal::OutOfScope(conversation.queue));
    }
    Ok(Role::Supervisor)
}

fn switched_on(settings: &Settings, setting: Setting) -> Result<(), Refusal> {
    if settings.is_on(setting) {
        Ok(())
    } else {
        Err(Refusal::SettingDisabled(setting))
    }
}

fn permitted(viewer: &Viewer, permission: Permission) -> Result<(), Refusal> {
    if viewer.permissions().contains(&permission) {
        Ok(())
    } else {
        Err(Refusal::PermissionMissing(permission))
    }
}

/// What is about no conversation that is there already: that it is the gateway's channel.
pub fn require_channel(viewer: &Viewer, channel: Channel) -> Result<(), Refusal> {
    require_role(viewer, Role::CustomerGateway)?;
    if viewer.channels().contains(&channel) {
        Ok(())
    } else {
        Err(Refusal::ChannelOutOfScope(channel))
    }
}

/// What is not about one conversation: a role, and for an agent a row.
pub fn require_role(viewer: &Viewer, role: Role) -> Result<(), Refusal> {
    if viewer.has_role(role) {
        Ok(())
    } else {
        Err(Refusal::RoleRequired(role))
    }
}
