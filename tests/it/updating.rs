//! What administrators change of agents, queues and workstreams: what is left out stays, and a change acts
//! at once on what runs (domain.md sections 1 and 3).

mod workstreams;

use serde_json::{Value, json};

use crate::floor::{Floor, merged, text};
use crate::harness::Database;
use crate::stage::position;
use crate::store::board_is_what_is_stored;

const AGENT: &str = "agent { subject name capacity { totalUnits consumedUnits availableUnits } }";
async fn done(floor: &Floor, mutation: &str, input: Value, fields: &str) -> Value {
    let server = &floor.server;
    server.done(&floor.admin, mutation, input, fields).await
}

/// The error of an administrator's command that must be refused.
async fn refused(floor: &Floor, mutation: &str, input: Value) -> Value {
    let position = as_of(floor).await;
    let server = &floor.server;
    let payload = server
        .mutate(&floor.admin, mutation, input.clone(), "asOf")
        .await;
    assert_eq!(as_of(floor).await, position, "{mutation} {input}");
    assert_eq!(payload["asOf"], Value::Null);
    let errors = payload["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{mutation} {input}");
    errors[0].clone()
}

async fn as_of(floor: &Floor) -> i64 {
    let view = "{ ongoingSummary { asOf } }";
    let data = floor.server.data(&floor.admin, view, json!({})).await;
    position(&data["ongoingSummary"]["asOf"])
}

#[tokio::test]
async fn an_agents_name_and_capacity_change_at_once() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        floor.active("WHATSAPP").await;
        let anna = json!({ "agentId": floor.agent("anna") });
        let with = |extra| merged(anna.clone(), extra);
        let now = done(&floor, "updateAgent", with(json!({ "capacity": 0 })), AGENT).await;
        assert_eq!(
            now["agent"],
            json!({
                "subject": "anna", "name": "anna",
                "capacity": { "totalUnits": 0, "consumedUnits": 1, "availableUnits": -1 },
            })
        );
        let new = json!({ "name": "Anna B." });
        let now = done(&floor, "updateAgent", with(new), AGENT).await;
        assert_eq!(now["agent"]["name"], "Anna B.");
        assert_eq!(
            now["agent"]["subject"], "anna",
            "who has another is another agent"
        );
        board_is_what_is_stored(&floor.server).await;
        let server = floor.server.restart().await;
        let query = "{ viewer { agent { name } } }";
        let data = server.data(&floor.anna, query, json!({})).await;
        assert_eq!(data["viewer"]["agent"]["name"], "Anna B.");
    }
}

#[tokio::test]
async fn a_bot_has_no_capacity_whatever_is_given() {
    let floor = Floor::new().await;
    let input = json!({ "agentId": floor.agent("robo"), "capacity": 9, "name": "Robo" });
    let now = done(&floor, "updateAgent", input, AGENT).await;
    assert_eq!(
        (&now["agent"]["capacity"], &now["agent"]["name"]),
        (&Value::Null, &json!("Robo"))
    );
}

#[tokio::test]
async fn what_is_so_already_is_no_event() {
    let floor = Floor::new().await;
    let before = as_of(&floor).await;
    for (mutation, input) in [
        (
            "updateAgent",
            json!({ "agentId": floor.agent("anna"), "name": "anna" }),
        ),
        (
            "updateQueue",
            json!({ "queueId": floor.queue, "kind": "MESSAGING" }),
        ),
        (
            "updateWorkstream",
            json!({ "workstreamId": floor.workstream, "units": 1 }),
        ),
        ("updateAgent", json!({ "agentId": floor.agent("anna") })),
    ] {
        let done = done(&floor, mutation, input, "asOf").await;
        assert_eq!(position(&done["asOf"]), before, "{mutation}");
    }
}

#[tokio::test]
#[allow(clippy::too_many_lines)] // A table, one line a field.
async fn null_is_refused_where_it_says_nothing_and_values_that_cannot_be_with_the_field() {
    let floor = Floor::new().await;
    let agent = json!({ "agentId": floor.agent("anna") });
    let queue = json!({ "queueId": floor.queue });
    let workstream = json!({ "workstreamId": floor.workstream });
    let long = "n".repeat(201);
    let ages = 315_360_001;
    for (mutation, target, wrong, field) in [
        ("updateAgent", &agent, json!({ "name": null }), "name"),
        (
            "updateAgent",
            &agent,
            json!({ "capacity": null }),
            "capacity",
        ),
        ("updateAgent", &agent, json!({ "name": " " }), "name"),
        (
            "updateAgent",
            &agent,
            json!({ "capacity": 1_001 }),
            "capacity",
        ),
        (
            "updateAgent",
            &agent,
            json!({ "agentId": "anna" }),
            "agentId",
        ),
        ("updateQueue", &queue, json!({ "name": null }), "name"),
        ("updateQueue", &queue, json!({ "name": long }), "name"),
        ("updateQueue", &queue, json!({ "kind": null }), "kind"),
        (
            "updateWorkstream",
            &workstream,
            json!({ "name": null }),
            "name",
        ),
        (
            "updateWorkstream",
            &workstream,
            json!({ "allowedPresences": null }),
            "allowedPresences",
        ),
        (
            "updateWorkstream",
            &workstream,
            json!({ "allowedPresences": [] }),
            "allowedPresences",
        ),
        (
            "updateWorkstream",
            &workstream,
            json!({ "allowedPresences": ["INACTIVE"] }),
            "allowedPresences",
        ),
        (
            "updateWorkstream",
            &workstream,
            json!({ "units": null }),
            "units",
        ),
        (
            "updateWorkstream",
            &workstream,
            json!({ "units": 0 }),
            "units",
        ),
        (
            "updateWorkstream",
            &workstream,
            json!({ "offerTimeoutSeconds": null }),
            "offerTimeoutSeconds",
        ),
        (
            "updateWorkstream",
            &workstream,
            json!({ "offerTimeoutSeconds": 0 }),
            "offerTimeoutSeconds",
        ),
        (
            "updateWorkstream",
            &workstream,
            json!({ "wrapUpCapacitySeconds": ages }),
            "wrapUpCapacitySeconds",
        ),
        (
            "updateWorkstream",
            &workstream,
            json!({ "monitoringNotice": null }),
            "monitoringNotice",
        ),
        (
            "updateWorkstream",
            &workstream,
            json!({ "customerGraceSeconds": 0 }),
            "customerGraceSeconds",
        ),
        (
            "updateWorkstream",
            &workstream,
            json!({ "autoClose": null }),
            "autoClose",
        ),
        (
            "updateWorkstream",
            &workstream,
            json!({ "autoClose": { "openSeconds": 0 } }),
            "autoClose.openSeconds",
        ),
    ] {
        let error = refused(&floor, mutation, merged(target.clone(), wrong.clone())).await;
        assert_eq!(error["code"], "INVALID_INPUT", "{mutation} {wrong}");
        let path: Vec<&str> = std::iter::once("input").chain(field.split('.')).collect();
        assert_eq!(error["path"], json!(path), "{mutation} {wrong}");
    }
    let nobody = "0190163d8694739baea5966c26f8ad91";
    for (of, prefix) in [("Agent", "agent"), ("Queue", "queue"), ("Workstream", "ws")] {
        let field = format!("{}{}Id", of[..1].to_lowercase(), &of[1..]);
        for verb in ["update", "delete"] {
            let input = json!({ field.as_str(): format!("{prefix}_{nobody}") });
            let error = refused(&floor, &format!("{verb}{of}"), input).await;
            assert_eq!(error["code"], "TARGET_NOT_FOUND");
            assert_eq!(error["path"], json!(["input", field]));
        }
    }
}

#[tokio::test]
async fn a_queue_changes_its_kind_only_when_nothing_uses_it() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let queue = json!({ "queueId": floor.second_queue });
        let voice = merged(queue.clone(), json!({ "kind": "VOICE", "name": "Calls" }));
        let member = merged(queue.clone(), json!({ "agentId": floor.agent("carl") }));
        done(&floor, "addQueueMember", member.clone(), "").await;
        assert_eq!(
            refused(&floor, "updateQueue", voice.clone()).await["code"],
            "RESOURCE_IN_USE"
        );
        done(&floor, "removeQueueMember", member, "").await;
        let id = floor.start_with("WHATSAPP", queue.clone()).await;
        assert_eq!(
            refused(&floor, "updateQueue", voice.clone()).await["code"],
            "RESOURCE_IN_USE"
        );
        // Its name changes whatever uses it.
        let name = merged(queue, json!({ "name": "Third" }));
        done(&floor, "updateQueue", name, "").await;
        floor
            .act(&floor.sam, "forceCloseConversation", &id, json!({}))
            .await;
        let now = done(&floor, "updateQueue", voice, "queue { name kind }").await;
        assert_eq!(now["queue"], json!({ "name": "Calls", "kind": "VOICE" }));
        let start = merged(
            floor.start_input("VOICE"),
            json!({ "queueId": floor.second_queue }),
        );
        floor
            .server
            .done(&floor.gateway, "startConversation", start, "")
            .await;
        board_is_what_is_stored(&floor.server).await;
    }
}

#[tokio::test]
async fn the_trail_says_how_it_was_before_and_after() {
    let floor = Floor::new().await;
    let (carl, queue) = (floor.agent("carl"), floor.second_queue.clone());
    let member = json!({ "agentId": carl, "queueId": queue });
    done(&floor, "addQueueMember", member, "").await;
    let input = json!({ "agentId": carl, "capacity": 7, "reason": "Grown." });
    done(&floor, "updateAgent", input, "").await;
    let input = json!({ "workstreamId": floor.workstream, "units": 2 });
    done(&floor, "updateWorkstream", input, "").await;
    refused(&floor, "deleteQueue", json!({ "queueId": queue })).await;
    // Who may not change it learns nothing of it.
    let server = &floor.server;
    server
        .code(
            &floor.sam,
            "updateAgent",
            json!({ "agentId": carl, "name": "C" }),
        )
        .await;

    let shown = "__typename ... on AuditAgent { agentId name totalUnits queues { name } }
        ... on AuditQueue { queueId name kind } ... on AuditWorkstream { units name }";
    let query = format!(
        "{{ auditLog(first: 5) {{ edges {{ node {{ action target refusal reason
            resourceBefore {{ {shown} }} resourceAfter {{ {shown} }} }} }} }} }}"
    );
    let data = server.data(&floor.admin, &query, json!({})).await;
    let edges = data["auditLog"]["edges"].as_array().unwrap();
    let nodes: Vec<Value> = edges
        .iter()
        .rev()
        .map(|edge| edge["node"].clone())
        .collect();
    let agent = |units: u32, queues: Value| json!({ "__typename": "AuditAgent", "agentId": carl, "name": "carl", "totalUnits": units, "queues": queues });
    let member = json!([{ "name": "Second" }]);
    let entry = |action: &str, target: &str, rest: Value| {
        let entry = json!({ "action": action, "target": target, "refusal": null, "reason": null });
        merged(entry, rest)
    };
    let workstream = |units: u32| json!({ "__typename": "AuditWorkstream", "units": units, "name": "Messaging" });
    assert_eq!(
        nodes,
        [
            entry(
                "ADD_QUEUE_MEMBER",
                &format!("{carl} {queue}"),
                json!({
                    "resourceBefore": agent(3, json!([])), "resourceAfter": agent(3, member.clone()),
                })
            ),
            entry(
                "UPDATE_AGENT",
                &carl,
                json!({
                    "reason": "Grown.", "resourceBefore": agent(3, member.clone()), "resourceAfter": agent(7, member),
                })
            ),
            entry(
                "UPDATE_WORKSTREAM",
                &floor.workstream,
                json!({
                    "resourceBefore": workstream(1), "resourceAfter": workstream(2),
                })
            ),
            entry(
                "DELETE_QUEUE",
                &queue,
                json!({
                    "refusal": "RESOURCE_IN_USE", "resourceAfter": null, "resourceBefore":
                        { "__typename": "AuditQueue", "queueId": queue, "name": "Second", "kind": "MESSAGING" },
                })
            ),
            entry(
                "UPDATE_AGENT",
                &carl,
                json!({
                    "refusal": "ROLE_REQUIRED", "resourceBefore": null, "resourceAfter": null,
                })
            ),
        ]
    );
    assert_eq!(text(&nodes[1]["reason"]), "Grown.");
}
