//! A quiet minute: what an agent or a gateway is told is the same whether or not a supervisor watches,
//! and says nothing of where in the log it is (decision 0015).

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::tables::log_head;
use sea_orm::EntityTrait as _;
use serde_json::json;

use crate::floor::{Floor, text};
use crate::harness::{Database, Token};

mod made_up;
mod minute;
mod record;
mod streams;

use minute::{SUBSCRIPTIONS, minute, quiet_floor};
use streams::Stream;

/// What a cursor's text stands for, as far as everybody can read it.
fn bytes(cursor: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(cursor).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_the_same_with_and_without_a_silent_supervisor() {
    for agent in [true, false] {
        for database in Database::all().await {
            let without = minute(&database, agent, false).await;
            let another = database.another().await;
            let with = minute(&another, agent, true).await;
            for (with, without) in with.told.iter().zip(&without.told) {
                assert_eq!(with, without, "agent: {agent}");
            }
            assert_eq!(with.told.len(), without.told.len());
            assert_eq!(with.cursors.len(), without.cursors.len());
            says_nothing(&database, &without.cursors).await;
            says_nothing(&another, &with.cursors).await;
        }
    }
}

/// No cursor comes twice, but for one event in the same words; all are of one length, and none has the log's
/// epoch or a small number in it.
async fn says_nothing(database: &Database, cursors: &[(String, Option<String>)]) {
    assert!(cursors.len() > 20, "{cursors:?}");
    let mut seen = HashMap::new();
    for (cursor, event) in cursors {
        if let Some(before) = seen.insert(cursor, event) {
            assert!(before.is_some() && before == event, "{cursor} came twice");
        }
    }
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    let head = log_head::Entity::find_by_id(1).one(&tables).await;
    let head = head.unwrap().unwrap();
    for (cursor, _) in cursors {
        let bytes = bytes(cursor);
        assert_eq!(cursor.len(), cursors[0].0.len());
        let epoch = bytes.windows(16).any(|part| part == head.epoch.as_bytes());
        assert!(!epoch, "{cursor} has the log's epoch");
        let small = bytes.windows(6).any(|part| part == [0; 6]);
        assert!(!small, "{cursor} has a number in it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signs_of_life_come_when_they_would_and_nothing_else_does() {
    for watched in [false, true] {
        let (floor, id) = quiet_floor(&Database::sqlite()).await;
        let tokens = [Token::agent("anna").sign(), floor.gateway.clone()];
        let mut streams = Vec::new();
        for token in &tokens {
            let changes = SUBSCRIPTIONS[0].1;
            streams.push(Stream::open(&floor.server, token, changes, json!({}), None).await);
        }
        let busy = async {
            for _ in 0..if watched { 12 } else { 0 } {
                let sam = &floor.sam;
                floor.act(sam, "monitorConversation", &id, json!({})).await;
                tokio::time::sleep(Duration::from_millis(60)).await;
                floor.act(sam, "stopMonitoring", &id, json!({})).await;
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
        };
        let listen = async {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
        };
        tokio::join!(busy, listen);
        for stream in &mut streams {
            let signs = stream.signs_of_life().await;
            assert!(signs >= 2, "watched: {watched}, {signs}");
        }
    }
}

#[tokio::test]
async fn an_answer_is_never_kept_for_who_may_not_know_whether_something_happened() {
    let floor = Floor::new().await;
    let ask = async |token: &str| {
        let query = "{ ongoingSummary { asOf } }";
        let data = floor.server.data(token, query, json!({})).await;
        text(&data["ongoingSummary"]["asOf"])
    };
    assert_ne!(ask(&floor.gateway).await, ask(&floor.gateway).await);
    assert_ne!(ask(&floor.anna).await, ask(&floor.anna).await);
    // Whoever is an agent as well as a supervisor has conversations that others may watch.
    let both = Token::supervisor("bert").and(domain::Role::Agent).sign();
    assert_ne!(ask(&both).await, ask(&both).await);
    assert_eq!(ask(&floor.sam).await, ask(&floor.sam).await);
    assert_eq!(ask(&floor.admin).await, ask(&floor.admin).await);
}
