//! The live transcript: for whom it is, and how it ends (domain.md sections 3 and 4).

use serde_json::{Value, json};

use crate::harness::{Database, Socket, Token};
use crate::stage::{Stage, TRANSCRIPT, agent, as_of};

#[tokio::test]
async fn a_transcript_is_for_those_who_monitor_and_ends_when_they_may_not_read_on() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let sam = stage.supervisor.clone();
        let elsewhere = stage.queue("Elsewhere").await;
        let stranger = Token::supervisor("sid").queues(&[&elsewhere]).sign();
        for (end, cause) in [
            ("stopMonitoring", "MONITORING_STOPPED"),
            ("updateSupervisorSettings", "MONITORING_STOPPED"),
            ("forceCloseConversation", "FORCE_CLOSED"),
        ] {
            let conversation = stage.start("WHATSAPP").await;
            stage
                .act(&agent("anna"), "pickConversation", &conversation)
                .await;
            let mut socket = stage.server.socket(&stranger).await;
            socket
                .subscribe(TRANSCRIPT, json!({ "id": conversation }))
                .await;
            assert_eq!(refusal(&mut socket).await, "NOT_FOUND");
            let mut socket = stage.server.socket(&sam).await;
            socket
                .subscribe(TRANSCRIPT, json!({ "id": conversation }))
                .await;
            assert_eq!(refusal(&mut socket).await, "NOT_MONITORING");

            stage.act(&sam, "monitorConversation", &conversation).await;
            let here = as_of(&stage.server, &sam).await;
            let operation = socket
                .subscribe(TRANSCRIPT, json!({ "id": conversation, "after": here }))
                .await;
            stage
                .customer_writes(&conversation, "Is anybody there?")
                .await;
            let event = socket.event().await["conversationTranscript"].clone();
            assert_eq!(event["message"]["text"], "Is anybody there?");
            if end == "updateSupervisorSettings" {
                let off = json!({ "supervisorMonitor": false });
                stage.server.done(&stage.admin, end, off, "").await;
                let on = json!({ "supervisorMonitor": true });
                stage.server.done(&stage.admin, end, on, "").await;
            } else {
                stage.act(&sam, end, &conversation).await;
            }
            let mut event = socket.event().await["conversationTranscript"].clone();
            if event["__typename"] == "TranscriptMessage" {
                // That a supervisor closed it is said in the transcript first.
                assert_eq!(end, "forceCloseConversation");
                event = socket.event().await["conversationTranscript"].clone();
            }
            assert_eq!(event["__typename"], "TranscriptEnded", "{end}");
            assert_eq!(event["cause"], cause, "{end}");
            let complete = json!({ "id": operation, "type": "complete" });
            assert_eq!(socket.message().await, complete);
            if end != "forceCloseConversation" {
                stage.customer_writes(&conversation, "Still there?").await;
                assert_eq!(socket.next_unless_silent().await, None);
            }
        }
    }
}

/// The code with which an operation was refused.
async fn refusal(socket: &mut Socket) -> String {
    let message = socket.message().await;
    assert_eq!(message["type"], "error", "{message}");
    let code = &message["payload"][0]["extensions"]["code"];
    code.as_str().unwrap().to_owned()
}

const PAGE: &str = "query($id: ID!, $first: Int, $last: Int, $after: String, $before: String) {
    conversation(id: $id) { transcript(first: $first, last: $last, after: $after, before: $before) {
        edges { cursor node { text } } pageInfo { hasNextPage hasPreviousPage }
    } } }";

/// The cursors and texts of a page.
async fn page(stage: &Stage, token: &str, arguments: Value) -> Vec<(String, String)> {
    let data = stage.server.data(token, PAGE, arguments).await;
    let edges = data["conversation"]["transcript"]["edges"].clone();
    let edge = |edge: &Value| {
        let text = edge["node"]["text"].as_str().unwrap_or_default();
        (edge["cursor"].as_str().unwrap().to_owned(), text.to_owned())
    };
    edges.as_array().unwrap().iter().map(edge).collect()
}

#[tokio::test]
async fn a_cursor_of_another_transcript_is_invalid() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let sam = stage.supervisor.clone();
        let mut both = Vec::new();
        for _ in 0..2 {
            let conversation = stage.start("WHATSAPP").await;
            stage
                .act(&agent("anna"), "pickConversation", &conversation)
                .await;
            stage.act(&sam, "monitorConversation", &conversation).await;
            for text in ["one", "two", "three"] {
                stage.customer_writes(&conversation, text).await;
            }
            both.push(conversation);
        }
        let (mine, other) = (&both[0], &both[1]);
        let all = page(&stage, &sam, json!({ "id": mine })).await;
        let texts = |page: &[(String, String)]| -> Vec<String> {
            page.iter().map(|(_, text)| text.clone()).collect()
        };
        assert_eq!(texts(&all), ["one", "two", "three"]);
        let middle = json!({ "id": mine, "after": all[0].0, "before": all[2].0 });
        assert_eq!(texts(&page(&stage, &sam, middle).await), ["two"]);
        let last = json!({ "id": mine, "last": 1, "before": all[2].0 });
        assert_eq!(texts(&page(&stage, &sam, last).await), ["two"]);

        let foreign = &page(&stage, &sam, json!({ "id": other })).await[1].0;
        let unknown = format!("msg_{}", uuid::Uuid::now_v7());
        for cursor in [foreign, &unknown] {
            for side in ["after", "before"] {
                let answer = stage
                    .server
                    .post(&sam, PAGE, json!({ "id": mine, side: cursor }))
                    .await;
                let code = &answer["errors"][0]["extensions"]["code"];
                assert_eq!(code, "CURSOR_INVALID", "{side} {cursor}");
            }
        }
    }
}

#[tokio::test]
async fn a_gateway_cannot_go_on_from_a_message_that_it_does_not_see() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let conversation = stage.start("WHATSAPP").await;
        let anna = agent("anna");
        stage.act(&anna, "pickConversation", &conversation).await;
        stage.customer_writes(&conversation, "Hello?").await;
        for (text, visibility) in [("Aside", "INTERNAL"), ("Hello", "PUBLIC")] {
            let input =
                json!({ "conversationId": conversation, "text": text, "visibility": visibility });
            stage.server.done(&anna, "sendMessage", input, "").await;
        }
        let all = page(&stage, &anna, json!({ "id": conversation })).await;
        assert_eq!(all[1].1, "Aside");
        let gateway = Token::gateway().sign();
        let query = json!({ "id": conversation, "after": all[0].0 });
        let seen = page(&stage, &gateway, query).await;
        assert_eq!(seen, [all[2].clone()]);
        let query = json!({ "id": conversation, "after": all[1].0 });
        let answer = stage.server.post(&gateway, PAGE, query).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code, "CURSOR_INVALID");
    }
}
