//! Attention: why a conversation should be looked at now, and how its customer was answered.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use chrono::{DateTime, Utc};

use domain;
use domain::AttentionReason;

/// A reason to look at a conversation now.
#[derive(SimpleObject)]
pub struct Attention {
    /// Which.
    attention_reason: AttentionReason,
    /// Since when it holds. A reason that comes with time holds since its time was over.
    since: DateTime<Utc>,
}

impl From<domain::Attention> for Attention {
    fn from(attention: domain::Attention) -> Self {
        Self {
            attention_reason: attention.reason,
            since: attention.since,
        }
    }
}

/// Seconds after which a conversation of a workstream needs attention; each 1 or more. Changed
/// thresholds hold for the clocks that start after the change.
#[derive(SimpleObject)]
pub struct AttentionThresholds {
    /// Nobody has taken it (WAITING_FOR_AGENT_TOO_LONG). Default 300.
    waiting_seconds: u32,
    /// Nobody has answered the customer (CUSTOMER_UNANSWERED_TOO_LONG). Default 120.
    unanswered_seconds: u32,
    /// It has been in conversation (HANDLED_TOO_LONG). Default 1,800.
    handled_seconds: u32,
}

impl From<domain::directory::AttentionThresholds> for AttentionThresholds {
    fn from(thresholds: domain::directory::AttentionThresholds) -> Self {
        Self {
            waiting_seconds: thresholds.waiting_seconds,
            unanswered_seconds: thresholds.unanswered_seconds,
            handled_seconds: thresholds.handled_seconds,
        }
    }
}

/// What of a conversation tells how urgent it is; its fields are the conversation's.
pub(super) struct Urgency(pub Arc<domain::Conversation>);

#[Object]
impl Urgency {
    /// Why it should be looked at now, in the order of `AttentionReason`; empty when there is no
    /// reason, and in CLOSED. For everybody who sees the conversation.
    async fn attention(&self) -> Vec<Attention> {
        let reasons = self.0.attention.iter();
        reasons
            .map(|(reason, since)| Attention {
                attention_reason: (*reason),
                since: *since,
            })
            .collect()
    }

    /// When the oldest customer message was received that nobody has answered; null when there is none.
    async fn unanswered_since(&self) -> Option<DateTime<Utc>> {
        self.0.unanswered_since
    }

    /// When an agent, bot or joined supervisor first wrote to the customer (PUBLIC), asked or not;
    /// null before.
    async fn first_responded_at(&self) -> Option<DateTime<Utc>> {
        self.0.responses.first_at
    }

    /// How long the customer waited for an answer, on average: seconds, to the millisecond. A wait
    /// is from the first customer message that nobody has answered to the next PUBLIC message by an
    /// agent, bot or joined supervisor; one that still runs does not count. Null before the first
    /// has ended. Changes with messages only, not with time.
    async fn average_response_seconds(&self) -> Option<f64> {
        self.0.responses.average_seconds()
    }
}
