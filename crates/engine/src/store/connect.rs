//! How the database is connected to.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};
use sqlx::Connection as _;

use super::servers::SERVING_LOCK;
use super::{Address, load};

/// Statements that a connection keeps prepared: those of the writer, in each of their sizes.
const PREPARED: usize = 256;
/// How long a transaction of the writer may say nothing to `PostgreSQL`: it holds the log's head, and a server
/// whose host is gone would keep it until the database notices, which may take hours.
const IDLE_IN_TRANSACTION: &str = "10s";
/// How long the writer waits for the log's head on `PostgreSQL`: longer than one that says nothing may hold it.
const LOCK_TIMEOUT: &str = "15s";
/// How long a connection to `SQLite` waits for another one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long it waits for what can be done later, so that commands do not wait behind it for as long again.
const BUSY_TIMEOUT_IN_BACKGROUND: Duration = Duration::from_secs(1);

/// How long a connection to `SQLite` waits for another one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Patience {
    /// As every connection does at first.
    OfCommand,
    InBackground,
}

impl Patience {
    pub(super) fn pragma(self) -> String {
        let time = match self {
            Self::OfCommand => BUSY_TIMEOUT,
            Self::InBackground => BUSY_TIMEOUT_IN_BACKGROUND,
        };
        format!("PRAGMA busy_timeout = {}", time.as_millis())
    }
}

/// Options of the connection that writes: what it holds, it holds for a bounded time, and waits for so.
pub fn options_of_writer(address: &Address) -> ConnectOptions {
    let mut options = options(address, 1);
    let address = address.clone();
    options.map_sqlx_postgres_opts(move |_| {
        let postgres = address.postgres();
        postgres.statement_cache_capacity(PREPARED).options([
            ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION),
            ("lock_timeout", LOCK_TIMEOUT),
        ])
    });
    options
}

/// Options of a server's watch: one connection that stays open as long as the server runs, so that `SQLite`
/// never deletes its journal meanwhile, and that says on `PostgreSQL` that a server is connected.
pub(super) fn options_of_watch(address: &Address) -> ConnectOptions {
    let mut options = options(address, 1);
    options.map_sqlx_postgres_pool_opts(|pool| {
        pool.after_connect(|connection, _| {
            Box::pin(async move {
                let share = "SELECT pg_advisory_lock_shared($1)";
                let share = sqlx::query(share).bind(SERVING_LOCK);
                share.execute(connection).await.map(drop)
            })
        })
    });
    options
}

/// An empty database in memory, there for as long as it is used.
pub(super) async fn in_memory() -> Result<DatabaseConnection, DbErr> {
    #[expect(clippy::disallowed_methods, reason = "a database of nobody's")]
    let mut options = ConnectOptions::new("sqlite::memory:");
    options
        .min_connections(1)
        .max_connections(1)
        // As for every other pool.
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .sqlx_logging(false);
    Database::connect(options).await
}

/// Options of a pool of so many connections.
pub fn options(address: &Address, connections: u32) -> ConnectOptions {
    let mut options = address.driver();
    let (of_postgres, of_sqlite) = (address.clone(), address.clone());
    options
        .min_connections(1)
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        // A connection to a server may have broken meanwhile; one to a file is asked when it is given back.
        .test_before_acquire(address.file().is_none())
        // A pool that looks for old connections now and then counts idle ones; its count is wrong for a moment
        // when one is taken while it is given back, and the look then never ends (sqlx-core 0.9.0).
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(move |_| of_postgres.postgres().statement_cache_capacity(PREPARED))
        // The driver counts a transaction that SQLite has ended by itself as open, and would nest the next one
        // in it. Such a connection is closed, and another one opened.
        .map_sqlx_sqlite_before_acquire(|connection, _| {
            Box::pin(async move { Ok(!connection.is_in_transaction()) })
        })
        .map_sqlx_sqlite_opts(move |_| {
            let sqlite = of_sqlite.sqlite();
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
