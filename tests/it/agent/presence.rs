//! Presence.

use serde_json::json;

use crate::floor::Floor;
use crate::harness::Token;

#[tokio::test]
async fn everybody_sets_their_own_presence_and_nobody_inactive() {
    let floor = Floor::new().await;
    let viewer = "{ viewer { presence } }";
    for token in [&floor.anna, &floor.sam, &floor.admin] {
        let data = floor.server.data(token, viewer, json!({})).await;
        assert_eq!(data["viewer"]["presence"], "AVAILABLE");
        for presence in ["BUSY", "BUSY_DO_NOT_DISTURB", "AWAY", "OFFLINE"] {
            let input = json!({ "presence": presence });
            let set = floor
                .server
                .done(token, "setPresence", input, "presence")
                .await;
            assert_eq!(set["presence"], presence);
            let data = floor.server.data(token, viewer, json!({})).await;
            assert_eq!(data["viewer"]["presence"], presence);
        }
        let inactive = json!({ "presence": "INACTIVE" });
        let payload = floor
            .server
            .mutate(token, "setPresence", inactive, "presence")
            .await;
        assert_eq!(payload["errors"][0]["code"], "INVALID_INPUT");
        assert_eq!(payload["errors"][0]["path"], json!(["input", "presence"]));
    }
    let away = json!({ "presence": "AWAY" });
    assert_eq!(
        floor
            .server
            .code(&floor.gateway, "setPresence", away.clone())
            .await,
        "ROLE_REQUIRED"
    );
    let ursula = Token::agent("ursula").sign();
    assert_eq!(
        floor.server.code(&ursula, "setPresence", away).await,
        "AGENT_UNKNOWN"
    );
}

#[tokio::test]
async fn a_supervisors_presence_is_not_the_agents_of_the_same_name() {
    let floor = Floor::new().await;
    let boss = Token::supervisor("bert").sign();
    floor.presence(&boss, "AWAY").await;
    let presence = async |token: &str| {
        let data = floor
            .server
            .data(token, "{ viewer { presence } }", json!({}))
            .await;
        data["viewer"]["presence"].clone()
    };
    assert_eq!(presence(&boss).await, "AWAY");
    assert_eq!(presence(&floor.bert).await, "AVAILABLE");
}

#[tokio::test]
async fn going_offline_moves_nothing() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    for presence in ["AWAY", "OFFLINE"] {
        floor.presence(&floor.anna, presence).await;
        let seen = floor.see(&floor.sam, &id, "state agent { name }").await;
        assert_eq!(
            seen,
            json!({ "state": "ACTIVE", "agent": { "name": "anna" } })
        );
    }
}
