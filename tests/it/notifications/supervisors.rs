//! What supervisors are told.

use serde_json::json;

use super::{heard, told};
use crate::harness::{Database, Token};
use crate::stage::{Stage, agent, as_of};

#[tokio::test]
async fn a_supervisor_is_told_when_a_look_ends_by_no_doing_of_theirs() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let (sam, olga) = (&stage.supervisor, Token::supervisor("olga").sign());
        let begin = as_of(&stage.server, &stage.gateway).await;
        let mut sessions = Vec::new();
        for end in ["release", "setting", "stop"] {
            let id = stage.start("WHATSAPP").await;
            stage.act(&agent("anna"), "pickConversation", &id).await;
            stage.act(sam, "monitorConversation", &id).await;
            let running = stage
                .conversation(&id, "runningMonitorSessions { id }")
                .await;
            sessions.push(running["runningMonitorSessions"][0]["id"].clone());
            match end {
                "release" => stage.act(&agent("anna"), "releaseConversation", &id).await,
                "setting" => {
                    for on in [false, true] {
                        let input = json!({ "supervisorMonitor": on });
                        stage
                            .server
                            .done(&stage.admin, "updateSupervisorSettings", input, "")
                            .await;
                    }
                }
                _ => stage.act(sam, "stopMonitoring", &id).await,
            }
        }
        let heard = heard(&stage, sam, &begin).await;
        let ends: Vec<_> = heard
            .iter()
            .map(|notice| (&notice["sessionId"], notice["endedBy"].as_str().unwrap()))
            .collect();
        assert_eq!(
            ends,
            [
                (&sessions[0], "STATE_CHANGED"),
                (&sessions[1], "SETTING_DISABLED"),
            ]
        );
        // Whose look it was not, is not told, whatever else they may see.
        let nothing: [String; 0] = [];
        for token in [&olga, &stage.admin] {
            assert_eq!(told(&stage, token, &begin).await, nothing);
        }
        for token in [&agent("anna"), &stage.gateway] {
            let told = told(&stage, token, &begin).await;
            assert!(!told.iter().any(|notice| notice.contains("Monitoring")));
        }
    }
}

#[tokio::test]
async fn a_supervisor_is_told_when_a_review_ends_by_no_doing_of_theirs() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let (sam, olga) = (&stage.supervisor, Token::supervisor("olga").sign());
        let begin = as_of(&stage.server, &stage.gateway).await;
        let mut sessions = Vec::new();
        let second = json!({ "name": "Second" });
        let second = stage
            .server
            .done(&stage.admin, "createQueue", second, "queue { id }")
            .await;
        let ends = ["pick", "setting", "consent", "erasure", "stop", "own"];
        for end in ends {
            let id = stage.start("WHATSAPP").await;
            if end == "erasure" {
                stage.act(&olga, "forceCloseConversation", &id).await;
            }
            stage.act(sam, "reviewConversation", &id).await;
            let fields = "runningReviewSessions { id } customer { id }";
            let seen = stage.conversation(&id, fields).await;
            sessions.push(seen["runningReviewSessions"][0]["id"].clone());
            let administers = |mutation: &'static str, input| {
                stage.server.done(&stage.admin, mutation, input, "")
            };
            match end {
                "pick" => stage.act(&agent("anna"), "pickConversation", &id).await,
                "setting" => {
                    for on in [false, true] {
                        let input = json!({ "supervisorMonitor": on });
                        administers("updateSupervisorSettings", input).await;
                    }
                }
                "consent" => {
                    let input = json!({ "conversationId": id, "consent": "DENIED" });
                    let denied = stage
                        .server
                        .done(&stage.gateway, "recordConsent", input, "");
                    denied.await;
                }
                "erasure" => {
                    let input = json!({ "customerId": seen["customer"]["id"] });
                    administers("eraseCustomer", input).await;
                }
                "stop" => stage.act(sam, "stopReview", &id).await,
                // Moving it is what the supervisor does.
                _ => {
                    let input = json!({ "conversationId": id,
                        "target": { "queueId": second["queue"]["id"] } });
                    stage
                        .server
                        .done(sam, "assignConversation", input, "")
                        .await;
                }
            }
        }
        let heard = heard(&stage, sam, &begin).await;
        let told_of: Vec<_> = heard
            .iter()
            .map(|notice| {
                assert_eq!(notice["__typename"], "ReviewEndedNotice");
                (&notice["sessionId"], notice["endedBy"].as_str().unwrap())
            })
            .collect();
        let expected = [
            (&sessions[0], "STATE_CHANGED"),
            (&sessions[1], "SETTING_DISABLED"),
            (&sessions[2], "CONSENT_WITHDRAWN"),
            (&sessions[3], "CUSTOMER_ERASED"),
        ];
        assert_eq!(told_of, expected);
        // Whose review it was not, is not told, whatever else they may see.
        for token in [&olga, &stage.admin, &agent("anna"), &stage.gateway] {
            let told = told(&stage, token, &begin).await;
            assert!(!told.iter().any(|notice| notice.contains("Review")));
        }
    }
}

#[tokio::test]
async fn a_supervisor_who_has_joined_is_told_of_the_others_like_everybody_who_takes_part() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let (sam, olga) = (&stage.supervisor, Token::supervisor("olga").sign());
    let id = stage.start("WHATSAPP").await;
    stage.act(&agent("anna"), "pickConversation", &id).await;
    for token in [sam, &olga] {
        stage.act(token, "monitorConversation", &id).await;
    }
    stage.act(sam, "joinConversation", &id).await;
    let begin = as_of(&stage.server, &stage.gateway).await;
    stage.act(&olga, "joinConversation", &id).await;
    stage.act(&olga, "forceCloseConversation", &id).await;

    let told_to_sam = told(&stage, sam, &begin).await;
    assert_eq!(told_to_sam[0], "ParticipantJoined SUPERVISOR olga");
    assert_eq!(
        told_to_sam[1],
        "ConversationEnded CLOSED FORCE_CLOSED_BY_SUPERVISOR"
    );
    let last = told_to_sam.last().unwrap();
    assert_eq!(last, "MonitoringEnded STATE_CHANGED");
    let nothing: [String; 0] = [];
    let told_to_olga = told(&stage, &olga, &begin).await;
    let of_olga = told_to_olga.iter().filter(|notice| !notice.contains("sam"));
    assert_eq!(of_olga.cloned().collect::<Vec<_>>(), nothing);
}
