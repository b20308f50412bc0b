//! Erratic input: refused with the code and the field, and without a trace.

use serde_json::{Value, json};

use crate::floor::{Floor, merged};
use crate::harness::input_type;

/// The mutations whose input names a conversation, by introspection.
async fn on_conversations(floor: &Floor) -> Vec<String> {
    let query = "{ __schema { mutationType { fields { name args { type { ofType { inputFields { name } } } } } } } }";
    let data = floor.server.data(&floor.sam, query, json!({})).await;
    let fields = data["__schema"]["mutationType"]["fields"]
        .as_array()
        .unwrap();
    let names = |field: &Value| {
        let inputs = field["args"][0]["type"]["ofType"]["inputFields"]
            .as_array()
            .unwrap();
        inputs.iter().any(|input| input["name"] == "conversationId")
    };
    let fields = fields.iter().filter(|field| names(field));
    let found: Vec<String> = fields
        .map(|field| crate::floor::text(&field["name"]))
        .collect();
    assert!(found.len() > 20, "{found:?}");
    found
}

/// What else a mutation's input needs; a new mutation with a required field of its own has a line here.
fn needed(floor: &Floor, mutation: &str) -> Value {
    match mutation {
        "assignConversation" => floor.to("anna"),
        "transferConversation" => json!({ "agentId": floor.agent("bert") }),
        "sendMessage" | "coachAgent" | "receiveCustomerMessage" => json!({ "text": "hello" }),
        "changeMode" => json!({ "mode": "VIDEO" }),
        "recordConsent" => json!({ "consent": "GRANTED" }),
        "recordRating" => json!({ "score": 5 }),
        "acknowledgeAttention" => json!({ "attentionReason": "DELIVERY_FAILED" }),
        "updateConversation" => json!({ "addTags": ["vip"] }),
        _ => json!({}),
    }
}

#[tokio::test]
async fn every_command_checks_its_id_reason_and_key_before_anything_else() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    for mutation in on_conversations(&floor).await {
        for (wrong, field) in [
            (json!({ "conversationId": "" }), "conversationId"),
            (json!({ "conversationId": "conv_" }), "conversationId"),
            (
                json!({ "conversationId": "1; DROP TABLE conversations" }),
                "conversationId",
            ),
            (json!({ "conversationId": "a\u{0}b" }), "conversationId"),
            (
                json!({ "conversationId": id.to_uppercase() }),
                "conversationId",
            ),
            (
                json!({ "conversationId": id.replace("conv_", "agent_") }),
                "conversationId",
            ),
            (
                json!({ "conversationId": format!("{id}0") }),
                "conversationId",
            ),
            (json!({ "reason": "" }), "reason"),
            (json!({ "reason": "a\u{0}b" }), "reason"),
            (json!({ "reason": "r".repeat(501) }), "reason"),
            (json!({ "idempotencyKey": "" }), "idempotencyKey"),
            (json!({ "idempotencyKey": "a\u{0}b" }), "idempotencyKey"),
            (
                json!({ "idempotencyKey": "k".repeat(129) }),
                "idempotencyKey",
            ),
        ] {
            let input = merged(needed(&floor, &mutation), json!({ "conversationId": id }));
            // Nobody may do it: what is not well-formed is refused before the role is looked at.
            let error = floor
                .server
                .mutate(&floor.admin, &mutation, merged(input, wrong.clone()), "")
                .await;
            let error = &error["errors"][0];
            assert_eq!(error["code"], "INVALID_INPUT", "{mutation} {wrong}");
            assert_eq!(error["path"], json!(["input", field]), "{mutation} {wrong}");
        }
    }
    let seen = floor.see(&floor.sam, &id, "version state").await;
    assert_eq!(seen, json!({ "version": 2, "state": "ACTIVE" }));
}

/// The code and message of a request that must not be executed.
async fn not_executed(floor: &Floor, mutation: &str, input: Value) -> (String, String) {
    let kind = input_type(mutation);
    let query = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"
    );
    let response = floor
        .server
        .post(&floor.sam, &query, json!({ "input": input }))
        .await;
    assert!(
        response.get("data").is_none_or(Value::is_null),
        "{mutation} {input}: {response}"
    );
    let error = &response["errors"][0];
    assert!(
        error["extensions"]["code"].is_string(),
        "{mutation} {input}: {response}"
    );
    (
        crate::floor::text(&error["extensions"]["code"]),
        crate::floor::text(&error["message"]),
    )
}

#[tokio::test]
async fn values_that_are_not_of_the_type_are_refused_with_what_they_should_be() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let before = floor.fingerprint(&id).await;
    let on = |extra| merged(json!({ "conversationId": id }), extra);
    for (mutation, input, field) in [
        ("forceCloseConversation", json!({}), "conversationId"),
        (
            "forceCloseConversation",
            json!({ "conversationId": null }),
            "conversationId",
        ),
        (
            "forceCloseConversation",
            on(json!({ "expectedVersion": -1 })),
            "expectedVersion",
        ),
        (
            "forceCloseConversation",
            on(json!({ "expectedVersion": 1.5 })),
            "expectedVersion",
        ),
        (
            "forceCloseConversation",
            on(json!({ "expectedVersion": "2" })),
            "expectedVersion",
        ),
        (
            "forceCloseConversation",
            on(json!({ "expectedVersion": 4_294_967_296_u64 })),
            "expectedVersion",
        ),
        (
            "forceCloseConversation",
            on(json!({ "expectedVersion": u64::MAX })),
            "expectedVersion",
        ),
        (
            "forceCloseConversation",
            on(json!({ "reason": 7 })),
            "reason",
        ),
        (
            "forceCloseConversation",
            on(json!({ "why": "not a field" })),
            "why",
        ),
        ("changeMode", on(json!({ "mode": "SMELL" })), "mode"),
        ("changeMode", on(json!({ "mode": "video" })), "mode"),
        ("setPresence", json!({ "presence": "GONE" }), "presence"),
        ("sendMessage", on(json!({ "text": ["a"] })), "text"),
        (
            "sendMessage",
            on(json!({ "text": "a", "visibility": "SECRET" })),
            "visibility",
        ),
        (
            "recordConsent",
            on(json!({ "noticeGivenAt": "yesterday" })),
            "noticeGivenAt",
        ),
        (
            "recordConsent",
            on(json!({ "noticeGivenAt": 1_700_000_000 })),
            "noticeGivenAt",
        ),
        (
            "assignConversation",
            on(json!({ "target": { "agentId": [] } })),
            "target",
        ),
        (
            "createAgent",
            json!({ "subject": "x", "name": "x", "capacity": -3 }),
            "capacity",
        ),
        (
            "createAgent",
            json!({ "subject": "x", "name": "x", "capacity": 99_999_999_999_u64 }),
            "capacity",
        ),
        (
            "createWorkstream",
            json!({ "name": "x", "allowedPresences": ["GONE"] }),
            "allowedPresences",
        ),
    ] {
        let (code, message) = not_executed(&floor, mutation, input.clone()).await;
        assert_eq!(code, "INVALID_INPUT", "{mutation} {input}");
        let named = message.contains(field)
            || (message.contains(&input_type(mutation))
                && ["Int", "DateTime"].iter().any(|of| message.contains(of)));
        assert!(named, "{mutation} {input}: {message}");
    }
    assert_eq!(floor.fingerprint(&id).await, before);
}

#[tokio::test]
async fn an_expected_version_of_zero_or_the_largest_int_is_a_conflict_and_no_fault() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    for version in [0_u32, i32::MAX as u32] {
        let input = json!({ "expectedVersion": version });
        let code = floor
            .code(&floor.sam, "forceCloseConversation", &id, input)
            .await;
        assert_eq!(code, "VERSION_CONFLICT");
    }
}

#[tokio::test]
async fn literals_in_the_document_are_checked_like_variables() {
    let floor = Floor::new().await;
    for document in [
        "mutation { setPresence(input: { presence: GONE }) { errors { code } } }",
        "mutation { setPresence(input: { presence: AWAY, extra: 1 }) { errors { code } } }",
        "mutation { setPresence(input: {}) { errors { code } } }",
        "mutation { setPresence { errors { code } } }",
        "{ ongoingConversations(first: 99999999999999999999) { totalCount } }",
        "{ ongoingConversations(first: \"1\") { totalCount } }",
        "{ conversation(id: {}) { id } }",
    ] {
        let response = floor.server.post(&floor.sam, document, json!({})).await;
        let code = &response["errors"][0]["extensions"]["code"];
        assert_eq!(code, "INVALID_INPUT", "{document}: {response}");
        assert!(
            response.get("data").is_none_or(Value::is_null),
            "{document}: {response}"
        );
    }
    let data = floor
        .server
        .data(&floor.sam, "{ viewer { presence } }", json!({}))
        .await;
    assert_eq!(data["viewer"]["presence"], "AVAILABLE");
}
