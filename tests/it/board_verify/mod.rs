//! `regie board verify`: the state tables against the event log, healthy and tampered with.

mod cut;
mod tampering;

use engine::store::{BoardReport, Store};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use serde_json::json;

use crate::harness::binary::output;
use crate::harness::{Database, Token};
use crate::stage::{Stage, agent, on, with};

/// A database with something in every table and state, and nobody who writes to it.
async fn lived_in(database: &Database) -> DatabaseConnection {
    let stage = Stage::on(database.clone(), &["anna", "bert", "cora"]).await;
    let (anna, bert) = (stage.agent_id("anna").await, stage.agent_id("bert").await);
    let (sam, server) = (&stage.supervisor, &stage.server);
    let second = stage.queue("Second").await;
    let short = json!({ "name": "Short", "kind": "MESSAGING", "wrapUpCapacitySeconds": 600 });
    server
        .done(&stage.admin, "createWorkstream", short, "")
        .await;
    let member = json!({ "agentId": bert, "queueId": second });
    server
        .done(&stage.admin, "addQueueMember", member, "")
        .await;
    let presence = json!({ "presence": "BUSY" });
    server.done(sam, "setPresence", presence, "").await;

    // OPEN, and one that another queue took over.
    stage.start("SMS").await;
    let moved = stage.start("SMS").await;
    let target = with(on(&moved), json!({ "target": { "queueId": second } }));
    server.done(sam, "assignConversation", target, "").await;
    // An offer that waits, after one that was rejected and one that was withdrawn.
    let offered = stage.start("LIVE_CHAT").await;
    stage.assign(&offered, &anna).await;
    stage.act(&agent("anna"), "rejectOffer", &offered).await;
    stage.assign(&offered, &bert).await;
    stage.act(sam, "cancelOffer", &offered).await;
    stage.assign(&offered, &bert).await;
    // Watched, joined, transferred: another primary, a consultant, a running look.
    let running = stage.start("WHATSAPP").await;
    stage
        .act(&agent("anna"), "pickConversation", &running)
        .await;
    stage
        .customer_writes(&running, "This is terrible, I hate it")
        .await;
    stage.act(sam, "monitorConversation", &running).await;
    let advice = with(on(&running), json!({ "text": "Offer a refund." }));
    server.done(sam, "coachAgent", advice, "").await;
    stage.act(sam, "joinConversation", &running).await;
    let words = with(
        on(&running),
        json!({ "text": "May I?", "visibility": "PUBLIC" }),
    );
    server.done(sam, "sendMessage", words, "").await;
    let to = with(on(&running), json!({ "agentId": bert }));
    server
        .done(sam, "transferConversation", to.clone(), "")
        .await;
    stage.act(&agent("bert"), "acceptOffer", &running).await;
    let other = Token::supervisor("olga").sign();
    stage.act(&other, "monitorConversation", &running).await;
    stage.act(&other, "stopMonitoring", &running).await;
    stage
        .customer_writes(&running, "Are you still there?")
        .await;
    // WAITING, WRAP_UP, and CLOSED in two ways.
    for (after, deed) in ["setAsideConversation", "endConversation", "endConversation"]
        .into_iter()
        .enumerate()
    {
        let id = stage.start("WHATSAPP").await;
        stage.act(&agent("cora"), "pickConversation", &id).await;
        stage.customer_writes(&id, "Hello").await;
        stage.act(&agent("cora"), deed, &id).await;
        if after == 2 {
            stage.act(&agent("cora"), "closeConversation", &id).await;
        }
    }
    let forced = stage.start("LIVE_CHAT").await;
    stage.act(&agent("anna"), "pickConversation", &forced).await;
    stage.act(sam, "monitorConversation", &forced).await;
    server
        .done(
            sam,
            "transferConversation",
            with(on(&forced), json!({ "agentId": bert })),
            "",
        )
        .await;
    stage.act(sam, "forceCloseConversation", &forced).await;
    stage.tables().await
}

/// What verifying came to: the report, and its lines.
async fn verify(database: &Database) -> (BoardReport, Vec<String>) {
    let store = Store::connect(&database.url).await.unwrap();
    let mut lines = Vec::new();
    let report = store
        .verify_board(&mut |difference| lines.push(difference.to_string()))
        .await
        .unwrap();
    store.close().await;
    assert_eq!(report.differences, lines.len() as u64);
    (report, lines)
}

async fn run(connection: &DatabaseConnection, sql: &str) {
    let done = connection.execute_unprepared(sql).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

#[tokio::test]
async fn a_database_that_was_lived_in_agrees_with_its_log() {
    for database in Database::all().await {
        let connection = lived_in(&database).await;
        let (report, lines) = verify(&database).await;
        assert_eq!(lines, Vec::<String>::new());
        assert_eq!((report.by_events, report.by_image), (8, 0));
        assert_eq!((report.ongoing, report.first), (6, Some(1)));
        assert!(report.rows > 40 && report.organisation >= 7, "{report:?}");
        // Text is nobody's business here: it may be erased.
        run(&connection, "UPDATE messages SET text = NULL").await;
        run(&connection, "UPDATE conversations SET subject = NULL").await;
        run(&connection, "UPDATE customers SET name = NULL").await;
        assert_eq!(verify(&database).await, (report, vec![]));
    }
}

#[tokio::test]
async fn a_new_database_agrees_with_its_empty_log() {
    for database in Database::all().await {
        Store::open(&database.url).await.unwrap().close().await;
        let (report, lines) = verify(&database).await;
        assert_eq!((report, lines), (BoardReport::default(), vec![]));
    }
}

#[tokio::test]
async fn the_command_prints_what_was_held_and_fails_with_a_line_for_each_difference() {
    for database in Database::all().await {
        let connection = lived_in(&database).await;
        let folder = tempfile::tempdir().unwrap();
        let printed = output(&database.url, folder.path(), &["board", "verify"]);
        let text = String::from_utf8(printed.stdout).unwrap();
        assert!(printed.status.success(), "{text}");
        assert!(text.contains("8, 6 of them ongoing"), "{text}");
        assert!(text.ends_with("differences    0\n"), "{text}");

        run(&connection, "DELETE FROM timers WHERE kind = 'OFFER'").await;
        run(
            &connection,
            "UPDATE agents SET capacity = 9 WHERE subject = 'anna'",
        )
        .await;
        let printed = output(&database.url, folder.path(), &["board", "verify"]);
        let text = String::from_utf8(printed.stdout).unwrap();
        assert_eq!(printed.status.code(), Some(1), "{text}");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("timers conv_"), "{text}");
        assert!(
            lines[0].ends_with(" OFFER: missing; the log says it is there"),
            "{text}"
        );
        assert!(lines[1].starts_with("agents agent_"), "{text}");
        assert!(
            lines[1].ends_with(": capacity is 9, and by the log 3"),
            "{text}"
        );
        assert!(text.ends_with("differences    2\n"), "{text}");
        let error = String::from_utf8(printed.stderr).unwrap();
        let expected = "regie: board: the log and the state tables do not agree: 2 differences\n";
        assert_eq!(error, expected);
    }
}
