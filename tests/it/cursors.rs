//! Cursors: a resume goes on exactly where it was, over restarts and from what is no longer in
//! memory; what cannot be resumed is refused by name, never a silent gap (design.md section 4).

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use engine::store::Retention;

use crate::harness::Database;
use crate::harness::cursors::opened;
use crate::stage::{CHANGES, Stage, agent, as_of, on, position, read_until, with};

/// The code with which a subscription from this cursor is refused; none when it runs.
async fn refusal(stage: &Stage, cursor: &str) -> Option<String> {
    let mut socket = stage.server.socket(&stage.supervisor).await;
    socket.subscribe(CHANGES, json!({ "after": cursor })).await;
    let message = socket.next_unless_silent().await?;
    if message["type"] == "next" {
        return None;
    }
    assert_eq!(message["type"], "error", "{message}");
    let code = &message["payload"][0]["extensions"]["code"];
    Some(code.as_str().unwrap().to_owned())
}

/// The positions that a subscription from this cursor gets up to the newest event.
async fn replay(stage: &Stage, cursor: &str) -> Vec<i64> {
    let last = stage.events().await.last().unwrap().position;
    let mut socket = stage.server.socket(&stage.supervisor).await;
    socket.subscribe(CHANGES, json!({ "after": cursor })).await;
    let seen = read_until(&mut socket, "conversationChanges", last).await;
    seen.into_iter().map(|(position, _)| position).collect()
}

async fn write_much(stage: &Stage, conversation: &str, count: usize) {
    join_all((0..count).map(|i| {
        let text = format!("This is number {i}");
        async move { stage.customer_writes(conversation, &text).await }
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_cursor_is_replayed_from_the_database_and_over_the_edge_of_memory() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let begin = as_of(&stage.server, &stage.supervisor).await;
        let conversation = stage.start("WHATSAPP").await;
        // More than two pages of the database.
        write_much(&stage, &conversation, 1_100).await;
        let middle = as_of(&stage.server, &stage.supervisor).await;
        let stage = stage.restarted().await;
        let all = |after: &str, until: i64| -> Vec<i64> {
            (position(&json!(after)) + 1..=until).collect()
        };
        // Nothing is in memory now; every event is about the one conversation.
        let last = stage.events().await.last().unwrap().position;
        assert_eq!(last, position(&json!(middle)));
        assert_eq!(replay(&stage, &begin).await, all(&begin, last));
        // Some is, and the replay goes over its edge.
        write_much(&stage, &conversation, 40).await;
        let last = stage.events().await.last().unwrap().position;
        assert_eq!(replay(&stage, &begin).await, all(&begin, last));
        assert_eq!(replay(&stage, &middle).await, all(&middle, last));
    }
}

#[tokio::test]
async fn a_mutations_as_of_is_where_to_go_on() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let conversation = stage.start("LIVE_CHAT").await;
        let key = json!({ "idempotencyKey": "k" });
        let input = with(on(&conversation), key);
        let picked = stage
            .server
            .done(&agent("anna"), "pickConversation", input.clone(), "asOf")
            .await;
        let end = on(&conversation);
        let ended = stage
            .server
            .done(&agent("anna"), "endConversation", end, "asOf")
            .await;
        let picked = picked["asOf"].as_str().unwrap();
        assert_eq!(replay(&stage, picked).await, [position(&ended["asOf"])]);

        // The answer to a repeat has the same one, also after a restart.
        let stage = stage.restarted().await;
        stage.start("LIVE_CHAT").await;
        let again = stage
            .server
            .done(&agent("anna"), "pickConversation", input, "asOf")
            .await;
        assert_eq!(opened(&again["asOf"]), opened(&json!(picked)));
        assert_eq!(replay(&stage, picked).await.len(), 2);
    }
}

#[tokio::test]
async fn what_is_no_cursor_is_invalid() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    for nonsense in ["", "abc", "0", "é", &"A".repeat(5_000)] {
        let code = refusal(&stage, nonsense).await;
        assert_eq!(code.as_deref(), Some("CURSOR_INVALID"), "{nonsense:.10}");
        // The same over HTTP, as server-sent events would be asked for.
        let query =
            "subscription($after: LogCursor) { sentimentChanges(after: $after) { cursor } }";
        let response = stage
            .server
            .post(&stage.supervisor, query, json!({ "after": nonsense }))
            .await;
        assert!(response["data"].is_null(), "{response}");
        assert!(response["errors"].is_array(), "{response}");
    }
}

#[tokio::test]
async fn another_databases_cursor_and_one_of_the_future_are_expired() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let other = Stage::on(Database::sqlite(), &[]).await;
        let foreign = as_of(&other.server, &other.supervisor).await;
        assert_eq!(
            refusal(&stage, &foreign).await.as_deref(),
            Some("CURSOR_EXPIRED")
        );
        let own = as_of(&stage.server, &stage.supervisor).await;
        assert_eq!(refusal(&stage, &own).await, None);
        for by in [1, 1_000_000] {
            let ahead = altered(&own, by);
            assert_eq!(
                refusal(&stage, &ahead).await.as_deref(),
                Some("CURSOR_EXPIRED")
            );
        }
        // A position of this log with another event's hash: a log that was rewritten.
        let rewritten = altered(&own, -1);
        assert_eq!(
            refusal(&stage, &rewritten).await.as_deref(),
            Some("CURSOR_EXPIRED")
        );
    }
}

/// The cursor's text with its position moved, and its hash left as it is.
fn altered(cursor: &str, by: i64) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
    let moved = position(&json!(cursor)) + by;
    bytes[16..24].copy_from_slice(&moved.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

#[tokio::test]
async fn a_cursor_older_than_the_log_is_kept_is_expired_and_a_kept_one_goes_on() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let begin = as_of(&stage.server, &stage.supervisor).await;
        let conversation = stage.start("WHATSAPP").await;
        stage
            .customer_writes(&conversation, "Where is my order?")
            .await;
        let old = as_of(&stage.server, &stage.supervisor).await;
        stage.server.clock.advance(TimeDelta::days(6));
        stage
            .customer_writes(&conversation, "Where is my order?")
            .await;
        let kept = as_of(&stage.server, &stage.supervisor).await;
        stage
            .customer_writes(&conversation, "Where is my order?")
            .await;
        stage.server.clock.advance(TimeDelta::days(2));
        let (store, clock) = (&stage.server.app.store, &stage.server.clock);
        store.forget(clock, Retention::default()).await.unwrap();

        let expired = Some("CURSOR_EXPIRED".to_owned());
        let stage = stage.restarted().await;
        assert_eq!(refusal(&stage, &begin).await, expired);
        // What follows it is still there, but not what it names: it cannot be checked.
        assert_eq!(refusal(&stage, &old).await, expired);
        assert_eq!(replay(&stage, &kept).await, [position(&json!(kept)) + 1]);
        // Forgetting touched nothing but the log.
        let now = stage.conversation(&conversation, "state").await;
        assert_eq!(now, json!({ "state": "OPEN" }));
        let head = as_of(&stage.server, &stage.supervisor).await;
        stage.server.clock.advance(TimeDelta::days(9));
        let (store, clock) = (&stage.server.app.store, &stage.server.clock);
        store.forget(clock, Retention::default()).await.unwrap();
        // The newest event is kept, so that a cursor of this quiet time can be checked.
        assert_eq!(stage.events().await.len(), 1);
        assert_eq!(refusal(&stage, &head).await, None);
        stage
            .customer_writes(&conversation, "Where is my order?")
            .await;
        assert_eq!(replay(&stage, &head).await, [position(&json!(head)) + 1]);
    }
}

#[tokio::test]
async fn all_that_one_answer_says_is_at_one_position() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let begin = as_of(&stage.server, &stage.supervisor).await;
    let response = stage
        .server
        .post(
            &stage.supervisor,
            "{ ongoingConversations { asOf } ongoingSummary { asOf } }",
            json!({}),
        )
        .await;
    let data = &response["data"];
    assert_eq!(
        data["ongoingConversations"]["asOf"],
        data["ongoingSummary"]["asOf"]
    );
    assert_eq!(data["ongoingSummary"]["asOf"], json!(begin));
}
