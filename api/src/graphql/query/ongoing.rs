//! The ongoing view's arguments and counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::fold::Search;
use domain::ids::InvalidId;

use crate::graphql::context::{Request, coded};
use crate::graphql::scalars::Cursor;
use crate::graphql::types::agent::Agent;
use crate::graphql::types::queue::Queue;
use domain::Code;
use domain::labels::MOST_TAGS;
use domain::{AttentionReason, Channel, Priority, SentimentLevel, State, Subject, Tag};
use engine::board::{self, view};

/// How many supervisors can be asked for at once.
const MOST_WATCHERS: usize = 20;

/// Which conversations of the ongoing view; every condition given must hold, and a list means any of it.
#[derive(InputObject, Default)]
pub struct OngoingFilter {
    /// In one of these states (CLOSED ones are never in the view).
    states: Option<Vec<State>>,
    /// On one of these channels.
    channels: Option<Vec<Channel>>,
    /// In one of these queues (`queue_…`).
    queue_ids: Option<Vec<ID>>,
    /// Handled by, or offered as an assignment to, one of these agents (`agent_…`).
    agent_ids: Option<Vec<ID>>,
    /// At one of these sentiment levels.
    sentiments: Option<Vec<SentimentLevel>>,
    /// Needing attention for one of these reasons.
    attention: Option<Vec<AttentionReason>>,
    /// True: needing attention, for whatever reason. False: for none.
    needs_attention: Option<bool>,
    /// True: nobody has it or is offered it. False: somebody is.
    unassigned: Option<bool>,
    /// With one of these tags, however they are written (case, accents); up to 20, of 1 to 50 characters each. Never met
    /// for gateways, who are not shown tags.
    tags: Option<Vec<String>>,
    /// At one of these priorities.
    priorities: Option<Vec<Priority>>,
    /// Monitored now by one of these supervisors (`sub`, as in `viewer { subject }`; up to 20): the conversations that you
    /// watch, by your own. Of conversations whose monitor sessions you are not shown it is never met.
    monitored_by: Option<Vec<String>>,
    /// Every word of this begins a word of the subject or of the customer's name, in any order, whatever case and accents; never of messages. 1 to 200 characters that are not all blank.
    text: Option<String>,
}

/// By what the ongoing view is ordered. Conversations without the value come last either way.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum OngoingOrderField {
    /// How long nobody has had it (`waitingSince`).
    WaitingTime,
    /// When it started.
    StartedAt,
    /// Customer sentiment: ascending is most negative first.
    Sentiment,
    /// When something last happened.
    LastActivityAt,
    /// Reasons for `attention`: by how many there are, then by since when the first of them holds.
    /// Descending is most reasons first and, among as many, longest since first; those without a
    /// reason come last.
    Attention,
    /// `priority`: descending is URGENT first and, among as urgent ones, who has been there longest (`startedAt`) first.
    Priority,
}

/// Which way.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum OrderDirection {
    /// Shortest wait, oldest, most negative, fewest reasons, lowest priority first.
    Asc,
    /// Longest wait, newest, most positive, most reasons, highest priority first.
    Desc,
}

/// An order of the ongoing view.
#[derive(InputObject)]
pub struct OngoingOrder {
    /// By what.
    field: OngoingOrderField,
    /// Which way.
    direction: OrderDirection,
}

/// What the ongoing view knows of itself.
#[derive(SimpleObject)]
pub struct OngoingFields {
    /// How many there are on all pages.
    total_count: i32,
    /// Where in the event log this was seen: subscribe with `after` to go on exactly there.
    as_of: Cursor,
}

/// The order that is asked for.
pub(in crate::graphql) fn order_of(order: Option<&OngoingOrder>) -> view::Order {
    let Some(OngoingOrder { field, direction }) = order else {
        return view::Order {
            field: view::OrderField::WaitingTime,
            descending: true,
        };
    };
    let field = match field {
        OngoingOrderField::WaitingTime => view::OrderField::WaitingTime,
        OngoingOrderField::StartedAt => view::OrderField::Start,
        OngoingOrderField::Sentiment => view::OrderField::Sentiment,
        OngoingOrderField::LastActivityAt => view::OrderField::LastActivity,
        OngoingOrderField::Attention => view::OrderField::Attention,
        OngoingOrderField::Priority => view::OrderField::Priority,
    };
    view::Order {
        field,
        descending: *direction == OrderDirection::Desc,
    }
}

/// The search for this text.
pub(in crate::graphql) fn search(text: &str) -> Result<Search> {
    let search = Search::new(text);
    let fits = !search.is_empty() && text.chars().count() <= 200;
    let problem = "text: give 1 to 200 characters that are not all blank.";
    fits.then_some(search)
        .ok_or_else(|| coded(Code::InvalidInput, problem))
}

impl OngoingFilter {
    /// The filter that is meant.
    pub(in crate::graphql) fn parse(self) -> Result<view::Filter> {
        fn set<A: Into<B>, B: Ord>(list: Option<Vec<A>>) -> Option<BTreeSet<B>> {
            list.map(|list| list.into_iter().map(Into::into).collect())
        }
        fn ids<T: std::str::FromStr<Err = InvalidId> + Ord>(
            list: Option<Vec<ID>>,
        ) -> Result<Option<BTreeSet<T>>> {
            let parse = |id: ID| {
                id.parse()
                    .map_err(|error: InvalidId| coded(Code::InvalidInput, &error.to_string()))
            };
            list.map(|list| list.into_iter().map(parse).collect())
                .transpose()
        }
        Ok(view::Filter {
            states: set(self.states),
            channels: set(self.channels),
            queues: ids(self.queue_ids)?,
            agents: ids(self.agent_ids)?,
            sentiments: set(self.sentiments),
            attention: set(self.attention),
            needs_attention: self.needs_attention,
            unassigned: self.unassigned,
            tags: self.tags.map(tags).transpose()?,
            priorities: set(self.priorities),
            monitored_by: self.monitored_by.map(subjects).transpose()?,
            text: self.text.as_deref().map(search).transpose()?,
        })
    }
}

/// Tags that are asked for, as they are compared.
pub(super) fn tags(given: Vec<String>) -> Result<BTreeSet<Arc<str>>> {
    if given.len() > MOST_TAGS {
        let problem = format!("tags: give at most {MOST_TAGS}.");
        return Err(coded(Code::InvalidInput, &problem));
    }
    let parse = |text: String| {
        let problem = "tags: give 1 to 50 characters each that are not all blank.";
        let tag = Tag::new(&text).ok_or_else(|| coded(Code::InvalidInput, problem))?;
        Ok(tag.folded().clone())
    };
    given.into_iter().map(parse).collect()
}

/// Supervisors who are asked for.
fn subjects(given: Vec<String>) -> Result<BTreeSet<Subject>> {
    let problem =
        format!("monitoredBy: give at most {MOST_WATCHERS} subjects of 1 to 255 characters each.");
    let refused = || coded(Code::InvalidInput, &problem);
    if given.len() > MOST_WATCHERS {
        return Err(refused());
    }
    let parse = |text: String| Subject::new(&text).ok_or_else(refused);
    given.into_iter().map(parse).collect()
}

/// Counts over the ongoing conversations that you may see.
#[derive(SimpleObject)]
pub struct OngoingSummary {
    /// All of them.
    total_count: u32,
    /// Those that nobody has or is offered.
    unassigned_count: u32,
    /// Since when the one waits that waits longest; null when none waits.
    longest_waiting_since: Option<DateTime<Utc>>,
    /// By state; only states that occur.
    by_state: Vec<StateCount>,
    /// By queue; only queues that occur.
    by_queue: Vec<QueueCount>,
    /// By the agent who has it or is offered it; only agents who occur, the oldest first.
    by_agent: Vec<AgentCount>,
    /// By channel; only channels that occur.
    by_channel: Vec<ChannelCount>,
    /// By sentiment level, worst first; only levels that occur.
    by_sentiment: Vec<SentimentCount>,
    /// Those that need attention, for whatever reason.
    attention_count: u32,
    /// By reason for attention; only reasons that occur. A conversation counts for each of its reasons.
    by_attention: Vec<AttentionCount>,
    /// Where in the event log this was seen.
    as_of: Cursor,
}

/// How many conversations are in a state.
#[derive(SimpleObject)]
pub struct StateCount {
    /// The state.
    state: State,
    /// How many.
    count: u32,
}

/// How many conversations are in a queue.
#[derive(SimpleObject)]
pub struct QueueCount {
    /// The queue.
    queue: Queue,
    /// How many.
    count: u32,
}

/// How many conversations an agent has or is offered.
#[derive(SimpleObject)]
pub struct AgentCount {
    /// The agent.
    agent: Agent,
    /// How many.
    count: u32,
}

/// How many conversations are on a channel.
#[derive(SimpleObject)]
pub struct ChannelCount {
    /// The channel.
    channel: Channel,
    /// How many.
    count: u32,
}

/// How many conversations are at a sentiment level.
#[derive(SimpleObject)]
pub struct SentimentCount {
    /// The level.
    level: SentimentLevel,
    /// How many.
    count: u32,
}

/// How many conversations need attention for a reason.
#[derive(SimpleObject)]
pub struct AttentionCount {
    /// The reason.
    attention_reason: AttentionReason,
    /// How many.
    count: u32,
}

fn counts<K: Copy, T>(counts: &BTreeMap<K, u32>, show: impl Fn(K, u32) -> T) -> Vec<T> {
    counts
        .iter()
        .map(|(key, count)| show(*key, *count))
        .collect()
}

impl OngoingFields {
    /// Of a page.
    pub(super) fn of(page: &view::Page) -> Self {
        let total_count = i32::try_from(page.total).unwrap_or(i32::MAX);
        Self {
            total_count,
            as_of: page.head.into(),
        }
    }
}

/// The counts over those that whoever asks may see and this filter lets through.
pub(in crate::graphql) fn summary_of(
    ctx: &Context<'_>,
    filter: &view::Filter,
) -> Result<OngoingSummary> {
    let (access, agent) = (ctx.access()?, ctx.agent()?);
    let row_viewer = view::RowViewer::new(access, agent.as_deref());
    let board = &ctx.app()?.board;
    Ok(board.read(|board| OngoingSummary::of(board, &board.summary(row_viewer, filter))))
}

impl OngoingSummary {
    /// Of these counts on this board.
    fn of(board: &board::State, summary: &view::Summary) -> Self {
        let queues = &board.world.queues;
        Self {
            total_count: summary.total,
            unassigned_count: summary.unassigned,
            longest_waiting_since: summary.waiting_since,
            by_state: counts(&summary.by_state, |state, count| StateCount {
                state,
                count,
            }),
            by_queue: summary
                .by_queue
                .iter()
                .filter_map(|(id, count)| {
                    let queue = Queue(queues.get(id)?.clone());
                    Some(QueueCount {
                        queue,
                        count: *count,
                    })
                })
                .collect(),
            by_agent: summary
                .by_agent
                .iter()
                .filter_map(|(id, count)| {
                    let agent = Agent(board.world.named_agent(*id)?.clone());
                    Some(AgentCount {
                        agent,
                        count: *count,
                    })
                })
                .collect(),
            by_channel: counts(&summary.by_channel, |channel, count| ChannelCount {
                channel,
                count,
            }),
            by_sentiment: counts(&summary.by_sentiment, |level, count| SentimentCount {
                level,
                count,
            }),
            attention_count: summary.needing_attention,
            by_attention: counts(&summary.by_attention, |reason, count| AttentionCount {
                attention_reason: reason,
                count,
            }),
            as_of: board.head.into(),
        }
    }
}
