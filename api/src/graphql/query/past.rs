//! All conversations, closed ones included, as a list from the database.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::ids::InvalidId;

use super::audit::within_years;
use super::ongoing::{OrderDirection, search, tags};
use crate::graphql::context::{Request, coded};
use crate::graphql::types::paging::{Count, count, invalid_cursor};
use crate::graphql::types::past::{ConversationHistoryConnection, history};
use domain::commands::record_rating::BEST;
use domain::policy::Reach;
use domain::{Channel, Code, SentimentLevel, State, StatusReason};
use engine::store::queries::past::{Between, PastFilter, PastOrder, PastOrderField, PastSlice};

/// The most values that one list of the filter may have.
const LONGEST_LIST: usize = 100;

/// A time from one instant to before another; leave one out, or give null, for no bound.
#[derive(InputObject, Default)]
pub struct InstantRange {
    /// At this instant or later.
    from: Option<DateTime<Utc>>,
    /// Before this instant.
    to: Option<DateTime<Utc>>,
}

/// Which of all conversations; every condition given must hold, and a list, of at most 100 values, means any of it.
#[derive(InputObject, Default)]
pub struct ConversationFilter {
    /// In one of these states; `[CLOSED]` for what is past.
    states: Option<Vec<State>>,
    /// On one of these channels.
    channels: Option<Vec<Channel>>,
    /// In one of these queues (`queue_…`), or ended there.
    queue_ids: Option<Vec<ID>>,
    /// This agent (`agent_…`) is its primary agent, or was at any time.
    agent_id: Option<ID>,
    /// Of this customer (`cust_…`).
    customer_id: Option<ID>,
    /// With one of these reasons for its state.
    status_reasons: Option<Vec<StatusReason>>,
    /// With one of these tags, however they are written (case, accents); up to 20, of 1 to 50 characters each. Never met
    /// for gateways, who are not shown tags, nor for agents by what another agent handled after them.
    tags: Option<Vec<String>>,
    /// Closed with one of these dispositions: their codes, of any workstream.
    disposition_codes: Option<Vec<String>>,
    /// Rated with one of these scores, from 1 to 5.
    ratings: Option<Vec<u8>>,
    /// Started then.
    started: Option<InstantRange>,
    /// Closed then; what is ongoing is left out by any bound.
    closed: Option<InstantRange>,
    /// Last active then (`lastActivityAt`); a closed one when it closed.
    last_activity: Option<InstantRange>,
    /// With one of these levels of customer sentiment: at its end, or now while it is ongoing.
    sentiments: Option<Vec<SentimentLevel>>,
    /// Every word of this begins a word of the subject or of the customer's name, in any order, whatever case and accents; never of
    /// messages. 1 to 200 characters that are not all blank; of a word longer than 64 characters these count.
    text: Option<String>,
}

/// By what all conversations are ordered; those of the same instant by their ids.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::enum_variant_names)] // The names are those of the fields.
pub enum ConversationOrderField {
    /// When it started.
    StartedAt,
    /// When it closed. What is ongoing comes last either way.
    ClosedAt,
    /// When something last happened (`lastActivityAt`); of a closed one, when it closed.
    LastActivityAt,
}

/// An order of all conversations.
#[derive(InputObject)]
pub struct ConversationOrder {
    /// By what.
    field: ConversationOrderField,
    /// Which way: ascending is earliest first, descending latest first.
    direction: OrderDirection,
}

impl From<InstantRange> for Between {
    fn from(range: InstantRange) -> Self {
        Self {
            from: range.from.map(within_years),
            to: range.to.map(within_years),
        }
    }
}

impl ConversationFilter {
    fn parse(self) -> Result<PastFilter> {
        fn between(range: Option<InstantRange>) -> Between {
            range.unwrap_or_default().into()
        }
        Ok(PastFilter {
            states: set("states", self.states)?,
            channels: set("channels", self.channels)?,
            queues: (self.queue_ids)
                .map(|ids| {
                    bounded("queueIds", ids)?
                        .iter()
                        .map(|id| parsed("queueIds", id))
                        .collect()
                })
                .transpose()?,
            agent: self.agent_id.map(|id| parsed("agentId", &id)).transpose()?,
            customer: (self.customer_id)
                .map(|id| parsed("customerId", &id))
                .transpose()?,
            reasons: set("statusReasons", self.status_reasons)?,
            sentiments: set("sentiments", self.sentiments)?,
            tags: self.tags.map(tags).transpose()?,
            dispositions: (self.disposition_codes)
                .map(|codes| {
                    let codes = bounded("dispositionCodes", codes)?.into_iter();
                    codes.map(code).collect()
                })
                .transpose()?,
            ratings: self.ratings.map(ratings).transpose()?,
            started: between(self.started),
            closed: between(self.closed),
            last_activity: between(self.last_activity),
            text: self.text.as_deref().map(search).transpose()?,
        })
    }
}

fn set<A: Into<B>, B: Ord>(field: &str, list: Option<Vec<A>>) -> Result<Option<BTreeSet<B>>> {
    let set = |list| Ok(bounded(field, list)?.into_iter().map(Into::into).collect());
    list.map(set).transpose()
}

fn bounded<T>(field: &str, list: Vec<T>) -> Result<Vec<T>> {
    if list.len() > LONGEST_LIST {
        let problem = format!("filter.{field}: give {LONGEST_LIST} values at most.");
        return Err(coded(Code::InvalidInput, &problem));
    }
    Ok(list)
}

fn parsed<T: FromStr<Err = InvalidId>>(field: &str, id: &str) -> Result<T> {
    id.parse().map_err(|error| {
        let problem = format!("filter.{field}: {error}.");
        coded(Code::InvalidInput, &problem)
    })
}

/// A code as it can be stored: with what cannot be, none is meant.
fn code(code: String) -> Result<Arc<str>> {
    if code.contains('\0') {
        let problem = "filter.dispositionCodes: the character U+0000 is in no code.";
        return Err(coded(Code::InvalidInput, problem));
    }
    Ok(code.into())
}

fn ratings(scores: Vec<u8>) -> Result<BTreeSet<u8>> {
    let scores: BTreeSet<u8> = bounded("ratings", scores)?.into_iter().collect();
    if scores.iter().all(|score| (1..=BEST).contains(score)) {
        return Ok(scores);
    }
    let problem = format!("filter.ratings: give scores from 1 to {BEST}.");
    Err(coded(Code::InvalidInput, &problem))
}

fn order_of(order: Option<&ConversationOrder>) -> PastOrder {
    let Some(ConversationOrder { field, direction }) = order else {
        return PastOrder {
            field: PastOrderField::LastActivity,
            descending: true,
        };
    };
    let field = match field {
        ConversationOrderField::StartedAt => PastOrderField::Started,
        ConversationOrderField::ClosedAt => PastOrderField::Closed,
        ConversationOrderField::LastActivityAt => PastOrderField::LastActivity,
    };
    PastOrder {
        field,
        descending: *direction == OrderDirection::Desc,
    }
}

/// All conversations, closed ones included.
#[derive(Default)]
pub struct PastQueries;

/// All conversations, closed ones included.
#[Object]
impl PastQueries {
    /// All conversations that you may find, closed ones included: supervisors what is or ended in a queue of their
    /// scope; administrators all; agents what they handle, and the headers of closed ones that they were primary agent
    /// of at any time; gateways those on their channels; nobody else any. A transcript is for those who may
    /// read it, as in every other list. From the database, as it is now; `ongoingConversations` is the live view of what
    /// is ongoing. A page costs little where the filter names a customer or an agent, and where most of what lies in
    /// its order passes the filter; bound rare things (a reason, a level) by a time as well.
    /// `first` or `last`: 0 to 100, default the first 25.
    #[allow(clippy::too_many_arguments)] // Relay's four, and what the list is about.
    async fn conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversations; all that you may find when left out.")]
        filter: Option<ConversationFilter>,
        #[graphql(desc = "Default: last activity, latest first.")] order_by: Option<
            ConversationOrder,
        >,
        #[graphql(desc = "So many from the start; 0 to 100.")] first: Option<i32>,
        #[graphql(desc = "So many from the end; 0 to 100.")] last: Option<i32>,
        #[graphql(
            desc = "Only what comes after this page cursor, in the same order and by the same filter."
        )]
        after: Option<String>,
        #[graphql(
            desc = "Only what comes before this page cursor, in the same order and by the same filter."
        )]
        before: Option<String>,
    ) -> Result<ConversationHistoryConnection> {
        let reach = Reach::of(ctx.access()?, ctx.agent()?.as_deref());
        let filter = filter.unwrap_or_default().parse()?;
        let order = order_of(order_by.as_ref());
        let Count { count, from_end } = count(first, last)?;
        let place = |cursor: Option<String>| {
            let decode = |text: String| order.decode(&filter, &text);
            cursor.map(decode).transpose().map_err(|_| invalid_cursor())
        };
        let slice = PastSlice {
            after: place(after)?,
            before: place(before)?,
            count,
            from_end,
        };
        history(ctx, reach, filter, order, slice).await
    }
}
