//! What the live list of agents tells: all of it, or what an event changed.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};

use super::ongoing::number;
use crate::graphql::scalars::Cursor;
use crate::graphql::types::agent::{Agent, Capacity};
use domain::Presence;
use engine::app::App;
use engine::board::agent_list::AgentRow;
use engine::board::list::{Leaving, Step};
use engine::live::list::{News, Reason, Told, Update};

/// What `agentsLive` delivers.
#[derive(Union)]
pub enum AgentsLiveUpdate {
    /// The whole list: show this instead of what you have.
    Snapshot(AgentsLiveSnapshot),
    /// What an event changed.
    Changes(AgentsLiveChanges),
}

/// The whole list: show this instead of what you have.
#[derive(SimpleObject)]
pub struct AgentsLiveSnapshot {
    /// Where in the event log this is; pass the last one you handled as `after` to go on with the same
    /// arguments. It also serves as `after` of the other subscriptions, which go on from the same place.
    cursor: Cursor,
    /// When it left for you.
    emitted_at: DateTime<Utc>,
    /// Why the whole list came.
    snapshot_reason: AgentsLiveSnapshotReason,
    /// How many agents there are in all, shown or not.
    total_count: u32,
    /// The first `first` of them, in order.
    live_agents: Vec<LiveAgent>,
}

/// Why a whole list of agents comes.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum AgentsLiveSnapshotReason {
    /// You began without `after`.
    Started,
    /// What follows `after` is not known here any more, or it is not a cursor of this subscription with
    /// the same arguments, a token that sees the same, and the same day.
    NotResumable,
    /// `after` is of another database, or of one that was restored since.
    OtherLog,
    /// Your token was replaced by one that sees something else.
    SightChanged,
    /// It is another day in `timeZone`: what was handled today counts from its begin.
    DayChanged,
    /// More happened than could be kept for you.
    FellBehind,
}

/// What one event changed in the list of agents.
#[derive(SimpleObject)]
pub struct AgentsLiveChanges {
    /// The event's place in the event log; pass the last one you handled as `after` to go on with the
    /// same arguments. It also serves as `after` of the other subscriptions.
    cursor: Cursor,
    /// When the event was committed.
    committed_at: DateTime<Utc>,
    /// When it left for you.
    emitted_at: DateTime<Utc>,
    /// How many agents there are in all, shown or not.
    total_count: u32,
    /// Apply them one after the other. Empty when only `totalCount` changed. Usually one or two: what leaves
    /// comes before what enters, so that your list is never longer than `first`.
    changes: Vec<AgentsLiveChange>,
}

/// A step from one state of the list to the next.
#[derive(Union)]
pub enum AgentsLiveChange {
    /// An agent is shown from now on.
    Entered(LiveAgentEntered),
    /// An agent who stays in their place is another.
    Updated(LiveAgentUpdated),
    /// An agent comes to another place.
    Moved(LiveAgentMoved),
    /// An agent is not shown any more.
    Left(LiveAgentLeft),
}

/// An agent is shown from now on: insert them.
#[derive(SimpleObject)]
pub struct LiveAgentEntered {
    /// The row's index in the list, from 0, once it is inserted.
    index: u32,
    /// The agent's row as it was right after the event.
    row: LiveAgent,
}

/// An agent who stays in their place is another, or has something else to do: replace the row.
#[derive(SimpleObject)]
pub struct LiveAgentUpdated {
    /// The row's index in the list, from 0.
    index: u32,
    /// The agent's row as it was right after the event.
    row: LiveAgent,
}

/// An agent comes to another place: take the row out, and insert it there.
#[derive(SimpleObject)]
pub struct LiveAgentMoved {
    /// The row's index in the list, from 0, once it is inserted again.
    index: u32,
    /// The agent's row as it was right after the event.
    row: LiveAgent,
}

/// An agent is not shown any more: take the row out.
#[derive(SimpleObject)]
pub struct LiveAgentLeft {
    /// Who (`agent_…`).
    agent_id: ID,
    /// Why.
    left_reason: LiveAgentLeftReason,
}

/// Why an agent is not shown any more.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum LiveAgentLeftReason {
    /// They were deleted. For administrators: supervisors see nobody who is in no queue any more, and that comes first
    /// (NO_LONGER_VISIBLE).
    Deleted,
    /// They are not among what `filter` asks for any more.
    NoLongerMatches,
    /// They are not among the first `first` any more.
    PushedOut,
    /// None of their queues is in your scope any more.
    NoLongerVisible,
}

/// An agent and what they have to do.
pub struct LiveAgent(Arc<AgentRow>);

/// An agent, who is a person, and what they have to do. What is counted of conversations counts those in queues in your scope
/// alone, whatever others the agent has.
#[Object]
impl LiveAgent {
    /// The agent, with whose id you find the row. Of its fields those that count conversations or units count all of
    /// them, as they are when the message is made, and are not followed; read the row's own.
    async fn agent(&self) -> Agent {
        Agent(self.0.agent.clone())
    }

    /// Whether the agent can be reached for work.
    async fn presence(&self) -> Presence {
        self.0.agent.presence
    }

    /// Since when the presence is this one; null where it has been so since before that was recorded.
    async fn presence_since(&self) -> Option<DateTime<Utc>> {
        self.0.agent.presence_since
    }

    /// Capacity, in units. Null for supervisors whose scope lacks a queue of which the agent is a member: units belong to no
    /// queue.
    async fn capacity(&self) -> Option<Capacity> {
        let units = self.0.units?;
        Some(Capacity::of(units.total, units.consumed))
    }

    /// How many ongoing conversations the agent has or is offered (in ACTIVE, WAITING and WRAP_UP), in queues in your scope.
    async fn active_conversations(&self) -> u32 {
        self.0.conversations
    }

    /// Since when the agent handles what they handle longest: the begin of the oldest of their running stints in ACTIVE, in
    /// queues in your scope. Null when they handle nothing.
    async fn longest_handle_since(&self) -> Option<DateTime<Utc>> {
        self.0.handling_since
    }

    /// How many requests for help of the agent nobody has answered, of conversations in queues in your scope.
    async fn open_help_requests(&self) -> u32 {
        self.0.help
    }

    /// How many stints of the agent in ACTIVE ended today, in queues in your scope: the number of cases of `handleTime` in
    /// `insights` by agent, up to this very event.
    async fn handled_today(&self) -> u64 {
        self.0.today.count
    }

    /// How long these took in the mean, in seconds. Null when there are none.
    async fn mean_handle_seconds_today(&self) -> Option<f64> {
        self.0.today.mean_seconds()
    }
}

impl AgentsLiveUpdate {
    /// What there is to tell; none: it is of another kind of list.
    pub(in crate::graphql) fn of(app: &App, update: &Update) -> Option<Self> {
        let News::Agents(told) = &update.news else {
            return None;
        };
        let cursor = Cursor::from(update.cursor);
        let emitted_at = app.clock.now();
        let total_count = number(update.total);
        Some(match told {
            Told::Whole(reason, rows) => Self::Snapshot(AgentsLiveSnapshot {
                cursor,
                emitted_at,
                snapshot_reason: (*reason).into(),
                total_count,
                live_agents: rows.iter().cloned().map(LiveAgent).collect(),
            }),
            Told::Changes(committed_at, steps) => Self::Changes(AgentsLiveChanges {
                cursor,
                committed_at: *committed_at,
                emitted_at,
                total_count,
                changes: steps.iter().map(AgentsLiveChange::of).collect(),
            }),
        })
    }
}

impl AgentsLiveChange {
    fn of(step: &Step<AgentRow>) -> Self {
        let shown = |index: &usize, row: &Arc<AgentRow>| (number(*index), LiveAgent(row.clone()));
        match step {
            Step::Entered(index, row) => {
                let (index, row) = shown(index, row);
                Self::Entered(LiveAgentEntered { index, row })
            }
            Step::Updated(index, row) => {
                let (index, row) = shown(index, row);
                Self::Updated(LiveAgentUpdated { index, row })
            }
            Step::Moved(index, row) => {
                let (index, row) = shown(index, row);
                Self::Moved(LiveAgentMoved { index, row })
            }
            Step::Left(id, leaving) => Self::Left(LiveAgentLeft {
                agent_id: ID(id.to_string()),
                left_reason: (*leaving).into(),
            }),
        }
    }
}

impl From<Reason> for AgentsLiveSnapshotReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Started => Self::Started,
            Reason::NotResumable => Self::NotResumable,
            Reason::OtherLog => Self::OtherLog,
            Reason::SightChanged => Self::SightChanged,
            Reason::DayChanged => Self::DayChanged,
            // A list of agents looks for nothing in customers' names.
            Reason::FellBehind | Reason::NamesChanged => Self::FellBehind,
        }
    }
}

impl From<Leaving> for LiveAgentLeftReason {
    fn from(leaving: Leaving) -> Self {
        match leaving {
            Leaving::Ended => Self::Deleted,
            Leaving::Unmatched => Self::NoLongerMatches,
            Leaving::PushedOut => Self::PushedOut,
            Leaving::Unseen => Self::NoLongerVisible,
        }
    }
}
