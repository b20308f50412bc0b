//! An `SQLite` file that is deleted or replaced under a server, served twice, or missing at the start.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::harness::binary::{Served, output, regie};
use crate::harness::{Database, Server, Token, soon};
use crate::stage::{Stage, on, with};
use crate::store::{board_is_what_is_stored, log_is_consecutive};

/// The file of a database.
fn file_of(database: &Database) -> PathBuf {
    let path = database.url.strip_prefix("sqlite://").unwrap();
    path.split('?').next().unwrap().into()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The code of what a customer's message comes to: none if it was taken.
async fn write(stage: &Stage, id: &str) -> Option<String> {
    let writes = "mutation($input: ReceiveCustomerMessageInput!) { receiveCustomerMessage(input: $input) { errors { code } } }";
    let input = with(on(id), json!({ "text": "Hello?" }));
    let variables = json!({ "input": input });
    let answer = stage.server.post(&stage.gateway, writes, variables).await;
    let code = answer["errors"][0]["extensions"]["code"].as_str();
    code.map(str::to_owned)
}

async fn is_ready(server: &Server, wanted: bool) {
    let what = format!("ready is {wanted}");
    soon(&what, || async { server.app.is_ready() == wanted }).await;
}

/// What is done to the database's files, and how it is undone.
async fn nothing_is_acknowledged_while(
    lose: impl Fn(&Path, &Path),
    restore: impl Fn(&Path, &Path),
) {
    let database = Database::sqlite();
    let (file, away) = (
        file_of(&database),
        file_of(&database).with_file_name("away"),
    );
    let stage = Stage::on(database, &[]).await;
    let id = stage.start("WHATSAPP").await;
    let events = stage.events().await.len();
    lose(&file, &away);
    assert_eq!(write(&stage, &id).await.as_deref(), Some("INTERNAL"));
    is_ready(&stage.server, false).await;
    // What is known is still shown.
    assert_eq!(stage.conversation(&id, "state").await["state"], "OPEN");
    restore(&file, &away);
    is_ready(&stage.server, true).await;
    assert_eq!(stage.events().await.len(), events, "nothing was written");
    assert_eq!(write(&stage, &id).await, None);
    log_is_consecutive(&stage).await;
    board_is_what_is_stored(&stage.server).await;
}

#[tokio::test]
async fn a_file_that_is_deleted_takes_no_more_commands_until_it_is_back() {
    nothing_is_acknowledged_while(
        |file, away| fs::rename(file, away).unwrap(),
        |file, away| fs::rename(away, file).unwrap(),
    )
    .await;
}

#[tokio::test]
async fn a_file_that_is_replaced_takes_no_more_commands_until_it_is_back() {
    nothing_is_acknowledged_while(
        |file, away| {
            fs::rename(file, away).unwrap();
            fs::copy(away, file).unwrap();
        },
        |file, away| fs::rename(away, file).unwrap(),
    )
    .await;
}

#[tokio::test]
async fn a_journal_that_is_deleted_takes_no_more_commands_until_it_is_back() {
    nothing_is_acknowledged_while(
        |file, away| fs::rename(beside(file, "-wal"), away).unwrap(),
        |file, away| fs::rename(away, beside(file, "-wal")).unwrap(),
    )
    .await;
}

#[tokio::test]
async fn a_file_that_is_lost_is_noticed_without_a_command() {
    let database = Database::sqlite();
    let file = file_of(&database);
    let server = Server::on(database).await;
    assert!(server.app.is_ready());
    fs::remove_file(&file).unwrap();
    is_ready(&server, false).await;
}

/// The value of the line of `/metrics` that begins so; 0 where there is none.
async fn metric(url: &str, begins: &str) -> u64 {
    let metrics = reqwest::get(url.replace("/graphql", "/metrics"));
    let metrics = metrics.await.unwrap().text().await.unwrap();
    let line = metrics.lines().find(|line| line.starts_with(begins));
    line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

#[tokio::test]
async fn log_answer_and_metrics_tell_the_same_of_a_fault() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::sqlite();
    let file = file_of(&database);
    let folder = file.parent().unwrap();
    let served = Served::start(&database.url, folder);
    let ready = "regie_ready ";
    let (faults, answers) = (
        "regie_internal_errors_total ",
        "regie_operations_total{kind=\"mutation\",outcome=\"internal\"} ",
    );
    let field_errors = "regie_operations_total{kind=\"mutation\",outcome=\"field_errors\"} ";
    assert_eq!(metric(&served.url, ready).await, 1);
    assert_eq!(metric(&served.url, faults).await, 0);
    fs::rename(&file, file.with_file_name("away")).unwrap();
    let mutation = "mutation { setPresence(input: { presence: BUSY }) { errors { code } } }";
    let token = Token::supervisor("sam").sign();
    let answer = reqwest::Client::new()
        .post(&served.url)
        .bearer_auth(token)
        .json(&json!({ "query": mutation }))
        .send();
    let answer: serde_json::Value = answer.await.unwrap().json().await.unwrap();
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "INTERNAL", "{answer}");
    let id = error["extensions"]["id"].as_str().unwrap();
    assert!(error["message"].as_str().unwrap().contains(id));
    let logged = || async {
        let log = served.log();
        log.lines()
            .any(|line| line.contains("internal error") && line.contains(id))
    };
    soon("the log has the id", logged).await;
    assert_eq!(metric(&served.url, faults).await, 1);
    assert_eq!(metric(&served.url, answers).await, 1);
    assert_eq!(metric(&served.url, field_errors).await, 0);
    assert!(metric(&served.url, "regie_commit_failures_total ").await >= 1);
    assert_eq!(metric(&served.url, ready).await, 0);
    let log = served.log();
    assert_eq!(
        log.matches("commands are not carried out").count(),
        1,
        "{log}"
    );
}

/// What a command says on standard error.
fn said(output: &std::process::Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_file_is_served_once_at_a_time() {
    let database = Database::sqlite();
    let file = file_of(&database);
    let folder = file.parent().unwrap();
    let mut first = Served::start(&database.url, folder);
    let second = regie(&database.url, folder, &["serve"])
        .env("REGIE_LISTEN", "127.0.0.1:0")
        .stderr(std::process::Stdio::piped())
        .output()
        .unwrap();
    assert!(!second.status.success());
    let said = said(&second);
    assert!(said.contains("is served by another process"), "{said}");
    first.kill();
    // The claim ends with the process, also with one that was killed.
    Served::start(&database.url, folder);
}

#[test]
fn what_only_looks_makes_no_file() {
    let database = Database::sqlite();
    let file = file_of(&database);
    let folder = file.parent().unwrap();
    for look in [
        ["board", "verify"],
        ["audit", "verify"],
        ["migrate", "status"],
    ] {
        let refused = output(&database.url, folder, &look);
        assert!(!refused.status.success(), "{look:?}");
        let said = said(&refused);
        assert!(said.contains("unable to open database file"), "{said}");
        assert!(!file.exists(), "{look:?}");
    }
}

#[test]
fn where_an_organisation_was_a_missing_or_empty_file_begins_none() {
    let database = Database::sqlite();
    let file = file_of(&database);
    let folder = file.parent().unwrap();
    let mut first = Served::start(&database.url, folder);
    first.kill();
    for lose in [
        (|file: &Path| fs::write(file, "").unwrap()) as fn(&Path),
        |file| fs::remove_file(file).unwrap(),
    ] {
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(beside(&file, ending));
        }
        lose(&file);
        let refused = output(&database.url, folder, &["serve"]);
        assert!(!refused.status.success());
        let said = said(&refused);
        assert!(said.contains("is missing or empty"), "{said}");
        assert!(said.contains("regie.db-guard"), "{said}");
    }
    assert!(!file.exists(), "nothing was made");
}
