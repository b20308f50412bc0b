//! The live transcript: for whom it is, and how it ends (domain.md sections 3 and 4).

use serde_json::json;

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
