//! The rows of one conversation as its kept events make them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;

use crate::log::Entry;
use crate::store::StoreError;
use crate::store::projection::{Departure, MessageChange, Rows, ScoreColumns, image_of, scored};
use domain::{Actor, After, Change, Conversation, MessageId, OfferId};
use entity::tables::{message, message_state, monitor_session, offer, participant};

/// What was replayed so far.
#[derive(Default)]
pub(super) struct History {
    rows: Rows,
    first: Option<(i64, DateTime<Utc>)>,
    last: Option<(Arc<Conversation>, i64)>,
    started: bool,
    unreadable: bool,
}

impl History {
    /// Goes on by one event; false: the event does not say who could see the conversation before.
    pub fn step(&mut self, entry: &Entry) -> bool {
        let Some(after) = entry.conversation() else {
            return true;
        };
        self.first.get_or_insert((entry.position, entry.at));
        let started = matches!(entry.change, Change::ConversationStarted);
        self.started |= started;
        let known = self.last.take().map(|(image, _)| image);
        // Of the first kept event nobody knows what was before; held against itself it makes no row
        // but its message.
        let before = match &known {
            _ if started => None,
            Some(image) => Some(&**image),
            None => Some(&**after),
        };
        let moved = known
            .as_ref()
            .filter(|image| !started && image.footprint() != after.footprint())
            .map(|image| image.footprint());
        let says = known.is_none() || entry.before == moved;
        self.rows.add(entry, before);
        self.last = Some((after.clone(), entry.position));
        says
    }

    /// An event of it cannot be read: what the later ones say is not enough.
    pub fn break_off(&mut self) {
        self.unreadable = true;
    }

    /// The latest image with its position, if every kept event could be read.
    pub fn latest(&self) -> Option<(Arc<Conversation>, i64)> {
        self.last.clone().filter(|_| !self.unreadable)
    }

    /// Whether its beginning is kept too, so that every row must have been made by these events.
    pub fn is_whole(&self) -> bool {
        self.started && !self.unreadable
    }

    /// Which rows may be from before the kept events.
    pub fn older(&self) -> Older {
        Older {
            whole: self.is_whole(),
            first: self.first,
        }
    }

    /// The rows as they end up, and what the events say of rows from before them.
    pub fn into_rows(mut self) -> Made {
        let mut offers: BTreeMap<OfferId, offer::ActiveModel> = BTreeMap::new();
        let made = std::mem::take(&mut self.rows);
        for row in made.offers {
            offers.insert(row.id.clone().unwrap(), row);
        }
        for answered in made.answers {
            let row = offers.entry(answered.offer).or_insert(offer::ActiveModel {
                id: Set(answered.offer),
                ..Default::default()
            });
            row.outcome = Set(answered.outcome);
            row.cancel_reason = Set(answered.reason);
            row.answered_at = Set(Some(answered.at));
        }
        let mut participants = made.participants;
        let mut older = Vec::new();
        for left in made.departures {
            let mut stays = participants.iter_mut();
            match stays.find(|stay| is_ended_by(stay, &left)) {
                Some(stay) => stay.left_at = Set(Some(left.at)),
                None => older.push(left),
            }
        }
        let sessions: HashMap<_, _> = made
            .sessions
            .into_iter()
            .map(|session| (session.id.clone().unwrap(), session))
            .collect();
        let mut messages = made.messages;
        let mut states: BTreeMap<MessageId, message_state::ActiveModel> = BTreeMap::new();
        for changed in made.message_changes {
            if matches!(changed.change, Change::MessageReaction { .. }) {
                continue;
            }
            let mut posted = messages.iter_mut();
            let posted = posted.find(|row| row.id == Set(changed.message));
            if let Change::MessageScored { score, .. } = &changed.change {
                if let Some(row) = posted {
                    take(row, scored(Some(score)));
                }
                continue;
            }
            let state = states
                .entry(changed.message)
                .or_insert(message_state::ActiveModel {
                    message_id: Set(changed.message),
                    ..Default::default()
                });
            change(posted, state, &changed);
        }
        Made {
            states: states.into_values().collect(),
            participants,
            left: older,
            offers: offers.into_values().collect(),
            sessions: sessions.into_values().collect(),
            messages,
        }
    }
}

/// Which rows may be from before the kept events, and so be there without one of them.
#[derive(Clone, Copy)]
pub(super) struct Older {
    whole: bool,
    first: Option<(i64, DateTime<Utc>)>,
}

impl Older {
    /// A row that was made at this position.
    pub fn than(self, position: i64) -> bool {
        !self.whole && self.first.is_none_or(|(first, _)| position <= first)
    }

    /// A row that was made at this instant.
    pub fn than_at(self, at: DateTime<Utc>) -> bool {
        !self.whole && self.first.is_none_or(|(_, first)| at <= first)
    }
}

/// What kept events make of a conversation's rows.
pub(super) struct Made {
    pub participants: Vec<participant::ActiveModel>,
    /// Departures that ended stays from before the kept events.
    pub left: Vec<Departure>,
    pub offers: Vec<offer::ActiveModel>,
    pub sessions: Vec<monitor_session::ActiveModel>,
    pub messages: Vec<message::ActiveModel>,
    pub states: Vec<message_state::ActiveModel>,
}

/// What this change makes of a message's rows.
fn change(
    message: Option<&mut message::ActiveModel>,
    state: &mut message_state::ActiveModel,
    changed: &MessageChange,
) {
    state.position = Set(changed.position);
    let (now_scored, intent) = match &changed.change {
        Change::MessageEdited {
            at, score, meaning, ..
        } => {
            state.edited_at = Set(Some(*at));
            (scored(score.as_ref()), meaning.intent)
        }
        Change::MessageRemoved { at, .. } => {
            state.removed_at = Set(Some(*at));
            (scored(None), None)
        }
        Change::MessageDelivery { state: now, at, .. } => {
            (state.delivery, state.delivery_at) = (Set(Some(*now)), Set(Some(*at)));
            return;
        }
        _ => return,
    };
    if let Some(row) = message {
        take(row, now_scored);
        row.intent = Set(intent);
    }
}

/// The row with this score.
fn take(row: &mut message::ActiveModel, now: ScoreColumns) {
    row.score = Set(now.score);
    row.confidence = Set(now.confidence);
    row.language = Set(now.language);
    row.score_source = Set(now.source);
}

/// As the writer's statement does: the stay of that person that began before and has not ended.
fn is_ended_by(stay: &participant::ActiveModel, left: &Departure) -> bool {
    stay.role == Set(left.role)
        && stay.who == Set(left.who.clone())
        && *stay.joined_position.as_ref() < left.position
        && stay.left_at == Set(None)
}

/// The rows that must be there whatever was before: those of the conversation as it is.
pub(super) fn present(image: &Arc<Conversation>, position: i64) -> Result<Rows, StoreError> {
    let entry = Entry {
        epoch: uuid::Uuid::nil(),
        position,
        at: image.last_activity_at,
        actor: Actor::System,
        change: Change::ConversationStarted,
        after: After::Conversation(image.clone()),
        before: None,
        hash: 0,
    };
    let mut rows = Rows::default();
    rows.add(&entry, None);
    let (text, _) = image_of(image)?;
    rows.settle(None, image, text, None, position);
    Ok(rows)
}
