//! Ratings by customers: when, how often, and who reads what was said.

use entity::tables::rating_comment;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::Database;

const RATE: &str = "recordRating";
const SEEN: &str = "version rating { score comment }";

#[tokio::test]
async fn a_contact_is_rated_once_and_what_was_said_is_read_in_a_session_only() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let id = floor.active("WHATSAPP").await;
        let said = || json!({ "score": 2, "comment": "Anna was in a hurry." });
        assert_eq!(
            floor.code(&floor.gateway, RATE, &id, said()).await,
            "RATING_NOT_POSSIBLE"
        );
        floor
            .act(&floor.anna, "endConversation", &id, json!({}))
            .await;
        for wrong in [json!({ "score": 0 }), json!({ "score": 6 })] {
            assert_eq!(
                floor.code(&floor.gateway, RATE, &id, wrong).await,
                "INVALID_INPUT"
            );
        }
        let version = floor.see(&floor.sam, &id, "version").await["version"].clone();
        floor.act(&floor.gateway, RATE, &id, said()).await;
        assert_eq!(
            floor.code(&floor.gateway, RATE, &id, said()).await,
            "RATING_NOT_POSSIBLE"
        );
        let with = |comment: Value| json!({ "version": version, "rating": { "score": 2, "comment": comment } });
        for token in [&floor.sam, &floor.anna, &floor.gateway, &floor.admin] {
            assert_eq!(floor.see(token, &id, SEEN).await, with(Value::Null));
        }
        floor
            .act(&floor.sam, "monitorConversation", &id, json!({}))
            .await;
        assert_eq!(
            floor.see(&floor.sam, &id, SEEN).await,
            with(json!("Anna was in a hurry."))
        );
    }
}

#[tokio::test]
async fn a_closed_contact_is_rated_and_its_event_names_the_score_alone() {
    let floor = Floor::new().await;
    let id = floor.closed("WHATSAPP").await;
    let changes = "subscription { conversationChanges { ... on ConversationChangeEvent {
        change { ... on RatingRecorded { type score } } conversation { state rating { score } } } } }";
    let mut stream = floor.server.socket(&floor.sam).await;
    stream.subscribe(changes, json!({})).await;
    let said = json!({ "score": 5, "comment": "Thank you." });
    floor.act(&floor.gateway, RATE, &id, said).await;
    let event = stream.event().await["conversationChanges"].clone();
    assert_eq!(
        event["change"],
        json!({ "type": "RATING_RECORDED", "score": 5 })
    );
    let closed = json!({ "state": "CLOSED", "rating": { "score": 5 } });
    assert_eq!(event["conversation"], closed);
}

#[tokio::test]
async fn a_comment_that_comes_after_the_customers_erasure_is_kept_nowhere() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        for is_erased in [false, true] {
            let id = floor.closed("WHATSAPP").await;
            let seen = floor.see(&floor.admin, &id, "customer { id }").await;
            if is_erased {
                let input = json!({ "customerId": seen["customer"]["id"] });
                floor
                    .server
                    .done(&floor.admin, "eraseCustomer", input, "")
                    .await;
            }
            let said = json!({ "score": 4, "comment": "I am Ada." });
            floor.act(&floor.gateway, RATE, &id, said).await;
            let rated = floor.see(&floor.sam, &id, "rating { score }").await;
            assert_eq!(rated["rating"]["score"], 4);
        }
        let tables = sea_orm::Database::connect(&database.url).await.unwrap();
        let kept = rating_comment::Entity::find().all(&tables).await.unwrap();
        assert_eq!(kept.len(), 1, "of the one who was not erased");
    }
}
