//! Many at once: what is refused of some takes nothing from the others, and a repeat goes on where it stopped.

use serde_json::{Value, json};

use crate::floor::{Floor, text};
use crate::harness::Token;

const FIELDS: &str = "asOf results { conversationId conversation { state } refusal { code } }";

/// By conversation: its code, or `done`.
fn came_of(payload: &Value) -> Vec<(String, String)> {
    let results = payload["results"].as_array().unwrap().iter();
    let one = |result: &Value| {
        let code = result["refusal"]["code"].as_str().unwrap_or("done");
        (text(&result["conversationId"]), code.to_owned())
    };
    results.map(one).collect()
}

fn expected(rows: &[(&String, &str)]) -> Vec<(String, String)> {
    rows.iter()
        .map(|(id, code)| ((*id).clone(), (*code).to_owned()))
        .collect()
}

#[tokio::test]
async fn each_is_decided_and_recorded_as_the_single_command_would() {
    let floor = Floor::new().await;
    let (active, closed) = (
        floor.active("WHATSAPP").await,
        floor.closed("WHATSAPP").await,
    );
    let record = floor.open("RECORD").await;
    let open = floor.open("LIVE_CHAT").await;
    let unknown = "conv_0190163d8694739baea5966c26f8ad91".to_owned();
    let ids = json!([active, closed, record, unknown, open]);
    let action = json!({ "forceClose": true });
    let preview = "query($input: BulkPreviewInput!) { bulkPreview(input: $input) {
        conversationId refusal { code } } }";
    let asked = json!({ "input": { "conversationIds": ids, "action": action } });
    let foreseen = floor.server.data(&floor.sam, preview, asked).await;
    let input = json!({
        "conversationIds": ids, "action": action, "reason": "stale", "idempotencyKey": "monday",
    });
    let made = floor
        .server
        .done(&floor.sam, "bulkAction", input.clone(), FIELDS)
        .await;
    let rows = expected(&[
        (&active, "done"),
        (&closed, "CONVERSATION_CLOSED"),
        (&record, "CHANNEL_NOT_SUPPORTED"),
        (&unknown, "NOT_FOUND"),
        (&open, "done"),
    ]);
    assert_eq!(came_of(&made), rows);
    assert_eq!(made["results"][0]["conversation"]["state"], "CLOSED");
    assert_eq!(
        came_of(&json!({ "results": foreseen["bulkPreview"] })),
        rows
    );

    // A repeat changes nothing, and answers the same.
    let before = floor.fingerprint(&active).await;
    let again = floor
        .server
        .done(&floor.sam, "bulkAction", input.clone(), FIELDS)
        .await;
    assert_eq!(again["results"], made["results"]);
    assert_eq!(floor.fingerprint(&active).await, before);
    let mut other = input;
    other["action"] = json!({ "addTags": ["stale"] });
    let reused = floor
        .server
        .mutate(&floor.sam, "bulkAction", other, FIELDS)
        .await;
    assert_eq!(reused["errors"][0]["code"], "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(reused["results"], json!([]));

    let audit = "{ auditLog(first: 100) { nodes { action reason refusal } } }";
    let audit = floor.server.data(&floor.admin, audit, json!({})).await;
    let nodes = audit["auditLog"]["nodes"].as_array().unwrap().iter();
    let of = |action: &str| {
        let theirs = nodes.clone().filter(|node| node["action"] == action);
        theirs
            .map(|node| node["reason"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("FORCE_CLOSE_CONVERSATION"), vec![json!("stale"); 5]);
    assert_eq!(of("BULK_ACTION").len(), 2);
}

#[tokio::test]
async fn a_repeat_goes_on_with_what_was_not_decided() {
    let floor = Floor::new().await;
    let ids = [floor.active("WHATSAPP").await, floor.active("SMS").await];
    let input = |ids: &[String]| json!({ "conversationIds": ids, "action": { "requeue": {} }, "idempotencyKey": "k" });
    // What was refused is decided: it stays so under this key, whatever it is now.
    let made = floor
        .server
        .done(&floor.sam, "bulkAction", input(&ids), FIELDS)
        .await;
    let all = expected(&[(&ids[0], "done"), (&ids[1], "done")]);
    assert_eq!(came_of(&made), all);
    floor
        .act(&floor.anna, "pickConversation", &ids[0], json!({}))
        .await;
    let again = floor
        .server
        .done(&floor.sam, "bulkAction", input(&ids), FIELDS)
        .await;
    assert_eq!(came_of(&again), all);
    let seen = floor.see(&floor.sam, &ids[0], "state").await;
    assert_eq!(seen["state"], "ACTIVE");
}

#[tokio::test]
async fn each_action_has_its_own_setting_and_permission() {
    let floor = Floor::new().await;
    let labels = Token::supervisor("sam")
        .permissions(&[domain::Permission::Label])
        .sign();
    let id = floor.active("WHATSAPP").await;
    for (number, (action, code)) in [
        (json!({ "addTags": ["stale", "STALE"] }), "done"),
        (json!({ "setPriority": "HIGH" }), "done"),
        (json!({ "forceClose": true }), "PERMISSION_MISSING"),
        (
            json!({ "requeue": { "queueId": floor.second_queue } }),
            "PERMISSION_MISSING",
        ),
        (json!({ "assign": floor.to("bert") }), "PERMISSION_MISSING"),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("{number}");
        let input = json!({ "conversationIds": [id], "action": action, "idempotencyKey": key });
        let made = floor
            .server
            .done(&labels, "bulkAction", input, FIELDS)
            .await;
        assert_eq!(came_of(&made), expected(&[(&id, code)]), "{action}");
    }
    let seen = floor.see(&floor.sam, &id, "tags priority").await;
    assert_eq!(seen, json!({ "tags": ["stale"], "priority": "HIGH" }));
}

#[tokio::test]
async fn each_assignment_counts_for_the_next() {
    let floor = Floor::new().await;
    let ids = [floor.open("WHATSAPP").await, floor.open("SMS").await];
    let input = json!({ "agentId": floor.agent("bert"), "capacity": 1 });
    floor
        .server
        .done(&floor.admin, "updateAgent", input, "")
        .await;
    let action = json!({ "assign": floor.to("bert") });
    let asked = json!({ "input": { "conversationIds": ids, "action": action } });
    let preview = "query($input: BulkPreviewInput!) { bulkPreview(input: $input) {
        conversationId refusal { code } } }";
    let foreseen = floor.server.data(&floor.sam, preview, asked).await;
    let input = json!({ "conversationIds": ids, "action": action, "idempotencyKey": "k" });
    let made = floor
        .server
        .done(&floor.sam, "bulkAction", input, FIELDS)
        .await;
    let rows = expected(&[(&ids[0], "done"), (&ids[1], "CAPACITY_EXCEEDED")]);
    assert_eq!(came_of(&made), rows);
    assert_eq!(
        came_of(&json!({ "results": foreseen["bulkPreview"] })),
        rows
    );
}

/// A preview decides some at a time, and lets go of the board between.
#[tokio::test]
async fn a_long_preview_counts_each_assignment_for_all_that_follow() {
    const ITEMS: usize = 70;
    const CAPACITY: usize = 66;
    let floor = Floor::new().await;
    let mut ids = Vec::new();
    for _ in 0..ITEMS {
        ids.push(floor.open("WHATSAPP").await);
    }
    let input = json!({ "agentId": floor.agent("bert"), "capacity": CAPACITY });
    floor
        .server
        .done(&floor.admin, "updateAgent", input, "")
        .await;
    let action = json!({ "assign": floor.to("bert") });
    let asked = json!({ "input": { "conversationIds": ids, "action": action } });
    let preview = "query($input: BulkPreviewInput!) { bulkPreview(input: $input) {
        conversationId refusal { code } } }";
    let foreseen = floor.server.data(&floor.sam, preview, asked).await;
    let foreseen = came_of(&json!({ "results": foreseen["bulkPreview"] }));
    let rows = ids.iter().enumerate().map(|(number, id)| {
        let fits = number < CAPACITY;
        (id, if fits { "done" } else { "CAPACITY_EXCEEDED" })
    });
    assert_eq!(foreseen, expected(&rows.collect::<Vec<_>>()));
    let input = json!({ "conversationIds": ids, "action": action, "idempotencyKey": "k" });
    let made = floor
        .server
        .done(&floor.sam, "bulkAction", input, FIELDS)
        .await;
    assert_eq!(came_of(&made), foreseen);
}

#[tokio::test]
async fn what_is_not_well_formed_is_refused_as_a_whole() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let before = floor.fingerprint(&id).await;
    let many: Vec<_> = (0..501).map(|n| format!("conv_{n:032x}")).collect();
    for (ids, action) in [
        (json!([]), json!({ "forceClose": true })),
        (json!(many), json!({ "forceClose": true })),
        (json!([id, id]), json!({ "forceClose": true })),
        (json!([id, "agent_1"]), json!({ "forceClose": true })),
        (json!([id]), json!({ "forceClose": false })),
        (json!([id]), json!({ "addTags": [] })),
        (json!([id]), json!({ "requeue": { "queueId": "x" } })),
    ] {
        let input = json!({ "conversationIds": ids, "action": action, "idempotencyKey": "k" });
        let made = floor
            .server
            .mutate(&floor.sam, "bulkAction", input, FIELDS)
            .await;
        assert_eq!(made["errors"][0]["code"], "INVALID_INPUT", "{action}");
        assert_eq!(made["results"], json!([]));
    }
    let input =
        json!({ "conversationIds": [id], "action": { "forceClose": true }, "idempotencyKey": "k" });
    let made = floor
        .server
        .mutate(&floor.anna, "bulkAction", input, FIELDS)
        .await;
    assert_eq!(made["errors"][0]["code"], "ROLE_REQUIRED");
    assert_eq!(floor.fingerprint(&id).await, before);
}
