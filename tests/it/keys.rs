//! Idempotency keys in the course of time.

use chrono::TimeDelta;
use engine::store::Retention;
use serde_json::{Value, json};

use crate::harness::Database;
use crate::stage::{Stage, agent, on, position, with};

const FIELDS: &str = "asOf conversation { id }";

#[tokio::test]
async fn a_key_is_kept_for_a_day_and_is_free_after_it() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let conversation = stage.start("WHATSAPP").await;
        let text = json!({ "text": "Hello?", "idempotencyKey": "hello" });
        let input = with(on(&conversation), text);
        let write = async || {
            let mutation = "receiveCustomerMessage";
            let answer = stage
                .server
                .done(&stage.gateway, mutation, input.clone(), "messageId")
                .await;
            answer["messageId"].clone()
        };
        let keep_house = async || {
            let (store, clock) = (&stage.server.app.store, &stage.server.clock);
            store.forget(clock, Retention::default()).await.unwrap();
        };
        let first = write().await;
        stage.server.clock.advance(TimeDelta::hours(23));
        keep_house().await;
        assert_eq!(write().await, first);
        stage.server.clock.advance(TimeDelta::hours(2));
        keep_house().await;
        assert_ne!(write().await, first);
    }
}

#[tokio::test]
async fn a_repeat_shows_the_conversation_only_to_who_still_sees_it() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let anna = stage.agent_id("anna").await;
        let conversation = stage.start("WHATSAPP").await;
        stage.assign(&conversation, &anna).await;
        let input = with(on(&conversation), json!({ "idempotencyKey": "no" }));
        let reject = async || {
            stage
                .server
                .done(&agent("anna"), "rejectOffer", input.clone(), FIELDS)
                .await
        };
        let first = reject().await;
        assert_eq!(first["conversation"]["id"], conversation);
        let member = json!({ "agentId": anna, "queueId": stage.organisation.queue });
        stage
            .server
            .done(&stage.admin, "removeQueueMember", member, "")
            .await;
        let before = stage.kinds(&conversation).await;
        // It was done; what it was done to is no longer anna's to see.
        let again = reject().await;
        assert_eq!(position(&again["asOf"]), position(&first["asOf"]));
        assert_eq!(again["conversation"], Value::Null);
        assert_eq!(stage.kinds(&conversation).await, before);
    }
}
