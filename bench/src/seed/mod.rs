//! Databases to measure on: an organisation, what is ongoing, and what was.
//!
//! Made through `engine::store::Import`, so by the rules and rows of the product itself. SQLite files
//! are kept beside the build and copied for each server, since a million conversations take a while.

use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::store::Store;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::Result;

mod figures;
mod history;
mod organisation;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use figures::{DAYS, FIGURED, figures_file};
pub use history::{TAGS, WORDS, act, message};
pub use organisation::{AGENTS, DISPOSITIONS, Organisation, QUEUES, ongoing};

/// A kept file is made again after this long: what it says of "now" should not grow old, and no
/// timer of it should be due.
const FRESH: Duration = Duration::from_hours(12);
/// To be raised with every change of what is seeded.
const EDITION: u32 = 7;

/// What a database shall hold.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Size {
    /// Ongoing conversations.
    pub ongoing: u32,
    /// Closed ones, whose events are no longer kept.
    pub closed: u32,
    /// Whether everything ongoing is OPEN; else a mixture of the states.
    pub all_open: bool,
    /// Agents; each is a member of one queue, in turn.
    pub agents: u32,
    /// Whether the closed ones have what they are found by: tags, agents, dispositions, ratings. Else their customers left before
    /// anybody answered.
    pub lived: bool,
}

impl Size {
    /// A mixture of states, nothing closed.
    pub const fn mixed(ongoing: u32) -> Self {
        Self {
            ongoing,
            closed: 0,
            all_open: false,
            agents: AGENTS,
            lived: false,
        }
    }
}

/// Fills a new database.
pub async fn fill(store: &Store, size: Size) -> Result<()> {
    history::write(store, size).await
}

/// A SQLite file of this size, kept between runs; `fresh` makes it again.
pub async fn kept_file(size: Size, fresh: bool) -> Result<PathBuf> {
    let kind = match (size.all_open, size.lived) {
        (true, _) => "open",
        (false, true) => "lived",
        (false, false) => "mixed",
    };
    let Size {
        ongoing,
        closed,
        agents,
        ..
    } = size;
    let name = format!("{kind}-{ongoing}-{closed}-{agents}");
    kept(&name, fresh, async |making| {
        let store = Store::open(&url(&making)).await?;
        fill(&store, size).await?;
        store.close().await;
        // As on a server that runs: else counting what was seeded is measured with whatever comes.
        figures::counted(&url(&making)).await
    })
    .await
}

/// The SQLite file of this name, kept between runs, or made.
async fn kept(
    name: &str,
    fresh: bool,
    make: impl AsyncFnOnce(PathBuf) -> Result<()>,
) -> Result<PathBuf> {
    let path = folder()?.join(format!("{EDITION}-{name}.db"));
    let made = path.metadata().and_then(|about| about.modified()).ok();
    let young = made.is_some_and(|then| then.elapsed().is_ok_and(|age| age < FRESH));
    if young && !fresh {
        return Ok(path);
    }
    let making = path.with_extension("making");
    for file in [&making, &path] {
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    crate::note(&format!("seeding {}", path.display()));
    make(making.clone()).await?;
    std::fs::rename(&making, &path)?;
    Ok(path)
}

/// A copy of a SQLite file for one server; gone with the value.
pub struct Copy {
    folder: TempDir,
}

impl Copy {
    /// Copies.
    pub fn of(file: &Path) -> Result<Self> {
        let copy = Self::empty()?;
        std::fs::copy(file, copy.file())?;
        Ok(copy)
    }

    /// A place for files on the same disk, with nothing in it yet.
    pub fn empty() -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("run-")
            .tempdir_in(folder()?)?;
        Ok(Self { folder })
    }

    /// Where.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("regie.db")
    }

    /// For `Store::open`.
    pub fn url(&self) -> String {
        url(&self.file())
    }
}

/// The URL of a SQLite file.
pub fn url(file: &Path) -> String {
    format!("sqlite://{}?mode=rwc", file.display())
}

/// Beside the program: on a disk, where the system's temporary folder may be memory and make syncing free.
fn folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let beside = program.parent().ok_or("a program without a folder")?;
    let folder = beside.join("bench-data");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
