//! The line of sentiment: what conversations came to at each of the customer's messages.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::tables::message::{self, Column as C};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use domain::sentiment::RECENT_MESSAGES;
use domain::{Author, ConversationId, MessageId, MessageScore, RecentScores, SentimentLevel};

use super::Fetched;
use super::each::rows_of_each;
use crate::store::Store;

/// How many points a line has at most: those of the newest messages.
const MOST: u64 = 100;

/// What a conversation came to at a customer's message.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Which.
    pub message: MessageId,
    /// The level right after it.
    pub level: SentimentLevel,
    /// The score right after it.
    pub score: Option<f32>,
    /// When it was sent, or came in where that is not known.
    pub at: DateTime<Utc>,
}

/// The lines of these conversations, in the order of coming in, as their messages are now: a removed one is no point.
pub async fn sentiment_lines(
    store: Store,
    ids: Vec<ConversationId>,
) -> Fetched<ConversationId, Vec<Point>> {
    let before = RECENT_MESSAGES as u64 - 1;
    let lists: Vec<_> = ids
        .iter()
        .map(|id| {
            message::Entity::find()
                .filter(C::ConversationId.eq(*id))
                .filter(C::Author.eq(Author::Customer))
                .filter(C::Confidence.is_not_null())
                .order_by_desc(C::Number)
                .limit(MOST + before)
                .into_query()
        })
        .collect();
    let rows = rows_of_each::<message::Model>(&store.read, &lists).await?;
    Ok(ids.into_iter().zip(rows.into_iter().map(line)).collect())
}

fn line(mut rows: Vec<message::Model>) -> Vec<Point> {
    rows.sort_unstable_by_key(|row| row.number);
    let scorer: Arc<str> = "".into();
    let mut recent = RecentScores::default();
    let mut points: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let score = MessageScore {
                score: row.score,
                confidence: row.confidence.unwrap_or_default(),
                language: row.language.map(Into::into),
                scorer: scorer.clone(),
                scorer_version: scorer.clone(),
                source: row.score_source.unwrap_or_default(),
            };
            recent.place(row.id, score, row.sent_at);
            let now = recent.assess();
            Point {
                message: row.id,
                level: now.level,
                score: now.score,
                at: row.sent_at.unwrap_or(row.posted_at),
            }
        })
        .collect();
    let beyond = points
        .len()
        .saturating_sub(usize::try_from(MOST).unwrap_or(usize::MAX));
    points.drain(..beyond);
    points
}
