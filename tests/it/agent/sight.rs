//! What agents must not see.

use domain::Role;
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::Token;

#[tokio::test]
async fn before_acceptance_an_agent_sees_the_header_and_not_the_transcript() {
    let floor = Floor::new().await;
    let (open, offered) = (
        floor.open("WHATSAPP").await,
        floor.offered("WHATSAPP").await,
    );
    let requested = floor.requested("WHATSAPP").await;
    for (token, id) in [
        (&floor.anna, &open),
        (&floor.anna, &offered),
        (&floor.bert, &requested),
    ] {
        floor
            .act(
                &floor.gateway,
                "receiveCustomerMessage",
                id,
                json!({ "text": "hello" }),
            )
            .await;
        assert_eq!(floor.texts(token, id).await, None);
        let header = floor
            .see(token, id, "customer { name } sentiment { level }")
            .await;
        assert_eq!(header["customer"]["name"], "Ada");
    }
    floor
        .act(&floor.anna, "acceptOffer", &offered, json!({}))
        .await;
    assert_eq!(floor.texts(&floor.anna, &offered).await.unwrap(), ["hello"]);
    floor
        .act(&floor.bert, "rejectOffer", &requested, json!({}))
        .await;
    assert_eq!(floor.see(&floor.bert, &requested, "id").await, Value::Null);
}

#[tokio::test]
async fn an_agent_sees_no_monitor_no_due_time_and_nobody_elses_capacity() {
    let floor = Floor::new().await;
    let id = floor.requested("WHATSAPP").await;
    floor
        .act(&floor.sam, "monitorConversation", &id, json!({}))
        .await;
    let fields = "autoCloseAt runningMonitorSessions { id } monitorSessions { id } participants { role }
        pendingOffer { madeBy agent { presence subject capacity { totalUnits } activeConversations queues { id } } }
        queue { members { id } } agent { presence capacity { totalUnits } }";
    let nothing = json!({ "presence": null, "subject": null, "capacity": null, "activeConversations": null, "queues": null });
    let seen = floor.see(&floor.anna, &id, fields).await;
    assert_eq!(
        seen,
        json!({
            "autoCloseAt": null, "runningMonitorSessions": null, "monitorSessions": null,
            "participants": [{ "role": "CUSTOMER" }, { "role": "PRIMARY_AGENT" }],
            "pendingOffer": { "madeBy": null, "agent": nothing },
            "queue": { "members": null },
            "agent": { "presence": "AVAILABLE", "capacity": { "totalUnits": 3 } },
        })
    );
}

#[tokio::test]
async fn a_supervisor_of_other_queues_is_an_agent_here() {
    let floor = Floor::new().await;
    let id = floor.monitored("WHATSAPP").await;
    let anna = Token::supervisor("anna")
        .queues(&[&floor.second_queue])
        .and(Role::Agent)
        .sign();
    let fields = "autoCloseAt runningMonitorSessions { id } monitorSessions { id }";
    let seen = floor.see(&anna, &id, fields).await;
    let nothing =
        json!({ "autoCloseAt": null, "runningMonitorSessions": null, "monitorSessions": null });
    assert_eq!(seen, nothing, "her own conversation, out of her scope");
}
