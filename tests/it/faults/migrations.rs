//! Migrations that fail at a server's first start on SQLite: the next start goes on from there.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::case::Case;
use super::injector::{DATABASE, EIO, Fault, Injector, JOURNAL, SYNC, WRITE};
use super::verdict;
use crate::harness::Database;
use crate::harness::binary::{Served, regie};

/// At how many places of a first start a fault begins.
const PLACES: i64 = 8;
/// More calls than a start makes.
const MANY: i64 = 1_000_000;
/// How long a start may take.
const START: Duration = Duration::from_secs(20);

const FAULT: Fault = Fault::every(WRITE + SYNC, DATABASE + JOURNAL, EIO);

/// How many of such calls a start makes where nothing fails.
fn calls() -> i64 {
    let (injector, folder, database) = (
        Injector::new(),
        tempfile::tempdir().unwrap(),
        Database::sqlite(),
    );
    injector.arm(FAULT.after(MANY));
    let command = injector.reaches(regie(&database.url, folder.path(), &["serve"]));
    drop(Served::of(command));
    MANY - injector.skips()
}

/// Starts a server with this fault; whether the start failed.
async fn start_fails(database: &Database, injector: &Injector) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mut command = injector.reaches(regie(&database.url, folder.path(), &["serve"]));
    command.env("REGIE_LISTEN", "127.0.0.1:0");
    let (out, err) = (Stdio::null(), Stdio::null());
    let mut process = command.stdout(out).stderr(err).spawn().unwrap();
    let since = Instant::now();
    let ended = loop {
        match process.try_wait().unwrap() {
            Some(status) => break !status.success(),
            None if since.elapsed() > START => break false,
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    let _ = process.kill();
    process.wait().unwrap();
    ended
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs a C compiler"]
async fn migrations_at_start() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let calls = calls();
    let (mut problems, mut all, mut last) = (Vec::new(), 0, None);
    for place in 0..PLACES {
        let (injector, database) = (Injector::new(), Database::sqlite());
        let at = FAULT.after(calls * place / PLACES);
        // In turn: everything fails from there on, or one call alone.
        let lasts = place % 2 == 0;
        injector.arm(if lasts { at } else { at.times(1) });
        let failed = start_fails(&database, &injector).await;
        let fired = injector.fired();
        all += fired;
        if fired == 0 || !failed {
            problems.push(format!(
                "place {place}: {fired} calls failed, and the start failed: {failed}"
            ));
        }
        let folder = tempfile::tempdir().unwrap();
        drop(Served::start(&database.url, folder.path()));
        problems.extend(verdict::verify(&database, folder.path()));
        last = Some(database);
    }
    let mut case = Case::begin("migrations_at_start", last.unwrap(), |it| it).await;
    for problem in problems {
        case.expect(false, problem);
    }
    case.recovers().await;
    case.load_for(Duration::from_secs(1)).await;
    let of = format!("calls failed at {PLACES} places of a start");
    case.end(all, &of).await;
}
