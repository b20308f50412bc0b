//! Dispositions: what a workstream lists, what people say when they close, and who reads it.

use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::{Database, Token};

const CLOSE: &str = "closeConversation";

async fn lists(floor: &Floor, required: bool) {
    let solved = json!({ "code": "solved", "label": "Solved" });
    let refund = json!({ "code": "refund", "label": "Paid back" });
    let input = json!({ "workstreamId": floor.workstream, "dispositions": [solved, refund],
        "dispositionRequired": required });
    let fields = "workstream { dispositions { code label } dispositionRequired }";
    let done = floor
        .server
        .done(&floor.admin, "updateWorkstream", input, fields)
        .await;
    let expected = json!({ "dispositions": [solved, refund], "dispositionRequired": required });
    assert_eq!(done["workstream"], expected);
}

async fn shown(floor: &Floor, token: &str, id: &str) -> Value {
    floor
        .see(token, id, "state disposition { code label } closingNote")
        .await
}

#[tokio::test]
async fn who_closes_says_how_it_ended_and_the_note_is_for_the_house() {
    for database in Database::all().await {
        let mut floor = Floor::on(database).await;
        lists(&floor, true).await;
        floor.server = floor.server.restart().await;
        let id = floor.wrap_up("WHATSAPP").await;
        for (extra, code) in [
            (json!({}), "DISPOSITION_REQUIRED"),
            (json!({ "note": "x" }), "DISPOSITION_REQUIRED"),
            (json!({ "dispositionCode": "lost" }), "DISPOSITION_UNKNOWN"),
            (json!({ "dispositionCode": "" }), "INVALID_INPUT"),
            (
                json!({ "dispositionCode": "solved", "note": "n".repeat(2_001) }),
                "INVALID_INPUT",
            ),
        ] {
            assert_eq!(
                floor.code(&floor.anna, CLOSE, &id, extra.clone()).await,
                code,
                "{extra}"
            );
        }
        let changes = "subscription { conversationChanges { ... on ConversationChangeEvent {
            change { __typename ... on DispositionSet { code } } } } }";
        let mut stream = floor.server.socket(&floor.gateway).await;
        stream.subscribe(changes, json!({})).await;
        let said = json!({ "dispositionCode": "refund", "note": "Twenty euros." });
        floor.act(&floor.anna, CLOSE, &id, said).await;
        let event = stream.event().await["conversationChanges"]["change"].clone();
        assert_eq!(
            event,
            json!({ "__typename": "DispositionSet", "code": "refund" })
        );
        let event = stream.event().await["conversationChanges"]["change"].clone();
        assert_eq!(event["__typename"], "Closed");
        let refund = json!({ "code": "refund", "label": "Paid back" });
        let with =
            |note: Value| json!({ "state": "CLOSED", "disposition": refund, "closingNote": note });
        assert_eq!(
            shown(&floor, &floor.anna, &id).await,
            with(json!("Twenty euros."))
        );
        for token in [&floor.gateway, &floor.sam, &floor.admin] {
            assert_eq!(shown(&floor, token, &id).await, with(Value::Null));
        }
        let customer = floor.see(&floor.admin, &id, "customer { id }").await;
        let erase = json!({ "customerId": customer["customer"]["id"] });
        floor
            .server
            .done(&floor.admin, "eraseCustomer", erase, "")
            .await;
        assert_eq!(shown(&floor, &floor.anna, &id).await, with(Value::Null));
        // What was said stays when the workstream lists it no more.
        let none = json!({ "workstreamId": floor.workstream, "dispositions": [], "dispositionRequired": false });
        floor
            .server
            .done(&floor.admin, "updateWorkstream", none, "")
            .await;
        let seen = shown(&floor, &floor.anna, &id).await;
        assert_eq!(
            seen["disposition"],
            json!({ "code": "refund", "label": "refund" })
        );
    }
}

#[tokio::test]
async fn every_other_way_to_closed_leaves_it_empty_and_bots_need_not_say() {
    let floor = Floor::new().await;
    lists(&floor, true).await;
    let id = floor.wrap_up("SMS").await;
    floor
        .act(&floor.sam, "forceCloseConversation", &id, json!({}))
        .await;
    assert_eq!(
        shown(&floor, &floor.anna, &id).await["disposition"],
        Value::Null
    );
    let id = floor.open("SMS").await;
    for mutation in ["pickConversation", "endConversation", CLOSE] {
        floor.act(&floor.robo, mutation, &id, json!({})).await;
    }
    let reader = Token::administrator().sign();
    assert_eq!(shown(&floor, &reader, &id).await["state"], "CLOSED");
}

#[tokio::test]
async fn dispositions_that_cannot_be_are_refused() {
    let floor = Floor::new().await;
    let one = |code: &str, label: &str| json!({ "code": code, "label": label });
    for dispositions in [
        json!([one("", "x")]),
        json!([one("c", " ")]),
        json!([one("c", "x"), one("c", "y")]),
        json!(vec![one("c", "x"); 101]),
    ] {
        let input = json!({ "workstreamId": floor.workstream, "dispositions": dispositions });
        let payload = floor
            .server
            .mutate(&floor.admin, "updateWorkstream", input, "")
            .await;
        let error = &payload["errors"][0];
        assert_eq!(error["code"], "INVALID_INPUT", "{dispositions}");
        assert_eq!(error["path"], json!(["input", "dispositions"]));
    }
}
