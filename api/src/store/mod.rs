//! The only code that sees the database.
//!
//! Writes go through one door, the `writer`; reads of what is not on the board (transcripts,
//! history, the log) go through a pool of their own. `SQLite` by default, `PostgreSQL` from the same code.

use std::time::Duration;

use migration::MigratorTrait as _;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, DbErr,
};

mod agreement;
mod audit;
mod connections;
mod cursor;
mod entry;
mod hints;
mod housekeeping;
mod journal;
mod load;
mod log;
mod projection;
pub mod queries;
mod revocations;
mod timers;
mod verify;
mod writer;

pub use agreement::{BoardReport, Difference, LogProblem, RowProblem};
pub use connections::{Connected, Connections};
pub use cursor::{Cursor, Cursors, GivenCursor, InvalidCursor, NotOpened, ShownCursor};
pub use entry::{Entry, Head};
pub use housekeeping::{Retention, keep_house};
pub use log::{EventLog, NotReached, Recent, ResumeError};
pub use timers::run as run_timers;
pub use verify::{AuditFault, AuditReport};
pub use writer::{Answer, History, Idempotency, Import, Order, OrderError, Writer, WriterGone};

/// A connected, migrated database.
#[derive(Clone, Debug)]
pub struct Store {
    read: DatabaseConnection,
    write: DatabaseConnection,
}

/// A fault of the database or of what it holds; never shown to clients.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or went away.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A row does not hold what this program writes.
    #[error("row of {table}: {problem}")]
    Row {
        /// Where.
        table: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The database has not answered in time, as when its host is gone without a word.
    #[error("the database does not answer")]
    Silent,
}

impl StoreError {
    fn row(table: &'static str) -> impl Fn(serde_json::Error) -> Self {
        move |error| Self::Row {
            table,
            problem: error.to_string(),
        }
    }
}

/// The name of the lock under which a server migrates; any number that nobody else uses.
const MIGRATION_LOCK: i64 = 0x0072_6567_6965;
/// How many connections read at once.
const READERS: u32 = 8;
/// Statements that a connection keeps prepared: those of the writer, in each of their sizes.
const PREPARED: usize = 256;
/// How long a transaction of the writer may say nothing to `PostgreSQL`: it holds the log's head, and a server
/// whose host is gone would keep it until the database notices, which may take hours.
const IDLE_IN_TRANSACTION: &str = "10s";
/// How long the writer waits for the log's head on `PostgreSQL`: longer than one that says nothing may hold it.
const LOCK_TIMEOUT: &str = "15s";
/// How long a connection to `SQLite` waits for another one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

impl Store {
    /// Connects and brings the schema up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let store = Self::connect(url).await?;
        if store.is_sqlite() {
            migration::Migrator::up(&store.write, None).await?;
        } else {
            store.migrate_alone().await?;
        }
        Ok(store)
    }

    /// Servers that start together migrate one after the other: each waits for the lock, which
    /// belongs to the connection and goes with it, and the later ones find nothing to do.
    async fn migrate_alone(&self) -> Result<(), StoreError> {
        let lock = |function| format!("SELECT {function}({MIGRATION_LOCK})");
        // The write pool has one connection, so lock, steps and unlock are on the same. Steps may take as
        // long as they take.
        self.write
            .execute_unprepared("SET lock_timeout = 0")
            .await?;
        self.write
            .execute_unprepared(&lock("pg_advisory_lock"))
            .await?;
        let migrated = migration::Migrator::up(&self.write, None).await;
        self.write
            .execute_unprepared(&lock("pg_advisory_unlock"))
            .await?;
        self.write.execute_unprepared("RESET lock_timeout").await?;
        Ok(migrated?)
    }

    /// Connects, and leaves the schema as it is.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        // `SQLite` has one writer; a second connection would only wait for the first.
        let write = Database::connect(options_of_writer(url)).await?;
        // One more where a server listens to others: that connection does nothing else.
        let read = Database::connect(options(url, READERS + 1)).await?;
        Ok(Self { read, write })
    }

    /// Closes every connection, so that `SQLite` folds its journal into the one file.
    pub async fn close(self) {
        for connection in [self.read, self.write] {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "cannot close a connection to the database");
            }
        }
    }

    /// For migrations by hand.
    pub const fn for_migrations(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Calls back for every SQL statement; tests count them.
    pub fn observe(&mut self, seen: impl Fn(&str) + Clone + Send + Sync + 'static) {
        for connection in [&mut self.read, &mut self.write] {
            let seen = seen.clone();
            connection.set_metric_callback(move |info| seen(&info.statement.sql));
        }
    }

    fn is_sqlite(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Sqlite
    }
}

/// How the writer connects: what it holds, it holds for a bounded time, and waits for so.
pub fn options_of_writer(url: &str) -> ConnectOptions {
    let mut options = options(url, 1);
    options.map_sqlx_postgres_opts(|postgres| {
        postgres.statement_cache_capacity(PREPARED).options([
            ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION),
            ("lock_timeout", LOCK_TIMEOUT),
        ])
    });
    options
}

/// How a database is connected to.
pub fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .min_connections(1)
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(|postgres| postgres.statement_cache_capacity(PREPARED))
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
                // As many as are taken at once where many are read.
                .row_buffer_size(load::GATHERED)
                .statement_cache_capacity(PREPARED)
                .pragma("journal_mode", "WAL")
                // An acknowledged command survives a power cut.
                .pragma("synchronous", "FULL")
                // Folded into the file at 16 MB, not 4: what changes often is written there less often, and
                // a command still does not wait long for it.
                .pragma("wal_autocheckpoint", "4096")
                // What is erased does not linger in freed parts of the file.
                .pragma("secure_delete", "ON")
                .pragma("cache_size", "-65536")
        });
    options
}
