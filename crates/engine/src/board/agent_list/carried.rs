//! What a list knows of one agent, and the row that it makes of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{AgentFilter, AgentScope};
use crate::board::step::Listed;
use domain::course::Standpoint;
use domain::fold::Named;
use domain::{Agent, AgentId, AgentKind, Conversation, ConversationId};

/// An agent and what they have to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRow {
    /// Who.
    pub agent: Arc<Agent>,
    /// The units that they carry; none: they belong to no queue, and a queue of the agent is not in scope.
    pub units: Option<Units>,
    /// How many ongoing conversations they have or are offered.
    pub conversations: u32,
    /// Since when they handle the oldest of those that they handle.
    pub handling_since: Option<DateTime<Utc>>,
    /// How many requests for help of theirs nobody has answered.
    pub help: u32,
    /// What they handled today.
    pub today: HandledToday,
}

impl Listed for AgentRow {
    type Id = AgentId;
}

/// Units of capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Units {
    /// All of them.
    pub total: u32,
    /// Those that are consumed or reserved.
    pub consumed: u32,
}

/// Stints of an agent in ACTIVE that ended today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandledToday {
    /// How many.
    pub count: u64,
    /// How long together, in milliseconds.
    pub millis: u64,
}

impl HandledToday {
    /// Another one of so many milliseconds.
    pub const fn add(&mut self, millis: u64) {
        self.count += 1;
        self.millis += millis;
    }

    /// Their mean, in seconds; none: there are none.
    pub fn mean_seconds(&self) -> Option<f64> {
        // Counts and sums are far below where a double is too coarse.
        #[allow(clippy::cast_precision_loss)]
        (self.count > 0).then(|| self.millis as f64 / self.count as f64 / 1_000.0)
    }
}

impl AgentRow {
    /// Whether the two differ for whoever has this scope.
    pub(super) fn differs_from(&self, other: &Self, scope: &AgentScope) -> bool {
        let figures = |row: &Self| {
            let Self {
                agent: _,
                units,
                conversations,
                handling_since,
                help,
                today,
            } = row;
            (*units, *conversations, *handling_since, *help, *today)
        };
        figures(self) != figures(other) || scope.tells_apart(&self.agent, &other.agent)
    }
}

/// What counts of a conversation for the agent who has it or is offered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Who.
    pub agent: AgentId,
    /// Since when they handle it, in this queue.
    pub handled_since: Option<DateTime<Utc>>,
    /// Whether they ask for help with it.
    pub help: bool,
}

impl Piece {
    /// What counts of this conversation; none: nothing does.
    pub fn of(c: &Conversation, scope: &AgentScope) -> Option<Self> {
        let is_bots = (c.primary.as_ref()).is_some_and(|primary| primary.kind == AgentKind::Bot);
        if !c.is_ongoing() || !scope.has(c.queue) || is_bots {
            return None;
        }
        let stint = c.is_in_conversation().then(|| Standpoint::of(c).stint);
        Some(Self {
            agent: c.assigned_agent()?,
            handled_since: stint.flatten().map(|stint| stint.since),
            help: c.help.is_some(),
        })
    }
}

/// What is known of one agent.
#[derive(Clone, Debug)]
pub(super) struct Carried {
    /// Who, as they are.
    pub agent: Arc<Agent>,
    /// Their name.
    pub named: Named,
    /// What they handled today, in queues in scope.
    pub today: HandledToday,
    units: u32,
    conversations: u32,
    handling: BTreeSet<(DateTime<Utc>, ConversationId)>,
    help: u32,
}

impl Carried {
    /// This agent, of this name, who carries so many units and nothing else that is known yet.
    pub fn of(agent: Arc<Agent>, named: Named, units: u32) -> Self {
        Self {
            agent,
            named,
            today: HandledToday::default(),
            units,
            conversations: 0,
            handling: BTreeSet::new(),
            help: 0,
        }
    }

    /// The agent is this from now on.
    pub fn update(&mut self, agent: Arc<Agent>) {
        if *self.named.text() != agent.name {
            self.named = agent.name.clone().into();
        }
        self.agent = agent;
    }

    /// They have this to do from now on.
    pub fn take(&mut self, id: ConversationId, piece: &Piece) {
        self.conversations += 1;
        self.handling
            .extend(piece.handled_since.map(|since| (since, id)));
        self.help += u32::from(piece.help);
    }

    /// They do not have this to do any more.
    pub fn give_up(&mut self, id: ConversationId, piece: &Piece) {
        self.conversations = self.conversations.saturating_sub(1);
        if let Some(since) = piece.handled_since {
            self.handling.remove(&(since, id));
        }
        self.help = self.help.saturating_sub(u32::from(piece.help));
    }

    /// They carry so many units more.
    pub fn shift_units(&mut self, units: i64) {
        self.units = u32::try_from(i64::from(self.units) + units).unwrap_or(0);
    }

    /// Whether the filter lets them pass.
    pub fn passes(&self, filter: &AgentFilter) -> bool {
        let AgentFilter {
            queues,
            presences,
            asks_for_help,
            text,
        } = filter;
        let agent = &self.agent;
        let names = [&self.named];
        queues
            .as_ref()
            .is_none_or(|these| !these.is_disjoint(&agent.queues))
            && presences
                .as_ref()
                .is_none_or(|these| these.contains(&agent.presence))
            && asks_for_help.is_none_or(|asks| asks == (self.help > 0))
            && text
                .as_ref()
                .is_none_or(|text| text.finds(&names.into_iter()))
    }

    /// Their row for whoever has this scope; none: they are not in it.
    pub fn row(&self, scope: &AgentScope) -> Option<AgentRow> {
        let agent = Some(&self.agent).filter(|agent| scope.shows(agent))?;
        let units = Units {
            total: agent.capacity,
            consumed: self.units,
        };
        Some(AgentRow {
            agent: agent.clone(),
            units: scope.shows_whole(agent).then_some(units),
            conversations: self.conversations,
            handling_since: self.handling.first().map(|(since, _)| *since),
            help: self.help,
            today: self.today,
        })
    }
}
