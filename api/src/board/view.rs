//! The ongoing view: filter, order, page, count. A scan; no SQL, no index.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};

use super::State as Board;
use crate::domain::{
    Agent, AgentId, AttentionReason, Channel, Conversation, ConversationId, QueueId,
    SentimentLevel, State, Viewer, policy,
};
use crate::store::{Head, InvalidCursor};

/// Which conversations of the ongoing view; every condition given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// In one of these states.
    pub states: Option<BTreeSet<State>>,
    /// On one of these channels.
    pub channels: Option<BTreeSet<Channel>>,
    /// In one of these queues.
    pub queues: Option<BTreeSet<QueueId>>,
    /// Handled by or offered to one of these agents.
    pub agents: Option<BTreeSet<AgentId>>,
    /// At one of these sentiment levels.
    pub sentiments: Option<BTreeSet<SentimentLevel>>,
    /// Needing attention for one of these reasons.
    pub attention: Option<BTreeSet<AttentionReason>>,
    /// Needing attention for any reason (true) or for none (false).
    pub needs_attention: Option<bool>,
    /// With nobody assigned (true) or somebody (false).
    pub unassigned: Option<bool>,
    /// Whose subject or customer name has this text, in whatever case; given in lower case.
    pub text: Option<String>,
}

impl Filter {
    /// Whether the conversation is one of those asked for.
    fn matches(&self, board: &Board, conversation: &Conversation) -> bool {
        fn among<T: Ord>(these: Option<&BTreeSet<T>>, one: &T) -> bool {
            these.is_none_or(|these| these.contains(one))
        }
        among(self.states.as_ref(), &conversation.state)
            && among(self.channels.as_ref(), &conversation.channel)
            && among(self.queues.as_ref(), &conversation.queue)
            && among(self.sentiments.as_ref(), &conversation.sentiment.level)
            && self.attention.as_ref().is_none_or(|reasons| {
                let mut held = conversation.attention.keys();
                held.any(|reason| reasons.contains(reason))
            })
            && self
                .needs_attention
                .is_none_or(|needs| needs != conversation.attention.is_empty())
            && self.agents.as_ref().is_none_or(|agents| {
                conversation
                    .assigned_agent()
                    .is_some_and(|agent| agents.contains(&agent))
            })
            && self
                .unassigned
                .is_none_or(|unassigned| unassigned == conversation.assigned_agent().is_none())
            && self.text.as_ref().is_none_or(|text| {
                let names = board.names(conversation);
                [names.subject, names.customer]
                    .iter()
                    .flatten()
                    .any(|name| name.to_lowercase().contains(text.as_str()))
            })
    }
}

/// By what the ongoing view is ordered. Conversations without the value come last either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderField {
    /// Since when nobody has it.
    WaitingTime,
    /// When it started.
    Start,
    /// Customer sentiment.
    Sentiment,
    /// When something last happened.
    LastActivity,
    /// For how many reasons it needs attention, then since when the first of them holds.
    Attention,
}

/// An order: ascending is shortest wait, oldest start, most negative, least recent, fewest and
/// newest reasons first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub field: OrderField,
    /// Largest first.
    pub descending: bool,
}

/// A place in an order: of a conversation's row, also after the conversation has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    // None sorts last: Reverse(false) is greater than Reverse(true).
    known: Reverse<bool>,
    value: i64,
    id: ConversationId,
}

impl Order {
    fn place(self, conversation: &Conversation) -> Place {
        let micros = |at: DateTime<Utc>| at.timestamp_micros();
        let value = match self.field {
            // A longer wait is an earlier instant.
            OrderField::WaitingTime => conversation.waiting_since.map(|at| -micros(at)),
            OrderField::Start => Some(micros(conversation.started_at)),
            OrderField::LastActivity => Some(micros(conversation.last_activity_at)),
            OrderField::Sentiment => match conversation.sentiment.level {
                SentimentLevel::NotAvailable => None,
                level => Some(level as i64),
            },
            OrderField::Attention => urgency(conversation),
        };
        let sign = if self.descending { -1 } else { 1 };
        Place {
            known: Reverse(value.is_some()),
            value: value.map_or(0, |value| sign * value),
            id: conversation.id,
        }
    }

    const fn tag(self) -> u8 {
        self.field as u8 * 2 + self.descending as u8
    }

    /// The cursor text of a place in this order.
    pub fn encode(self, place: Place) -> String {
        let mut bytes = Vec::with_capacity(26);
        bytes.push(self.tag());
        bytes.push(u8::from(place.known.0));
        bytes.extend(place.value.to_be_bytes());
        bytes.extend(place.id.0.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that a cursor text of this order stands for.
    pub fn decode(self, text: &str) -> Result<Place, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        if bytes.len() != 26 || bytes[0] != self.tag() || bytes[1] > 1 {
            return Err(InvalidCursor);
        }
        let value = bytes[2..10].try_into().map_err(|_| InvalidCursor)?;
        let id = uuid::Uuid::from_slice(&bytes[10..]).map_err(|_| InvalidCursor)?;
        Ok(Place {
            known: Reverse(bytes[1] == 1),
            value: i64::from_be_bytes(value),
            id: ConversationId(id),
        })
    }
}

/// How many reasons, then for how long, as one number: microseconds since 1970 need 51 bits today
/// and leave 56 in the year 4253. None without a reason.
fn urgency(conversation: &Conversation) -> Option<i64> {
    const MOST: i64 = (1 << 56) - 1;
    let since = conversation.attention.values().min()?;
    let reasons = i64::try_from(conversation.attention.len()).unwrap_or(0);
    // Longer is an earlier instant.
    Some((reasons << 56) + (MOST - since.timestamp_micros().clamp(0, MOST)))
}

/// Which part of the ordered list: after and before a place, and from which end how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Only what comes after this place.
    pub after: Option<Place>,
    /// Only what comes before this place.
    pub before: Option<Place>,
    /// How many.
    pub count: usize,
    /// Counted from the end.
    pub from_end: bool,
}

/// A page of the ongoing view.
#[derive(Debug)]
pub struct Page {
    /// The rows, in order.
    pub rows: Vec<(Place, Arc<Conversation>)>,
    /// How many there are on all pages.
    pub total: usize,
    /// Whether rows come before these.
    pub has_previous: bool,
    /// Whether rows come after these.
    pub has_next: bool,
    /// Where in the log this was seen.
    pub head: Head,
}

/// Who looks at the board.
#[derive(Clone, Copy, Debug)]
pub struct Eye<'a> {
    viewer: &'a Viewer,
    agent: Option<&'a Agent>,
}

impl Board {
    /// The eye of this viewer.
    pub fn eye<'a>(&'a self, viewer: &'a Viewer) -> Eye<'a> {
        Eye {
            viewer,
            agent: self.world.agent_of(viewer.subject()).map(|agent| &**agent),
        }
    }

    /// The ongoing conversations that this viewer sees.
    pub fn seen<'a>(&'a self, viewer: &'a Viewer) -> impl Iterator<Item = &'a Arc<Conversation>> {
        let eye = self.eye(viewer);
        self.world
            .conversations
            .values()
            .filter(move |conversation| eye.sees(conversation))
    }

    /// A page of what this viewer sees.
    pub fn page(&self, viewer: &Viewer, filter: &Filter, order: Order, slice: Slice) -> Page {
        let mut places: Vec<(Place, &Arc<Conversation>)> = self
            .seen(viewer)
            .filter(|conversation| filter.matches(self, conversation))
            .map(|conversation| (order.place(conversation), conversation))
            .collect();
        let total = places.len();
        let (mut earlier, mut later) = (false, false);
        places.retain(|(place, _)| {
            let before = slice.after.is_some_and(|after| *place <= after);
            let behind = slice.before.is_some_and(|before| *place >= before);
            earlier |= before;
            later |= behind;
            !before && !behind
        });
        let within = places.len();
        let by_place =
            |a: &(Place, &Arc<Conversation>), b: &(Place, &Arc<Conversation>)| a.0.cmp(&b.0);
        if slice.count < places.len() && slice.count > 0 {
            places.select_nth_unstable_by(slice.count - 1, |a, b| {
                if slice.from_end {
                    by_place(b, a)
                } else {
                    by_place(a, b)
                }
            });
        }
        places.truncate(slice.count);
        places.sort_unstable_by(by_place);
        let cut = within > places.len();
        Page {
            rows: places
                .into_iter()
                .map(|(place, c)| (place, c.clone()))
                .collect(),
            total,
            has_previous: earlier || (cut && slice.from_end),
            has_next: later || (cut && !slice.from_end),
            head: self.head,
        }
    }

    /// Counts over what this viewer sees.
    pub fn summary(&self, viewer: &Viewer, filter: &Filter) -> Summary {
        let mut summary = Summary {
            head: Some(self.head),
            ..Summary::default()
        };
        for conversation in self.seen(viewer).filter(|c| filter.matches(self, c)) {
            summary.total += 1;
            *summary.by_state.entry(conversation.state).or_default() += 1;
            *summary.by_queue.entry(conversation.queue).or_default() += 1;
            *summary.by_channel.entry(conversation.channel).or_default() += 1;
            *summary
                .by_sentiment
                .entry(conversation.sentiment.level)
                .or_default() += 1;
            for reason in conversation.attention.keys() {
                *summary.by_attention.entry(*reason).or_default() += 1;
            }
            summary.needing_attention += u32::from(!conversation.attention.is_empty());
            summary.unassigned += u32::from(conversation.assigned_agent().is_none());
            if let Some(since) = conversation.waiting_since {
                let longest = summary.waiting_since.get_or_insert(since);
                *longest = since.min(*longest);
            }
        }
        summary
    }
}

impl Eye<'_> {
    /// Whether this viewer sees the conversation.
    pub fn sees(&self, conversation: &Conversation) -> bool {
        policy::sees(self.viewer, self.agent, conversation).any()
    }
}

/// Counts over the ongoing view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// All of them.
    pub total: u32,
    /// With nobody assigned.
    pub unassigned: u32,
    /// By state.
    pub by_state: BTreeMap<State, u32>,
    /// By queue.
    pub by_queue: BTreeMap<QueueId, u32>,
    /// By channel.
    pub by_channel: BTreeMap<Channel, u32>,
    /// By sentiment level.
    pub by_sentiment: BTreeMap<SentimentLevel, u32>,
    /// Needing attention, for whatever reason.
    pub needing_attention: u32,
    /// By reason for attention; one conversation may count for several.
    pub by_attention: BTreeMap<AttentionReason, u32>,
    /// Since when the one that waits longest waits.
    pub waiting_since: Option<DateTime<Utc>>,
    /// Where in the log this was seen.
    pub head: Option<Head>,
}
