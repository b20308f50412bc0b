//! The only code that sees the database.
//!
//! Writes go through one door, the `writer`; reads of what is not on the board (transcripts,
//! history, the log) go through a pool of their own. `SQLite` by default, `PostgreSQL` from the same code.

use std::path::PathBuf;
use std::sync::Arc;

use migration::MigratorTrait as _;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, DbErr};

mod address;
mod agreement;
mod audit;
mod backup;
mod claim;
mod connect;
mod connections;
mod cursor_key;
mod disconnected;
pub mod export;
mod external;
mod file;
mod hints;
mod housekeeping;
mod insights;
mod journal;
mod learning;
mod load;
mod log;
mod one_connection;
mod order;
mod outage;
mod projection;
pub mod queries;
mod reassessing;
mod revocations;
mod said;
mod servers;
mod timers;
mod undo;
mod upsert;
mod verify;
mod watch;
mod writer;

pub use address::{Address, AddressError, SHOWS_PASSWORDS};
pub use agreement::{BoardReport, Difference, LogProblem, RowProblem};
pub use backup::{Backup, BackupError};
pub use claim::Claim;
pub use connect::{options, options_of_writer};
pub use connections::{Connected, Connections};
pub use disconnected::run as run_disconnected;
pub use housekeeping::{Retention, keep_house};
pub use insights::{
    FigureDifference, InsightsReport, Piece, Pieces, Progress, Range, RebuildError, Standing,
    run_insights,
};
pub use learning::Corrected;
pub(crate) use log::MembershipPage;
pub use log::{EventLog, NotReached, Recent, ResumeError};
pub use order::{Answer, Idempotency, Order, OrderError, WriterGone};
pub use reassessing::run as run_reassessing;
use servers::SERVING_LOCK;
pub use timers::run as run_timers;
pub use undo::{Lost, Undo, UndoRefused};
pub use verify::{AuditFault, AuditReport};
pub(crate) use watch::Watch;
pub use writer::{History, Import, Writer, run_filling, run_indexing};

use external::Hashes;
use one_connection::OneConnection;
pub(crate) use outage::Outage;

/// A connected, migrated database.
#[derive(Clone, Debug)]
pub struct Store {
    address: Address,
    read: DatabaseConnection,
    write: OneConnection,
    hashes: Arc<Hashes>,
}

/// A fault of the database or of what it holds; never shown to clients.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or went away.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A file beside the database cannot be used.
    #[error("{}: {error}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The text that names the database cannot be read.
    #[error("the address of the database is {0}")]
    Address(#[from] AddressError),
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
    /// The database does not have what this server acknowledged, or has another history.
    #[error(
        "the database is not the one that this server knows: after position {position} there follows another log, \
         or nothing where there was something; bring the database back, or restart the server to go on from what \
         is there"
    )]
    OtherLog {
        /// The last position that both have, as far as is known.
        position: i64,
    },
    /// Other servers are ahead by so much that this one has not read it yet.
    #[error("this server is far behind the log, and catches up")]
    Behind,
    /// The database's file was deleted or replaced under the server.
    #[error(
        "{} (or its -wal) was deleted or replaced while the server runs; nothing is written until it is back, or \
         the server is restarted",
        .0.display()
    )]
    FileLost(PathBuf),
    /// A server runs on the file already.
    #[error("{} is served by another process; one server at a time may use an SQLite file", .0.display())]
    Served(PathBuf),
    /// There was an organisation in a file that is missing or empty now.
    #[error(
        "{} is missing or empty, and an organisation was kept in it; restore it from a backup, or delete {} to \
         begin another organisation",
        database.display(),
        guard.display()
    )]
    Missing {
        /// The database's file.
        database: PathBuf,
        /// The file beside it that says so.
        guard: PathBuf,
    },
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

impl Store {
    /// Connects and brings the schema up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let store = Self::at(Address::of(url)?).await?;
        if store.is_sqlite() {
            let connection = store.write.hold().await?;
            migration::Migrator::up(&*connection, None).await?;
            connection.give_back();
        } else {
            store.migrate_alone().await?;
        }
        Ok(store)
    }

    /// Servers that start together migrate one after the other: each waits for the lock, which
    /// belongs to the connection and goes with it, and the later ones find nothing to do.
    async fn migrate_alone(&self) -> Result<(), StoreError> {
        let lock = |function| format!("SELECT {function}({MIGRATION_LOCK})");
        // Lock, steps and unlock are on one connection. Steps may take as long as they take.
        let connection = self.write.hold().await?;
        connection
            .execute_unprepared("SET lock_timeout = 0")
            .await?;
        // From here on a migration that is taken back waits for this server, and this server for it.
        let serving = format!("SELECT pg_advisory_lock_shared({SERVING_LOCK})");
        connection.execute_unprepared(&serving).await?;
        connection
            .execute_unprepared(&lock("pg_advisory_lock"))
            .await?;
        migration::Migrator::up(&*connection, None).await?;
        connection
            .execute_unprepared(&lock("pg_advisory_unlock"))
            .await?;
        connection.execute_unprepared("RESET lock_timeout").await?;
        connection.give_back();
        Ok(())
    }

    /// Connects to a database that is there, and leaves its schema as it is.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::at(Address::of(url)?.existing()).await
    }

    async fn at(address: Address) -> Result<Self, StoreError> {
        // `SQLite` has one writer; a second connection would only wait for the first.
        let write = OneConnection::open(options_of_writer(&address)).await?;
        // One more where a server listens to others: that connection does nothing else.
        let read = Database::connect(options(&address, READERS + 1)).await?;
        Ok(Self {
            address,
            read,
            write,
            hashes: Arc::default(),
        })
    }

    /// Closes every connection, so that `SQLite` folds its journal into the one file.
    pub async fn close(self) {
        for closed in [self.read.close().await, self.write.close().await] {
            if let Err(error) = closed {
                tracing::warn!(%error, "cannot close a connection to the database");
            }
        }
    }

    /// A connection of its own, for migrations by hand.
    pub async fn for_migrations(&self) -> Result<DatabaseConnection, StoreError> {
        Ok(Database::connect(options_of_writer(&self.address)).await?)
    }

    /// Calls back for every SQL statement; tests count them.
    pub fn observe(&mut self, seen: impl Fn(&str) + Clone + Send + Sync + 'static) {
        self.write.observe(seen.clone());
        self.read
            .set_metric_callback(move |info| seen(&info.statement.sql));
    }

    fn is_sqlite(&self) -> bool {
        self.write.backend() == DbBackend::Sqlite
    }
}
