//! What gateways must not see.

use domain::Channel;
use serde_json::{Value, json};

use super::MESSAGE;
use crate::floor::Floor;
use crate::harness::Token;

#[tokio::test]
async fn a_gateway_knows_nothing_of_other_channels() {
    let floor = Floor::new().await;
    let sms = Token::gateway().channels(&[Channel::Sms]).sign();
    let (own, foreign) = (floor.active("SMS").await, floor.active("WHATSAPP").await);
    assert_eq!(floor.see(&sms, &foreign, "id").await, Value::Null);
    let view = "{ ongoingConversations { edges { node { id } } } }";
    let data = floor.server.data(&sms, view, json!({})).await;
    assert_eq!(
        data["ongoingConversations"]["edges"],
        json!([{ "node": { "id": own } }])
    );
    assert_eq!(
        floor
            .code(&sms, MESSAGE, &foreign, json!({ "text": "hi" }))
            .await,
        "NOT_FOUND"
    );
    let start = floor.start_input("WHATSAPP");
    assert_eq!(
        floor.server.code(&sms, "startConversation", start).await,
        "OUT_OF_SCOPE"
    );
    floor
        .act(&sms, MESSAGE, &own, json!({ "text": "hi" }))
        .await;
}

#[tokio::test]
async fn a_gateway_sees_nothing_that_is_internal() {
    let floor = Floor::new().await;
    let id = floor.joined("LIVE_CHAT").await;
    floor
        .act(
            &floor.anna,
            "sendMessage",
            &id,
            json!({ "text": "secret", "visibility": "INTERNAL" }),
        )
        .await;
    floor
        .act(&floor.anna, "sendMessage", &id, json!({ "text": "hello" }))
        .await;
    let fields =
        "autoCloseAt runningMonitorSessions { id } monitorSessions { id } joinedSupervisors
        agent { name presence subject capacity { totalUnits } activeConversations queues { id } }
        queue { members { id } } pendingOffer { madeBy }
        transcript { edges { node { text supervisor visibility } } }";
    let seen = floor.see(&floor.gateway, &id, fields).await;
    assert_eq!(
        seen,
        json!({
            "autoCloseAt": null, "runningMonitorSessions": null, "monitorSessions": null, "joinedSupervisors": [],
            "agent": {
                "name": "anna", "presence": null, "subject": null, "capacity": null,
                "activeConversations": null, "queues": null,
            },
            "queue": { "members": null }, "pendingOffer": null,
            "transcript": { "edges": [
                { "node": { "text": "A supervisor has joined the conversation.", "supervisor": null, "visibility": "PUBLIC" } },
                { "node": { "text": "hello", "supervisor": null, "visibility": "PUBLIC" } },
            ] },
        })
    );
    // Nor page by page, nor by number.
    let last = floor
        .see(
            &floor.gateway,
            &id,
            "transcript(last: 2) { edges { node { text } } pageInfo { hasPreviousPage } }",
        )
        .await;
    assert_eq!(
        last["transcript"]["pageInfo"]["hasPreviousPage"], false,
        "{last}"
    );
}
