//! One page of conversations: what each must be, and what it is.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::conversations::replay;
use super::difference::{Difference, RowProblem, fields};
use super::history::{self, History};
use super::{Findings, rows, rules};
use crate::store::StoreError;
use crate::store::load::parse_image;
use domain::{Conversation, ConversationId, MessageId, OfferOutcome, ParticipantRole};
use entity::tables::{
    conversation, conversation_tag, message, message_state, monitor_session, offer, participant,
    timer,
};

/// A page of conversations with everything that belongs to them.
pub(super) struct Page {
    conversations: HashMap<ConversationId, conversation::Model>,
    histories: HashMap<ConversationId, History>,
    participants: HashMap<ConversationId, Vec<participant::Model>>,
    offers: HashMap<ConversationId, Vec<offer::Model>>,
    sessions: HashMap<ConversationId, Vec<monitor_session::Model>>,
    messages: HashMap<ConversationId, Vec<message::Model>>,
    /// Of every message to which something happened.
    states: HashMap<MessageId, message_state::Model>,
    tags: HashMap<ConversationId, Vec<conversation_tag::Model>>,
    timers: HashMap<ConversationId, Vec<timer::Model>>,
}

/// The rows of one table that belong to these conversations.
macro_rules! belonging {
    ($snapshot:expr, $entity:ident, $ids:expr, $found:expr) => {{
        let column = $entity::Column::ConversationId;
        let select = $entity::Entity::find().filter(column.is_in($ids.iter().copied()));
        let mut by_conversation: HashMap<ConversationId, Vec<$entity::Model>> = HashMap::new();
        for row in rows::read($snapshot, select, $found).await? {
            by_conversation
                .entry(row.conversation_id)
                .or_default()
                .push(row);
        }
        by_conversation
    }};
}

/// What became of the messages of these conversations.
async fn states(
    snapshot: &DatabaseTransaction,
    ids: &[ConversationId],
    found: &mut Vec<Difference>,
) -> Result<HashMap<MessageId, message_state::Model>, StoreError> {
    let messages = Query::select()
        .column(message::Column::Id)
        .from(message::Entity)
        .and_where(message::Column::ConversationId.is_in(ids.iter().copied()))
        .take();
    let of_messages = message_state::Column::MessageId.in_subquery(messages);
    let select = message_state::Entity::find().filter(of_messages);
    let states = rows::read(snapshot, select, found).await?;
    Ok(states
        .into_iter()
        .map(|row| (row.message_id, row))
        .collect())
}

impl Page {
    pub async fn read(
        snapshot: &DatabaseTransaction,
        ids: &[ConversationId],
        epoch: Uuid,
        found: &mut Vec<Difference>,
    ) -> Result<Self, StoreError> {
        let select = conversation::Entity::find()
            .filter(conversation::Column::Id.is_in(ids.iter().copied()));
        let conversations = rows::read(snapshot, select, found).await?;
        Ok(Self {
            conversations: conversations.into_iter().map(|row| (row.id, row)).collect(),
            histories: replay(snapshot, ids, epoch, found).await?,
            participants: belonging!(snapshot, participant, ids, found),
            offers: belonging!(snapshot, offer, ids, found),
            sessions: belonging!(snapshot, monitor_session, ids, found),
            messages: belonging!(snapshot, message, ids, found),
            states: states(snapshot, ids, found).await?,
            tags: belonging!(snapshot, conversation_tag, ids, found),
            timers: belonging!(snapshot, timer, ids, found),
        })
    }

    /// Holds one conversation; what was found of it goes to `found`.
    pub fn hold(
        &mut self,
        id: ConversationId,
        first: Option<i64>,
        found: &mut Vec<Difference>,
        findings: &mut Findings<'_>,
    ) -> Result<(), StoreError> {
        // One that cannot be read was told when the page was.
        let Some(row) = self.conversations.remove(&id) else {
            return Ok(());
        };
        let history = self.histories.remove(&id).unwrap_or_default();
        let problem = |problem| Difference::Row {
            table: "conversations",
            row: id.to_string(),
            problem,
        };
        let own = parse_image(&row.image).map(Arc::new);
        if let Err(error) = &own {
            found.push(problem(RowProblem::Unreadable(error.to_string())));
        }
        let logged = history.latest();
        if logged.is_none() && first.is_some_and(|first| row.position >= first) {
            found.push(problem(RowProblem::NoEvent(row.position)));
        }
        let by_events = logged.is_some();
        let own = own.ok();
        let Some((image, position)) = logged.or(own.clone().map(|own| (own, row.position))) else {
            return Ok(());
        };
        for (name, is, log) in own.iter().flat_map(|own| fields(&**own, &*image)) {
            found.push(problem(RowProblem::Differs {
                column: format!("image.{name}"),
                row: is,
                log,
            }));
        }
        let report = &mut findings.report;
        if by_events {
            report.by_events += 1;
        } else {
            report.by_image += 1;
        }
        report.ongoing += u64::from(image.is_ongoing());
        report.rows += self.hold_present(row, (&image, position), history.is_whole(), found)?;
        report.rows += self.hold_made(id, history, found);
        Ok(())
    }

    /// Holds what is there now against the latest image.
    fn hold_present(
        &mut self,
        row: conversation::Model,
        (image, position): (&Arc<Conversation>, i64),
        whole: bool,
        found: &mut Vec<Difference>,
    ) -> Result<u64, StoreError> {
        let id = image.id;
        let due = history::present(image, position)?;
        let none = |_: &_| false;
        let conversations = due.conversations.into_iter().map(|(_, row)| row).collect();
        let mut compared =
            rows::hold::<conversation::Entity>(vec![row], conversations, none, found);
        let timers = self.timers.remove(&id).unwrap_or_default();
        compared += rows::hold::<timer::Entity>(timers, due.timers, |_| false, found);

        let tags = self.tags.remove(&id).unwrap_or_default();
        compared += rows::hold::<conversation_tag::Entity>(tags, due.tags, |_| false, found);

        let offers = self.offers.get(&id).map_or(&[][..], Vec::as_slice);
        let answered = |offer: &offer::Model| offer.outcome != OfferOutcome::Pending;
        rows::hold::<offer::Entity>(offers.to_vec(), due.offers, answered, found);
        let sessions = self.sessions.get(&id).cloned().unwrap_or_default();
        let ended = |session: &monitor_session::Model| session.ended_at.is_some();
        rows::hold::<monitor_session::Entity>(sessions, due.sessions, ended, found);

        let participants = self.participants.get(&id).map_or(&[][..], Vec::as_slice);
        if !whole {
            hold_stays(id, participants, &due.participants, found);
            let messages = self.messages.get(&id).map_or(&[][..], Vec::as_slice);
            hold_numbers(image, messages, found);
        }
        if image.is_ongoing() {
            rules::hold(image, participants, offers, found);
        }
        Ok(compared)
    }

    /// Holds every row that the kept events made or changed.
    fn hold_made(
        &mut self,
        id: ConversationId,
        history: History,
        found: &mut Vec<Difference>,
    ) -> u64 {
        let participants = self.participants.remove(&id).unwrap_or_default();
        let offers = self.offers.remove(&id).unwrap_or_default();
        let sessions = self.sessions.remove(&id).unwrap_or_default();
        let messages = self.messages.remove(&id).unwrap_or_default();
        if history.latest().is_none() {
            return (participants.len() + offers.len() + sessions.len() + messages.len()) as u64;
        }
        let older = history.older();
        let made = history.into_rows();
        for left in &made.left {
            let told = participants.iter().any(|stay| {
                (stay.role, &stay.who, stay.left_at) == (left.role, &left.who, Some(left.at))
            });
            if !told {
                found.push(Difference::Row {
                    table: "participants",
                    row: format!("{id} {} {}", left.role, left.who),
                    problem: RowProblem::Differs {
                        column: "left_at".into(),
                        row: "another".into(),
                        log: left.at.to_rfc3339(),
                    },
                });
            }
        }
        let mut compared = rows::hold::<participant::Entity>(
            participants,
            made.participants,
            |row| older.than(row.joined_position),
            found,
        );
        let by = |row: &offer::Model| older.than_at(row.made_at);
        compared += rows::hold::<offer::Entity>(offers, made.offers, by, found);
        let by = |row: &monitor_session::Model| older.than_at(row.started_at);
        compared += rows::hold::<monitor_session::Entity>(sessions, made.sessions, by, found);
        let states = messages.iter();
        let states: Vec<_> = states
            .filter_map(|row| self.states.remove(&row.id))
            .collect();
        let by = |row: &message_state::Model| older.than(row.position);
        compared += rows::hold::<message_state::Entity>(states, made.states, by, found);
        let by = |row: &message::Model| older.than(row.position);
        compared + rows::hold::<message::Entity>(messages, made.messages, by, found)
    }
}

/// Who takes part now, where the log does not reach back to when they joined.
fn hold_stays(
    id: ConversationId,
    stays: &[participant::Model],
    due: &[participant::ActiveModel],
    found: &mut Vec<Difference>,
) {
    let mut tell = |row: String, problem| {
        found.push(Difference::Row {
            table: "participants",
            row,
            problem,
        });
    };
    let mut due: BTreeSet<(ParticipantRole, &str)> = due
        .iter()
        .map(|stay| (*stay.role.as_ref(), stay.who.as_ref().as_str()))
        .collect();
    for stay in stays.iter().filter(|stay| stay.left_at.is_none()) {
        if !due.remove(&(stay.role, stay.who.as_str())) {
            let row = format!("{id} {} {} {}", stay.role, stay.who, stay.joined_position);
            tell(row, RowProblem::Unknown);
        }
    }
    for (role, who) in due {
        tell(format!("{id} {role} {who}"), RowProblem::Missing);
    }
}

/// Messages are numbered from 1 without a gap, those that coach an agent too, and their count is in the image.
fn hold_numbers(image: &Conversation, messages: &[message::Model], found: &mut Vec<Difference>) {
    let there: BTreeSet<i64> = messages.iter().map(|row| row.number.into()).collect();
    let due: BTreeSet<i64> = (1..=i64::from(image.last_row())).collect();
    for (numbers, problem) in [
        (due.difference(&there), RowProblem::Missing),
        (there.difference(&due), RowProblem::Unknown),
    ] {
        found.extend(numbers.map(|number| Difference::Row {
            table: "messages",
            row: format!("{} number {number}", image.id),
            problem: problem.clone(),
        }));
    }
}
