//! Customer sentiment.

use async_graphql::{ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use domain::Assessment;
use domain::SentimentLevel;
use engine::store::queries;

/// Customer sentiment at one moment.
#[derive(Clone)]
pub struct Sentiment {
    /// What was assessed.
    pub assessment: Assessment,
    /// Since when the level holds.
    pub since: DateTime<Utc>,
}

/// Customer sentiment, from the six most recent customer messages, the newest weighing most.
/// Agents' and supervisors' words never count.
#[Object]
impl Sentiment {
    /// The level. A conversation starts NEUTRAL.
    async fn level(&self) -> SentimentLevel {
        self.assessment.level
    }

    /// From -1 (worst) to 1 (best), three decimals; null exactly when the level is NOT_AVAILABLE.
    async fn score(&self) -> Option<f64> {
        self.assessment.score.map(thousandths)
    }

    /// How sure the scorer is, from 0 to 1.
    async fn confidence(&self) -> f64 {
        thousandths(self.assessment.confidence)
    }

    /// The customer's language (ISO 639-1, lower case); null when it could not be told.
    async fn language(&self) -> Option<&str> {
        self.assessment.language.as_deref()
    }

    /// Who scored the newest message; null before the first.
    async fn scorer(&self) -> Option<&str> {
        self.assessment.scorer.as_deref()
    }

    /// That scorer's version; null before the first message.
    async fn scorer_version(&self) -> Option<&str> {
        self.assessment.scorer_version.as_deref()
    }

    /// The ids of the messages the level rests on, oldest first; six at most. Their text is in the transcript only.
    async fn message_ids(&self) -> Vec<ID> {
        self.assessment
            .messages
            .iter()
            .map(|id| ID(id.to_string()))
            .collect()
    }

    /// Since when the level holds.
    async fn since(&self) -> DateTime<Utc> {
        self.since
    }
}

/// What a conversation's sentiment came to at one message of the customer.
#[derive(SimpleObject)]
pub struct SentimentPoint {
    /// The message's id (`msg_…`); its text is in the transcript only.
    message_id: ID,
    /// The level of the conversation right after it.
    level: SentimentLevel,
    /// The score of the conversation right after it, from -1 (worst) to 1 (best); null exactly when the level is NOT_AVAILABLE.
    score: Option<f64>,
    /// When it was sent, by the channel's clock where that is known, else when it came in.
    at: DateTime<Utc>,
}

impl From<queries::Point> for SentimentPoint {
    fn from(point: queries::Point) -> Self {
        Self {
            message_id: ID(point.message.to_string()),
            level: point.level,
            score: point.score.map(thousandths),
            at: point.at,
        }
    }
}

/// A score without the noise of its conversion from single precision.
pub(super) fn thousandths(value: f32) -> f64 {
    (f64::from(value) * 1000.0).round() / 1000.0
}
