//! What messages make of a conversation: the sentiment, and since when the customer waits for an answer.

use chrono::{DateTime, TimeDelta, Utc};

use crate::attention::has_new_cause;
use crate::message::{Answer, Unanswered};
use crate::sentiment::{Assessment, RecentScores};
use crate::{
    AttentionReason, Author, Change, Conversation, DeliveryState, MessageId, State, Visibility,
};

/// How many unanswered messages an image keeps.
const UNANSWERED: usize = 20;
/// How long before an answer a message was sent that it does not answer, at most.
const LATE: TimeDelta = TimeDelta::seconds(5);

/// A message is posted, or changes. In a closed conversation that is a change of its own record alone.
pub(super) fn apply(c: &mut Conversation, change: &Change, now: DateTime<Utc>) {
    match change {
        Change::MessagePosted { .. } => posted(c, change, now),
        _ if !c.is_ongoing() => {}
        Change::MessageEdited {
            message,
            score,
            analysed,
            was_scored,
            sent_at,
            meaning,
            was_closing,
            at,
            ..
        } => {
            c.forget_signals_of(*message);
            if meaning.is_closing() && it_alone_waits(c, *message) {
                needs_no_answer(c, *message);
            } else if *was_closing && !meaning.is_closing() && !waits_or_did(c, *message) {
                owe_an_answer(c, *message, *at);
            }
            if *analysed {
                c.scores
                    .edit(*message, score.clone(), *sent_at, *was_scored);
            }
            feel(c, *analysed);
        }
        Change::MessageScored {
            message,
            score,
            analysed: true,
            was_scored,
            sent_at,
            ..
        } => {
            c.scores
                .edit(*message, Some(score.clone()), Some(*sent_at), *was_scored);
            feel(c, true);
        }
        Change::MessageRemoved { message, .. } => {
            c.scores.remove(*message);
            c.forget_signals_of(*message);
            if c.sentiment != Assessment::not_available() {
                c.sentiment = c.scores.assess();
            }
            needs_no_answer(c, *message);
        }
        Change::MessageDelivery {
            message, state, at, ..
        } => delivery(c, *message, *state, *at),
        _ => {}
    }
}

fn posted(c: &mut Conversation, change: &Change, now: DateTime<Utc>) {
    let Change::MessagePosted {
        message,
        author,
        visibility,
        score,
        meaning,
        analysed,
        sent_at,
        ..
    } = change
    else {
        return;
    };
    c.messages += 1;
    if *author == Author::Customer {
        if !(meaning.is_closing() && nothing_is_owed(c)) {
            owe_an_answer(c, *message, sent_at.unwrap_or(now));
        }
        if c.state == State::WrapUp {
            c.wrote_in_wrap_up_at.get_or_insert(now);
        }
        if let Some(score) = score.as_ref().filter(|_| *analysed) {
            c.scores.place(*message, score.clone(), *sent_at);
        }
        feel(c, *analysed);
    } else if *author != Author::System && *visibility == Visibility::Public {
        let waited_since = c.unanswered_since.take();
        c.responses.answered(waited_since, now);
        has_new_cause(c, AttentionReason::DeliveryFailed);
        c.last_answer = Some(Answer {
            message: *message,
            waited_since,
            answered: std::mem::take(&mut c.unanswered),
            failed_at: None,
        });
    }
}

fn feel(c: &mut Conversation, analysed: bool) {
    if analysed {
        c.sentiment = c.scores.assess();
    } else {
        c.scores = RecentScores::default();
        c.sentiment = Assessment::not_available();
    }
}

/// The newest answer reached the customer, as far as is known, and they have written nothing since that waits for
/// another: thanks, or a goodbye, right after it.
fn nothing_is_owed(c: &Conversation) -> bool {
    let reached = |answer: &Answer| answer.failed_at.is_none();
    c.unanswered_since.is_none() && c.last_answer.as_ref().is_some_and(reached)
}

/// Whether this message alone waits for an answer, right after one.
fn it_alone_waits(c: &Conversation, message: MessageId) -> bool {
    let reached = |answer: &Answer| answer.failed_at.is_none();
    matches!(c.unanswered[..], [Unanswered(id, _)] if id == message)
        && c.last_answer.as_ref().is_some_and(reached)
}

/// Whether the message waits for an answer, or has been answered as one that did.
fn waits_or_did(c: &Conversation, message: MessageId) -> bool {
    let answered = c.last_answer.iter().flat_map(|answer| &answer.answered);
    let mut known = c.unanswered.iter().chain(answered);
    known.any(|Unanswered(id, _)| *id == message)
}

pub(super) fn nothing_is_unanswered(c: &mut Conversation) {
    c.unanswered_since = None;
    c.unanswered.clear();
}

/// The customer waits for an answer to what they sent then; not to what they sent clearly before the newest answer,
/// which only came in late.
fn owe_an_answer(c: &mut Conversation, message: MessageId, sent: DateTime<Utc>) {
    let failed = c
        .last_answer
        .as_ref()
        .is_some_and(|a| a.failed_at.is_some());
    let is_late = |answered: DateTime<Utc>| !failed && sent < answered - LATE;
    if c.responses.last_at.is_some_and(is_late) {
        return;
    }
    let sent = sent.max(c.started_at);
    c.unanswered_since = Some(c.unanswered_since.map_or(sent, |since| since.min(sent)));
    wait(c, Unanswered(message, sent));
}

/// Adds a message in the order of sending; beyond twenty the newest are not kept.
fn wait(c: &mut Conversation, one: Unanswered) {
    let waits = &mut c.unanswered;
    let place = waits.partition_point(|Unanswered(_, other)| *other <= one.1);
    waits.insert(place, one);
    waits.truncate(UNANSWERED);
}

/// The customer took it back: they wait since the next that nobody has answered.
fn needs_no_answer(c: &mut Conversation, message: MessageId) {
    let is_it = |Unanswered(id, _): &Unanswered| *id == message;
    if let Some(answer) = &mut c.last_answer {
        answer.answered.retain(|one| !is_it(one));
        if answer.answered.is_empty() && answer.failed_at.is_none() {
            answer.waited_since = None;
        }
    }
    if let Some(place) = c.unanswered.iter().position(is_it) {
        c.unanswered.remove(place);
        c.unanswered_since = c.unanswered.first().map(|Unanswered(_, since)| *since);
    }
}

/// What the newest answer ended waits again when it did not reach the customer, and no more when it did after all.
fn delivery(c: &mut Conversation, message: MessageId, state: DeliveryState, at: DateTime<Utc>) {
    let Some(mut answer) = c.last_answer.take_if(|answer| answer.message == message) else {
        return;
    };
    match (state, answer.failed_at) {
        (DeliveryState::Failed, None) => {
            has_new_cause(c, AttentionReason::DeliveryFailed);
            answer.failed_at = Some(at);
            for one in &answer.answered {
                wait(c, *one);
            }
            c.unanswered_since = [answer.waited_since, c.unanswered_since]
                .into_iter()
                .flatten()
                .min();
        }
        (DeliveryState::Sent | DeliveryState::Delivered | DeliveryState::Read, Some(_)) => {
            answer.failed_at = None;
            c.unanswered.retain(|one| !answer.answered.contains(one));
            c.unanswered_since = c.unanswered.first().map(|Unanswered(_, since)| *since);
        }
        _ => {}
    }
    c.last_answer = Some(answer);
}
