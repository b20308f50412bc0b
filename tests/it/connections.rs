//! Agents' connections: who is gone past the grace time is OFFLINE, and what they had in conversation
//! waits for another; everybody else keeps what they have (domain.md section 2).

mod exempt;
mod restarts;
mod servers;

use std::any::Any;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::AgentId;
use entity::tables::agent_connection;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::floor::merged;
use crate::harness::{Database, Server, Socket, soon};
use crate::stage::{CHANGES, Stage, agent, conversation, on};

async fn socket(server: &Server, subject: &str) -> Socket {
    server.socket(&agent(subject)).await
}

async fn events(server: &Server, subject: &str) -> reqwest::Response {
    server.events(&agent(subject), CHANGES, json!({})).await
}

/// What the rows say of an agent, per server in the order of their starts.
async fn rows(stage: &Stage, subject: &str) -> Vec<DateTime<Utc>> {
    let id: AgentId = stage.agent_id(subject).await.parse().unwrap();
    let rows = all_rows(&stage.database).await.into_iter();
    rows.filter(|row| row.agent_id == id)
        .map(|row| row.connected_until)
        .collect()
}

async fn all_rows(database: &Database) -> Vec<agent_connection::Model> {
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    let rows = agent_connection::Entity::find()
        .order_by_asc(agent_connection::Column::ServerId)
        .all(&tables)
        .await
        .unwrap();
    tables.close().await.unwrap();
    rows
}

/// Waits until the server knows that the agent has no stream.
async fn is_away(stage: &Stage, subject: &str) {
    soon("the agent is away", || async {
        let now = stage.server.clock.now();
        let rows = rows(stage, subject).await;
        !rows.is_empty() && rows.iter().all(|until| *until <= now)
    })
    .await;
}

/// Waits until the server knows that the agent has one.
async fn is_connected(stage: &Stage, subject: &str) {
    soon("the agent is connected", || async {
        let now = stage.server.clock.now();
        rows(stage, subject).await.iter().any(|until| *until > now)
    })
    .await;
}

/// Moves the clock, and gives everything time to act on it.
async fn pass(server: &Server, seconds: i64) {
    server.clock.advance(TimeDelta::seconds(seconds));
    tokio::time::sleep(Duration::from_millis(1_300)).await;
}

async fn presence(server: &Server, stage: &Stage, subject: &str) -> String {
    let query = "{ agents(first: 100) { edges { node { name presence } } } }";
    let data = server.data(&stage.admin, query, json!({})).await;
    let edges = data["agents"]["edges"].as_array().unwrap();
    let edge = edges.iter().find(|edge| edge["node"]["name"] == subject);
    edge.unwrap()["node"]["presence"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn becomes_offline(server: &Server, stage: &Stage, subject: &str) {
    soon("OFFLINE", || async {
        presence(server, stage, subject).await == "OFFLINE"
    })
    .await;
}

/// ACTIVE, accepted by this agent.
async fn handled_by(stage: &Stage, subject: &str) -> String {
    let id = stage.start("WHATSAPP").await;
    stage.act(&agent(subject), "pickConversation", &id).await;
    id
}

async fn state(stage: &Stage, id: &str) -> Value {
    stage.conversation(id, "state").await["state"].clone()
}

#[tokio::test]
async fn an_agent_who_is_gone_past_the_grace_time_is_offline_and_what_they_handled_waits() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna", "bert"]).await;
        stage.hire("anna2", 10).await;
        for (number, subject) in ["anna", "anna2"].into_iter().enumerate() {
            let stream: Box<dyn Any> = match number {
                0 => Box::new(socket(&stage.server, subject).await),
                _ => Box::new(events(&stage.server, subject).await),
            };
            is_connected(&stage, subject).await;
            let handled = handled_by(&stage, subject).await;
            let before = stage.conversation(&handled, "version").await["version"].as_u64();
            drop(stream);
            is_away(&stage, subject).await;
            let gone = rows(&stage, subject).await.into_iter().max().unwrap();
            pass(&stage.server, 130).await;
            assert_eq!(presence(&stage.server, &stage, subject).await, "AVAILABLE");
            assert_eq!(state(&stage, &handled).await, "ACTIVE");
            let events = stage.events().await.len();
            stage.server.clock.advance(TimeDelta::seconds(20));
            becomes_offline(&stage.server, &stage, subject).await;
            let now = stage
                .conversation(
                    &handled,
                    "state statusReason version agent { id } waitingSince",
                )
                .await;
            assert_eq!(now["state"], "OPEN");
            assert_eq!(now["statusReason"], "AWAITING_AGENT_ASSIGNMENT");
            assert_eq!(now["agent"], Value::Null);
            assert_ne!(now["waitingSince"], Value::Null);
            assert_eq!(now["version"].as_u64(), before.map(|version| version + 1));
            let told: Vec<_> = stage.events().await.split_off(events);
            let kinds: Vec<&str> = told.iter().map(|event| &*event.kind).collect();
            assert_eq!(kinds, ["AgentPresenceChanged", "ReleasedToQueue"]);
            let away = told[0].at - gone;
            assert!(away >= TimeDelta::seconds(150), "early: {away}");
            assert!(
                told.iter().all(|event| event.actor.contains("SYSTEM")),
                "{told:?}"
            );
            assert!(told[1].change.contains("\"disconnected\":true"), "{told:?}");
            assert!(rows(&stage, subject).await.is_empty());
        }
        assert_eq!(presence(&stage.server, &stage, "bert").await, "AVAILABLE");
    }
}

#[tokio::test]
async fn what_waits_wraps_up_or_is_offered_stays_with_the_agent() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let anna = stage.hire("anna", 10).await;
    let [waiting, wrap_up, handled] = [
        handled_by(&stage, "anna").await,
        handled_by(&stage, "anna").await,
        handled_by(&stage, "anna").await,
    ];
    let token = agent("anna");
    stage.act(&token, "setAsideConversation", &waiting).await;
    stage.act(&token, "endConversation", &wrap_up).await;
    drop(socket(&stage.server, "anna").await);
    is_away(&stage, "anna").await;
    pass(&stage.server, 100).await;
    // Made late, so that it is still unanswered when the grace ends.
    let offered = stage.start("WHATSAPP").await;
    assert_eq!(stage.assign(&offered, &anna).await["errors"], json!([]));
    let facts = "state statusReason version agent { id } pendingOffer { id }";
    let mut before = Vec::new();
    for id in [&waiting, &wrap_up, &offered] {
        before.push(stage.conversation(id, facts).await);
    }
    stage.server.clock.advance(TimeDelta::seconds(50));
    becomes_offline(&stage.server, &stage, "anna").await;
    assert_eq!(state(&stage, &handled).await, "OPEN");
    for (id, before) in [&waiting, &wrap_up, &offered].into_iter().zip(before) {
        assert_eq!(stage.conversation(id, facts).await, before);
    }
}

#[tokio::test]
async fn the_grace_begins_when_the_last_of_several_streams_closes() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let handled = handled_by(&stage, "anna").await;
        let first = socket(&stage.server, "anna").await;
        let second = events(&stage.server, "anna").await;
        is_connected(&stage, "anna").await;
        drop(first);
        pass(&stage.server, 600).await;
        is_connected(&stage, "anna").await;
        assert_eq!(state(&stage, &handled).await, "ACTIVE");
        drop(second);
        is_away(&stage, "anna").await;
        pass(&stage.server, 140).await;
        assert_eq!(state(&stage, &handled).await, "ACTIVE");
        stage.server.clock.advance(TimeDelta::seconds(10));
        becomes_offline(&stage.server, &stage, "anna").await;
        assert_eq!(state(&stage, &handled).await, "OPEN");
    }
}

#[tokio::test]
async fn who_comes_back_in_time_keeps_everything_and_has_the_whole_grace_again() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let handled = handled_by(&stage, "anna").await;
        drop(socket(&stage.server, "anna").await);
        is_away(&stage, "anna").await;
        pass(&stage.server, 140).await;
        let back = socket(&stage.server, "anna").await;
        is_connected(&stage, "anna").await;
        let before = stage.events().await.len();
        pass(&stage.server, 20).await;
        pass(&stage.server, 1_000).await;
        assert_eq!(stage.events().await.len(), before);
        drop(back);
        is_away(&stage, "anna").await;
        pass(&stage.server, 140).await;
        assert_eq!(stage.events().await.len(), before);
        assert_eq!(state(&stage, &handled).await, "ACTIVE");
        stage.server.clock.advance(TimeDelta::seconds(10));
        becomes_offline(&stage.server, &stage, "anna").await;
    }
}
