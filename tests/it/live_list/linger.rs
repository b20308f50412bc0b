//! A list that nobody has is kept for a while: who was cut off, and was the only one, goes on by changes.

use std::time::Duration;

use api::graphql::gate::ListLimits;
use serde_json::{Value, json};

use super::bounds::bounded;
use super::mirror::{Mirror, by, kinds};
use super::{ROW, agrees};
use crate::floor::Floor;
use crate::harness::Token;

fn newest() -> Value {
    by("STARTED_AT", "DESC", 3)
}

#[tokio::test]
async fn who_is_cut_off_and_was_the_only_one_goes_on_by_what_they_missed() {
    let floor = Floor::new().await;
    for token in [&floor.sam, &floor.anna, &floor.gateway] {
        let (mut list, _) = Mirror::begin(&floor.server, token, ROW, &newest()).await;
        let one = floor.open("WHATSAPP").await;
        assert_eq!(kinds(&list.next().await).last().unwrap(), "Entered 0");
        list.socket.cut().await;
        let two = floor.open("WHATSAPP").await;
        floor
            .act(
                &floor.gateway,
                "receiveCustomerMessage",
                &one,
                json!({ "text": "Where is my order?" }),
            )
            .await;
        let mut back = list.resumed(&floor.server, token, ROW, &newest()).await;
        assert_eq!(kinds(&back.next().await).last().unwrap(), "Entered 0");
        assert_eq!(kinds(&back.next().await), ["Updated 1"]);
        assert_eq!(back.shown.rows[0]["id"], json!(two));
        agrees(&floor, token, &back, &newest()).await;
        // And on as everybody else.
        floor.open("WHATSAPP").await;
        assert_eq!(kinds(&back.next().await).last().unwrap(), "Entered 0");
        agrees(&floor, token, &back, &newest()).await;
    }
}

#[tokio::test]
async fn an_agent_who_comes_back_is_told_that_they_see_something_else() {
    let floor = Floor::new().await;
    floor.open("WHATSAPP").await;
    let (mut list, _) = Mirror::begin(&floor.server, &floor.anna, ROW, &newest()).await;
    list.socket.cut().await;
    let membership = json!({ "agentId": floor.agent("anna"), "queueId": floor.queue });
    floor
        .server
        .done(&floor.admin, "removeQueueMember", membership, "")
        .await;
    let mut back = list
        .resumed(&floor.server, &floor.anna, ROW, &newest())
        .await;
    let message = back.next().await;
    assert_eq!(
        (&message["snapshotReason"], &message["totalCount"]),
        (&json!("SIGHT_CHANGED"), &json!(0))
    );
}

#[tokio::test]
async fn an_agents_list_is_nobody_elses_and_not_the_same_by_other_rights() {
    let floor = Floor::new().await;
    floor.open("WHATSAPP").await;
    let (list, _) = Mirror::begin(&floor.server, &floor.anna, ROW, &newest()).await;
    // Where nothing happened since, whatever list of what they see goes on.
    floor.open("WHATSAPP").await;
    let of = json!({ "order": newest()["order"], "first": 3, "after": list.cursor });
    for token in [
        &floor.bert,
        &Token::agent("anna").and(domain::Role::Supervisor).sign(),
        &Token::agent("anna")
            .permissions(&[domain::Permission::Monitor])
            .sign(),
    ] {
        let (_, message) = Mirror::begin(&floor.server, token, ROW, &of).await;
        assert_eq!(message["snapshotReason"], "NOT_RESUMABLE");
    }
}

#[tokio::test]
async fn a_list_is_kept_for_so_long_and_no_longer() {
    for linger in [Duration::ZERO, Duration::from_millis(200)] {
        let floor = bounded(ListLimits {
            linger,
            ..ListLimits::default()
        })
        .await;
        let (mut list, _) = Mirror::begin(&floor.server, &floor.sam, ROW, &newest()).await;
        list.socket.close().await;
        // Events or none, it goes; the longest that anything here may take.
        floor.open("WHATSAPP").await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let mut back = list
            .resumed(&floor.server, &floor.sam, ROW, &newest())
            .await;
        assert_eq!(back.next().await["snapshotReason"], "NOT_RESUMABLE");
    }
}

#[tokio::test]
async fn a_server_stops_though_a_list_is_kept() {
    let floor = Floor::new().await;
    let (mut list, _) = Mirror::begin(&floor.server, &floor.sam, ROW, &newest()).await;
    list.socket.close().await;
    let stopped = tokio::time::timeout(Duration::from_secs(20), floor.server.stop()).await;
    stopped.expect("a list that nobody has keeps the server");
}
