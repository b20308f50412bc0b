//! A backup of an SQLite database: made beside a running server, verified, and there whole or not at all.
//!
//! SQLite copies one snapshot of the database, with what is in its journal, on a connection of its own; the writer
//! goes on meanwhile. The copy has a name of its own until it is verified and on the disk.

use std::io;
use std::path::{Path, PathBuf};

use migration::{Migrator, MigratorTrait as _};
use sea_orm::{
    ConnectionTrait as _, Database, DbErr, RuntimeErr, Statement, TransactionTrait as _,
};

use super::load::read_head;
use super::{Address, AuditFault, Difference, Store, StoreError, options};
use partial::Partial;

mod partial;

/// SQLite's codes for a disk that is full, and for one that failed.
const FULL: u32 = 13;
const IO_ERROR: u32 = 10;

/// Why there is no backup. Nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It is the other database.
    #[error(
        "only an SQLite database is backed up so (use pg_dump for PostgreSQL, as docs/backup.md says)"
    )]
    NotSqlite,
    /// There is nothing to back up.
    #[error("there is no database (does REGIE_DATABASE_URL name the right file?)")]
    NoDatabase,
    /// The file is there.
    #[error("{} is there already, and nothing is overwritten (name another file)", .0.display())]
    Exists(PathBuf),
    /// The file cannot be made.
    #[error(
        "cannot write {}: {error} (name a file in a folder that is there and that this user may write)",
        file.display()
    )]
    Place {
        /// Which.
        file: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// The copy could not be written.
    #[error(
        "the copy was not written: {0} (is there room for all of the database? what there was of the copy is removed)"
    )]
    Write(StoreError),
    /// It has another shape.
    #[error(
        "the database is of another version of Regie (back it up with that version, or let this one migrate it)"
    )]
    OtherVersion,
    /// SQLite finds the copy damaged.
    #[error(
        "the copy is damaged, and so may the database be: {0} (the copy is removed; restore an earlier backup)"
    )]
    Damaged(String),
    /// The log and the tables differ.
    #[error(
        "the copy's log and state tables do not agree, first: {first} (the copy is removed; `regie board verify` \
         names each of the {count} differences)"
    )]
    Board {
        /// How many differences.
        count: u64,
        /// The first.
        first: String,
    },
    /// The audit trail is not whole.
    #[error("the copy's audit trail is not whole: {0} (the copy is removed)")]
    Audit(#[from] AuditFault),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The file, by its whole path.
    pub file: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// The position of the last event in it.
    pub position: i64,
    /// How many entries of the audit trail are in it.
    pub entries: i64,
    /// The hash of the last one; empty when there is none.
    pub hash: String,
}

impl Backup {
    /// Copies the SQLite database at this address into a file that is not there yet.
    pub async fn make(url: &str, file: &Path) -> Result<Self, BackupError> {
        let address = Address::of(url).map_err(StoreError::from)?;
        let database = address.file().ok_or(BackupError::NotSqlite)?;
        if !database.exists() {
            return Err(BackupError::NoDatabase);
        }
        let failed = |error| place(file, error);
        let file = std::path::absolute(file).map_err(failed)?;
        if file.symlink_metadata().is_ok() {
            return Err(BackupError::Exists(file));
        }
        let partial = Partial::of(&file)?;
        copy(&address, partial.path()).await?;
        let mut made = verify(partial.path()).await?;
        made.bytes = partial.become_whole(&file)?;
        made.file = file;
        Ok(made)
    }
}

/// Lets SQLite copy the database. The connection is of the copying alone, so a server's writer does not wait.
async fn copy(address: &Address, to: &Path) -> Result<(), BackupError> {
    let text = to.to_str().ok_or_else(|| {
        place(
            to,
            io::Error::new(io::ErrorKind::InvalidInput, "its name is not UTF-8"),
        )
    })?;
    let source = Database::connect(options(address, 1)).await;
    let source = source.map_err(StoreError::from)?;
    let backend = source.get_database_backend();
    let vacuum = Statement::from_sql_and_values(backend, "VACUUM INTO ?", [text.into()]);
    let copied = source.execute_raw(vacuum).await;
    let closed = source.close().await;
    copied.map_err(written)?;
    Ok(closed.map_err(StoreError::from)?)
}

/// Holds the copy against itself; afterwards nobody has it open.
async fn verify(copy: &Path) -> Result<Backup, BackupError> {
    let store = Store::connect(&Address::url_of_file(copy)).await;
    let store = store.map_err(|error| match error {
        StoreError::Database(error) => written(error),
        error => error.into(),
    })?;
    let verified = verify_store(&store).await;
    store.close().await;
    verified
}

async fn verify_store(store: &Store) -> Result<Backup, BackupError> {
    let backend = store.read.get_database_backend();
    let check = Statement::from_string(backend, "PRAGMA integrity_check(1)");
    let row = store.read.query_one_raw(check).await;
    let found = row.and_then(|row| row.map_or(Ok(String::new()), |row| row.try_get_by_index(0)));
    let found = found.map_err(StoreError::from)?;
    if found != "ok" {
        return Err(BackupError::Damaged(found.replace('\n', "; ")));
    }
    let pending = Migrator::get_pending_migrations_read_only(&store.read).await;
    if !pending.is_ok_and(|pending| pending.is_empty()) {
        return Err(BackupError::OtherVersion);
    }
    let audit = store.verify_audit(None).await?;
    if let Some(fault) = audit.fault {
        return Err(fault.into());
    }
    let mut first = None;
    let mut tell = |difference: &Difference| {
        first.get_or_insert_with(|| difference.to_string());
    };
    let count = store.verify_board(&mut tell).await?.differences;
    if let Some(first) = first {
        return Err(BackupError::Board { count, first });
    }
    let snapshot = store.read.begin().await.map_err(StoreError::from)?;
    let head = read_head(&snapshot).await?;
    Ok(Backup {
        file: PathBuf::new(),
        bytes: 0,
        position: head.log.position,
        entries: audit.entries,
        hash: audit.hash,
    })
}

fn place(file: &Path, error: io::Error) -> BackupError {
    BackupError::Place {
        file: file.to_owned(),
        error,
    }
}

/// Whether the disk is at fault, or the database.
fn written(error: DbErr) -> BackupError {
    match code(&error).map(|code| code & 0xff) {
        Some(FULL | IO_ERROR) => BackupError::Write(error.into()),
        _ => BackupError::Store(error.into()),
    }
}

/// SQLite's code of an error, with what is more exact in its upper bits.
fn code(error: &DbErr) -> Option<u32> {
    let (DbErr::Exec(error) | DbErr::Query(error) | DbErr::Conn(error)) = error else {
        return None;
    };
    let RuntimeErr::SqlxError(error) = error else {
        return None;
    };
    error.as_database_error()?.code()?.parse().ok()
}
