//! Every conversation, page by page: its row, and the rows of what belongs to it, against its kept
//! events; where none is kept, against its own image.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::Findings;
use super::difference::{Difference, LogProblem, RowProblem};
use super::history::History;
use super::page::Page;
use crate::store::StoreError;
use crate::store::log::entry_of;
use domain::ConversationId;
use entity::tables::{
    conversation, conversation_attribute, conversation_note, conversation_tag, event, message,
    monitor_session, offer, participant, rating_comment, timer,
};

/// Conversations at once.
const PAGE: u64 = 100;
/// Events of them that one read brings.
const EVENTS: u64 = 1_000;

/// Whose rows are not as they must be.
pub(super) type Apart = BTreeSet<ConversationId>;

/// Holds all; says whose rows differ.
pub(super) async fn hold_all(
    snapshot: &DatabaseTransaction,
    first: Option<i64>,
    epoch: Uuid,
    findings: &mut Findings<'_>,
) -> Result<Apart, StoreError> {
    let mut apart = Apart::new();
    let mut last = None;
    loop {
        let ids: Vec<ConversationId> = conversation::Entity::find()
            .select_only()
            .column(conversation::Column::Id)
            .order_by_asc(conversation::Column::Id)
            .limit(PAGE)
            .apply_if(last, |select, last: ConversationId| {
                select.filter(conversation::Column::Id.gt(last))
            })
            .into_tuple()
            .all(snapshot)
            .await?;
        let Some(end) = ids.last() else { break };
        last = Some(*end);
        let mut found = Vec::new();
        let mut page = Page::read(snapshot, &ids, epoch, &mut found).await?;
        for difference in found.drain(..) {
            findings.add(&difference);
        }
        for id in ids {
            page.hold(id, first, &mut found, findings)?;
            if !found.is_empty() {
                apart.insert(id);
            }
            for difference in found.drain(..) {
                findings.add(&difference);
            }
        }
    }
    orphans(snapshot, findings).await?;
    Ok(apart)
}

/// What the kept events of these conversations make of them, read a page at a time.
pub(super) async fn replay(
    snapshot: &DatabaseTransaction,
    ids: &[ConversationId],
    epoch: Uuid,
    found: &mut Vec<Difference>,
) -> Result<HashMap<ConversationId, History>, StoreError> {
    use event::Column as C;
    let mut histories: HashMap<ConversationId, History> = HashMap::new();
    let mut last: Option<(ConversationId, i64)> = None;
    loop {
        let page = event::Entity::find()
            .filter(C::ConversationId.is_in(ids.iter().copied()))
            .order_by_asc(C::ConversationId)
            .order_by_asc(C::Position)
            .limit(EVENTS)
            .apply_if(last, |select, (id, position)| {
                let same = C::ConversationId.eq(id).and(C::Position.gt(position));
                select.filter(Condition::any().add(C::ConversationId.gt(id)).add(same))
            })
            .all(snapshot)
            .await?;
        for row in &page {
            let Some(id) = row.conversation_id else {
                continue;
            };
            last = Some((id, row.position));
            let history = histories.entry(id).or_default();
            match entry_of(row, epoch) {
                Ok(entry) if history.step(&entry) => {}
                Ok(_) => found.push(Difference::Log {
                    position: row.position,
                    problem: LogProblem::Column("before"),
                }),
                // Told by the walk through the log.
                Err(_) => history.break_off(),
            }
        }
        if page.is_empty() {
            return Ok(histories);
        }
    }
}

/// Rows, and events, of conversations that are not there. Foreign keys keep rows from being such;
/// whoever has the database in hand can switch them off.
async fn orphans(
    snapshot: &DatabaseTransaction,
    findings: &mut Findings<'_>,
) -> Result<(), StoreError> {
    macro_rules! orphans {
        ($($entity:ident, $table:literal;)*) => {$({
            let alone = concat!(
                "NOT EXISTS (SELECT 1 FROM conversations WHERE conversations.id = ",
                $table, ".conversation_id)"
            );
            let ids: Vec<Option<ConversationId>> = $entity::Entity::find()
                .select_only()
                .column($entity::Column::ConversationId)
                .filter($entity::Column::ConversationId.is_not_null())
                .filter(Expr::cust(alone))
                .distinct()
                .into_tuple()
                .all(snapshot)
                .await?;
            for id in ids.into_iter().flatten() {
                findings.add(&Difference::Row {
                    table: $table,
                    row: format!("of {id}"),
                    problem: RowProblem::Orphan,
                });
            }
        })*};
    }
    orphans! {
        event, "events";
        participant, "participants";
        offer, "offers";
        monitor_session, "monitor_sessions";
        message, "messages";
        timer, "timers";
        conversation_tag, "conversation_tags";
        conversation_attribute, "conversation_attributes";
        conversation_note, "conversation_notes";
        rating_comment, "rating_comments";
    }
    Ok(())
}
