//! The operator's scorer has answered, some time after the message came in (domain.md section 6).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::customer_message::feel;
use super::on_message::applied;
use crate::case::Recorder;
use crate::{Actor, Author, Change, Decision, Draft, MessageId, MessageScore, ScoreSource};

/// What the operator's scorer makes of a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LateScore {
    /// Of which message.
    pub message: MessageId,
    /// The text that was scored.
    pub text: Arc<str>,
    /// Its score.
    pub score: MessageScore,
}

/// What comes of it. It comes too late where the message says something else by now, or nothing, has a score of a
/// higher source or of this one, or its conversation is closed.
pub(crate) fn decide(late: &LateScore, draft: &Draft<'_>, now: DateTime<Utc>) -> Decision {
    let record = draft.record(late.message).filter(|record| {
        let stands = !record.erased && record.removed_at.is_none();
        let says_it = record.content.text == late.text && record.author == Author::Customer;
        stands && says_it && record.source < late.score.source
    });
    let Some(record) = record.filter(|_| late.score.source == ScoreSource::Operator) else {
        return Decision::nothing();
    };
    let conversation = draft.conversation(record.head.conversation);
    let analysed = draft.settings().sentiment_analysis;
    let Some(conversation) = conversation.filter(|c| c.is_ongoing() && analysed) else {
        return Decision::nothing();
    };
    let before = conversation.sentiment.level;
    let mut recorder = Recorder::new(draft, conversation, Actor::System, now);
    recorder.push(Change::MessageScored {
        message: late.message,
        score: late.score.clone(),
        analysed,
        was_scored: record.score.is_some(),
        before: record.score,
        sent_at: record.sent_at.unwrap_or_else(|| late.message.made_at()),
    });
    feel(&mut recorder, draft, before, true);
    recorder.done_with(applied(late.message))
}
