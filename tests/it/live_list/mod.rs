//! `ongoingConversationsLive`: a client that applies its messages has what the view shows.

use serde_json::{Value, json};

use crate::floor::{Floor, merged};

mod behind;
mod bounds;
mod linger;
pub mod mirror;
mod resume;
mod sight;
mod storm;

use mirror::{Mirror, asked, by, kinds};

/// What a desk shows of a row.
const ROW: &str = "state version waitingSince lastActivityAt queue { name } agent { name presence }
    customer { name } sentiment { level } attention { attentionReason }";

/// The list is what the view shows now.
async fn agrees(floor: &Floor, token: &str, mirror: &Mirror, of: &Value) {
    let (_, shown) = asked(&floor.server, token, ROW, of).await;
    assert_eq!(mirror.shown, shown);
}

#[tokio::test]
async fn the_list_comes_whole_and_then_by_what_enters_changes_moves_and_leaves() {
    let floor = Floor::new().await;
    let one = floor.open("WHATSAPP").await;
    let newest = by("STARTED_AT", "DESC", 2);
    let (mut list, first) = Mirror::begin(&floor.server, &floor.sam, ROW, &newest).await;
    assert_eq!(first["__typename"], "OngoingSnapshot");
    assert_eq!(first["snapshotReason"], "STARTED");
    assert_eq!(
        (first["totalCount"].clone(), list.shown.rows.len()),
        (json!(1), 1)
    );
    agrees(&floor, &floor.sam, &list, &newest).await;

    let two = floor.open("WHATSAPP").await;
    assert_eq!(kinds(&list.next().await), ["Entered 0"]);
    let three = floor.open("WHATSAPP").await;
    assert_eq!(kinds(&list.next().await), ["Left PUSHED_OUT", "Entered 0"]);
    agrees(&floor, &floor.sam, &list, &newest).await;
    floor
        .act(&floor.anna, "pickConversation", &two, json!({}))
        .await;
    assert_eq!(kinds(&list.next().await), ["Updated 1"]);
    agrees(&floor, &floor.sam, &list, &newest).await;
    floor
        .act(&floor.sam, "forceCloseConversation", &three, json!({}))
        .await;
    // First the message that tells of it, then the end.
    assert_eq!(kinds(&list.next().await), ["Updated 0"]);
    assert_eq!(kinds(&list.next().await), ["Left CLOSED", "Entered 1"]);
    agrees(&floor, &floor.sam, &list, &newest).await;
    floor
        .act(&floor.sam, "forceCloseConversation", &one, json!({}))
        .await;
    assert_eq!(kinds(&list.next().await), ["Updated 1"]);
    let last = list.next().await;
    assert_eq!(kinds(&last), ["Left CLOSED"]);
    assert_eq!(last["totalCount"], 1);
    agrees(&floor, &floor.sam, &list, &newest).await;
}

#[tokio::test]
async fn what_an_order_goes_by_moves_a_row_and_a_filter_lets_it_go() {
    let floor = Floor::new().await;
    let one = floor.active("WHATSAPP").await;
    let two = floor.active("WHATSAPP").await;
    let active = merged(
        by("LAST_ACTIVITY_AT", "DESC", 10),
        json!({ "filter": { "states": ["ACTIVE"] } }),
    );
    let (mut list, _) = Mirror::begin(&floor.server, &floor.sam, ROW, &active).await;
    assert_eq!(list.shown.rows[0]["id"], json!(two));
    floor
        .act(
            &floor.gateway,
            "receiveCustomerMessage",
            &one,
            json!({ "text": "Where is my order?" }),
        )
        .await;
    assert_eq!(kinds(&list.next().await), ["Moved 0"]);
    agrees(&floor, &floor.sam, &list, &active).await;
    floor
        .act(&floor.anna, "setAsideConversation", &one, json!({}))
        .await;
    assert_eq!(kinds(&list.next().await), ["Left NO_LONGER_MATCHES"]);
    floor
        .act(&floor.anna, "reopenConversation", &one, json!({}))
        .await;
    assert_eq!(kinds(&list.next().await), ["Entered 0"]);
    agrees(&floor, &floor.sam, &list, &active).await;
}
