//! Whom an event may matter to, before anybody looks at it: the addresses on both sides of the dispatcher.
//!
//! A reader of the log has addresses, which follow from what its viewer may see and what concerns them; an event has
//! addressees, which follow from what changed, the conversation after it and who could see it before. Invariant:
//! whatever `policy::sight`, `notice::concerning` or a list makes of an event for a viewer, the two have an address in
//! common. The reverse need not hold: an address is a reason to look, never a permission.

use crate::conversation::Footprint;
use crate::{Access, After, Agent, AgentId, Change, Channel, Conversation, QueueId, Role, Scope};
use crate::{State, Subject};

/// Where an event is sent, and where a reader gets events.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// Whoever may see every conversation.
    All,
    /// Supervisors with this queue in their scope.
    Scope(QueueId),
    /// Supervisors whom a call for help in this queue reaches.
    Calls(QueueId),
    /// Supervisors whom a call for help in any queue reaches.
    AllCalls,
    /// Gateways of this channel.
    Channel(Channel),
    /// Agents who are members of this queue: what is OPEN in it is theirs to see.
    Members(QueueId),
    /// An agent who takes part, did before, or is asked to.
    Agent(AgentId),
    /// Somebody by the `sub` of their token.
    Person(Subject),
    /// Supervisors and administrators: they are shown what changes in the organisation.
    Leaders,
    /// Whoever is shown the units that agents carry, whatever queue their work is from.
    Loads,
    /// Whoever looks for a text in names: which conversations there are with which names, seen or not yet.
    Names,
}

/// To whom an event is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addressees {
    /// To every reader: names that anybody may be shown have changed.
    Everybody,
    /// To the readers with one of these addresses, some of which may be named twice.
    These(Vec<Address>),
}

impl Address {
    /// The addresses of a reader with this access, of all that they may see. `subject` is who reads, where it is one person; `agent` is their
    /// agent row.
    pub fn of_reader(
        access: &Access,
        subject: Option<&Subject>,
        agent: Option<&Agent>,
    ) -> Vec<Self> {
        let mut addresses = Vec::new();
        if access.has_role(Role::Administrator) {
            addresses.extend([Self::All, Self::Leaders]);
        }
        if access.has_role(Role::Supervisor) {
            addresses.push(Self::Leaders);
            match access.queues() {
                Scope::All => addresses.push(Self::All),
                Scope::Only(queues) => addresses.extend(queues.iter().copied().map(Self::Scope)),
            }
        }
        if access.has_role(Role::Agent)
            && let Some(agent) = agent
        {
            addresses.extend(agent.queues.iter().copied().map(Self::Members));
        }
        addresses.extend(Self::of_notices(access, subject, agent));
        addresses
    }

    /// The addresses of a reader of agents and of what they have to do: supervisors and administrators.
    pub fn of_agents(access: &Access) -> Vec<Self> {
        let mut addresses = Vec::new();
        if access.leads() {
            addresses.push(Self::Leaders);
        }
        if access.has_role(Role::Administrator) {
            addresses.push(Self::All);
        } else if access.has_role(Role::Supervisor) {
            match access.queues() {
                Scope::All => addresses.push(Self::All),
                Scope::Only(queues) => {
                    addresses.push(Self::Loads);
                    addresses.extend(queues.iter().copied().map(Self::Scope));
                }
            }
        }
        addresses
    }

    /// The addresses of a reader of what changes in the organisation alone. What is for everybody needs none.
    pub fn of_organisation(access: &Access, subject: Option<&Subject>) -> Vec<Self> {
        let leaders = access.leads().then_some(Self::Leaders);
        let person = subject.cloned().map(Self::Person);
        leaders.into_iter().chain(person).collect()
    }

    /// The addresses of a reader of notices alone (`notice::concerning`). What supervisors and administrators may see
    /// beside that is no reason to look.
    pub fn of_notices(
        access: &Access,
        subject: Option<&Subject>,
        agent: Option<&Agent>,
    ) -> Vec<Self> {
        let mut addresses = Vec::new();
        if access.has_role(Role::CustomerGateway) {
            match access.channels() {
                Scope::All => addresses.push(Self::All),
                Scope::Only(channels) => {
                    addresses.extend(channels.iter().copied().map(Self::Channel));
                }
            }
        }
        if access.has_role(Role::Supervisor) {
            match access.queues() {
                Scope::All => addresses.push(Self::AllCalls),
                Scope::Only(queues) => addresses.extend(queues.iter().copied().map(Self::Calls)),
            }
        }
        let agent = agent.filter(|_| access.has_role(Role::Agent));
        addresses.extend(agent.map(|agent| Self::Agent(agent.id)));
        addresses.extend(subject.cloned().map(Self::Person));
        addresses
    }
}

impl Addressees {
    /// The addressees of an event.
    pub fn of(change: &Change, after: &After, before: Option<&Footprint>) -> Self {
        match after {
            After::Conversation(conversation) => {
                let mut to = vec![Address::All];
                of_image(&mut to, conversation);
                of_footprint(&mut to, before);
                let (agents, supervisor) = change.people();
                to.extend(agents.into_iter().flatten().map(Address::Agent));
                to.extend(supervisor.cloned().map(Address::Person));
                if change.calls() {
                    to.extend([Address::Calls(conversation.queue), Address::AllCalls]);
                }
                let stood = conversation.course.before.as_deref();
                if stood.is_some_and(|stood| stood.shifts_units(conversation)) {
                    to.push(Address::Loads);
                }
                if change.begins_or_ends() || change.names() {
                    to.push(Address::Names);
                }
                Self::These(to)
            }
            After::Agent(agent) => match change {
                Change::AgentChanged { .. } => Self::Everybody,
                _ => Self::These(vec![
                    Address::Leaders,
                    Address::Person(agent.subject.clone()),
                ]),
            },
            After::Queue(_) | After::Workstream(_) => Self::Everybody,
            After::Settings(_) | After::Supervisor(..) => Self::These(vec![Address::Leaders]),
        }
    }

    /// Whether a reader with these addresses is among them.
    pub fn include(&self, addresses: &[Address]) -> bool {
        match self {
            Self::Everybody => true,
            Self::These(these) => these.iter().any(|one| addresses.contains(one)),
        }
    }
}

/// Who may see a conversation as it is, and takes part in it.
fn of_image(to: &mut Vec<Address>, image: &Conversation) {
    to.extend([Address::Scope(image.queue), Address::Channel(image.channel)]);
    if image.state == State::Open {
        to.push(Address::Members(image.queue));
    }
    let offered = image.offer.as_ref().map(|offer| offer.agent);
    let agents = image.agents_taking_part().chain(offered);
    to.extend(agents.map(Address::Agent));
    let joined = image.joined().map(|look| look.supervisor.clone());
    to.extend(joined.map(Address::Person));
}

/// Who could see it before, and took part in it.
fn of_footprint(to: &mut Vec<Address>, before: Option<&Footprint>) {
    let Some(before) = before else { return };
    to.push(Address::Scope(before.queue));
    if before.open {
        to.push(Address::Members(before.queue));
    }
    let agents = before.agents.iter().chain(&before.handled_by);
    to.extend(agents.copied().map(Address::Agent));
    to.extend(before.joined.iter().cloned().map(Address::Person));
}
