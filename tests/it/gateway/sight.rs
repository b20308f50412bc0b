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

#[tokio::test]
async fn two_sources_on_one_channel_see_nothing_of_each_other() {
    let floor = Floor::new().await;
    let theirs = Token::gateway().source("elsewhere").sign();
    let mut notified = floor.server.socket(&theirs).await;
    let notices = "subscription { notifications { conversation { id } } }";
    notified.subscribe(notices, json!({})).await;
    let mut told = floor.server.socket(&theirs).await;
    let changes = "subscription { conversationChanges { ... on ConversationChangeEvent { conversation { id source } } } }";
    told.subscribe(changes, json!({})).await;

    let id = floor.active("WHATSAPP").await;
    floor
        .act(&floor.anna, "sendMessage", &id, json!({ "text": "hello" }))
        .await;
    assert_eq!(floor.see(&theirs, &id, "id").await, Value::Null);
    assert_eq!(
        floor
            .code(&theirs, MESSAGE, &id, json!({ "text": "hi" }))
            .await,
        "NOT_FOUND"
    );
    let view = "{ ongoingConversations { totalCount edges { node { id } } } viewer { source }
        conversations { totalCount edges { node { id } } } }";
    let data = floor.server.data(&theirs, view, json!({})).await;
    assert_eq!(
        data["ongoingConversations"],
        json!({ "totalCount": 0, "edges": [] })
    );
    assert_eq!(data["conversations"], data["ongoingConversations"]);
    assert_eq!(data["viewer"]["source"], "elsewhere");
    let own = floor.see(&floor.gateway, &id, "source").await;
    assert_eq!(own["source"], "gateway");
    // Nor do they continue it.
    let closed = floor.closed("WHATSAPP").await;
    let mut input = floor.start_input("WHATSAPP");
    input["previousConversationId"] = json!(closed);
    let code = floor.server.code(&theirs, "startConversation", input).await;
    assert_eq!(code, "TARGET_NOT_FOUND");
    // What they are told of first is what they bring themselves.
    let input = floor.start_input("WHATSAPP");
    let fields = "conversation { id }";
    let started = floor
        .server
        .done(&theirs, "startConversation", input, fields)
        .await;
    let mine = started["conversation"]["id"].clone();
    let event = told.event().await;
    assert_eq!(
        event["conversationChanges"]["conversation"],
        json!({ "id": mine, "source": "elsewhere" })
    );
    floor
        .act(
            &floor.anna,
            "pickConversation",
            mine.as_str().unwrap(),
            json!({}),
        )
        .await;
    let notice = notified.event().await;
    assert_eq!(notice["notifications"]["conversation"]["id"], mine);
}
