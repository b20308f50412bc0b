//! An `SQLite` database as files: whether they are still those that the server began with.
//!
//! A file that is deleted or replaced stays readable and writable for whoever has it open, and is gone when they
//! close it. So nothing is acknowledged while the path names another file.
//!
//! Must never happen: opening the database's file here. Closing it would take `SQLite`'s own locks away, since
//! POSIX gives a process one set of locks on a file.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::Address;

/// The files of a database that is in use.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    journal: PathBuf,
    /// What the two paths named in the beginning.
    named: [Option<Identity>; 2],
}

impl DatabaseFile {
    /// The files as they are now, with the journal open.
    pub(super) fn of(address: &Address) -> Option<Self> {
        let path = address.file()?.to_owned();
        let journal = sibling(&path, "-wal");
        let named = [identity(&path), identity(&journal)];
        Some(Self {
            path,
            journal,
            named,
        })
    }

    /// The database's path, when a path does not name the same file as in the beginning.
    pub(super) fn lost(&self) -> Option<&Path> {
        let now = [identity(&self.path), identity(&self.journal)];
        (now != self.named).then_some(&self.path)
    }
}

/// A file beside the database's, named after it.
pub(super) fn sibling(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// What tells a file from every other one that exists at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

/// Which file a path names; none if it names none.
fn identity(path: &Path) -> Option<Identity> {
    path.metadata().ok().map(|found| identity_of(&found))
}

#[cfg(unix)]
fn identity_of(found: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    Identity {
        device: found.dev(),
        inode: found.ino(),
    }
}

/// Elsewhere a file that is open cannot be deleted or replaced.
#[cfg(not(unix))]
fn identity_of(_: &Metadata) -> Identity {
    Identity {
        device: 0,
        inode: 0,
    }
}
