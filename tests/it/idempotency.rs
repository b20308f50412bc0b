//! What counts as the same input under an idempotency key: what was asked, however it is spelled
//! (domain.md section 5).

use serde_json::{Value, json};

use crate::floor::{Floor, merged, on};
use crate::harness::cursors::places;
use crate::stage::position;

/// One key, the first input, others that say the same, and others that do not.
struct Case {
    token: String,
    mutation: &'static str,
    first: Value,
    same: Vec<Value>,
    other: Vec<Value>,
}

async fn holds(floor: &Floor, case: Case) {
    let Case {
        token,
        mutation,
        first,
        same,
        other,
    } = case;
    let key = json!({ "idempotencyKey": mutation });
    let first = merged(first, key.clone());
    let done = floor
        .server
        .done(&token, mutation, first.clone(), "asOf")
        .await;
    for input in std::iter::once(first).chain(same) {
        let input = merged(input, key.clone());
        let again = floor
            .server
            .mutate(&token, mutation, input.clone(), "asOf")
            .await;
        assert_eq!(places(&again), places(&done), "{mutation} {input}");
    }
    for input in other {
        let input = merged(input, key.clone());
        let code = floor.server.code(&token, mutation, input.clone()).await;
        assert_eq!(code, "IDEMPOTENCY_KEY_REUSED", "{mutation} {input}");
    }
    let view = "{ ongoingSummary { asOf } }";
    let data = floor.server.data(&floor.admin, view, json!({})).await;
    let now = position(&data["ongoingSummary"]["asOf"]);
    assert_eq!(
        now,
        position(&done["asOf"]),
        "{mutation} had a second effect"
    );
}

#[tokio::test]
async fn a_default_that_is_written_out_and_a_null_are_the_same_input() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let to_anna = on(&id, floor.to("anna"));
    let spelled = json!({
        "overridePresence": false, "overrideCapacity": false, "overrideDeclines": false, "reason": null,
        "expectedVersion": null,
    });
    holds(
        &floor,
        Case {
            token: floor.sam.clone(),
            mutation: "assignConversation",
            first: to_anna.clone(),
            same: vec![merged(to_anna.clone(), spelled)],
            other: vec![
                merged(to_anna.clone(), json!({ "overrideCapacity": true })),
                merged(to_anna.clone(), json!({ "reason": "She knows." })),
                merged(to_anna.clone(), json!({ "expectedVersion": 1 })),
                on(&id, floor.to("bert")),
            ],
        },
    )
    .await;
}

#[tokio::test]
async fn what_is_made_anew_and_what_regie_adds_are_no_part_of_the_input() {
    let floor = Floor::new().await;
    let start = floor.start_input("WHATSAPP");
    holds(&floor, Case {
        token: floor.gateway.clone(),
        mutation: "startConversation",
        first: start.clone(),
        same: vec![
            merged(start.clone(), json!({ "consent": "UNKNOWN", "subject": null, "previousConversationId": null })),
            // The same instant, and the same customer.
            merged(start.clone(), json!({
                "noticeGivenAt": "2026-01-01T01:00:00+01:00", "customer": { "name": "Ada", "key": null },
            })),
        ],
        other: vec![
            merged(start.clone(), json!({ "consent": "GRANTED" })),
            merged(start, json!({ "customer": { "name": "Eve" } })),
        ],
    })
    .await;
    let id = floor.active("WHATSAPP").await;
    let said = on(&id, json!({ "text": "This is terrible!" }));
    let score = json!({ "score": -0.5, "confidence": 0.5, "scorer": "own", "scorerVersion": "1" });
    holds(
        &floor,
        Case {
            token: floor.gateway.clone(),
            mutation: "receiveCustomerMessage",
            first: said.clone(),
            same: vec![merged(said.clone(), json!({ "score": null }))],
            other: vec![
                merged(said.clone(), json!({ "score": score })),
                merged(said, json!({ "text": "This is terrible" })),
            ],
        },
    )
    .await;
    holds(
        &floor,
        Case {
            token: floor.sam.clone(),
            mutation: "monitorConversation",
            first: on(&id, json!({})),
            same: vec![],
            other: vec![on(&floor.active("WHATSAPP").await, json!({}))],
        },
    )
    .await;
}

#[tokio::test]
async fn administrators_defaults_and_patches_are_told_apart_by_what_they_mean() {
    let floor = Floor::new().await;
    let agent =
        json!({ "subject": "dora", "name": "Dora", "queueIds": [floor.queue, floor.voice_queue] });
    holds(
        &floor,
        Case {
            token: floor.admin.clone(),
            mutation: "createAgent",
            first: agent.clone(),
            same: vec![
                merged(agent.clone(), json!({ "capacity": 3, "kind": "HUMAN" })),
                merged(
                    agent.clone(),
                    json!({ "queueIds": [floor.voice_queue, floor.queue, floor.queue] }),
                ),
            ],
            other: vec![
                merged(agent.clone(), json!({ "capacity": 4 })),
                merged(agent, json!({ "kind": "BOT" })),
            ],
        },
    )
    .await;
    let workstream = json!({ "name": "Own" });
    holds(&floor, Case {
        token: floor.admin.clone(),
        mutation: "createWorkstream",
        first: workstream.clone(),
        same: vec![merged(workstream.clone(), json!({
            "kind": "MESSAGING", "units": 1, "wrapUpCapacitySeconds": null, "monitoringNotice": "NOTICE",
            "allowedPresences": ["BUSY", "AVAILABLE"], "autoClose": { "openSeconds": null },
        }))],
        other: vec![merged(workstream, json!({ "units": 2 }))],
    })
    .await;
    // In a patch null is a value of its own.
    let patch = json!({ "workstreamId": floor.workstream, "units": 2 });
    holds(
        &floor,
        Case {
            token: floor.admin.clone(),
            mutation: "updateWorkstream",
            first: patch.clone(),
            same: vec![merged(patch.clone(), json!({ "autoClose": {} }))],
            other: vec![
                merged(patch.clone(), json!({ "wrapUpCapacitySeconds": null })),
                merged(patch, json!({ "autoClose": { "openSeconds": null } })),
            ],
        },
    )
    .await;
}

#[tokio::test]
async fn the_spelling_of_the_document_does_not_matter_nor_does_a_restart() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let input = on(
        &id,
        merged(floor.to("anna"), json!({ "idempotencyKey": "k" })),
    );
    let server = floor.server;
    let done = server
        .done(&floor.sam, "assignConversation", input, "offer { id } asOf")
        .await;
    let server = server.restart().await;
    let target = done["offer"]["id"].clone();
    let anna = server
        .data(
            &floor.admin,
            "{ agents { edges { node { id name } } } }",
            json!({}),
        )
        .await;
    let edges = anna["agents"]["edges"].as_array().unwrap().clone();
    let anna = edges
        .iter()
        .find(|edge| edge["node"]["name"] == "anna")
        .unwrap();
    let query = format!(
        "mutation {{ assignConversation(input: {{ overrideDeclines: false, idempotencyKey: \"k\",
            target: {{ agentId: {} }}, conversationId: \"{id}\" }}) {{ offer {{ id }} errors {{ code }} }} }}",
        anna["node"]["id"]
    );
    let data = server.data(&floor.sam, &query, json!({})).await;
    let again = &data["assignConversation"];
    assert_eq!(again["errors"], json!([]));
    assert_eq!(again["offer"]["id"], target);
}
