//! Supervisors and the agents of their queues: presence, and in which queues they are.

use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::Token;

#[tokio::test]
async fn presence_is_set_and_recorded_in_the_supervisors_name() {
    let floor = Floor::new().await;
    let (anna, input) = (
        floor.agent("anna"),
        |presence: &str, agent: &str| json!({ "presence": presence, "agentId": agent, "reason": "lunch" }),
    );
    let made = floor
        .server
        .done(&floor.sam, "setPresence", input("AWAY", &anna), "presence")
        .await;
    assert_eq!(made["presence"], "AWAY");
    let seen = "query($id: ID!) { node(id: $id) { ... on Agent { presence } } }";
    let seen = floor.server.data(&floor.admin, seen, json!({ "id": anna }));
    assert_eq!(seen.await["node"]["presence"], "AWAY");
    let audit = "{ auditLog(filter: { actions: [SET_PRESENCE] }) {
        nodes { subject role target reason } } }";
    let audit = floor.server.data(&floor.admin, audit, json!({})).await;
    let entry = &audit["auditLog"]["nodes"][0];
    let expected =
        json!({ "subject": "sam", "role": "SUPERVISOR", "target": anna, "reason": "lunch" });
    assert_eq!(*entry, expected, "{audit}");

    let elsewhere = Token::supervisor("sam")
        .queues(&[&floor.second_queue])
        .sign();
    for (token, presence, agent, code) in [
        (&elsewhere, "BUSY", &anna, "OUT_OF_SCOPE"),
        (&floor.sam, "INACTIVE", &anna, "INVALID_INPUT"),
        (&floor.sam, "BUSY", &floor.agent("robo"), "TARGET_IS_BOT"),
        (&floor.admin, "BUSY", &anna, "ROLE_REQUIRED"),
        (&floor.anna, "BUSY", &anna, "ROLE_REQUIRED"),
    ] {
        let refused = floor
            .server
            .mutate(token, "setPresence", input(presence, agent), "presence");
        let refused = refused.await;
        assert_eq!(refused["errors"][0]["code"], code);
        assert_eq!(refused["presence"], Value::Null);
    }
}

#[tokio::test]
async fn agents_are_moved_between_queues_in_scope() {
    let floor = Floor::new().await;
    let (anna, second) = (floor.agent("anna"), &floor.second_queue);
    let input = json!({ "agentId": anna, "queueId": second });
    let here = Token::supervisor("sam").queues(&[&floor.queue]).sign();
    let code = floor
        .server
        .code(&here, "addQueueMember", input.clone())
        .await;
    assert_eq!(code, "OUT_OF_SCOPE");
    let fields = "agent { queues { name } }";
    let made = floor
        .server
        .done(&floor.sam, "addQueueMember", input.clone(), fields)
        .await;
    let queues = made["agent"]["queues"].as_array().unwrap();
    assert!(queues.contains(&json!({ "name": "Second" })), "{made}");
    floor
        .server
        .done(&floor.sam, "removeQueueMember", input.clone(), fields)
        .await;
    floor.set(json!({ "supervisorManageAgents": false })).await;
    let code = floor.server.code(&floor.sam, "addQueueMember", input).await;
    assert_eq!(code, "SETTING_DISABLED");
}
