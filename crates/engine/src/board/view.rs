//! The ongoing view: filter, order, page, count. A scan of compact rows; no SQL, no index.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};

use super::State as Board;
use super::asked::Ranking;
use super::row_filter::RowFilter;
use super::rows::NOBODY;
use crate::log::{Head, InvalidCursor};
use domain::audience::Observer;
use domain::fold::Search;
use domain::{
    Access, Agent, AgentId, AttentionReason, Channel, Conversation, ConversationId, Priority,
    QueueId, SentimentLevel, State, Subject, policy,
};

/// Which conversations of the ongoing view; every condition given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
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
    /// With one of these tags, which are folded.
    pub tags: Option<BTreeSet<Arc<str>>>,
    /// At one of these priorities.
    pub priorities: Option<BTreeSet<Priority>>,
    /// Monitored by one of these supervisors now.
    pub monitored_by: Option<BTreeSet<Subject>>,
    /// Whose subject and customer name have the words of this search.
    pub text: Option<Search>,
}

/// By what the ongoing view is ordered. Conversations without the value come last either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Its priority, then for how long it has been there.
    Priority,
}

/// An order: ascending is shortest wait, oldest start, most negative, least recent, fewest and
/// newest reasons, lowest priority and newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// By what.
    pub field: OrderField,
    /// Largest first.
    pub descending: bool,
}

/// A place in an order: of a conversation's row, also after the conversation has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortKey {
    // None sorts last: Reverse(false) is greater than Reverse(true).
    known: Reverse<bool>,
    value: i64,
    id: ConversationId,
}

/// A place but for the id.
type Rank = (Reverse<bool>, i64);

impl SortKey {
    /// Whose place it is.
    pub const fn id(&self) -> ConversationId {
        self.id
    }
}

impl OrderField {
    /// Every order, in the order of declaration.
    pub(super) const ALL: [Self; 6] = [
        Self::WaitingTime,
        Self::Start,
        Self::Sentiment,
        Self::LastActivity,
        Self::Attention,
        Self::Priority,
    ];

    /// What the conversation is ordered by; none comes last either way.
    pub(super) fn value(self, conversation: &Conversation) -> Option<i64> {
        let micros = |at: DateTime<Utc>| at.timestamp_micros();
        match self {
            // A longer wait is an earlier instant.
            Self::WaitingTime => conversation.waiting_since.map(|at| -micros(at)),
            Self::Start => Some(micros(conversation.started_at)),
            Self::LastActivity => Some(micros(conversation.last_activity_at)),
            Self::Sentiment => match conversation.sentiment.level {
                SentimentLevel::NotAvailable => None,
                level => Some(level as i64),
            },
            Self::Attention => urgency(conversation),
            Self::Priority => Some(longest_first(
                conversation.priority as i64,
                conversation.started_at,
            )),
        }
    }
}

impl Order {
    /// Where conversations with this value stand among those with others.
    fn rank(self, value: Option<i64>) -> Rank {
        let sign = if self.descending { -1 } else { 1 };
        let known = Reverse(value.is_some());
        (known, value.map_or(0, |value| sign * value))
    }

    /// Where a conversation with this value stands.
    pub(super) fn sort_key(self, value: Option<i64>, id: ConversationId) -> SortKey {
        let (known, value) = self.rank(value);
        SortKey { known, value, id }
    }

    const fn tag(self) -> u8 {
        self.field as u8 * 2 + self.descending as u8
    }

    /// The cursor text of a place in this order.
    pub fn encode(self, place: SortKey) -> String {
        let mut bytes = Vec::with_capacity(26);
        bytes.push(self.tag());
        bytes.push(u8::from(place.known.0));
        bytes.extend(place.value.to_be_bytes());
        bytes.extend(place.id.0.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that a cursor text of this order stands for.
    pub fn decode(self, text: &str) -> Result<SortKey, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        if bytes.len() != 26 || bytes[0] != self.tag() || bytes[1] > 1 {
            return Err(InvalidCursor);
        }
        let value = bytes[2..10].try_into().map_err(|_| InvalidCursor)?;
        let id = uuid::Uuid::from_slice(&bytes[10..]).map_err(|_| InvalidCursor)?;
        Ok(SortKey {
            known: Reverse(bytes[1] == 1),
            value: i64::from_be_bytes(value),
            id: ConversationId(id),
        })
    }
}

/// How many reasons, then for how long. None without a reason.
fn urgency(conversation: &Conversation) -> Option<i64> {
    let since = conversation.attention.values().min()?;
    let reasons = i64::try_from(conversation.attention.len()).unwrap_or(0);
    Some(longest_first(reasons, *since))
}

/// A small number, then for how long, as one number: microseconds since 1970 need 51 bits today
/// and leave 56 in the year 4253.
fn longest_first(number: i64, since: DateTime<Utc>) -> i64 {
    const MOST: i64 = (1 << 56) - 1;
    // Longer is an earlier instant.
    (number << 56) + (MOST - since.timestamp_micros().clamp(0, MOST))
}

/// Which part of the ordered list: after and before a place, and from which end how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Only what comes after this place.
    pub after: Option<SortKey>,
    /// Only what comes before this place.
    pub before: Option<SortKey>,
    /// How many.
    pub count: usize,
    /// Counted from the end.
    pub from_end: bool,
}

/// A page of the ongoing view.
#[derive(Debug)]
pub struct Page {
    /// The rows, in order.
    pub rows: Vec<(SortKey, Arc<Conversation>)>,
    /// How many there are on all pages.
    pub total: usize,
    /// Whether rows come before these.
    pub has_previous: bool,
    /// Whether rows come after these.
    pub has_next: bool,
    /// Where in the log this was seen.
    pub head: Head,
}

/// Who looks at the board: what they may see, and which agent they are, if one.
#[derive(Clone, Copy, Debug)]
pub struct RowViewer<'a> {
    access: &'a Access,
    agent: Option<&'a Agent>,
}

impl<'a> RowViewer<'a> {
    /// The row_viewer of whoever has this access and is this agent.
    pub const fn new(access: &'a Access, agent: Option<&'a Agent>) -> Self {
        Self { access, agent }
    }

    /// What whoever looks may see, whoever it is.
    pub(super) const fn access(self) -> &'a Access {
        self.access
    }

    /// Whether it is an agent, who may see more than others with the same access.
    pub(super) const fn is_agent(self) -> bool {
        self.agent.is_some()
    }

    /// Who looks, before this conversation: which of its facts are theirs to know.
    pub(super) fn observer(self, conversation: &Conversation) -> Observer<'_> {
        Observer::new(self.access, self.agent, conversation)
    }

    /// Whether the conversation is seen.
    pub fn sees(self, conversation: &Conversation) -> bool {
        policy::sees(self.access, self.agent, conversation).any()
    }
}

impl Board {
    /// A page of what is seen.
    pub fn page(
        &self,
        row_viewer: RowViewer<'_>,
        filter: &Filter,
        order: Order,
        slice: Slice,
    ) -> Page {
        let row_filter = RowFilter::new(self, row_viewer, filter);
        let ranking = Ranking::new(order.field, row_viewer);
        let mut first = First::new(slice.count, slice.from_end);
        let (mut total, mut within) = (0, 0);
        let (mut earlier, mut later) = (false, false);
        let whole = slice.after.is_none() && slice.before.is_none();
        for (row, _) in row_filter.rows() {
            total += 1;
            let value = ranking.of_row(&self.rows, row);
            // Most rows end here: only one column of them was read.
            if whole && first.is_beyond(order.rank(value)) {
                within += 1;
                continue;
            }
            let place = order.sort_key(value, self.rows.id(row));
            let before = slice.after.is_some_and(|after| place <= after);
            let behind = slice.before.is_some_and(|before| place >= before);
            earlier |= before;
            later |= behind;
            if !before && !behind {
                within += 1;
                first.offer(place, row);
            }
        }
        let rows: Vec<_> = first
            .in_order()
            .map(|(place, row)| (place, self.rows.image(row).clone()))
            .collect();
        let cut = within > rows.len();
        Page {
            rows,
            total,
            has_previous: earlier || (cut && slice.from_end),
            has_next: later || (cut && !slice.from_end),
            head: self.head,
        }
    }

    /// Looks at each conversation that waits for somebody to take it: OPEN, or ACTIVE while offered.
    pub fn each_waiting(
        &self,
        row_viewer: RowViewer<'_>,
        filter: &Filter,
        mut look: impl FnMut(&Conversation),
    ) {
        for (row, traits) in RowFilter::new(self, row_viewer, filter).rows() {
            let may_wait = traits.state == State::Open as u8 || traits.state == State::Active as u8;
            let image = self.rows.image(row);
            if may_wait && image.course.visit.is_some() {
                look(image);
            }
        }
    }

    /// Counts over what is seen.
    pub fn summary(&self, row_viewer: RowViewer<'_>, filter: &Filter) -> Summary {
        let mut summary = Summary {
            head: Some(self.head),
            ..Summary::default()
        };
        let agents = self.rows.agents();
        let mut held = vec![0; agents.len()];
        for (row, traits) in RowFilter::new(self, row_viewer, filter).rows() {
            let conversation = self.rows.image(row);
            summary.total += 1;
            if let Some(held) = held.get_mut(traits.agent as usize) {
                *held += 1;
            }
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
            summary.needing_attention += u32::from(traits.attention != 0);
            summary.unassigned += u32::from(traits.agent == NOBODY);
            if let Some(since) = conversation.waiting_since {
                let longest = summary.waiting_since.get_or_insert(since);
                *longest = since.min(*longest);
            }
        }
        let held = agents.iter().copied().zip(held);
        summary.by_agent = held.filter(|(_, count)| *count > 0).collect();
        summary
    }
}

/// The first (or last) so many places of those offered.
struct First {
    count: usize,
    from_end: bool,
    // The one to be replaced is on top: the last of the first, or, negated, the first of the last.
    kept: BinaryHeap<Either>,
    /// Once there are so many, the rank of the one to be replaced.
    bar: Option<Rank>,
}

/// A place that counts from one end or the other.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Either {
    Start(SortKey, usize),
    End(Reverse<SortKey>, usize),
}

impl Either {
    const fn rank(&self) -> Rank {
        match self {
            Self::Start(place, _) | Self::End(Reverse(place), _) => (place.known, place.value),
        }
    }
}

impl First {
    fn new(count: usize, from_end: bool) -> Self {
        Self {
            count,
            from_end,
            kept: BinaryHeap::with_capacity(count),
            bar: None,
        }
    }

    /// Whether no place of this rank would be kept, whatever its id.
    fn is_beyond(&self, rank: Rank) -> bool {
        match self.bar {
            Some(bar) if self.from_end => rank < bar,
            Some(bar) => rank > bar,
            None => false,
        }
    }

    fn offer(&mut self, place: SortKey, row: usize) {
        let offered = if self.from_end {
            Either::End(Reverse(place), row)
        } else {
            Either::Start(place, row)
        };
        if self.kept.len() < self.count {
            self.kept.push(offered);
        } else if let Some(mut last) = self.kept.peek_mut()
            && offered < *last
        {
            *last = offered;
        }
        if self.kept.len() == self.count {
            self.bar = self.kept.peek().map(Either::rank);
        }
    }

    fn in_order(self) -> impl Iterator<Item = (SortKey, usize)> {
        let mut places: Vec<_> = self
            .kept
            .into_iter()
            .map(|kept| match kept {
                Either::Start(place, row) | Either::End(Reverse(place), row) => (place, row),
            })
            .collect();
        places.sort_unstable();
        places.into_iter()
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
    /// By the agent who has it or is offered it.
    pub by_agent: BTreeMap<AgentId, u32>,
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
