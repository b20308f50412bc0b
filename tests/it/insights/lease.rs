//! One of several servers counts: which one, and who comes after it (domain.md section 12).

use std::time::Duration;

use chrono::TimeDelta;
use entity::tables::insight_progress;
use sea_orm::EntityTrait as _;
use uuid::Uuid;

use super::all_counted;
use super::stored::verified;
use crate::floor::Floor;
use crate::harness::{Database, Server, soon};

/// Who counts.
async fn holder(database: &Database) -> Option<Uuid> {
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    let row = insight_progress::Entity::find().one(&tables).await.unwrap();
    tables.close().await.unwrap();
    row.and_then(|row| row.holder)
}

/// A floor at the server that counts, and another server by the same clock.
async fn pair(database: &Database) -> (Floor, Server) {
    let floor = Floor::on(database.clone()).await;
    all_counted(&floor).await;
    let clock = floor.server.clock.clone();
    (floor, Server::at(database.clone(), clock).await)
}

/// The floor at the other server; the server that counted.
fn over(mut floor: Floor, other: Server) -> (Floor, Server) {
    let first = std::mem::replace(&mut floor.server, other);
    (floor, first)
}

#[tokio::test]
async fn a_server_that_stops_counts_no_more_and_says_so() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        floor.active("SMS").await;
        all_counted(&floor).await;
        assert_ne!(holder(&database).await, None);
        floor.server.stop().await;
        assert_eq!(holder(&database).await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn where_a_server_stops_another_counts_at_once() {
    let database = Database::postgres().await;
    let (floor, other) = pair(&database).await;
    let counted = holder(&database).await;
    let (floor, first) = over(floor, other);
    first.stop().await;
    floor.active("SMS").await;
    soon("the other one counts", || async {
        let holder = holder(&database).await;
        holder.is_some() && holder != counted
    })
    .await;
    all_counted(&floor).await;
    assert_eq!(verified(&database).await.1, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn another_server_counts_when_the_lease_of_one_that_is_gone_has_passed() {
    let database = Database::postgres().await;
    let (floor, other) = pair(&database).await;
    let counted = holder(&database).await;
    let (floor, first) = over(floor, other);
    let clock = first.clock.clone();
    first.crash().await;
    floor.active("SMS").await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(holder(&database).await, counted, "it may only be slow");
    clock.advance(TimeDelta::seconds(11));
    soon("the other one counts", || async {
        holder(&database).await != counted
    })
    .await;
    all_counted(&floor).await;
    assert_eq!(verified(&database).await.1, Vec::<String>::new());
}
