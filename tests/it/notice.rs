//! Agents say that they have read that supervisors may watch (domain.md section 8).

use serde_json::{Value, json};

use crate::floor::{Floor, text};
use crate::harness::{Database, Token};
use crate::stage::position;
use crate::store::board_is_what_is_stored;

const ACKNOWLEDGE: &str = "acknowledgeMonitoringNotice";

/// The notice as this token's holder sees it.
async fn notice(floor: &Floor, token: &str) -> Value {
    let query = "{ viewer { monitoringNotice { text version acknowledgedAt } } }";
    let data = floor.server.data(token, query, json!({})).await;
    data["viewer"]["monitoringNotice"].clone()
}

async fn acknowledge(floor: &Floor, token: &str) -> Value {
    let version = notice(floor, token).await["version"].clone();
    let input = json!({ "version": version });
    let fields = "agent { name monitoringNoticeAcknowledgedAt } asOf";
    floor.server.done(token, ACKNOWLEDGE, input, fields).await
}

/// When anna acknowledged, as this token's holder sees it.
async fn annas(floor: &Floor, token: &str) -> Value {
    let query =
        "query($id: ID!) { node(id: $id) { ... on Agent { monitoringNoticeAcknowledgedAt } } }";
    let data = floor
        .server
        .data(token, query, json!({ "id": floor.agent("anna") }))
        .await;
    data["node"]["monitoringNoticeAcknowledgedAt"].clone()
}

#[tokio::test]
async fn an_agent_acknowledges_the_text_they_saw_once() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let before = notice(&floor, &floor.anna).await;
        assert_eq!(before["acknowledgedAt"], Value::Null);
        assert_eq!(text(&before["version"]).len(), 16);
        let done = acknowledge(&floor, &floor.anna).await;
        let at = done["agent"]["monitoringNoticeAcknowledgedAt"].clone();
        assert!(at.is_string());
        assert_eq!(notice(&floor, &floor.anna).await["acknowledgedAt"], at);
        assert_eq!(
            notice(&floor, &floor.bert).await["acknowledgedAt"],
            Value::Null
        );
        // Again: the first time counts, and nothing happens.
        let again = acknowledge(&floor, &floor.anna).await;
        assert_eq!(again["agent"], done["agent"]);
        assert_eq!(position(&again["asOf"]), position(&done["asOf"]));
        board_is_what_is_stored(&floor.server).await;
        // Administrators see it; supervisors and colleagues do not.
        assert_eq!(annas(&floor, &floor.admin).await, at);
        assert_eq!(annas(&floor, &floor.anna).await, at);
        for other in [&floor.sam, &floor.bert] {
            assert_eq!(annas(&floor, other).await, Value::Null);
        }
    }
}

#[tokio::test]
async fn another_text_is_not_acknowledged_until_it_is_read() {
    let floor = Floor::new().await;
    let old = notice(&floor, &floor.anna).await;
    acknowledge(&floor, &floor.anna).await;
    floor
        .set(json!({ "monitoringNoticeText": "We watch." }))
        .await;
    let new = notice(&floor, &floor.anna).await;
    assert_eq!(
        (&new["text"], &new["acknowledgedAt"]),
        (&json!("We watch."), &Value::Null)
    );
    assert_eq!(annas(&floor, &floor.admin).await, Value::Null);

    let query =
        "mutation($version: String!) { acknowledgeMonitoringNotice(input: { version: $version }) {
        agent { name } errors { code path ... on MonitoringNoticeChanged { text version } }
    } }";
    let stale = json!({ "version": old["version"] });
    let data = floor.server.data(&floor.anna, query, stale).await;
    assert_eq!(
        data[ACKNOWLEDGE],
        json!({ "agent": null, "errors": [{
            "code": "VERSION_CONFLICT", "path": ["input", "version"], "text": "We watch.", "version": new["version"],
        }] })
    );
    acknowledge(&floor, &floor.anna).await;
    // The first text again: she has read the other one since.
    floor
        .set(json!({ "monitoringNoticeText": old["text"] }))
        .await;
    let back = notice(&floor, &floor.anna).await;
    assert_eq!(
        (&back["version"], &back["acknowledgedAt"]),
        (&old["version"], &Value::Null)
    );
}

#[tokio::test]
async fn only_people_who_are_agents_acknowledge() {
    let floor = Floor::new().await;
    let input = json!({ "version": notice(&floor, &floor.anna).await["version"] });
    for (token, code) in [
        (Token::agent("ursula").sign(), "AGENT_UNKNOWN"),
        (floor.robo.clone(), "TARGET_IS_BOT"),
        (floor.sam.clone(), "ROLE_REQUIRED"),
        (floor.admin.clone(), "ROLE_REQUIRED"),
        (floor.gateway.clone(), "ROLE_REQUIRED"),
    ] {
        assert_eq!(
            floor.server.code(&token, ACKNOWLEDGE, input.clone()).await,
            code
        );
    }
    for version in ["", " ", "a\u{0}", &"v".repeat(65)] {
        let input = json!({ "version": version });
        assert_eq!(
            floor.server.code(&floor.anna, ACKNOWLEDGE, input).await,
            "INVALID_INPUT"
        );
    }
    assert_eq!(annas(&floor, &floor.admin).await, Value::Null);
}

#[tokio::test]
async fn an_acknowledgement_outlasts_a_restart_and_other_changes() {
    let floor = Floor::new().await;
    let at =
        acknowledge(&floor, &floor.anna).await["agent"]["monitoringNoticeAcknowledgedAt"].clone();
    floor.presence(&floor.anna, "BUSY").await;
    let input = json!({ "agentId": floor.agent("anna"), "name": "Anna B." });
    floor
        .server
        .done(&floor.admin, "updateAgent", input, "")
        .await;
    let server = floor.server.restart().await;
    let query = "{ viewer { monitoringNotice { acknowledgedAt } } }";
    let data = server.data(&floor.anna, query, json!({})).await;
    assert_eq!(data["viewer"]["monitoringNotice"]["acknowledgedAt"], at);
}
