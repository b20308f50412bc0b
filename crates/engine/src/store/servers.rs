//! Whether servers use the database, and keeping them away while its shape is taken back.
//!
//! A server holds a lock for as long as it runs: on PostgreSQL a shared advisory lock of a session that it keeps, on
//! SQLite an exclusive lock of the file `<database file>-guard`. Both go with the process, however it ends. Whoever
//! holds the whole lock is alone. The database's own file is never opened here: closing any descriptor of it would
//! drop the locks that SQLite has in this process.

use std::fs::File;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

use super::claim::{guard_of, lock};
use super::{Address, StoreError};

/// The name of the lock that a server on PostgreSQL holds, shared with other servers, while it runs.
pub(super) const SERVING_LOCK: i64 = 0x0072_6567_6966;

/// The proof that no server uses the database; on SQLite none can begin before it is dropped, on PostgreSQL none
/// before the store's connections are closed.
#[derive(Debug)]
pub(super) struct Alone {
    _guard: Option<File>,
}

impl Alone {
    /// Keeps servers away from the database at this address, for the session that migrates; none: one is using it.
    pub(super) async fn at(
        address: &Address,
        session: &DatabaseConnection,
    ) -> Result<Option<Self>, StoreError> {
        if let Some(file) = address.file() {
            let guard = lock(&guard_of(file))?;
            return Ok(guard.map(|guard| Self {
                _guard: Some(guard),
            }));
        }
        let alone = locks_servers_out(session).await?;
        Ok(alone.then_some(Self { _guard: None }))
    }
}

/// Takes the lock on the session that migrates. It may be taken again: a session that was replaced in the
/// meantime does not have it.
pub(super) async fn locks_servers_out(session: &DatabaseConnection) -> Result<bool, StoreError> {
    if session.get_database_backend() == DbBackend::Sqlite {
        return Ok(true);
    }
    let lock = Statement::from_string(
        session.get_database_backend(),
        format!("SELECT pg_try_advisory_lock({SERVING_LOCK})"),
    );
    let row = session.query_one_raw(lock).await?;
    let taken: Option<bool> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(taken == Some(true))
}
