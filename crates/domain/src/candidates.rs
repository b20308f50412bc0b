//! To whom a conversation can be given, and what that would take (domain.md section 4).
//!
//! `decide` measures a target by the same functions that make the lists, so a list holds exactly
//! those that a command takes, given the overrides that it marks. Pure: a list is read off the
//! board at one position, and whoever it names may be gone when the command comes.

use std::cmp::Reverse;
use std::sync::Arc;

use super::action::Override;
use super::conversation::queue_kind_of;
use super::fold::Search;
use super::{
    Agent, AgentId, AgentKind, Conversation, Load, Queue, QueueId, Refusal, Workstream, World,
};

/// From so many declines of one agent on, a supervisor must override them.
pub const DECLINES_BEFORE_OVERRIDE: u32 = 3;

/// An agent, measured for one conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentCandidate {
    /// Who.
    pub agent: Arc<Agent>,
    /// What the agent carries now.
    pub load: Load,
    /// How often the agent declined this conversation.
    pub declines: u32,
    workstream: Arc<Workstream>,
}

/// Which of a candidate's hindrances the supervisor overrides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Whatever the presence.
    pub presence: bool,
    /// Whatever the capacity.
    pub capacity: bool,
    /// However often the agent declined.
    pub declines: bool,
}

impl Overrides {
    /// Those that are given.
    pub fn lifted(self) -> impl Iterator<Item = Override> {
        Override::ALL
            .iter()
            .copied()
            .filter(move |limit| match limit {
                Override::Presence => self.presence,
                Override::Capacity => self.capacity,
                Override::Declines => self.declines,
            })
    }
}

/// Where an agent stands in a list: who needs no override first, then most available capacity, then
/// name. It goes on meaning a place when the agent has moved or gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// Some override is needed.
    pub hindered: bool,
    /// Units the agent has left; may be negative.
    pub available: Reverse<i64>,
    /// The name, in lower case.
    pub name: String,
    /// The agent's id, which tells namesakes apart.
    pub id: AgentId,
}

impl AgentCandidate {
    /// Measures an agent.
    pub fn new(
        agent: &Arc<Agent>,
        load: Load,
        workstream: &Arc<Workstream>,
        conversation: &Conversation,
    ) -> Self {
        Self {
            agent: agent.clone(),
            load,
            declines: conversation
                .declines
                .get(&agent.id)
                .copied()
                .unwrap_or_default(),
            workstream: workstream.clone(),
        }
    }

    /// The units that the conversation takes.
    pub fn required_units(&self) -> u32 {
        self.workstream.units
    }

    /// Total less consumed; may be negative.
    pub fn available_units(&self) -> i64 {
        i64::from(self.agent.capacity) - i64::from(self.load.consumed)
    }

    /// By how many units the conversation would exceed the agent's capacity.
    pub fn exceeded_by(&self) -> u32 {
        let needed = self.load.consumed.saturating_add(self.required_units());
        needed.saturating_sub(self.agent.capacity)
    }

    /// What the agent would have to be taken in spite of.
    pub fn needs(&self) -> Overrides {
        let allowed = &self.workstream.allowed_presences;
        Overrides {
            presence: !allowed.contains(&self.agent.presence),
            capacity: self.exceeded_by() > 0,
            declines: self.declines >= DECLINES_BEFORE_OVERRIDE,
        }
    }

    /// Presence, capacity and declines, in this order, but for what is overridden.
    pub fn has_room(&self, given: Overrides) -> Result<(), Refusal> {
        let needs = self.needs();
        if needs.presence && !given.presence {
            return Err(Refusal::PresenceNotAllowed {
                presence: self.agent.presence,
                allowed: self.workstream.allowed_presences.iter().copied().collect(),
            });
        }
        if needs.capacity && !given.capacity {
            return Err(Refusal::CapacityExceeded {
                total: self.agent.capacity,
                consumed: self.load.consumed,
                units: self.required_units(),
                exceeded_by: self.exceeded_by(),
            });
        }
        if needs.declines && !given.declines {
            let declines = self.declines;
            return Err(Refusal::DeclinedTooOften { declines });
        }
        Ok(())
    }

    /// Any person can be assigned a conversation, member of its queue or not.
    pub fn can_be_assigned(&self) -> Result<(), Refusal> {
        match self.agent.kind {
            AgentKind::Human => Ok(()),
            AgentKind::Bot => Err(Refusal::TargetIsBot),
        }
    }

    /// A conversation is transferred to a person of its queue who does not have it already.
    pub fn can_be_transferred_to(&self, conversation: &Conversation) -> Result<(), Refusal> {
        self.can_be_assigned()?;
        if conversation.primary_agent() == Some(self.agent.id) {
            return Err(Refusal::TargetIsPrimary);
        }
        if !self.agent.queues.contains(&conversation.queue) {
            return Err(Refusal::TargetNotInQueue);
        }
        Ok(())
    }

    /// The place in a list.
    pub fn rank(&self) -> Rank {
        Rank {
            hindered: self.needs() != Overrides::default(),
            available: Reverse(self.available_units()),
            name: self.agent.name.to_lowercase(),
            id: self.agent.id,
        }
    }
}

/// Whom the conversation can be assigned to: people with an allowed presence, and with
/// `any_presence` the others as well. In order of their ranks.
pub fn assignable_agents(
    world: &World,
    conversation: &Conversation,
    search: &Search,
    any_presence: bool,
) -> Vec<(Rank, AgentCandidate)> {
    listed(world, conversation, search, |candidate| {
        candidate.can_be_assigned().is_ok() && (any_presence || !candidate.needs().presence)
    })
}

/// Whom the conversation can be transferred to: people of its queue with an allowed presence (which
/// no override lifts) who do not have it. In order of their ranks.
pub fn transferable_agents(
    world: &World,
    conversation: &Conversation,
    search: &Search,
) -> Vec<(Rank, AgentCandidate)> {
    listed(world, conversation, search, |candidate| {
        candidate.can_be_transferred_to(conversation).is_ok() && !candidate.needs().presence
    })
}

fn listed(
    world: &World,
    conversation: &Conversation,
    search: &Search,
    fits: impl Fn(&AgentCandidate) -> bool,
) -> Vec<(Rank, AgentCandidate)> {
    let workstream = world.workstreams.get(&conversation.workstream);
    let workstream = Workstream::of(workstream, conversation);
    let agents = world.agents.values();
    let mut candidates: Vec<_> = agents
        .filter(|agent| search.finds(&world.name_of_agent(agent.id).into_iter()))
        .map(|agent| AgentCandidate::new(agent, world.load(agent.id), &workstream, conversation))
        .filter(fits)
        .map(|candidate| (candidate.rank(), candidate))
        .collect();
    candidates.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    candidates
}

/// Whether the conversation can be moved to this queue: another one, of the kind that its channel needs.
pub fn queue_fits(queue: &Queue, conversation: &Conversation) -> Result<(), Refusal> {
    if queue.id == conversation.queue {
        return Err(Refusal::TargetQueueIsCurrent);
    }
    let needed = queue_kind_of(conversation.channel);
    if queue.kind != needed {
        let given = queue.kind;
        return Err(Refusal::QueueKindMismatch { given, needed });
    }
    Ok(())
}

/// Where the conversation can be moved to, by name (in lower case) and id.
pub fn assignable_queues(
    world: &World,
    conversation: &Conversation,
    search: &Search,
) -> Vec<((String, QueueId), Arc<Queue>)> {
    let queues = world.queues.values();
    let mut queues: Vec<_> = queues
        .filter(|queue| queue_fits(queue, conversation).is_ok())
        .filter(|queue| search.finds(&world.name_of_queue(queue.id).into_iter()))
        .map(|queue| ((queue.name.to_lowercase(), queue.id), queue.clone()))
        .collect();
    queues.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    queues
}
