//! The rows that one event makes or changes: what differs between two after-images.
//!
//! Rows of participants, offers, sessions and timers are never written by hand; they follow from
//! the images, so they cannot disagree with the log.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{NotSet, Set};

use super::StoreError;
use crate::log::Entry;
use domain::{
    Actor, Author, CancelReason, Change, Conversation, ConversationId, MessageId, MessageScore,
    MonitoringEnd, OfferId, OfferOutcome, ParticipantRole, ScoreSource, Tag, TimerKind, Visibility,
};
use entity::tables::{
    conversation, conversation_tag, event, message, monitor_session, offer, participant, timer,
};

/// Rows to write for a batch of events, in order.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub events: Vec<event::ActiveModel>,
    /// Only the last image of each conversation is written.
    pub conversations: Vec<(Moved, conversation::ActiveModel)>,
    pub messages: Vec<message::ActiveModel>,
    /// What happened to messages after they were posted, in order.
    pub message_changes: Vec<MessageChange>,
    pub participants: Vec<participant::ActiveModel>,
    pub departures: Vec<Departure>,
    pub offers: Vec<offer::ActiveModel>,
    pub answers: Vec<Answered>,
    pub sessions: Vec<monitor_session::ActiveModel>,
    pub tags: Vec<conversation_tag::ActiveModel>,
    /// Of each conversation the tags, folded, that it has no more.
    pub tags_gone: Vec<(ConversationId, Vec<String>)>,
    pub timers: Vec<timer::ActiveModel>,
    pub timers_gone: Vec<(ConversationId, TimerKind)>,
}

/// How much of a conversation's row is another than before: what is indexed or refers to other rows is
/// written only where it changed, since writing it costs a page of each index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moved {
    /// It is new, or somewhere else: in another queue, with another agent, or closed.
    Elsewhere,
    /// Its state is another.
    State,
    /// Neither.
    Nothing,
}

impl Moved {
    fn between(before: Option<&Conversation>, after: &Conversation) -> Self {
        let place = |c: &Conversation| (c.queue, c.primary_agent(), c.closed_at);
        match before {
            Some(before) if place(before) != place(after) => Self::Elsewhere,
            Some(before) if before.state != after.state => Self::State,
            Some(_) => Self::Nothing,
            None => Self::Elsewhere,
        }
    }
}

/// Something happened to a message.
#[derive(Clone, Debug)]
pub(super) struct MessageChange {
    pub message: MessageId,
    pub change: Change,
    pub position: i64,
    pub at: DateTime<Utc>,
}

/// A participant left.
#[derive(Debug)]
pub(super) struct Departure {
    pub conversation: ConversationId,
    pub role: ParticipantRole,
    pub who: String,
    /// The log position of the leaving: a stay that began later goes on.
    pub position: i64,
    pub at: DateTime<Utc>,
}

/// An offer is no longer pending.
#[derive(Debug)]
pub(super) struct Answered {
    pub offer: OfferId,
    pub outcome: OfferOutcome,
    pub reason: Option<CancelReason>,
    pub at: DateTime<Utc>,
}

impl Rows {
    /// Adds what this entry writes; `before` is the conversation's image before it, if it had one.
    pub fn add(&mut self, entry: &Entry, before: Option<&Conversation>) {
        let Some(after) = entry.conversation() else {
            return;
        };
        self.participants(entry, before, after);
        self.offers(entry, before, after);
        self.sessions(entry, before, after);
        self.message(entry, after);
        self.coaching(entry, after);
        let changed = entry.change.changed_message();
        self.message_changes
            .extend(changed.map(|message| MessageChange {
                message,
                change: entry.change.clone(),
                position: entry.position,
                at: entry.at,
            }));
    }

    fn participants(&mut self, entry: &Entry, before: Option<&Conversation>, after: &Conversation) {
        let was = before.map(participants_of).unwrap_or_default();
        let is = participants_of(after);
        for (role, who) in was.difference(&is) {
            self.departures.push(Departure {
                conversation: after.id,
                role: *role,
                who: who.clone(),
                position: entry.position,
                at: entry.at,
            });
        }
        for (role, who) in is.difference(&was) {
            self.participants.push(participant::ActiveModel {
                conversation_id: Set(after.id),
                role: Set(*role),
                who: Set(who.clone()),
                joined_position: Set(entry.position),
                joined_at: Set(entry.at),
                left_at: Set(None),
            });
        }
    }

    /// How an offer ended is what the event tells that ends it; the image may have lost it before,
    /// with its state.
    fn offers(&mut self, entry: &Entry, before: Option<&Conversation>, after: &Conversation) {
        if let Some((offer, outcome, reason)) = answer_of(&entry.change) {
            self.answers.push(Answered {
                offer,
                outcome,
                reason,
                at: entry.at,
            });
        }
        let was = before.and_then(|c| c.offer.as_ref());
        if let Some(offer) = after.offer.as_ref().filter(|is| was != Some(is)) {
            self.offers.push(offer::ActiveModel {
                id: Set(offer.id),
                conversation_id: Set(after.id),
                kind: Set(offer.kind),
                agent_id: Set(offer.agent),
                made_by: Set(offer.by.to_string()),
                units: Set(signed(offer.units)),
                exceeded_by: Set(signed(offer.exceeded_by)),
                made_at: Set(offer.made_at),
                due_at: Set(offer.due_at),
                outcome: Set(OfferOutcome::Pending),
                cancel_reason: Set(None),
                answered_at: Set(None),
            });
        }
    }

    /// A look that is gone without being stopped ended with the state. (Closed conversations are reviewed too.)
    fn sessions(&mut self, entry: &Entry, before: Option<&Conversation>, after: &Conversation) {
        let was = before.map_or(&[][..], |c| &c.monitors);
        for monitor in was
            .iter()
            .filter(|m| after.monitors.iter().all(|n| n.session != m.session))
        {
            let end = match &entry.change {
                Change::MonitoringStopped { end, .. } | Change::ReviewStopped { end, .. } => *end,
                _ => MonitoringEnd::StateChanged,
            };
            self.sessions
                .push(session_row(after, monitor, Some((entry.at, end))));
        }
        for monitor in after.monitors.iter().filter(|m| !was.contains(m)) {
            self.sessions.push(session_row(after, monitor, None));
        }
    }

    /// A message that coaches an agent.
    fn coaching(&mut self, entry: &Entry, after: &Conversation) {
        let Change::AgentCoached { message, agent } = &entry.change else {
            return;
        };
        let subject = match &entry.actor {
            Actor::Supervisor { subject } => Some(subject.to_string()),
            _ => None,
        };
        self.messages.push(message::ActiveModel {
            id: Set(*message),
            author: Set(Author::Supervisor),
            author_subject: Set(subject),
            visibility: Set(Visibility::Coaching),
            coached_id: Set(Some(*agent)),
            ..posted_row(entry, after)
        });
    }

    fn message(&mut self, entry: &Entry, after: &Conversation) {
        let Change::MessagePosted {
            message,
            author,
            visibility,
            system,
            score,
            meaning,
            sent_at,
            reply_to,
            ..
        } = &entry.change
        else {
            return;
        };
        let (agent, subject) = match &entry.actor {
            _ if *author == Author::System => (None, None),
            Actor::Agent { agent } => (Some(*agent), None),
            Actor::Supervisor { subject } => (None, Some(subject.to_string())),
            Actor::Gateway { .. } | Actor::Administrator { .. } | Actor::System => (None, None),
        };
        let scored = scored(score.as_ref());
        self.messages.push(message::ActiveModel {
            id: Set(*message),
            author: Set(*author),
            agent_id: Set(agent),
            author_subject: Set(subject),
            visibility: Set(*visibility),
            system_message: Set(*system),
            score: Set(scored.score),
            confidence: Set(scored.confidence),
            language: Set(scored.language),
            score_source: Set(scored.source),
            intent: Set(meaning.intent),
            sent_at: Set(*sent_at),
            reply_to_id: Set(*reply_to),
            ..posted_row(entry, after)
        });
    }

    fn tags(&mut self, before: Option<&Conversation>, after: &Conversation) {
        let was = before.map(folded_tags).unwrap_or_default();
        let is = folded_tags(after);
        let gone: Vec<_> = was.difference(&is).map(ToString::to_string).collect();
        if !gone.is_empty() {
            self.tags_gone.push((after.id, gone));
        }
        for tag in is.difference(&was) {
            self.tags.push(conversation_tag::ActiveModel {
                conversation_id: Set(after.id),
                tag: Set(tag.to_string()),
            });
        }
    }

    /// Adds the rows that show how a conversation ends up after the whole batch; `image` is it as JSON.
    pub fn settle(
        &mut self,
        before: Option<&Conversation>,
        after: &Conversation,
        image: String,
        subject: Option<&str>,
        position: i64,
    ) {
        self.tags(before, after);
        let due = |c: &Conversation| -> BTreeSet<_> { c.timers().collect() };
        let (was, is) = (before.map(due).unwrap_or_default(), due(after));
        for (kind, due_at) in is.difference(&was) {
            self.timers.push(timer::ActiveModel {
                conversation_id: Set(after.id),
                kind: Set(*kind),
                due_at: Set(*due_at),
            });
        }
        let kept = |kind| is.iter().any(|(other, _)| *other == kind);
        self.timers_gone.extend(
            was.iter()
                .filter(|(kind, _)| !kept(*kind))
                .map(|(kind, _)| (after.id, *kind)),
        );
        let row = conversation_row(after, image, subject, position);
        self.conversations
            .push((Moved::between(before, after), row));
    }
}

/// Which offer or transfer request the change tells the end of, and how it ended.
const fn answer_of(change: &Change) -> Option<(OfferId, OfferOutcome, Option<CancelReason>)> {
    Some(match change {
        Change::OfferAccepted { offer, .. } | Change::TransferAccepted { offer, .. } => {
            (*offer, OfferOutcome::Accepted, None)
        }
        Change::OfferRejected { offer, .. } | Change::TransferRejected { offer, .. } => {
            (*offer, OfferOutcome::Rejected, None)
        }
        Change::OfferTimedOut { offer, .. } | Change::TransferTimedOut { offer, .. } => {
            (*offer, OfferOutcome::TimedOut, None)
        }
        Change::OfferCancelled { offer, reason, .. }
        | Change::TransferCancelled { offer, reason, .. } => {
            (*offer, OfferOutcome::Cancelled, Some(*reason))
        }
        _ => return None,
    })
}

/// The columns of a score.
pub(super) fn scored(score: Option<&MessageScore>) -> ScoreColumns {
    ScoreColumns {
        score: score.and_then(|score| score.score),
        confidence: score.map(|score| score.confidence),
        language: score.and_then(|score| score.language.as_deref().map(str::to_owned)),
        source: score.and_then(|score| score.source.stored()),
    }
}

/// What a message's row keeps of its score.
pub(super) struct ScoreColumns {
    pub score: Option<f32>,
    pub confidence: Option<f32>,
    pub language: Option<String>,
    pub source: Option<ScoreSource>,
}

/// The row of a message that was posted, of which nothing is said.
fn posted_row(entry: &Entry, after: &Conversation) -> message::ActiveModel {
    message::ActiveModel {
        id: NotSet,
        conversation_id: Set(after.id),
        number: Set(signed(after.last_row())),
        coaching: Set(signed(after.coached)),
        author: NotSet,
        agent_id: Set(None),
        author_subject: Set(None),
        visibility: NotSet,
        coached_id: Set(None),
        system_message: Set(None),
        text: Set(None),
        score: Set(None),
        confidence: Set(None),
        language: Set(None),
        score_source: Set(None),
        intent: Set(None),
        attachments: Set(None),
        sent_at: Set(None),
        reply_to_id: Set(None),
        external_id: Set(None),
        posted_at: Set(entry.at),
        erased_at: Set(None),
        position: Set(entry.position),
    }
}

fn folded_tags(c: &Conversation) -> BTreeSet<&Arc<str>> {
    c.tags.iter().map(Tag::folded).collect()
}

/// Everybody who takes part, by a textual id. A monitoring supervisor is not a participant.
fn participants_of(c: &Conversation) -> BTreeSet<(ParticipantRole, String)> {
    let customer = (ParticipantRole::Customer, c.customer.to_string());
    let primary = c
        .primary_agent()
        .map(|a| (ParticipantRole::PrimaryAgent, a.to_string()));
    let consultants = c
        .consultants
        .iter()
        .map(|a| (ParticipantRole::Consultant, a.to_string()));
    let joined = c
        .joined()
        .map(|m| (ParticipantRole::Supervisor, m.supervisor.to_string()));
    // Whoever was there at the end stays on the list of a closed conversation as never having left.
    std::iter::once(customer)
        .chain(primary)
        .chain(consultants)
        .chain(joined)
        .collect()
}

fn session_row(
    conversation: &Conversation,
    monitor: &domain::conversation::Monitor,
    ended: Option<(DateTime<Utc>, MonitoringEnd)>,
) -> monitor_session::ActiveModel {
    monitor_session::ActiveModel {
        id: Set(monitor.session),
        kind: Set(monitor.kind),
        conversation_id: Set(conversation.id),
        supervisor: Set(monitor.supervisor.to_string()),
        started_at: Set(monitor.started_at),
        until: Set(monitor.until),
        // Who leaves with the state leaves before the look ends.
        joined_at: Set(monitor.joined_at.filter(|_| ended.is_none())),
        ended_at: Set(ended.map(|(at, _)| at)),
        ended_by: Set(ended.map(|(_, end)| end)),
    }
}

fn conversation_row(
    c: &Conversation,
    image: String,
    subject: Option<&str>,
    position: i64,
) -> conversation::ActiveModel {
    conversation::ActiveModel {
        id: Set(c.id),
        channel: Set(c.channel),
        source: Set(c.source.as_ref().map(ToString::to_string)),
        mode: Set(c.mode),
        state: Set(c.state),
        reason: Set(c.reason),
        queue_id: Set(c.queue),
        workstream_id: Set(c.workstream),
        customer_id: Set(c.customer),
        agent_id: Set(c.primary_agent()),
        previous_id: Set(c.previous),
        subject: Set(subject.map(str::to_owned)),
        version: Set(signed(c.version)),
        sentiment: Set(c.sentiment.level),
        started_at: Set(c.started_at),
        closed_at: Set(c.closed_at),
        last_activity_at: Set(Some(c.last_activity_at)),
        disposition: Set(c.disposition.as_ref().map(ToString::to_string)),
        rating: Set(c.rating.map(|rating| rating.score.into())),
        position: Set(position),
        image: Set(image),
    }
}

/// A conversation as JSON, and as what an event keeps of it: the same, named, as `After` is written.
pub(super) fn image_of(conversation: &Conversation) -> Result<(String, String), StoreError> {
    let image = serde_json::to_string(conversation);
    let image = image.map_err(StoreError::row("conversations"))?;
    let after = format!(r#"{{"conversation":{image}}}"#);
    Ok((image, after))
}

/// Databases have no unsigned integers; these counts are far below the limit.
pub(super) fn signed(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{json, to_string};
    use uuid::Uuid;

    use super::*;
    use domain::{After, Assessment, CustomerId, QueueId, WorkstreamId};

    #[test]
    fn an_image_named_is_what_an_event_keeps() {
        let (id, at) = (Uuid::nil(), "2026-01-01T00:00:00Z");
        let conversation: Arc<Conversation> = serde_json::from_value(json!({
            "id": ConversationId(id), "customer": CustomerId(id),
            "queue": QueueId(id), "workstream": WorkstreamId(id),
            "channel": "SMS", "mode": "TEXT", "state": "OPEN", "version": 1, "messages": 0,
            "reason": "AWAITING_AGENT_ASSIGNMENT", "consent": "UNKNOWN", "started_at": at,
            "state_since": at, "last_activity_at": at, "sentiment_since": at,
            "sentiment": Assessment::not_available(),
        }))
        .unwrap();
        let (image, after) = image_of(&conversation).unwrap();
        assert_eq!(image, to_string(&conversation).unwrap());
        assert_eq!(
            after,
            to_string(&After::Conversation(conversation)).unwrap()
        );
    }
}
