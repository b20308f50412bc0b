//! What the live list tells: all of it, or what an event changed.

use std::sync::Arc;

use async_graphql::{Enum, ID, SimpleObject, Union};
use chrono::{DateTime, Utc};

use crate::graphql::scalars::Cursor;
use crate::graphql::types::conversation::Conversation;
use engine::app::App;
use engine::board::list::{Leaving, Step};
use engine::live::list::{News, Reason, Told, Update};

/// What `ongoingConversationsLive` delivers.
#[derive(Union)]
pub enum OngoingConversationsUpdate {
    /// The whole list: show this instead of what you have.
    Snapshot(OngoingSnapshot),
    /// What an event changed.
    Changes(OngoingChanges),
}

/// The whole list: show this instead of what you have.
#[derive(SimpleObject)]
pub struct OngoingSnapshot {
    /// Where in the event log this is; pass the last one you handled as `after` to go on with the same
    /// arguments. It also serves as `after` of the other subscriptions, which go on from the same place.
    cursor: Cursor,
    /// When it left for you.
    emitted_at: DateTime<Utc>,
    /// Why the whole list came.
    snapshot_reason: OngoingSnapshotReason,
    /// How many conversations there are in all, shown or not.
    total_count: u32,
    /// The first `first` of them, in order.
    conversations: Vec<Conversation>,
}

/// Why a whole list comes.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum OngoingSnapshotReason {
    /// You began without `after`.
    Started,
    /// What follows `after` is not known here any more, or it is not a cursor of this subscription with
    /// the same arguments and a token that sees the same.
    NotResumable,
    /// `after` is of another database, or of one that was restored since.
    OtherLog,
    /// You may see other conversations than before: your token was replaced, or, as an agent, you are a
    /// member of other queues.
    SightChanged,
    /// A customer got another name, and you filter by `text`.
    NamesChanged,
    /// More happened than could be kept for you.
    FellBehind,
}

/// What one event changed in the list.
#[derive(SimpleObject)]
pub struct OngoingChanges {
    /// The event's place in the event log; pass the last one you handled as `after` to go on with the
    /// same arguments. It also serves as `after` of the other subscriptions.
    cursor: Cursor,
    /// When the event was committed.
    committed_at: DateTime<Utc>,
    /// When it left for you.
    emitted_at: DateTime<Utc>,
    /// How many conversations there are in all, shown or not.
    total_count: u32,
    /// Apply them one after the other. Empty when only `totalCount` changed. Usually one or two: what leaves
    /// comes before what enters, so that your list is never longer than `first`. A change of an agent,
    /// queue, workstream or of the settings updates each shown row that shows it.
    changes: Vec<OngoingChange>,
}

/// A step from one state of the list to the next.
#[derive(Union)]
pub enum OngoingChange {
    /// A conversation is shown from now on.
    Entered(OngoingEntered),
    /// A conversation that stays in its place is another.
    Updated(OngoingUpdated),
    /// A conversation comes to another place.
    Moved(OngoingMoved),
    /// A conversation is not shown any more.
    Left(OngoingLeft),
}

/// A conversation is shown from now on: insert it.
#[derive(SimpleObject)]
pub struct OngoingEntered {
    /// Its index in the list, from 0, once it is inserted.
    index: u32,
    /// The conversation as it was right after the event.
    conversation: Conversation,
}

/// A conversation that stays in its place is another, or what is shown beside it (a name, an agent's
/// presence, what you can do): replace it.
#[derive(SimpleObject)]
pub struct OngoingUpdated {
    /// Its index in the list, from 0.
    index: u32,
    /// The conversation as it was right after the event.
    conversation: Conversation,
}

/// A conversation comes to another place: take it out, and insert it there.
#[derive(SimpleObject)]
pub struct OngoingMoved {
    /// Its index in the list, from 0, once it is inserted again.
    index: u32,
    /// The conversation as it was right after the event.
    conversation: Conversation,
}

/// A conversation is not shown any more: take it out.
#[derive(SimpleObject)]
pub struct OngoingLeft {
    /// Which (`conv_…`).
    conversation_id: ID,
    /// Why.
    left_reason: OngoingLeftReason,
}

/// Why a conversation is not shown any more.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum OngoingLeftReason {
    /// It closed.
    Closed,
    /// It is not among what `filter` asks for any more.
    NoLongerMatches,
    /// It is not among the first `first` any more.
    PushedOut,
    /// You do not see it any more.
    NoLongerVisible,
}

impl OngoingConversationsUpdate {
    /// What there is to tell.
    pub(in crate::graphql) fn of(app: &App, update: &Update) -> Option<Self> {
        let News::Conversations(told) = &update.news else {
            return None;
        };
        let cursor = Cursor::from(update.cursor);
        let emitted_at = app.clock.now();
        let total_count = number(update.total);
        Some(match told {
            Told::Whole(reason, rows) => Self::Snapshot(OngoingSnapshot {
                cursor,
                emitted_at,
                snapshot_reason: (*reason).into(),
                total_count,
                conversations: rows.iter().cloned().map(Conversation).collect(),
            }),
            Told::Changes(committed_at, steps) => Self::Changes(OngoingChanges {
                cursor,
                committed_at: *committed_at,
                emitted_at,
                total_count,
                changes: steps.iter().map(OngoingChange::of).collect(),
            }),
        })
    }
}

impl OngoingChange {
    fn of(step: &Step) -> Self {
        let shown = |index: &usize, conversation: &Arc<_>| {
            (number(*index), Conversation(Arc::clone(conversation)))
        };
        match step {
            Step::Entered(index, conversation) => {
                let (index, conversation) = shown(index, conversation);
                Self::Entered(OngoingEntered {
                    index,
                    conversation,
                })
            }
            Step::Updated(index, conversation) => {
                let (index, conversation) = shown(index, conversation);
                Self::Updated(OngoingUpdated {
                    index,
                    conversation,
                })
            }
            Step::Moved(index, conversation) => {
                let (index, conversation) = shown(index, conversation);
                Self::Moved(OngoingMoved {
                    index,
                    conversation,
                })
            }
            Step::Left(id, leaving) => Self::Left(OngoingLeft {
                conversation_id: ID(id.to_string()),
                left_reason: (*leaving).into(),
            }),
        }
    }
}

pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl From<Reason> for OngoingSnapshotReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Started => Self::Started,
            Reason::NotResumable => Self::NotResumable,
            Reason::OtherLog => Self::OtherLog,
            Reason::SightChanged => Self::SightChanged,
            Reason::NamesChanged => Self::NamesChanged,
            // A list of conversations is of no day.
            Reason::FellBehind | Reason::DayChanged => Self::FellBehind,
        }
    }
}

impl From<Leaving> for OngoingLeftReason {
    fn from(leaving: Leaving) -> Self {
        match leaving {
            Leaving::Ended => Self::Closed,
            Leaving::Unmatched => Self::NoLongerMatches,
            Leaving::PushedOut => Self::PushedOut,
            Leaving::Unseen => Self::NoLongerVisible,
        }
    }
}
