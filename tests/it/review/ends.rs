//! When a review ends: with its hour, and with every right that it stands on, on closed conversations too.

use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::{REVIEW, everything, said};
use crate::floor::{Floor, on};
use crate::harness::{Database, Server, Token, soon};
use entity::tables::{event, timer};

const ENDS: &str = "reviewSessions { endedBy } runningReviewSessions { id }";

/// A supervisor whose token outlasts a review.
fn patient() -> String {
    let ttl = Duration::from_hours(8);
    Token::supervisor("sam").lasting(ttl).sign()
}

fn lasting_admin() -> String {
    Token::administrator()
        .lasting(Duration::from_hours(8))
        .sign()
}

/// How many events of this kind there are.
async fn events(database: &Database, kind: &str) -> usize {
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    let found = event::Entity::find().filter(event::Column::Kind.eq(kind));
    found.all(&tables).await.unwrap().len()
}

async fn timers(database: &Database) -> usize {
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    timer::Entity::find().all(&tables).await.unwrap().len()
}

/// Waits until the review has ended for this.
async fn ended(floor: &Floor, id: &str, by: &str) {
    let reader = lasting_admin();
    soon("the review ends", || async {
        let seen = floor.see(&reader, id, ENDS).await;
        seen["reviewSessions"][0]["endedBy"] == by
    })
    .await;
    let seen = floor.see(&reader, id, ENDS).await;
    assert_eq!(seen["runningReviewSessions"], json!([]));
}

#[tokio::test]
async fn a_review_lasts_an_hour_to_the_second_and_ends_once() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let id = said(&floor, "WHATSAPP").await;
        let sam = patient();
        floor.act(&sam, REVIEW, &id, json!({})).await;
        floor.server.clock.advance(TimeDelta::minutes(59));
        // A newer token, and asking again, lengthen nothing.
        floor.act(&patient(), REVIEW, &id, json!({})).await;
        assert_eq!(floor.texts(&sam, &id).await, everything());
        floor.server.clock.advance(TimeDelta::minutes(1));
        assert_eq!(
            floor.texts(&sam, &id).await,
            None,
            "whatever the timer does"
        );
        ended(&floor, &id, "TIME_LIMIT").await;
        assert_eq!(events(&database, "ReviewStopped").await, 1);
        assert_eq!(timers(&database).await, 0);
    }
}

#[tokio::test]
async fn a_review_goes_on_over_a_restart_and_its_time_too() {
    for database in Database::all().await {
        let mut floor = Floor::on(database.clone()).await;
        let id = said(&floor, "WHATSAPP").await;
        let sam = patient();
        floor.act(&sam, REVIEW, &id, json!({})).await;
        floor.server = floor.server.restart().await;
        assert_eq!(floor.texts(&sam, &id).await, everything());
        let off = json!({ "supervisorMonitor": false });
        floor.set(off).await;
        let seen = floor.see(&floor.admin, &id, ENDS).await;
        assert_eq!(
            seen["reviewSessions"][0]["endedBy"], "SETTING_DISABLED",
            "the server knew of it"
        );
        floor.set(json!({ "supervisorMonitor": true })).await;
        let other = said(&floor, "SMS").await;
        floor.act(&sam, REVIEW, &other, json!({})).await;
        let clock = floor.server.clock.clone();
        floor.server.stop().await;
        clock.advance(TimeDelta::hours(1));
        floor.server = Server::at(database.clone(), clock).await;
        assert_eq!(floor.texts(&sam, &other).await, None);
        ended(&floor, &other, "TIME_LIMIT").await;
    }
}

#[tokio::test]
async fn what_takes_the_right_away_ends_reviews_of_closed_conversations_at_once() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let sam = patient();
        let review = async || {
            let id = said(&floor, "WHATSAPP").await;
            floor.act(&sam, REVIEW, &id, json!({})).await;
            id
        };
        let over = async |id: &str, by: &str| {
            let seen = floor.see(&floor.admin, id, ENDS).await;
            assert_eq!(seen["reviewSessions"][0]["endedBy"], by);
            assert_eq!(seen["runningReviewSessions"], json!([]), "{by}");
            assert_eq!(floor.texts(&sam, id).await, None, "{by}");
        };
        let id = review().await;
        let denied = json!({ "consent": "DENIED" });
        floor
            .act(&floor.gateway, "recordConsent", &id, denied)
            .await;
        over(&id, "CONSENT_WITHDRAWN").await;

        let id = review().await;
        let stricter =
            json!({ "workstreamId": floor.workstream, "monitoringNotice": "CONSENT_REQUIRED" });
        let update = "updateWorkstream";
        floor.server.done(&floor.admin, update, stricter, "").await;
        over(&id, "CONSENT_WITHDRAWN").await;
        let code = floor.code(&sam, REVIEW, &id, json!({})).await;
        assert_eq!(code, "CONSENT_NOT_GRANTED");
        let milder = json!({ "workstreamId": floor.workstream, "monitoringNotice": "NOTICE" });
        floor.server.done(&floor.admin, update, milder, "").await;

        let id = review().await;
        floor.set(json!({ "supervisorMonitor": false })).await;
        over(&id, "SETTING_DISABLED").await;
        floor.set(json!({ "supervisorMonitor": true })).await;

        let id = review().await;
        let seen = floor.see(&floor.admin, &id, "customer { id }").await;
        let erase = json!({ "customerId": seen["customer"]["id"] });
        let erased = "eraseCustomer";
        floor.server.done(&floor.admin, erased, erase, "").await;
        over(&id, "CUSTOMER_ERASED").await;

        let id = review().await;
        let subject = json!({ "subject": "sam" });
        floor
            .server
            .done(&floor.admin, "revokeSubject", subject, "")
            .await;
        let seen = floor.see(&floor.admin, &id, ENDS).await;
        assert_eq!(seen["reviewSessions"][0]["endedBy"], "TOKEN_EXPIRED");
    }
}

#[tokio::test]
async fn a_newer_token_without_the_right_ends_the_review() {
    let floor = Floor::new().await;
    let id = said(&floor, "WHATSAPP").await;
    let sam = patient();
    floor.act(&sam, REVIEW, &id, json!({})).await;
    let elsewhere = Token::supervisor("sam")
        .queues(&[&floor.second_queue])
        .lasting(Duration::from_hours(9));
    assert_eq!(floor.texts(&elsewhere.sign(), &id).await, None);
    ended(&floor, &id, "ACCESS_LOST").await;
    assert_eq!(floor.texts(&sam, &id).await, None);
}

#[tokio::test]
async fn another_queue_ends_a_review() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    floor.act(&floor.sam, REVIEW, &id, json!({})).await;
    let second = json!({ "target": { "queueId": floor.second_queue } });
    floor
        .act(&floor.sam, "assignConversation", &id, second)
        .await;
    ended(&floor, &id, "QUEUE_CHANGED").await;
    assert_eq!(floor.texts(&floor.sam, &id).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn two_servers_know_of_a_review_and_end_it_once() {
    let database = Database::postgres().await;
    let floor = Floor::on(database.clone()).await;
    let clock = floor.server.clock.clone();
    let other = Server::at(database.clone(), clock.clone()).await;
    let id = said(&floor, "WHATSAPP").await;
    let sam = patient();
    other
        .done(&sam, REVIEW, on(&id, json!({})), "session { id }")
        .await;
    assert_eq!(floor.texts(&sam, &id).await, everything());
    clock.advance(TimeDelta::hours(1));
    ended(&floor, &id, "TIME_LIMIT").await;
    assert_eq!(events(&database, "ReviewStopped").await, 1);

    // Begun at one, and ended by what an administrator says at the other.
    let second = said(&floor, "SMS").await;
    let (admin, query) = (lasting_admin(), on(&second, json!({})));
    other.done(&sam, REVIEW, query, "session { id }").await;
    let off = json!({ "supervisorMonitor": false });
    floor
        .server
        .done(&admin, "updateSupervisorSettings", off, "")
        .await;
    ended(&floor, &second, "SETTING_DISABLED").await;
    assert_eq!(events(&database, "ReviewStopped").await, 2);
    let read = "query($id: ID!) { conversation(id: $id) { transcript { asOf } } }";
    let read = other.data(&sam, read, json!({ "id": second })).await;
    assert_eq!(read["conversation"]["transcript"], Value::Null);
}
