//! Attention: why a conversation should be looked at now, and how its customer was answered.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::viewer_can::may;
use domain;
use domain::exits::exits;
use domain::{AttentionReason, SupervisorAction};

/// A reason to look at a conversation now.
pub struct Attention {
    attention: domain::Attention,
    of: Arc<domain::Conversation>,
}

impl Attention {
    /// This reason of this conversation.
    pub(in crate::graphql) fn new(
        attention: domain::Attention,
        of: &Arc<domain::Conversation>,
    ) -> Self {
        let of = of.clone();
        Self { attention, of }
    }
}

/// A reason to look at a conversation now.
#[Object]
impl Attention {
    /// Which.
    async fn attention_reason(&self) -> AttentionReason {
        self.attention.reason
    }

    /// Since when it holds. A reason that comes with time holds since its time was over.
    async fn since(&self) -> DateTime<Utc> {
        self.attention.since
    }

    /// What a supervisor may do about it; the same for every conversation with this reason. It may end by itself, too.
    async fn actions(&self) -> &[SupervisorAction] {
        exits(self.attention.reason)
    }

    /// Which of `actions` you have now, given a target that fits, by the rules of the mutations; empty for who is no
    /// supervisor. `viewerCan` of the conversation says why not.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<Vec<SupervisorAction>> {
        let mut allowed = Vec::new();
        for exit in exits(self.attention.reason) {
            if may(ctx, &self.of, exit.action())?.is_ok() {
                allowed.push(*exit);
            }
        }
        Ok(allowed)
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
            .map(|(reason, since)| {
                let (reason, since) = (*reason, *since);
                Attention::new(domain::Attention { reason, since }, &self.0)
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
