//! What a database from before an upgrade lacks, and a large one cannot get in a migration without a long wait: indexes, and what
//! rows of conversations, words and sources say of what is stored already. It comes beside everything else.
//!
//! Invariants: rows are filled a number of conversations at a time, under the log's head like any other write, and from where a
//! row says that it has come, so that a server that is killed goes on there. To fill a row again changes nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Cond, Expr, LockType, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, Database, DatabaseTransaction, DbBackend, EntityTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Statement,
};

use super::persist::insert;
use super::words;
use crate::store::connect::options;
use crate::store::load::{ONLY_ROW, parse_image};
use crate::store::{Outage, Store, StoreError};
use domain::{ConversationId, CustomerId};
use entity::tables::{conversation, customer, customer_source, log_head, search_filling};

/// How many conversations of before are filled at once.
const SOME: u64 = 500;
/// The time between these: commands go on meanwhile.
const PAUSE: Duration = Duration::from_millis(100);
/// The time after which it is tried again when the database failed, or another server makes indexes.
const AGAIN: Duration = Duration::from_secs(5);
/// The name of the lock of the one server that makes indexes.
const INDEX_LOCK: i64 = 0x0072_6567_6967;

/// Gives the database what it lacks, until it lacks nothing.
pub async fn run(store: Store) {
    let mut outage = Outage::of("give a database of before what it lacks");
    loop {
        let filled = store.fill_some().await;
        outage.hears(&filled);
        match filled {
            Ok(true) => tokio::time::sleep(PAUSE).await,
            Ok(false) => break,
            Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}

/// Makes the indexes that migrations left, until all are there.
pub async fn run_indexing(store: Store) {
    let mut outage = Outage::of("make an index");
    loop {
        let made = store.make_indexes().await;
        outage.hears(&made);
        match made {
            Ok(true) => return,
            Ok(false) | Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}

/// What of a conversation its words are of.
type Wordless = (ConversationId, CustomerId, Option<String>, Option<String>);

impl Store {
    /// Whether every conversation has what is filled here, those from before an upgrade too.
    pub async fn is_filled(&self) -> Result<bool, StoreError> {
        let row = search_filling::Entity::find_by_id(ONLY_ROW);
        Ok(row.one(&self.read).await?.is_none())
    }

    /// Gives some conversations of before what they lack; whether there may be more.
    pub async fn fill_some(&self) -> Result<bool, StoreError> {
        if self.is_filled().await? {
            return Ok(false);
        }
        let transaction = self.write.begin_in_background().await?;
        if !self.is_sqlite() {
            // Nothing is erased, and no name changes, between reading and writing.
            let head = log_head::Entity::find_by_id(ONLY_ROW).lock(LockType::Update);
            head.one(&*transaction).await?;
        }
        let row = search_filling::Entity::find_by_id(ONLY_ROW);
        let Some(filling) = row.one(&*transaction).await? else {
            transaction.roll_back().await;
            return Ok(false);
        };
        let last = fill_after(&transaction, filling.after_id).await?;
        if let Some(last) = last {
            search_filling::Entity::update_many()
                .col_expr(search_filling::Column::AfterId, Expr::value(last))
                .exec(&*transaction)
                .await?;
        } else {
            let done = search_filling::Entity::delete_by_id(ONLY_ROW);
            done.exec(&*transaction).await?;
        }
        transaction.commit().await?;
        Ok(last.is_some())
    }

    /// Makes what is missing of the indexes that migrations left; false: another server does.
    pub async fn make_indexes(&self) -> Result<bool, StoreError> {
        if self.is_sqlite() {
            // One after the other: commands that came meanwhile go first.
            while let Some(missing) = migration::missing_index(&self.read).await? {
                let connection = self.write.hold().await?;
                missing.make(&*connection).await?;
                connection.give_back();
                tracing::info!(name = missing.name(), "made an index");
                tokio::time::sleep(PAUSE).await;
            }
            return Ok(true);
        }
        if migration::missing_index(&self.read).await?.is_none() {
            return Ok(true);
        }
        // The lock belongs to this connection, and goes with it.
        let connection = Database::connect(options(&self.address, 1)).await?;
        let made = make_alone(&connection).await;
        connection.close().await?;
        made
    }
}

async fn make_alone(connection: &impl ConnectionTrait) -> Result<bool, StoreError> {
    let lock = format!("SELECT pg_try_advisory_lock({INDEX_LOCK})");
    let lock = Statement::from_string(DbBackend::Postgres, lock);
    let row = connection.query_one_raw(lock).await?;
    let alone = row.map(|row| row.try_get_by_index::<bool>(0)).transpose()?;
    if alone != Some(true) {
        return Ok(false);
    }
    while let Some(missing) = migration::missing_index(connection).await? {
        missing.make(connection).await?;
        tracing::info!(name = missing.name(), "made an index");
    }
    Ok(true)
}

/// Gives those after this one what they lack; the last one of them, none if there was none.
async fn fill_after(
    transaction: &DatabaseTransaction,
    after: Option<ConversationId>,
) -> Result<Option<ConversationId>, StoreError> {
    use conversation::Column as C;
    let rows: Vec<Wordless> = conversation::Entity::find()
        .select_only()
        .columns([C::Id, C::CustomerId, C::Subject])
        .column(customer::Column::Name)
        .left_join(customer::Entity)
        .apply_if(after, |select, after| select.filter(C::Id.gt(after)))
        .order_by_asc(C::Id)
        .limit(SOME)
        .into_tuple()
        .all(transaction)
        .await?;
    let subject = |(id, _, subject, _): &'_ Wordless| Some((*id, subject.clone()?));
    let subjects: Vec<_> = rows.iter().filter_map(subject).collect();
    let name = |(_, id, _, name): &'_ Wordless| Some((*id, name.clone()?));
    let names: BTreeSet<_> = rows.iter().filter_map(name).collect();
    let subjects: Vec<_> = subjects.iter().map(|(id, text)| (*id, &**text)).collect();
    let names: Vec<_> = names.iter().map(|(id, text)| (*id, &**text)).collect();
    words::add(transaction, &subjects, &names).await?;
    let ids: Vec<_> = rows.iter().map(|(id, ..)| *id).collect();
    fill_activity(transaction, &ids).await?;
    fill_ends(transaction, &ids).await?;
    fill_sources(transaction, ids).await?;
    Ok(rows.last().map(|(id, ..)| *id))
}

/// When something last happened, where the column does not say so yet: of ongoing ones, since a closed one was
/// last active when it closed.
async fn fill_activity(
    transaction: &DatabaseTransaction,
    ids: &[ConversationId],
) -> Result<(), StoreError> {
    use conversation::Column as C;
    let lacking: Vec<(ConversationId, String)> = conversation::Entity::find()
        .select_only()
        .columns([C::Id, C::Image])
        .filter(C::Id.is_in(ids.iter().copied()))
        .filter(C::ClosedAt.is_null())
        .filter(C::LastActivityAt.is_null())
        .into_tuple()
        .all(transaction)
        .await?;
    for (id, image) in lacking {
        let image = parse_image(&image)?;
        conversation::Entity::update_many()
            .col_expr(C::LastActivityAt, Expr::value(image.last_activity_at))
            .filter(C::Id.eq(id))
            .exec(transaction)
            .await?;
    }
    Ok(())
}

/// How they ended and were rated, where an image says so and the columns do not yet.
async fn fill_ends(
    transaction: &DatabaseTransaction,
    ids: &[ConversationId],
) -> Result<(), StoreError> {
    use conversation::Column as C;
    let says = Cond::any()
        .add(C::Image.contains(r#""disposition":""#))
        .add(C::Image.contains(r#""rating":{"#));
    let lacking: Vec<(ConversationId, String)> = conversation::Entity::find()
        .select_only()
        .columns([C::Id, C::Image])
        .filter(C::Id.is_in(ids.iter().copied()))
        .filter(C::Disposition.is_null())
        .filter(C::Rating.is_null())
        .filter(says)
        .into_tuple()
        .all(transaction)
        .await?;
    for (id, image) in lacking {
        let image = parse_image(&image)?;
        let rating = image.rating.map(|rating| i16::from(rating.score));
        conversation::Entity::update_many()
            .col_expr(C::Disposition, Expr::value(image.disposition.as_deref()))
            .col_expr(C::Rating, Expr::value(rating))
            .filter(C::Id.eq(id))
            .exec(transaction)
            .await?;
    }
    Ok(())
}

/// Of which sources their customers are.
async fn fill_sources(
    transaction: &DatabaseTransaction,
    ids: Vec<ConversationId>,
) -> Result<(), StoreError> {
    use conversation::Column as C;
    let known: BTreeSet<(String, CustomerId, Option<CustomerId>)> = conversation::Entity::find()
        .select_only()
        .columns([C::Source, C::CustomerId])
        .column(customer::Column::MergedIntoId)
        .inner_join(customer::Entity)
        .filter(C::Id.is_in(ids))
        .filter(C::Source.is_not_null())
        .filter(customer::Column::ErasedAt.is_null())
        .distinct()
        .into_tuple()
        .all(transaction)
        .await?
        .into_iter()
        .collect();
    let rows = known.into_iter();
    let rows = rows.map(
        |(source, customer, survivor)| customer_source::ActiveModel {
            source: Set(source),
            customer_id: Set(survivor.unwrap_or(customer)),
            before_sources: Set(false),
        },
    );
    let rows: Vec<_> = rows.collect();
    let there = || OnConflict::new().do_nothing().to_owned();
    insert!(transaction, customer_source::Entity, rows, Some(there()));
    Ok(())
}
