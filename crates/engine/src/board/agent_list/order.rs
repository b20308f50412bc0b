//! The orders of a list of agents.

use std::cmp::Reverse;
use std::sync::Arc;

use super::AgentRow;
use domain::AgentId;

/// Loads are compared to a millionth.
const MILLION: i64 = 1_000_000;

/// By what agents are ordered. Agents without the value come last either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AgentOrderField {
    /// The name, folded.
    Name,
    /// The presence in the order of its words, then since when.
    Presence,
    /// The share of the capacity that is consumed.
    Load,
    /// For how long they handle what they handle longest.
    LongestHandle,
    /// How many stints of theirs ended today.
    HandledToday,
}

/// An order: ascending is A first, AVAILABLE and longest first, smallest and shortest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgentOrder {
    /// By what.
    pub field: AgentOrderField,
    /// The other way round.
    pub descending: bool,
}

/// A place in an order; among equals the oldest agent comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgentPlace {
    // None sorts last: Reverse(false) is greater than Reverse(true).
    known: Reverse<bool>,
    rank: Rank,
    id: AgentId,
}

/// A place but for the id. All of one list are of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Number(i64, i64),
    Text(Arc<str>),
    TextDown(Reverse<Arc<str>>),
}

impl AgentPlace {
    /// Whose place it is.
    pub const fn id(&self) -> AgentId {
        self.id
    }
}

impl AgentOrder {
    /// Where this row stands, of an agent with this folded name.
    pub(super) fn place(self, row: &AgentRow, name: &Arc<str>) -> AgentPlace {
        let at = |(known, rank)| AgentPlace {
            known: Reverse(known),
            rank,
            id: row.agent.id,
        };
        let sign = if self.descending { -1 } else { 1 };
        let numbers = |(one, other): (i64, i64)| Rank::Number(sign * one, sign * other);
        let numbers =
            |value: Option<(i64, i64)>| (value.is_some(), numbers(value.unwrap_or_default()));
        at(match self.field {
            AgentOrderField::Name if self.descending => {
                (true, Rank::TextDown(Reverse(name.clone())))
            }
            AgentOrderField::Name => (true, Rank::Text(name.clone())),
            AgentOrderField::Presence => {
                let since = row
                    .agent
                    .presence_since
                    .map_or(0, |at| at.timestamp_micros());
                numbers(Some((row.agent.presence as i64, since)))
            }
            AgentOrderField::Load => {
                let units = row.units.filter(|units| units.total > 0);
                let share = |total, consumed| i64::from(consumed) * MILLION / i64::from(total);
                numbers(units.map(|units| (share(units.total, units.consumed), 0)))
            }
            // A longer one is an earlier instant.
            AgentOrderField::LongestHandle => {
                numbers(row.handling_since.map(|at| (-at.timestamp_micros(), 0)))
            }
            AgentOrderField::HandledToday => {
                let count = |count| i64::try_from(count).unwrap_or(i64::MAX);
                numbers(Some((count(row.today.count), 0)))
            }
        })
    }
}
