//! Files of SQLite that cannot grow or be locked: a limit of the process, a filesystem that runs full, another
//! process's lock.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use sea_orm::{SqliteTransactionMode, TransactionOptions, TransactionTrait as _};

use super::case::{Case, STUCK};
use crate::harness::Database;
use crate::harness::binary::begun_by;

/// A small filesystem in memory; gone with this. Mounted only where nobody else sees it.
pub struct Disk(PathBuf);

impl Disk {
    /// One of so many megabytes at this path.
    pub fn mount(path: PathBuf, megabytes: usize) -> Self {
        let here = fs::read_link("/proc/self/ns/mnt").unwrap();
        let outside = std::env::var_os("FAULTS_OUTSIDE").map(PathBuf::from);
        assert!(
            outside.is_some_and(|outside| outside != here),
            "needs a mount namespace of its own: run .ci/faults"
        );
        fs::create_dir_all(&path).unwrap();
        let size = format!("size={megabytes}m");
        run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", text(&path)]);
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Leaves no room.
    pub fn fill(&self) {
        let mut filler = File::create(self.filler()).unwrap();
        for piece in [1 << 20, 4096, 1] {
            while filler.write_all(&vec![0; piece]).is_ok() {}
        }
    }

    /// Gives the room back.
    pub fn empty(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Runs a program that must succeed.
pub fn run(program: &str, arguments: &[&str]) {
    let ran = Command::new(program).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{program} {arguments:?}: {said}");
}

/// A path as text.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The case of the report: two commands while no file may grow beyond 4,096 bytes, then a hundred.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs prlimit"]
async fn two_commands_beyond_a_file_size_limit() {
    let ignoring = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];
    let name = "two_commands_beyond_a_file_size_limit";
    let mut case = Case::begin(name, Database::sqlite(), |it| begun_by(&ignoring, &it)).await;
    let id = case.served.id().to_string();
    let limit = |limit: &str| run("prlimit", &["--pid", &id, &format!("--fsize={limit}:")]);
    limit("4096");
    let done = case.send(2).await;
    case.expect(done == 0, format!("{done} of 2 acknowledged"));
    let failed = case.failures();
    limit("unlimited");
    case.recovers().await;
    let done = case.send(100).await;
    case.expect(done == 100, format!("{done} of 100 acknowledged"));
    case.load_for(Duration::from_secs(1)).await;
    case.end(failed, "commands not acknowledged").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs root and a mount namespace of its own"]
async fn a_filesystem_runs_full() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::mount(folder.path().join("disk"), 96);
    let url = format!("sqlite://{}?mode=rwc", text(&disk.path().join("regie.db")));
    let database = Database::known_as(url);
    let mut case = Case::begin("a_filesystem_runs_full", database, |it| it).await;
    case.load_for(Duration::from_millis(500)).await;
    let from = Instant::now();
    disk.fill();
    tokio::time::sleep(Duration::from_secs(8)).await;
    let to = Instant::now();
    case.rest().await;
    let failed = case.failures();
    let full = case.served.log().contains("database or disk is full");
    case.expect(full, "the log does not say that the disk is full");
    disk.empty();
    case.was_hardly_ready(from, to);
    case.recovers().await;
    case.load_for(Duration::from_secs(1)).await;
    case.end(failed, "commands not acknowledged").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: it takes long"]
async fn another_process_holds_the_write_lock_for_25_seconds() {
    let name = "another_process_holds_the_write_lock_for_25_seconds";
    let mut case = Case::begin(name, Database::sqlite(), |it| it).await;
    case.load_for(Duration::from_millis(500)).await;
    let other = sea_orm::Database::connect(&case.database.url)
        .await
        .unwrap();
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let lock = other.begin_with_options(immediate).await.unwrap();
    let from = Instant::now();
    tokio::time::sleep(Duration::from_secs(25)).await;
    let to = Instant::now();
    lock.rollback().await.unwrap();
    other.close().await.unwrap();
    // A connection waits for the lock ten seconds until it gives up.
    case.was_not_ready(from + STUCK, to);
    case.recovers().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    case.rest().await;
    let failed = case.failures();
    case.end(failed, "commands not acknowledged").await;
}
