//! What is in use is not deleted, and the refusal names what uses it.

use serde_json::{Value, json};

use super::{delete, done};
use crate::floor::{Floor, merged};
use crate::harness::Database;

const USED: &str = "errors { code message path ... on ResourceInUse {
    conversationCount conversations { id } pendingOfferCount memberCount members { name }
} }";

/// What uses this, as the refusal says. Nothing must change.
async fn used(floor: &Floor, of: &str, field: &str, id: &str) -> Value {
    let lists = "{ agents { totalCount } queues { totalCount } workstreams { totalCount } ongoingSummary { asOf } }";
    let before = floor.server.data(&floor.admin, lists, json!({})).await;
    let query = format!(
        "mutation($input: Delete{of}Input!) {{ delete{of}(input: $input) {{ asOf {USED} }} }}"
    );
    let input = json!({ "input": { field: id } });
    let data = floor.server.data(&floor.admin, &query, input).await;
    let payload = &data[format!("delete{of}")];
    assert_eq!(
        floor.server.data(&floor.admin, lists, json!({})).await,
        before
    );
    assert_eq!(payload["asOf"], Value::Null);
    let error = payload["errors"][0].clone();
    assert_eq!(error["code"], "RESOURCE_IN_USE", "{payload}");
    assert_eq!(error["path"], json!([]));
    error
}

#[tokio::test]
async fn an_agent_is_in_use_in_every_way_of_having_a_conversation() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        for (state, offers) in [
            ("offered", 1),
            ("active", 0),
            ("waiting", 0),
            ("wrap up", 0),
            ("advising", 0),
        ] {
            let id = match state {
                "offered" => floor.offered("WHATSAPP").await,
                "active" => floor.active("WHATSAPP").await,
                "waiting" => floor.waiting().await,
                "wrap up" => floor.wrap_up("WHATSAPP").await,
                _ => {
                    let id = floor.requested("WHATSAPP").await;
                    floor.act(&floor.bert, "acceptOffer", &id, json!({})).await;
                    id
                }
            };
            let error = used(&floor, "Agent", "agentId", &floor.agent("anna")).await;
            assert_eq!(error["conversations"], json!([{ "id": id }]), "{state}");
            assert_eq!(error["conversationCount"], 1);
            assert_eq!(error["pendingOfferCount"], offers, "{state}");
            assert_eq!(
                error["message"],
                "It is still in use by 1 ongoing conversation."
            );
            floor
                .act(&floor.sam, "forceCloseConversation", &id, json!({}))
                .await;
        }
        let id = floor.requested("WHATSAPP").await;
        let error = used(&floor, "Agent", "agentId", &floor.agent("bert")).await;
        assert_eq!(error["pendingOfferCount"], 1);
        floor
            .act(&floor.sam, "forceCloseConversation", &id, json!({}))
            .await;
        delete(&floor, "Agent", &floor.agent("anna")).await;
    }
}

#[tokio::test]
async fn a_queue_is_in_use_by_conversations_and_members_and_a_workstream_by_conversations() {
    let floor = Floor::new().await;
    let queue = json!({ "queueId": floor.second_queue });
    let member = merged(queue.clone(), json!({ "agentId": floor.agent("carl") }));
    done(&floor, "addQueueMember", member.clone(), "").await;
    let workstream = floor.create_workstream(json!({})).await;
    let mut open = Vec::new();
    for _ in 0..12 {
        let given = merged(queue.clone(), json!({ "workstreamId": workstream }));
        open.push(floor.start_with("WHATSAPP", given).await);
    }
    let error = used(&floor, "Queue", "queueId", &floor.second_queue).await;
    assert_eq!(
        error["message"],
        "It is still in use by 12 ongoing conversations and 1 member."
    );
    let oldest: Vec<Value> = open[..10].iter().map(|id| json!({ "id": id })).collect();
    assert_eq!(error["conversations"], json!(oldest));
    assert_eq!(
        (&error["memberCount"], &error["members"]),
        (&json!(1), &json!([{ "name": "carl" }]))
    );
    let error = used(&floor, "Workstream", "workstreamId", &workstream).await;
    assert_eq!(
        (&error["conversationCount"], &error["memberCount"]),
        (&json!(12), &json!(0))
    );
    for id in &open {
        floor
            .act(&floor.sam, "forceCloseConversation", id, json!({}))
            .await;
    }
    used(&floor, "Queue", "queueId", &floor.second_queue).await;
    done(&floor, "removeQueueMember", member, "").await;
    delete(&floor, "Queue", &floor.second_queue).await;
    delete(&floor, "Workstream", &workstream).await;
}
