//! Whether servers use the database, and keeping them away while its shape is taken back.
//!
//! A server holds a lock for as long as it runs: on PostgreSQL a shared advisory lock of a session that it keeps, on
//! SQLite an exclusive lock of the file `<database file>-guard`. Both go with the process, however it ends. Whoever
//! holds the whole lock is alone. The database's own file is never opened here: closing any descriptor of it would
//! drop the locks that SQLite has in this process.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait as _, Statement};

use super::{Address, Store, StoreError};

/// The name of the lock that a server on PostgreSQL holds, shared with other servers, while it runs.
pub const SERVING_LOCK: i64 = 0x0072_6567_6966;

/// The proof that no server uses the database; on SQLite none can begin before it is dropped, on PostgreSQL none
/// before the store's connections are closed.
#[derive(Debug)]
pub(super) struct Alone {
    _guard: Option<File>,
}

impl Store {
    /// Keeps servers away from this database, which is at this address; none: one is using it.
    pub(super) async fn keep_servers_away(
        &self,
        address: &Address,
    ) -> Result<Option<Alone>, StoreError> {
        if let Some(file) = address.file() {
            let guard = lock(&guard_of(file))?;
            return Ok(guard.map(|guard| Alone {
                _guard: Some(guard),
            }));
        }
        Ok(self
            .locks_servers_out()
            .await?
            .then_some(Alone { _guard: None }))
    }

    /// Takes the lock on the session that migrates. It may be taken again: a session that was replaced in the
    /// meantime does not have it.
    pub(super) async fn locks_servers_out(&self) -> Result<bool, StoreError> {
        if self.is_sqlite() {
            return Ok(true);
        }
        let lock = Statement::from_string(
            self.write.get_database_backend(),
            format!("SELECT pg_try_advisory_lock({SERVING_LOCK})"),
        );
        let row = self.write.query_one_raw(lock).await?;
        let taken: Option<bool> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(taken == Some(true))
    }
}

/// The file whose lock a server on this SQLite database holds.
fn guard_of(database: &Path) -> PathBuf {
    let mut guard = OsString::from(database);
    guard.push("-guard");
    guard.into()
}

fn lock(path: &Path) -> Result<Option<File>, StoreError> {
    let failed = |error| StoreError::File {
        file: path.to_owned(),
        error,
    };
    let options = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path);
    let guard = options.map_err(failed)?;
    match guard.try_lock() {
        Ok(()) => Ok(Some(guard)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}
