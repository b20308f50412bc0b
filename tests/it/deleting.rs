//! Agents, queues and workstreams that are deleted: not while something uses them, gone for whoever chooses,
//! and still named by what refers to them (domain.md sections 1 and 3).

mod in_use;
mod racing;

use serde_json::{Value, json};

use crate::floor::{Floor, merged, text};
use crate::harness::{Database, Server, Token};
use crate::store::board_is_what_is_stored;

async fn done(floor: &Floor, mutation: &str, input: Value, fields: &str) -> Value {
    let server = &floor.server;
    server.done(&floor.admin, mutation, input, fields).await
}

async fn delete(floor: &Floor, of: &str, id: &str) -> Value {
    let field = format!("{}{}Id", of[..1].to_lowercase(), &of[1..]);
    let thing = of.to_lowercase();
    let fields = format!("{thing} {{ name deletedAt }}");
    let input = json!({ field: id });
    let payload = done(floor, &format!("delete{of}"), input, &fields).await;
    assert!(payload[&thing]["deletedAt"].is_string(), "{payload}");
    payload[&thing].clone()
}

#[tokio::test]
async fn what_nothing_uses_is_gone_for_whoever_chooses_and_named_by_what_refers_to_it() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let workstream = floor.create_workstream(json!({})).await;
        let given = json!({ "workstreamId": workstream, "queueId": floor.second_queue });
        let id = floor.start_with("WHATSAPP", given).await;
        let member = json!({ "agentId": floor.agent("carl"), "queueId": floor.second_queue });
        done(&floor, "addQueueMember", member.clone(), "").await;
        floor
            .act(&floor.carl, "pickConversation", &id, json!({}))
            .await;
        let hello = json!({ "text": "Hello, I am Carl." });
        floor.act(&floor.carl, "sendMessage", &id, hello).await;
        floor
            .act(&floor.sam, "forceCloseConversation", &id, json!({}))
            .await;
        done(&floor, "removeQueueMember", member, "").await;
        let things = [
            ("Agent", "agentId", floor.agent("carl"), "agents"),
            ("Queue", "queueId", floor.second_queue.clone(), "queues"),
            (
                "Workstream",
                "workstreamId",
                workstream.clone(),
                "workstreams",
            ),
        ];
        for (of, field, thing, list) in &things {
            assert!(ids(&floor, list).await.contains(thing));
            let gone = delete(&floor, of, thing).await;
            assert!(!ids(&floor, list).await.contains(thing));
            let node = "query($id: ID!) { node(id: $id) { id } }";
            let data = floor
                .server
                .data(&floor.admin, node, json!({ "id": thing }))
                .await;
            assert_eq!(data["node"], Value::Null, "{gone}");
            for verb in ["update", "delete"] {
                let input = json!({ field.to_owned(): thing });
                let code = floor
                    .server
                    .code(&floor.admin, &format!("{verb}{of}"), input)
                    .await;
                assert_eq!(code, "TARGET_NOT_FOUND");
            }
        }
        board_is_what_is_stored(&floor.server).await;
        still_named(&floor.server, &id).await;
        let server = floor.server.restart().await;
        board_is_what_is_stored(&server).await;
        still_named(&server, &id).await;
    }
}

async fn ids(floor: &Floor, list: &str) -> Vec<String> {
    let query = format!("{{ {list}(first: 100) {{ edges {{ node {{ id }} }} }} }}");
    let data = floor.server.data(&floor.sam, &query, json!({})).await;
    let edges = data[list]["edges"].as_array().unwrap();
    edges.iter().map(|edge| text(&edge["node"]["id"])).collect()
}

/// The closed conversation, its people and its audit still name what was deleted.
async fn still_named(server: &Server, id: &str) {
    let (admin, gateway) = (Token::administrator().sign(), Token::gateway().sign());
    let query = "query($id: ID!) { conversation(id: $id) {
        queue { name deletedAt } workstream { name deletedAt } agent { name deletedAt subject queues { id } }
        participants { agent { name } } audit { edges { node { before { queue { name } agent { name } } } } }
    } }";
    let data = server.data(&admin, query, json!({ "id": id })).await;
    let seen = &data["conversation"];
    for (thing, name) in [
        ("queue", "Second"),
        ("workstream", "Own"),
        ("agent", "carl"),
    ] {
        assert_eq!(seen[thing]["name"], name);
        assert!(seen[thing]["deletedAt"].is_string());
    }
    assert_eq!(seen["agent"]["queues"], json!([]));
    let people = seen["participants"].as_array().unwrap();
    assert!(people.iter().any(|stay| stay["agent"]["name"] == "carl"));
    let before = &seen["audit"]["edges"][0]["node"]["before"];
    assert_eq!(
        before,
        &json!({ "queue": { "name": "Second" }, "agent": { "name": "carl" } })
    );
    let texts = "query($id: ID!) { conversation(id: $id) { transcript { edges { node { agent { name } } } } } }";
    let data = server.data(&gateway, texts, json!({ "id": id })).await;
    let first = &data["conversation"]["transcript"]["edges"][0]["node"];
    assert_eq!(first["agent"]["name"], "carl");
}

#[tokio::test]
async fn events_before_and_after_a_deletion_name_what_was_deleted() {
    let floor = Floor::new().await;
    let view = "{ ongoingSummary { asOf } }";
    let data = floor.server.data(&floor.sam, view, json!({})).await;
    let id = floor.active("WHATSAPP").await;
    let queue = json!({ "target": { "queueId": floor.second_queue } });
    floor
        .act(&floor.anna, "releaseConversation", &id, json!({}))
        .await;
    floor
        .act(&floor.sam, "assignConversation", &id, queue)
        .await;
    floor
        .act(&floor.sam, "forceCloseConversation", &id, json!({}))
        .await;
    delete(&floor, "Agent", &floor.agent("anna")).await;
    delete(&floor, "Queue", &floor.second_queue).await;
    let mut socket = floor.server.socket(&floor.sam).await;
    let changes = "subscription($after: LogCursor) { conversationChanges(after: $after) {
        ... on ConversationChangeEvent { actor { agent { name } } change { __typename
            ... on Picked { agent { name } } ... on AssignedToQueue { to { name } } } }
    } }";
    socket
        .subscribe(changes, json!({ "after": data["ongoingSummary"]["asOf"] }))
        .await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(socket.event().await["conversationChanges"].clone());
    }
    assert_eq!(seen[1]["actor"]["agent"]["name"], "anna");
    assert_eq!(seen[1]["change"]["agent"]["name"], "anna");
    assert_eq!(seen[3]["change"]["to"]["name"], "Second");
}

#[tokio::test]
async fn a_deleted_agents_subject_is_nobody_until_another_agent_has_it() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let (own, open) = (floor.closed("WHATSAPP").await, floor.open("WHATSAPP").await);
        let old = floor.agent("anna");
        delete(&floor, "Agent", &old).await;
        assert_eq!(floor.see(&floor.anna, &own, "id").await, Value::Null);
        let input = json!({ "conversationId": open });
        for mutation in ["pickConversation", "closeConversation"] {
            let code = floor
                .server
                .code(&floor.anna, mutation, input.clone())
                .await;
            assert_eq!(code, "AGENT_UNKNOWN", "{mutation}");
        }
        let presence = json!({ "presence": "AVAILABLE" });
        assert_eq!(
            floor
                .server
                .code(&floor.anna, "setPresence", presence)
                .await,
            "AGENT_UNKNOWN"
        );

        let input =
            json!({ "subject": "anna", "name": "Anna the second", "queueIds": [floor.queue] });
        let made = done(&floor, "createAgent", input.clone(), "agent { id }").await;
        assert_ne!(text(&made["agent"]["id"]), old);
        assert_eq!(
            floor.server.code(&floor.admin, "createAgent", input).await,
            "INVALID_INPUT"
        );
        // What the first one had is not hers to see.
        assert_eq!(floor.see(&floor.anna, &own, "id").await, Value::Null);
        floor
            .act(&floor.anna, "pickConversation", &open, json!({}))
            .await;
        board_is_what_is_stored(&floor.server).await;
        let seen = floor.see(&floor.sam, &own, "agent { name subject }").await;
        assert_eq!(seen["agent"], json!({ "name": "anna", "subject": "anna" }));
        // Her subject may go on from one to the next.
        floor
            .act(&floor.sam, "forceCloseConversation", &open, json!({}))
            .await;
        delete(&floor, "Agent", &text(&made["agent"]["id"])).await;
        let third = json!({ "subject": "anna", "name": "Anna the third" });
        done(&floor, "createAgent", third, "").await;
        board_is_what_is_stored(&floor.server).await;
    }
}

#[tokio::test]
async fn what_is_deleted_is_no_target() {
    let floor = Floor::new().await;
    let (carl, queue) = (floor.agent("carl"), floor.second_queue.clone());
    delete(&floor, "Agent", &carl).await;
    delete(&floor, "Queue", &queue).await;
    let id = floor.open("WHATSAPP").await;
    let lists =
        "assignableAgents(includePresenceOverride: true) { edges { node { agent { id } } } }
        assignableQueues { totalCount }";
    let seen = floor.see(&floor.sam, &id, lists).await;
    assert!(!seen.to_string().contains(&carl));
    assert_eq!(seen["assignableQueues"]["totalCount"], 0);
    for (target, field) in [
        (json!({ "agentId": carl }), "agentId"),
        (json!({ "queueId": queue }), "queueId"),
    ] {
        let input = json!({ "target": target });
        let error = floor
            .refusal(&floor.sam, "assignConversation", &id, input)
            .await;
        assert_eq!(error["code"], "TARGET_NOT_FOUND");
        assert_eq!(error["path"], json!(["input", "target", field]));
    }
    let member = json!({ "agentId": carl, "queueId": floor.queue });
    assert_eq!(
        floor
            .server
            .code(&floor.admin, "addQueueMember", member)
            .await,
        "TARGET_NOT_FOUND"
    );
    let start = merged(floor.start_input("WHATSAPP"), json!({ "queueId": queue }));
    assert_eq!(
        floor
            .server
            .code(&floor.gateway, "startConversation", start)
            .await,
        "TARGET_NOT_FOUND"
    );
    let scope = Token::supervisor("sid")
        .queues(&[&queue, &floor.queue])
        .sign();
    let query = "{ viewer { scope { queues { id } } } }";
    let data = floor.server.data(&scope, query, json!({})).await;
    assert_eq!(
        data["viewer"]["scope"]["queues"],
        json!([{ "id": floor.queue }])
    );
}

#[tokio::test]
async fn the_last_queue_and_workstream_may_go_and_then_nothing_starts() {
    let floor = Floor::new().await;
    for subject in ["anna", "bert", "carl", "robo"] {
        delete(&floor, "Agent", &floor.agent(subject)).await;
    }
    let start = floor.start_input("WHATSAPP");
    for (list, of) in [("queues", "Queue"), ("workstreams", "Workstream")] {
        for id in ids(&floor, list).await {
            delete(&floor, of, &id).await;
        }
        assert_eq!(ids(&floor, list).await, Vec::<String>::new());
        let code = floor
            .server
            .code(&floor.gateway, "startConversation", start.clone())
            .await;
        assert_eq!(code, "TARGET_NOT_FOUND");
    }
    board_is_what_is_stored(&floor.server).await;
    let server = floor.server.restart().await;
    assert_eq!(
        server
            .code(&floor.gateway, "startConversation", start)
            .await,
        "TARGET_NOT_FOUND"
    );
    let made = server
        .done(
            &floor.admin,
            "createQueue",
            json!({ "name": "New" }),
            "queue { id }",
        )
        .await;
    assert!(made["queue"]["id"].is_string());
}

#[tokio::test]
async fn deleting_is_done_once_under_its_key() {
    let floor = Floor::new().await;
    let input =
        json!({ "queueId": floor.second_queue, "idempotencyKey": "d1", "reason": "Not needed." });
    let fields = "queue { id name deletedAt } asOf";
    let first = done(&floor, "deleteQueue", input.clone(), fields).await;
    assert_eq!(
        done(&floor, "deleteQueue", input.clone(), fields).await,
        first
    );
    let other = merged(input, json!({ "queueId": floor.queue }));
    assert_eq!(
        floor.server.code(&floor.admin, "deleteQueue", other).await,
        "IDEMPOTENCY_KEY_REUSED"
    );
}
