//! Taking over, by supervisors who are agents too.

use domain::{Permission, Role};
use serde_json::json;

use crate::floor::Floor;
use crate::harness::Token;

const TAKE_OVER: &str = "takeOverConversation";

/// Bert, who supervises too.
fn bert_both() -> Token {
    Token::supervisor("bert").and(Role::Agent)
}

#[tokio::test]
async fn the_supervisor_has_it_at_once_and_the_customer_is_told() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let taken = floor
        .act(&bert_both().sign(), TAKE_OVER, &id, json!({}))
        .await;
    assert_eq!(taken["agent"]["name"], "bert");
    assert_eq!(taken["consultants"], json!([{ "name": "anna" }]));
    let texts = floor.texts(&floor.gateway, &id).await.unwrap();
    assert_eq!(texts, ["A supervisor has taken over the conversation."]);
    assert_eq!(
        (floor.consumed("anna").await, floor.consumed("bert").await),
        (0, 1)
    );
    // Who took it handles it as any agent does.
    floor
        .act(&floor.bert, "releaseConversation", &id, json!({}))
        .await;
}

#[tokio::test]
async fn who_is_no_agent_or_has_it_already_is_refused() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let code = floor.code(&floor.sam, TAKE_OVER, &id, json!({})).await;
    assert_eq!(code, "AGENT_ROW_NEEDED");
    let hers = Token::supervisor("anna").and(Role::Agent).sign();
    let code = floor.code(&hers, TAKE_OVER, &id, json!({})).await;
    assert_eq!(code, "ALREADY_PRIMARY");
    let open = floor.open("WHATSAPP").await;
    let code = floor
        .code(&bert_both().sign(), TAKE_OVER, &open, json!({}))
        .await;
    assert_eq!(code, "INVALID_STATE");
}

#[tokio::test]
async fn the_role_scope_setting_permission_and_version_are_asked_in_this_order() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let stale = json!({ "expectedVersion": 99 });
    let all_but = Permission::ALL.iter().copied();
    let all_but: Vec<_> = all_but.filter(|one| *one != Permission::TakeOver).collect();
    let lacking = bert_both().permissions(&all_but).sign();
    let ask = async |token: &str| floor.code(token, TAKE_OVER, &id, stale.clone()).await;
    assert_eq!(ask(&floor.admin).await, "ROLE_REQUIRED");
    assert_eq!(ask(&lacking).await, "PERMISSION_MISSING");
    assert_eq!(ask(&bert_both().sign()).await, "VERSION_CONFLICT");
    floor.set(json!({ "supervisorTakeOver": false })).await;
    assert_eq!(ask(&lacking).await, "SETTING_DISABLED");
}
