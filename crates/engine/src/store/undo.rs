//! Taking back the last migration: what it destroys, who must not be there, and what must not be forgotten.
//!
//! Invariants: while an [`Undo`] is there no server uses the database; revocations that hold are never dropped,
//! because a token that was taken back would be accepted again once the table is there again.

use chrono::{DateTime, Utc};
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _, Statement,
};

use super::connect::in_memory;
use super::one_connection::Held;
use super::servers::{Alone, locks_servers_out};
use super::{Address, Store, StoreError};
use entity::tables::revocation;

const REVOCATIONS: &str = "revocations";

/// Why no migration is taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoRefused {
    /// There is no database in the file.
    #[error("there is no database (does REGIE_DATABASE_URL name the right file?)")]
    NoDatabase,
    /// No migration is applied.
    #[error("no migration is applied, so none can be taken back")]
    NothingApplied,
    /// A server uses the database.
    #[error("a server, or another `migrate down`, uses this database (stop every server first)")]
    Serving,
    /// Tokens that were taken back would be accepted again.
    #[error(
        "{count} revocation{s} would be forgotten, and tokens that were taken back be accepted again (wait until \
         {until}, when the last of them has ended)",
        s = if *count == 1 { "" } else { "s" },
        until = until.format("%Y-%m-%dT%H:%M:%SZ")
    )]
    Revocations {
        /// How many hold.
        count: i64,
        /// Until when the last one holds.
        until: DateTime<Utc>,
    },
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Something that a migration's `down` drops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The table.
    pub table: String,
    /// The column; none: the whole table.
    pub column: Option<String>,
    /// How many rows the table has, or how many of them have a value in the column.
    pub rows: i64,
}

/// The last migration of a database, about to be taken back, with servers kept away.
#[derive(Debug)]
pub struct Undo {
    store: Store,
    session: Held,
    alone: Alone,
    /// The migration's name.
    pub migration: String,
    /// What it drops.
    pub lost: Vec<Lost>,
    /// What it changes besides, in words.
    pub besides: Option<&'static str>,
}

impl Undo {
    /// Connects, keeps servers away, and looks what would be lost. Changes nothing.
    pub async fn begin(url: &str, now: DateTime<Utc>) -> Result<Self, UndoRefused> {
        let address = Address::of(url).map_err(StoreError::from)?;
        if address.file().is_some_and(|file| !file.exists()) {
            return Err(UndoRefused::NoDatabase);
        }
        let store = Store::connect(url).await?;
        let session = store.write.hold().await.map_err(StoreError::from)?;
        let alone = Alone::at(&address, &session).await?;
        let alone = alone.ok_or(UndoRefused::Serving)?;
        let applied = Migrator::get_applied_migrations(&*session).await;
        let applied = applied.map_err(StoreError::from)?;
        let last = applied.last().ok_or(UndoRefused::NothingApplied)?;
        let migration = last.name().to_owned();
        let mut undo = Self {
            besides: migration::also_undone(&migration),
            lost: Vec::new(),
            store,
            session,
            alone,
            migration,
        };
        for (table, column) in dropped_by(applied.len()).await? {
            let rows = undo.count(&table, column.as_deref()).await?;
            let lost = Lost {
                table,
                column,
                rows,
            };
            undo.lost.push(lost);
        }
        undo.forgets_no_revocation(now).await?;
        Ok(undo)
    }

    /// Takes the migration back, in one transaction.
    pub async fn carry_out(self, now: DateTime<Utc>) -> Result<(), UndoRefused> {
        // The session may be another one than at the beginning, if somebody was asked for long.
        if !locks_servers_out(&self.session).await? {
            return Err(UndoRefused::Serving);
        }
        self.forgets_no_revocation(now).await?;
        let down = Migrator::down(&*self.session, Some(1)).await;
        down.map_err(StoreError::from)?;
        self.session.give_back();
        self.store.close().await;
        drop(self.alone);
        Ok(())
    }

    async fn forgets_no_revocation(&self, now: DateTime<Utc>) -> Result<(), UndoRefused> {
        let goes = |lost: &Lost| lost.table == REVOCATIONS && lost.column.is_none();
        if !self.lost.iter().any(goes) {
            return Ok(());
        }
        let holding = revocation::Entity::find()
            .filter(revocation::Column::ExpiresAt.gt(now))
            .select_only()
            .column_as(revocation::Column::ExpiresAt.count(), "count")
            .column_as(revocation::Column::ExpiresAt.max(), "until")
            .into_model::<Holding>()
            .one(&*self.session)
            .await
            .map_err(StoreError::from)?;
        match holding {
            Some(Holding {
                count,
                until: Some(until),
            }) => Err(UndoRefused::Revocations { count, until }),
            _ => Ok(()),
        }
    }

    async fn count(&self, table: &str, column: Option<&str>) -> Result<i64, StoreError> {
        let values = column.map_or("*".to_owned(), |column| format!(r#""{column}""#));
        let count = Statement::from_string(
            self.session.get_database_backend(),
            format!(r#"SELECT COUNT({values}) FROM "{table}""#),
        );
        let row = self.session.query_one_raw(count).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
    }
}

#[derive(FromQueryResult)]
struct Holding {
    count: i64,
    until: Option<DateTime<Utc>>,
}

/// The tables, and the columns of other tables, that are there with so many migrations and not with one less: tried
/// out on an empty database in memory, so that no migration can be forgotten. The shape is the same on PostgreSQL.
async fn dropped_by(migrations: usize) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let scratch = in_memory().await?;
    let steps = u32::try_from(migrations).unwrap_or(u32::MAX);
    Migrator::up(&scratch, Some(steps)).await?;
    let with = columns(&scratch).await?;
    Migrator::down(&scratch, Some(1)).await?;
    let without = columns(&scratch).await?;
    scratch.close().await?;
    let stays = |table: &str| without.iter().any(|(other, _)| other == table);
    let mut dropped: Vec<_> = with
        .into_iter()
        .filter(|column| !without.contains(column))
        .map(|(table, column)| {
            let column = stays(&table).then_some(column);
            (table, column)
        })
        .collect();
    dropped.dedup();
    Ok(dropped)
}

/// Every column of every table, in order.
async fn columns(database: &impl ConnectionTrait) -> Result<Vec<(String, String)>, StoreError> {
    let list = Statement::from_string(
        database.get_database_backend(),
        "SELECT tables.name, columns.name FROM sqlite_master tables, pragma_table_info(tables.name) columns
         WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%' AND tables.name NOT LIKE 'seaql%'
         ORDER BY tables.name, columns.cid",
    );
    let rows = database.query_all_raw(list).await?;
    let name =
        |row: &sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.iter().map(name).collect()
}
