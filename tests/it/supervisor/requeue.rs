//! Requeueing what is stuck: calls that nobody holds, after-work of who went home, the wrong team.

use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::Token;

const REQUEUE: &str = "requeueConversation";

#[tokio::test]
async fn what_an_agent_left_behind_is_open_again() {
    let floor = Floor::new().await;
    let stuck = [
        floor.active("VOICE").await,
        floor.active("LIVE_CHAT").await,
        floor.waiting().await,
        floor.wrap_up("WHATSAPP").await,
        floor.requested("WHATSAPP").await,
    ];
    floor.presence(&floor.anna, "OFFLINE").await;
    for id in stuck {
        let open = floor.act(&floor.sam, REQUEUE, &id, json!({})).await;
        assert_eq!(open["state"], "OPEN");
        assert_eq!(open["statusReason"], "AWAITING_AGENT_ASSIGNMENT");
        assert_eq!(
            (&open["agent"], &open["pendingOffer"]),
            (&Value::Null, &Value::Null)
        );
        let again = floor.code(&floor.sam, REQUEUE, &id, json!({})).await;
        assert_eq!(again, "INVALID_STATE");
    }
    assert_eq!(
        (floor.consumed("anna").await, floor.consumed("bert").await),
        (0, 0)
    );
}

#[tokio::test]
async fn it_goes_to_a_queue_out_of_scope_and_is_then_not_shown() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let here = Token::supervisor("sam").queues(&[&floor.queue]).sign();
    let to = json!({ "queueId": floor.second_queue });
    let shown = floor.act(&here, REQUEUE, &id, to).await;
    assert_eq!(shown, Value::Null);
    let seen = floor.see(&floor.admin, &id, "state queue { name }").await;
    assert_eq!(
        seen,
        json!({ "state": "OPEN", "queue": { "name": "Second" } })
    );
}

#[tokio::test]
async fn the_agent_is_told_that_it_was_taken_and_not_by_whom() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let fields =
        "cursor __typename ... on ParticipantLeftNotice { role agent { name } supervisor }";
    let subscription = format!("subscription {{ notifications {{ {fields} }} }}");
    let mut told = floor.server.socket(&floor.anna).await;
    told.subscribe(&subscription, json!({})).await;
    floor.act(&floor.sam, REQUEUE, &id, json!({})).await;
    let notice = told.event().await["notifications"].clone();
    assert_eq!(notice["__typename"], "ParticipantLeftNotice");
    assert_eq!(notice["agent"]["name"], "anna");
    assert_eq!(notice["supervisor"], Value::Null);
}
