//! Commits that fail on SQLite: one, two, five and fifty of them, at each step of a commit, and for a time.

use std::time::{Duration, Instant};

use super::case::Case;
use super::injector::{
    DATABASE, EIO, ENOSPC, Fault, INDEX, Injector, JOURNAL, READ, SYNC, TRUNCATE, WRITE,
};
use crate::harness::Database;

/// How long so many failing commits may take to come about: a server that is not ready tries rarely.
const PATIENCE: Duration = Duration::from_secs(90);

/// Under load, so many calls on the journal fail, each of which fails a commit.
async fn failing_commits(name: &'static str, fault: Fault) {
    let injector = Injector::new();
    let mut case = Case::begin(name, Database::sqlite(), |it| injector.reaches(it)).await;
    case.load_for(Duration::from_millis(500)).await;
    injector.arm(fault);
    let since = Instant::now();
    while injector.fired() < fault.times && since.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let fired = injector.fired();
    injector.disarm();
    let all = fired == fault.times;
    case.expect(all, format!("{fired} of {} calls failed", fault.times));
    case.recovers().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    // A refusal that writes nothing is rolled back; what comes after it must be committed all the same.
    case.rest().await;
    let refused = case.is_refused().await;
    case.expect(
        refused.as_deref() == Some("NOT_FOUND"),
        format!("not refused: {refused:?}"),
    );
    let done = case.send(10).await;
    case.expect(done == 10, format!("{done} of 10 acknowledged"));
    case.end(fired, "commits failed").await;
}

/// Under load, this fails for so long; no command can succeed meanwhile.
async fn failing_for(name: &'static str, fault: Fault, time: Duration) {
    let injector = Injector::new();
    let mut case = Case::begin(name, Database::sqlite(), |it| injector.reaches(it)).await;
    case.load_for(Duration::from_millis(500)).await;
    let from = Instant::now();
    injector.arm(fault);
    tokio::time::sleep(time).await;
    let (fired, to) = (injector.fired(), Instant::now());
    injector.disarm();
    case.was_not_ready(from, to);
    case.recovers().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    // A refusal that writes nothing is rolled back; what comes after it must be committed all the same.
    case.rest().await;
    let refused = case.is_refused().await;
    case.expect(
        refused.as_deref() == Some("NOT_FOUND"),
        format!("not refused: {refused:?}"),
    );
    let done = case.send(10).await;
    case.expect(done == 10, format!("{done} of 10 acknowledged"));
    case.end(fired, "calls failed").await;
}

/// What writes nothing, a refusal or a presence that is set already, can be answered without room, and says
/// nothing of whether commits succeed.
async fn unwritten(name: &'static str, fault: Fault) {
    let injector = Injector::new();
    let mut case = Case::begin(name, Database::sqlite(), |it| injector.reaches(it)).await;
    let from = Instant::now();
    injector.arm(fault);
    let done = case.send(1).await;
    case.expect(done == 0, "acknowledged without room");
    while from.elapsed() < Duration::from_secs(5) {
        case.is_refused().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        case.sets_the_same_presence().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (fired, to) = (injector.fired(), Instant::now());
    injector.disarm();
    case.was_not_ready(from, to);
    case.recovers().await;
    case.load_for(Duration::from_secs(1)).await;
    case.end(fired, "calls failed").await;
}

const AT_WRITE: Fault = Fault::every(WRITE, JOURNAL, EIO);
const AT_SYNC: Fault = Fault::every(SYNC, JOURNAL, EIO);
/// The files that a commit writes and syncs. The index is memory, as long as it does not grow.
const ALL: i64 = DATABASE + JOURNAL + INDEX;

macro_rules! cases {
    ($($name:ident: $run:ident($($argument:expr),+);)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[ignore = "run by .ci/faults: needs a C compiler"]
        async fn $name() {
            $run(stringify!($name), $($argument),+).await;
        }
    )+};
}

cases! {
    one_commit_fails_at_write: failing_commits(AT_WRITE.times(1));
    two_commits_fail_at_write: failing_commits(AT_WRITE.times(2));
    five_commits_fail_at_write: failing_commits(AT_WRITE.times(5));
    fifty_commits_fail_at_write: failing_commits(AT_WRITE.times(50));
    one_commit_fails_at_sync: failing_commits(AT_SYNC.times(1));
    two_commits_fail_at_sync: failing_commits(AT_SYNC.times(2));
    five_commits_fail_at_sync: failing_commits(AT_SYNC.times(5));
    fifty_commits_fail_at_sync: failing_commits(AT_SYNC.times(50));
    batches_fail_in_the_middle: failing_commits(AT_WRITE.nth(9).times(10));
    no_room_at_write: failing_for(
        Fault::every(WRITE, ALL, ENOSPC), Duration::from_secs(6)
    );
    what_writes_nothing_without_room: unwritten(Fault::every(WRITE, ALL, ENOSPC));
    everything_fails: failing_for(
        Fault::every(WRITE + SYNC + READ + TRUNCATE, ALL, EIO), Duration::from_secs(6)
    );
}
