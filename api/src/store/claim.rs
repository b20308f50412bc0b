//! A server's claim to an `SQLite` file: one server at a time, and no new organisation where there was one.
//!
//! Both hang on a file beside the database, `<file>-guard`. The server that runs holds the operating system's
//! lock on it, which ends with the process. Once there is an organisation the guard says so in a sentence, so
//! that a database file that is missing or empty is told from a first start. Whoever means to begin afresh deletes
//! the guard too.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::StoreError;
use super::file::{path_of, sibling};

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
        let Some(database) = path_of(url) else {
            return Ok(Self(None));
        };
        let path = sibling(&database, ENDING);
        let guard = |error: io::Error| StoreError::Guard(path.clone(), error);
        let mut file = open(&path).map_err(guard)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::Served(database)),
            Err(TryLockError::Error(error)) => return Err(guard(error)),
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(guard)?;
        let says_so = !text.is_empty();
        if says_so && is_missing_or_empty(&database) {
            return Err(StoreError::Missing {
                database,
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
            written.map_err(|error| StoreError::Guard(guard.path.clone(), error))?;
            guard.says_so = true;
        }
        Ok(())
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    options.open(path)
}

fn is_missing_or_empty(path: &Path) -> bool {
    path.metadata().map_or(true, |found| found.len() == 0)
}

#[cfg(test)]
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
