//! A server's claim to an `SQLite` file: one server at a time, and no new organisation where there was one.
//!
//! Both hang on a file beside the database, `<file>-guard`. The server that runs holds the operating system's
//! lock on it, which ends with the process. Once there is an organisation the guard says so in a sentence, so
//! that a database file that is missing or empty is told from a first start. Whoever means to begin afresh deletes
//! the guard too.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::file::sibling;
use super::{Address, StoreError};

/// What follows the database's name in the guard's.
const ENDING: &str = "-guard";
/// What the guard says once there is an organisation.
const SENTENCE: &str = "An organisation is kept in the database file beside this one. While this file is here, \
                        regie serve refuses to begin another one if that file is missing or empty.\n";

/// The claim of one server, for as long as this is kept; nothing to hold on `PostgreSQL`.
#[derive(Debug)]
pub struct Claim(Option<Guard>);

#[derive(Debug)]
struct Guard {
    file: File,
    path: PathBuf,
    says_so: bool,
}

impl Claim {
    /// Claims the database at this address before it is opened.
    pub fn take(url: &str) -> Result<Self, StoreError> {
        let address = Address::of(url)?;
        let Some(database) = address.file() else {
            return Ok(Self(None));
        };
        let path = guard_of(database);
        let mut file = lock(&path)?.ok_or_else(|| StoreError::Served(database.to_owned()))?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed(&path))?;
        let says_so = !text.is_empty();
        if says_so && is_missing_or_empty(database) {
            return Err(StoreError::Missing {
                database: database.to_owned(),
                guard: path,
            });
        }
        Ok(Self(Some(Guard {
            file,
            path,
            says_so,
        })))
    }

    /// Notes that there is an organisation: the database was opened and is up to date.
    pub fn confirm(&mut self) -> Result<(), StoreError> {
        let Some(guard) = &mut self.0 else {
            return Ok(());
        };
        if !guard.says_so {
            let written = guard.file.write_all(SENTENCE.as_bytes());
            let written = written.and_then(|()| guard.file.sync_all());
            written.map_err(failed(&guard.path))?;
            guard.says_so = true;
        }
        Ok(())
    }
}

/// The file whose lock a server on this SQLite database holds.
pub(super) fn guard_of(database: &Path) -> PathBuf {
    sibling(database, ENDING)
}

/// Opens a guard and locks it; none: somebody else has it locked.
pub(super) fn lock(guard: &Path) -> Result<Option<File>, StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    let file = options.open(guard).map_err(failed(guard))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(guard)(error)),
    }
}

fn failed(guard: &Path) -> impl Fn(io::Error) -> StoreError {
    let file = guard.to_owned();
    move |error| StoreError::File {
        file: file.clone(),
        error,
    }
}

fn is_missing_or_empty(path: &Path) -> bool {
    path.metadata().map_or(true, |found| found.len() == 0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A folder's database by its address, and its file.
    fn database(folder: &tempfile::TempDir) -> (String, PathBuf) {
        let path = folder.path().join("regie.db");
        (format!("sqlite://{}?mode=rwc", path.display()), path)
    }

    #[test]
    fn two_servers_do_not_claim_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let (url, _) = database(&folder);
        let first = Claim::take(&url).unwrap();
        assert!(matches!(Claim::take(&url), Err(StoreError::Served(_))));
        drop(first);
        Claim::take(&url).unwrap();
    }

    #[test]
    fn where_an_organisation_was_none_is_begun() {
        let folder = tempfile::tempdir().unwrap();
        let (url, path) = database(&folder);
        // A first start that ends before there is an organisation.
        drop(Claim::take(&url).unwrap());
        let mut first = Claim::take(&url).unwrap();
        std::fs::write(&path, "rows").unwrap();
        first.confirm().unwrap();
        drop(first);
        drop(Claim::take(&url).unwrap());
        std::fs::write(&path, "").unwrap();
        let missing = |claim| matches!(claim, Err(StoreError::Missing { .. }));
        assert!(missing(Claim::take(&url)), "emptied");
        std::fs::remove_file(&path).unwrap();
        assert!(missing(Claim::take(&url)), "deleted");
        // Meant.
        std::fs::remove_file(sibling(&path, ENDING)).unwrap();
        Claim::take(&url).unwrap();
    }

    #[test]
    fn postgresql_needs_no_file() {
        let mut claim = Claim::take("postgres://db/regie").unwrap();
        claim.confirm().unwrap();
        assert!(claim.0.is_none());
    }
}
