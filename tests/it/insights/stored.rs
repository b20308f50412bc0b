//! A database in which everything was counted that there is, and what is stored of it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use engine::store::{FigureDifference, InsightsReport, Store};
use entity::tables::{
    insight_agent_bucket, insight_hand, insight_progress, insight_queue_bucket, insight_time_bucket,
};
use sea_orm::{ConnectionTrait as _, EntityTrait as _};
use serde_json::json;

use crate::floor::{Floor, text};
use crate::harness::Database;

/// Rows of figures by what they are of, each with when it begins.
pub type Rows = BTreeMap<String, (DateTime<Utc>, i32, String)>;

/// Every row of figures, and whatever else is stored beside them.
pub async fn dump(database: &Database) -> Rows {
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    let mut rows = Rows::new();
    for row in insight_queue_bucket::Entity::find()
        .all(&tables)
        .await
        .unwrap()
    {
        let key = format!(
            "queues {} {} {} {:?} {}",
            row.minutes, row.start, row.queue_id, row.channel, row.workstream_id
        );
        rows.insert(key, (row.start, row.minutes, row.figures));
    }
    for row in insight_agent_bucket::Entity::find()
        .all(&tables)
        .await
        .unwrap()
    {
        let key = format!(
            "work {} {} {} {}",
            row.minutes, row.start, row.agent_id, row.queue_id
        );
        rows.insert(key, (row.start, row.minutes, row.figures));
    }
    for row in insight_time_bucket::Entity::find()
        .all(&tables)
        .await
        .unwrap()
    {
        let key = format!("times {} {} {}", row.minutes, row.start, row.agent_id);
        rows.insert(key, (row.start, row.minutes, row.figures));
    }
    for row in insight_hand::Entity::find().all(&tables).await.unwrap() {
        rows.insert(
            format!("hand {}", row.agent_id),
            (DateTime::UNIX_EPOCH, 0, row.hand),
        );
    }
    for row in insight_progress::Entity::find().all(&tables).await.unwrap() {
        let said = format!("{} {}", row.position, row.state);
        rows.insert("progress".to_owned(), (DateTime::UNIX_EPOCH, 0, said));
    }
    tables.close().await.unwrap();
    // A row that says nothing is as good as none.
    rows.retain(|_, (_, _, figures)| figures != "{}");
    rows
}

pub async fn execute(database: &Database, statements: &[&str]) {
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    for sql in statements {
        let done = tables.execute_unprepared(sql).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    tables.close().await.unwrap();
}

/// What verifying came to, and its lines.
pub async fn verified(database: &Database) -> (InsightsReport, Vec<String>) {
    let store = Store::connect(&database.url).await.unwrap();
    let mut lines = Vec::new();
    let mut tell = |difference: &FigureDifference| lines.push(difference.to_string());
    let report = store.verify_insights(&mut tell).await.unwrap();
    store.close().await;
    assert_eq!(report.differences, lines.len() as u64);
    (report, lines)
}

/// Some of everything that is counted, with a score that is corrected, a threshold that changes, and an agent who goes.
pub async fn lived(floor: &mut Floor) {
    let pass = |floor: &Floor, seconds| floor.server.clock.advance(TimeDelta::seconds(seconds));
    floor
        .add_agent("eric", "HUMAN", vec![floor.queue.clone()])
        .await;
    let first = floor.open("WHATSAPP").await;
    let wrote = json!({ "text": "I hate this" });
    let posted = floor
        .server
        .done(
            &floor.gateway,
            "receiveCustomerMessage",
            json!({ "conversationId": first, "text": "This is terrible" }),
            "messageId",
        )
        .await;
    pass(floor, 20);
    let none = json!({});
    floor
        .act(&floor.anna, "pickConversation", &first, none.clone())
        .await;
    let answer = json!({ "text": "Good day" });
    floor.act(&floor.anna, "sendMessage", &first, answer).await;
    floor
        .act(&floor.sam, "monitorConversation", &first, none.clone())
        .await;
    pass(floor, 1_000);
    let corrected = json!({ "messageId": text(&posted["messageId"]), "level": "POSITIVE" });
    floor
        .server
        .done(&floor.sam, "correctSentiment", corrected, "")
        .await;
    floor
        .set(json!({ "sentimentAlertThreshold": "SLIGHTLY_NEGATIVE" }))
        .await;
    floor
        .act(&floor.gateway, "receiveCustomerMessage", &first, wrote)
        .await;
    floor
        .act(&floor.anna, "endConversation", &first, none.clone())
        .await;
    pass(floor, 5);
    floor
        .act(&floor.anna, "closeConversation", &first, none.clone())
        .await;
    let second = floor.open("LIVE_CHAT").await;
    pass(floor, 400);
    floor
        .act(&floor.gateway, "endByCustomer", &second, none.clone())
        .await;
    let moved = floor.open("SMS").await;
    let target = json!({ "target": { "queueId": floor.second_queue } });
    floor
        .act(&floor.sam, "assignConversation", &moved, target)
        .await;
    floor.active("SMS").await;
    floor.offered("WHATSAPP").await;
    floor.wrap_up("WHATSAPP").await;
    floor.waiting().await;
    floor.presence(&floor.bert, "AWAY").await;
    let smaller = json!({ "agentId": floor.agent("carl"), "capacity": 5 });
    floor
        .server
        .done(&floor.admin, "updateAgent", smaller, "")
        .await;
    // Eric is AVAILABLE to the last.
    let gone = json!({ "agentId": floor.agent("eric") });
    floor
        .server
        .done(&floor.admin, "deleteAgent", gone, "")
        .await;
    pass(floor, 3_600);
    floor.open("SMS").await;
}
