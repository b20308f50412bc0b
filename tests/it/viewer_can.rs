//! `viewerCan`: what a desk is told beforehand is what the mutation comes to. The rules' own tests
//! compare every combination; here a few go through the API.

use domain::Action;
use serde_json::{Value, json};

use crate::floor::{Floor, merged, other_supervisor, text, with_api_access};
use crate::harness::Token;

/// The fields, each with its mutation, as the registry has them.
fn mutations() -> impl Iterator<Item = (&'static str, &'static str)> {
    let specs = Action::ALL.iter().map(|action| action.spec());
    specs.filter_map(|spec| Some((spec.viewer_can?.field, spec.audited.as_str())))
}

/// Where a conversation can stand.
const SCENES: &[&str] = &[
    "open",
    "offered",
    "active",
    "requested",
    "monitored",
    "joined",
    "asked for help",
    "undelivered",
    "waiting",
    "wrap-up",
    "closed",
];

async fn scene(floor: &Floor, name: &str) -> String {
    match name {
        "open" => floor.open("WHATSAPP").await,
        "offered" => floor.offered("WHATSAPP").await,
        "active" => floor.active("WHATSAPP").await,
        "requested" => floor.requested("WHATSAPP").await,
        "monitored" => floor.monitored("WHATSAPP").await,
        "joined" => floor.joined("WHATSAPP").await,
        "undelivered" => floor.undelivered().await,
        "asked for help" => floor.asked_for_help().await,
        "waiting" => floor.waiting().await,
        "wrap-up" => floor.wrap_up("WHATSAPP").await,
        "closed" => floor.closed("WHATSAPP").await,
        other => panic!("no such scene: {other}"),
    }
}

/// Input that fits, whatever the conversation; a new mutation with a required field of its own has a line here.
fn fitting(floor: &Floor, mutation: &str) -> Value {
    let whatever = json!({ "overrideCapacity": true });
    match mutation {
        "assignConversation" => merged(floor.to("carl"), whatever),
        "transferConversation" => merged(json!({ "agentId": floor.agent("bert") }), whatever),
        "sendMessage" | "coachAgent" => json!({ "text": "…" }),
        "acknowledgeAttention" => json!({ "attentionReason": "DELIVERY_FAILED" }),
        "updateConversation" => {
            json!({ "setAttributes": [{ "key": "order", "value": "4711" }] })
        }
        _ => json!({}),
    }
}

/// What this viewer is told; none when they may not see the conversation.
async fn told(floor: &Floor, viewer: &str, id: &str) -> Option<Value> {
    let fields = mutations().map(|(field, _)| format!("{field} {{ allowed code message }}"));
    let fields = fields.collect::<Vec<_>>().join(" ");
    let seen = floor
        .see(viewer, id, &format!("viewerCan {{ {fields} }}"))
        .await;
    seen.get("viewerCan").cloned()
}

/// Every mutation on this conversation that the viewer is told is refused, is refused so; those
/// that are allowed are answered.
async fn refused_as_told(floor: &Floor, viewer: &str, id: &str) -> Vec<&'static str> {
    let Some(told) = told(floor, viewer, id).await else {
        return vec![];
    };
    let before = floor.fingerprint(id).await;
    let mut allowed = vec![];
    for (field, mutation) in mutations() {
        let told = &told[field];
        if told["allowed"] == json!(true) {
            assert_eq!(
                told,
                &json!({ "allowed": true, "code": null, "message": null })
            );
            allowed.push(mutation);
            continue;
        }
        let input = crate::floor::on(id, fitting(floor, mutation));
        let payload = floor.server.mutate(viewer, mutation, input, "").await;
        let error = &payload["errors"][0];
        let come_to =
            json!({ "allowed": false, "code": error["code"], "message": error["message"] });
        assert_eq!(told, &come_to, "{mutation}");
    }
    assert_eq!(floor.fingerprint(id).await, before);
    allowed
}

#[tokio::test]
async fn in_every_state_each_viewer_can_do_what_they_are_told_and_nothing_else() {
    let floor = Floor::new().await;
    let viewers = [
        ("sam", floor.sam.clone()),
        ("another supervisor", other_supervisor()),
        ("anna", floor.anna.clone()),
        ("bert", floor.bert.clone()),
        ("the gateway", floor.gateway.clone()),
        ("an administrator", floor.admin.clone()),
    ];
    let mut done = 0;
    for name in SCENES {
        let id = scene(&floor, name).await;
        for (who, viewer) in &viewers {
            for mutation in refused_as_told(&floor, viewer, &id).await {
                let fresh = scene(&floor, name).await;
                let input = crate::floor::on(&fresh, fitting(&floor, mutation));
                let payload = floor.server.mutate(viewer, mutation, input, "").await;
                assert_eq!(payload["errors"], json!([]), "{name}: {who} {mutation}");
                done += 1;
            }
        }
    }
    assert!(done > 40, "only {done} were allowed");
}

#[tokio::test]
async fn settings_scope_and_permissions_are_told_in_the_order_of_the_checks() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let code = async |token: &str, field: &str| {
        let told = told(&floor, token, &id).await.unwrap();
        text(&told[field]["code"])
    };
    let elsewhere = Token::supervisor("anna")
        .and(domain::Role::Agent)
        .queues(&[&floor.second_queue])
        .sign();
    let bare = Token::supervisor("sam").permissions(&[]).sign();
    assert_eq!(code(&elsewhere, "monitor").await, "OUT_OF_SCOPE");
    assert_eq!(code(&bare, "monitor").await, "PERMISSION_MISSING");
    assert_eq!(code(&floor.anna, "monitor").await, "ROLE_REQUIRED");
    assert_eq!(code(&floor.sam, "join").await, "NOT_MONITORING");
    assert_eq!(code(&floor.sam, "assign").await, "ALREADY_ASSIGNED");
    let conflict = code(&with_api_access(), "assign").await;
    assert_eq!(conflict, "API_ACCESS_CONFLICT");
    floor.settings(false).await;
    for field in ["monitor", "join", "assign", "transfer", "forceClose"] {
        assert_eq!(code(&floor.sam, field).await, "SETTING_DISABLED");
        assert_eq!(code(&bare, field).await, "SETTING_DISABLED");
    }
    refused_as_told(&floor, &floor.sam, &id).await;
}

#[tokio::test]
async fn a_list_that_says_what_can_be_done_reads_no_table() {
    let floor = Floor::new().await;
    for _ in 0..5 {
        floor.active("WHATSAPP").await;
    }
    let view = "{ ongoingConversations { edges { node { viewerCan {
        monitor { allowed } join { code } forceClose { message } pick { code }
    } } } } }";
    let (data, statements) = floor
        .server
        .statements_of(floor.server.data(&floor.sam, view, json!({})))
        .await;
    assert_eq!(statements, 0);
    let edges = data["ongoingConversations"]["edges"].as_array().unwrap();
    assert_eq!(edges.len(), 5);
    for edge in edges {
        let expected = json!({
            "monitor": { "allowed": true }, "join": { "code": "NOT_MONITORING" },
            "forceClose": { "message": null }, "pick": { "code": "ROLE_REQUIRED" },
        });
        assert_eq!(edge["node"]["viewerCan"], expected);
    }
}
