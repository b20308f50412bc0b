//! Failing file-system calls in a server, from outside it: `inject.c`, compiled here and loaded into the server.
//!
//! Invariant: what the server counts as failed (`Injector::fired`) was failed by this, and nothing else was.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Calls, as `inject.c` counts them.
pub const WRITE: i64 = 1;
pub const SYNC: i64 = 2;
pub const READ: i64 = 4;
pub const TRUNCATE: i64 = 8;

/// Files of a database.
pub const DATABASE: i64 = 1;
pub const JOURNAL: i64 = 2;
pub const INDEX: i64 = 4;

/// Errors, as Linux numbers them.
pub const EIO: i64 = 5;
pub const ENOSPC: i64 = 28;

/// Where `inject.c` has what.
const SKIP: u64 = 3;
const AHEAD: u64 = 6;
const FIRED: u64 = 7;

static LIBRARY: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/faults/inject.c");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .arg(folder.path().join("inject.so"))
        .args([source, "-ldl"])
        .output()
        .expect("a C compiler is needed");
    let said = String::from_utf8_lossy(&compiled.stderr);
    assert!(compiled.status.success(), "{said}");
    folder
});

/// What is to fail.
#[derive(Clone, Copy)]
pub struct Fault {
    /// Which calls, added.
    pub calls: i64,
    /// On which files, added.
    pub files: i64,
    pub error: i64,
    /// How many of them go well before.
    pub skip: i64,
    /// How many then fail; negative: all until `disarm`.
    pub times: i64,
    /// Only this one of those since the file was last synced; 0: each.
    pub nth: i64,
}

impl Fault {
    /// Every such call on such a file fails with this error.
    pub const fn every(calls: i64, files: i64, error: i64) -> Self {
        Self {
            calls,
            files,
            error,
            skip: 0,
            times: -1,
            nth: 0,
        }
    }

    /// Only so many fail.
    pub const fn times(mut self, times: i64) -> Self {
        self.times = times;
        self
    }

    /// Only after so many.
    pub const fn after(mut self, skip: i64) -> Self {
        self.skip = skip;
        self
    }

    /// Only the n-th since the file was last synced.
    pub const fn nth(mut self, nth: i64) -> Self {
        self.nth = nth;
        self
    }
}

/// One server's faults.
pub struct Injector {
    control: File,
    path: PathBuf,
    #[allow(dead_code, reason = "a folder lives as long as it is held")]
    folder: TempDir,
}

impl Injector {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control");
        std::fs::write(&path, [0; 4096]).unwrap();
        let control = File::options().read(true).write(true).open(&path).unwrap();
        Self {
            control,
            path,
            folder,
        }
    }

    /// A command that these faults reach.
    pub fn reaches(&self, mut command: Command) -> Command {
        command
            .env("LD_PRELOAD", LIBRARY.path().join("inject.so"))
            .env("FAULTS_CONTROL", &self.path);
        command
    }

    /// From now on this fails.
    pub fn arm(&self, fault: Fault) {
        self.disarm();
        self.put(8, 0);
        let rest = [fault.files, fault.error, fault.skip, fault.times, fault.nth];
        for (at, value) in (1..).zip(rest) {
            self.put(at, value);
        }
        self.put(0, fault.calls);
    }

    /// From now on nothing fails.
    pub fn disarm(&self) {
        self.put(0, 0);
    }

    /// How many calls failed.
    pub fn fired(&self) -> i64 {
        self.get(FIRED)
    }

    /// How many calls are still to go well before the fault.
    pub fn skips(&self) -> i64 {
        self.get(SKIP)
    }

    /// Lets this time pass by the monotonic clock, by which a server waits; the time of day stays.
    pub fn pass(&self, time: Duration) {
        self.put(AHEAD, i64::try_from(time.as_nanos()).unwrap());
    }

    fn get(&self, at: u64) -> i64 {
        let mut bytes = [0; 8];
        self.control.read_exact_at(&mut bytes, at * 8).unwrap();
        i64::from_ne_bytes(bytes)
    }

    fn put(&self, at: u64, value: i64) {
        let bytes = value.to_ne_bytes();
        self.control.write_all_at(&bytes, at * 8).unwrap();
    }
}

/// Waits until this fault occurred so many times.
pub async fn occurs(injector: &Injector, times: i64, within: Duration) -> i64 {
    let since = Instant::now();
    while injector.fired() < times && since.elapsed() < within {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    injector.fired()
}
