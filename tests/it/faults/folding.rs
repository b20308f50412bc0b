//! Faults on SQLite while the journal is folded into the file, while the server reads, and while it stops.

use std::time::Duration;

use serde_json::json;

use super::case::Case;
use super::injector::{
    DATABASE, EIO, Fault, INDEX, Injector, JOURNAL, READ, SYNC, TRUNCATE, WRITE, occurs,
};
use crate::harness::Database;

/// An erasure folds the journal into the file, which fails in this way.
async fn folding(name: &'static str, fault: Fault) {
    let injector = Injector::new();
    let mut case = Case::begin(name, Database::sqlite(), |it| injector.reaches(it)).await;
    let cast = &case.floor.cast;
    let (gateway, sam, admin) = (&cast.gateway, &cast.supervisors[0], &cast.admin);
    let start = json!({
        "channel": "WHATSAPP", "queueId": cast.queues[0], "workstreamId": cast.workstreams[0],
        "noticeGivenAt": "2026-01-01T00:00:00Z", "customer": { "key": "goes", "name": "Ada" },
    });
    let fields = "conversation { id }";
    let started = case
        .desk
        .done(&gateway.token, "startConversation", start, fields)
        .await;
    let id = &started["conversation"]["id"];
    let on = json!({ "conversationId": id });
    case.desk
        .done(&sam.token, "forceCloseConversation", on, "")
        .await;
    let whose = "query($id: ID!) { conversation(id: $id) { customer { id } } }";
    let data = case
        .desk
        .query(&sam.token, whose, json!({ "id": id }))
        .await;
    let customer = json!({ "customerId": data["conversation"]["customer"]["id"] });
    injector.arm(fault);
    case.desk
        .done(&admin.token, "eraseCustomer", customer, "customerId")
        .await;
    let fired = occurs(&injector, 1, Duration::from_secs(5)).await;
    injector.disarm();
    case.recovers().await;
    case.load_for(Duration::from_secs(1)).await;
    case.end(fired, "calls failed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs a C compiler"]
async fn the_journal_is_folded_into_the_file() {
    let fault = Fault::every(WRITE + SYNC, DATABASE, EIO);
    folding("the_journal_is_folded_into_the_file", fault).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs a C compiler"]
async fn the_file_is_synced() {
    let fault = Fault::every(SYNC, DATABASE, EIO);
    folding("the_file_is_synced", fault).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs a C compiler"]
async fn the_journal_is_cut_off() {
    let fault = Fault::every(TRUNCATE, JOURNAL, EIO);
    folding("the_journal_is_cut_off", fault).await;
}

/// Under load, this fails until it has occurred, and for a second more.
async fn under_load(name: &'static str, fault: Fault) {
    let injector = Injector::new();
    let mut case = Case::begin(name, Database::sqlite(), |it| injector.reaches(it)).await;
    case.load_for(Duration::from_millis(500)).await;
    injector.arm(fault);
    occurs(&injector, 1, Duration::from_mins(1)).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let fired = injector.fired();
    injector.disarm();
    case.recovers().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    case.end(fired, "calls failed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs a C compiler"]
async fn a_commit_folds_the_journal() {
    let fault = Fault::every(WRITE + SYNC, DATABASE, EIO);
    under_load("a_commit_folds_the_journal", fault).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs a C compiler"]
async fn what_is_stored_cannot_be_read() {
    let fault = Fault::every(READ, DATABASE + JOURNAL, EIO);
    under_load("what_is_stored_cannot_be_read", fault).await;
}

/// What was acknowledged is there at the next start, which folds what this server could not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by .ci/faults: needs a C compiler"]
async fn the_server_stops() {
    let injector = Injector::new();
    let database = Database::sqlite();
    let mut case = Case::begin("the_server_stops", database, |it| injector.reaches(it)).await;
    case.load_for(Duration::from_secs(1)).await;
    case.recovers().await;
    case.rest().await;
    let all = DATABASE + JOURNAL + INDEX;
    injector.arm(Fault::every(WRITE + SYNC + TRUNCATE, all, EIO));
    case.stop().await;
    case.end(injector.fired(), "calls failed").await;
}
