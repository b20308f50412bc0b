//! PostgreSQL full, read-only, restarted, stopped, and paused while somebody holds the log's head.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

use super::case::{Case, STUCK};
use super::cluster::{Cluster, Full};

/// A server under load on this cluster.
async fn begin(name: &'static str, cluster: &Cluster) -> Case {
    let mut case = Case::begin(name, cluster.database(), |it| it).await;
    case.load_for(Duration::from_millis(500)).await;
    case
}

/// Recovery with the load that goes on, and the verdict by the commands that failed.
async fn end(mut case: Case) {
    case.recovers().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    case.rest().await;
    let failed = case.failures();
    case.end(failed, "commands not acknowledged").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs root, a mount namespace of its own and PostgreSQL"]
async fn full() {
    let cluster = Cluster::start(Some(Full::Tables));
    let mut case = begin("full", &cluster).await;
    let from = Instant::now();
    cluster.fill();
    tokio::time::sleep(Duration::from_secs(8)).await;
    let full = cluster.log().contains("No space left on device");
    case.expect(
        full,
        "PostgreSQL's log does not say that there is no space left",
    );
    case.was_once_not_ready(from, Instant::now());
    cluster.empty();
    end(case).await;
}

/// PostgreSQL ends when its write-ahead log cannot grow; its operator makes room and starts it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs root, a mount namespace of its own and PostgreSQL"]
async fn full_with_its_log() {
    let cluster = Cluster::start(Some(Full::Log));
    let mut case = begin("full_with_its_log", &cluster).await;
    let from = Instant::now();
    cluster.fill();
    let ended = cluster.use_up_its_log().await;
    // Whether something fails at once or waits for a connection, the server says so by then.
    tokio::time::sleep(STUCK + Duration::from_secs(3)).await;
    case.expect(ended, "PostgreSQL's log does not say that it gave up");
    case.was_once_not_ready(from, Instant::now());
    cluster.empty();
    cluster.go_on_if_it_ended();
    end(case).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs root and PostgreSQL"]
async fn read_only() {
    let cluster = Cluster::start(None);
    let mut case = begin("read_only", &cluster).await;
    let connection = cluster.connect().await;
    let set = async |value: &str| {
        let sets = format!("ALTER SYSTEM SET default_transaction_read_only = {value}");
        for sql in [&sets, "SELECT pg_reload_conf()"] {
            connection.execute_unprepared(sql).await.unwrap();
        }
    };
    set("on").await;
    let from = Instant::now();
    tokio::time::sleep(Duration::from_secs(6)).await;
    case.was_not_ready(from, Instant::now());
    set("off").await;
    connection.close().await.unwrap();
    end(case).await;
}

async fn restarted(name: &'static str, mode: &str) {
    let cluster = Cluster::start(None);
    let mut case = begin(name, &cluster).await;
    cluster.restart(mode);
    case.recovers().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    // Short enough that commands may wait for it rather than fail.
    let ended = case.served.log().matches("terminating connection").count();
    let ended = i64::try_from(ended).unwrap();
    case.end(ended, "connections ended by the database").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs root and PostgreSQL"]
async fn restarted_fast() {
    restarted("restarted_fast", "fast").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs root and PostgreSQL"]
async fn restarted_immediately() {
    restarted("restarted_immediately", "immediate").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs root and PostgreSQL"]
async fn stopped_for_60_seconds() {
    let cluster = Cluster::start(None);
    let mut case = begin("stopped_for_60_seconds", &cluster).await;
    cluster.stop("fast");
    let from = Instant::now();
    tokio::time::sleep(Duration::from_mins(1)).await;
    // A connection is waited for ten seconds, by whoever waits before a command too; the server says so after five.
    case.was_not_ready(from + STUCK, Instant::now());
    cluster.go_on();
    end(case).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs root and PostgreSQL"]
async fn paused_while_it_holds_the_head() {
    let cluster = Cluster::start(None);
    let mut case = begin("paused_while_it_holds_the_head", &cluster).await;
    cluster.pause_holding_the_head().await;
    let from = Instant::now();
    tokio::time::sleep(Duration::from_secs(40)).await;
    // An answer is waited for thirty seconds.
    case.was_not_ready(from + STUCK, Instant::now());
    cluster.signal("CONT");
    end(case).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs root and PostgreSQL"]
async fn another_session_holds_the_head() {
    let cluster = Cluster::start(None);
    let mut case = begin("another_session_holds_the_head", &cluster).await;
    let connection = cluster.connect().await;
    let holder = connection.begin().await.unwrap();
    let hold = "SELECT * FROM log_head FOR UPDATE";
    holder.execute_unprepared(hold).await.unwrap();
    let from = Instant::now();
    tokio::time::sleep(Duration::from_secs(25)).await;
    // The head is waited for fifteen seconds.
    case.was_not_ready(from + STUCK, Instant::now());
    holder.rollback().await.unwrap();
    connection.close().await.unwrap();
    end(case).await;
}
