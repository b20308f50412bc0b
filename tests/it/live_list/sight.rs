//! What a subscriber of the live list sees, and what stands beside the rows.

use domain::Role;
use serde_json::{Value, json};

use super::mirror::{Mirror, by, kinds};
use super::{ROW, agrees};
use crate::floor::{Floor, merged};
use crate::harness::Token;

fn newest() -> Value {
    by("STARTED_AT", "DESC", 5)
}

async fn list(floor: &Floor, token: &str) -> Mirror {
    Mirror::begin(&floor.server, token, ROW, &newest()).await.0
}

async fn update(floor: &Floor, mutation: &str, input: Value) {
    floor.server.done(&floor.admin, mutation, input, "").await;
}

#[tokio::test]
async fn what_leaves_a_scope_leaves_the_list_and_is_there_in_another() {
    let floor = Floor::new().await;
    let token = |queue: &str| Token::supervisor("few").queues(&[queue]).sign();
    let (one, two) = (token(&floor.queue), token(&floor.second_queue));
    let (mut from, mut to) = (list(&floor, &one).await, list(&floor, &two).await);
    let id = floor.open("WHATSAPP").await;
    assert_eq!(kinds(&from.next().await), ["Entered 0"]);
    let there = json!({ "target": { "queueId": floor.second_queue } });
    floor
        .act(&floor.sam, "assignConversation", &id, there)
        .await;
    assert_eq!(kinds(&from.next().await), ["Left NO_LONGER_VISIBLE"]);
    assert_eq!(
        kinds(&to.next().await),
        ["Entered 0"],
        "the start was not theirs"
    );
    agrees(&floor, &one, &from, &newest()).await;
    agrees(&floor, &two, &to, &newest()).await;
}

#[tokio::test]
async fn an_agents_list_follows_what_they_may_see() {
    let floor = Floor::new().await;
    floor.open("WHATSAPP").await;
    let mut anna = list(&floor, &floor.anna).await;
    let id = floor.open("WHATSAPP").await;
    assert_eq!(kinds(&anna.next().await), ["Entered 0"]);
    floor
        .act(&floor.bert, "pickConversation", &id, json!({}))
        .await;
    assert_eq!(kinds(&anna.next().await), ["Left NO_LONGER_VISIBLE"]);
    let membership = json!({ "agentId": floor.agent("anna"), "queueId": floor.queue });
    update(&floor, "removeQueueMember", membership.clone()).await;
    let message = anna.next().await;
    assert_eq!(message["snapshotReason"], "SIGHT_CHANGED");
    assert_eq!(message["totalCount"], 0);
    update(&floor, "addQueueMember", membership).await;
    let message = anna.next().await;
    assert_eq!(
        (&message["snapshotReason"], &message["totalCount"]),
        (&json!("SIGHT_CHANGED"), &json!(1))
    );
    agrees(&floor, &floor.anna, &anna, &newest()).await;
}

#[tokio::test]
async fn an_agent_and_a_gateway_are_not_told_of_a_look_by_an_update() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let mut lists = Vec::new();
    for token in [&floor.anna, &floor.gateway, &floor.sam, &floor.admin] {
        lists.push(list(&floor, token).await);
    }
    floor
        .act(&floor.sam, "monitorConversation", &id, json!({}))
        .await;
    let note = json!({ "text": "Offer a refund", "visibility": "INTERNAL" });
    floor.act(&floor.anna, "sendMessage", &id, note).await;
    floor
        .act(
            &floor.gateway,
            "receiveCustomerMessage",
            &id,
            json!({ "text": "Hello?" }),
        )
        .await;
    let last = lists[2].position() + 3;
    let mut told = Vec::new();
    for list in &mut lists {
        told.push(list.until(last).await.len());
        assert_eq!(list.position(), last);
    }
    assert_eq!(
        told,
        [2, 1, 3, 3],
        "the agent is not told of the look, the gateway of neither"
    );
}

#[tokio::test]
async fn a_name_that_changes_updates_the_rows_that_show_it() {
    let floor = Floor::new().await;
    floor.open("WHATSAPP").await;
    let annas = floor.active("WHATSAPP").await;
    let of = newest();
    let (mut sam, mut gateway) = (
        list(&floor, &floor.sam).await,
        list(&floor, &floor.gateway).await,
    );
    let anna = floor.agent("anna");
    update(
        &floor,
        "updateAgent",
        json!({ "agentId": anna, "name": "Anna B." }),
    )
    .await;
    for (list, token) in [(&mut sam, &floor.sam), (&mut gateway, &floor.gateway)] {
        assert_eq!(kinds(&list.next().await), ["Updated 0"]);
        agrees(&floor, token, list, &of).await;
    }
    assert_eq!(sam.shown.rows[0]["agent"]["name"], "Anna B.");
    floor.presence(&floor.anna, "BUSY").await;
    assert_eq!(
        kinds(&sam.next().await),
        ["Updated 0"],
        "a supervisor is shown presence"
    );
    agrees(&floor, &floor.sam, &sam, &of).await;
    update(
        &floor,
        "updateQueue",
        json!({ "queueId": floor.queue, "name": "Chats" }),
    )
    .await;
    for (list, token) in [(&mut sam, &floor.sam), (&mut gateway, &floor.gateway)] {
        assert_eq!(kinds(&list.next().await), ["Updated 0", "Updated 1"]);
        agrees(&floor, token, list, &of).await;
    }
    update(
        &floor,
        "updateSupervisorSettings",
        json!({ "supervisorForceClose": false }),
    )
    .await;
    assert_eq!(kinds(&sam.next().await), ["Updated 0", "Updated 1"]);
    floor
        .act(&floor.anna, "endConversation", &annas, json!({}))
        .await;
    assert_eq!(
        kinds(&gateway.next().await),
        ["Updated 0"],
        "settings are not a gateway's"
    );
}

#[tokio::test]
async fn a_customers_other_name_updates_the_rows_or_renews_the_list_that_looks_for_it() {
    let floor = Floor::new().await;
    let of = newest();
    let looks = merged(newest(), json!({ "filter": { "text": "ada" } }));
    let customer = |name: &str| json!({ "customer": { "key": "c", "name": name } });
    floor.start_with("WHATSAPP", customer("Ada")).await;
    let mut all = list(&floor, &floor.sam).await;
    let (mut adas, _) = Mirror::begin(&floor.server, &floor.sam, ROW, &looks).await;
    assert_eq!(adas.shown.total, 1);
    floor
        .start_with(
            "WHATSAPP",
            json!({ "customer": { "key": "d", "name": "Bob" } }),
        )
        .await;
    assert_eq!(kinds(&all.next().await), ["Entered 0"]);
    floor.start_with("WHATSAPP", customer("Adam")).await;
    assert_eq!(kinds(&all.next().await), ["Entered 0", "Updated 2"]);
    assert_eq!(adas.next().await["snapshotReason"], "NAMES_CHANGED");
    agrees(&floor, &floor.sam, &all, &of).await;
    agrees(&floor, &floor.sam, &adas, &looks).await;
    floor.start_with("WHATSAPP", customer("Eve")).await;
    let message = adas.next().await;
    assert_eq!(
        (&message["snapshotReason"], &message["totalCount"]),
        (&json!("NAMES_CHANGED"), &json!(0))
    );
}

#[tokio::test]
async fn another_token_goes_on_where_it_sees_the_same_and_begins_anew_where_not() {
    let floor = Floor::new().await;
    floor.open("WHATSAPP").await;
    let mut sam = list(&floor, &floor.sam).await;
    let longer = Token::supervisor("sam").lasting(std::time::Duration::from_hours(9));
    sam.replace(&longer.sign()).await;
    floor.open("WHATSAPP").await;
    assert_eq!(kinds(&sam.next().await), ["Entered 0"], "the list goes on");
    let fewer = longer.queues(&[&floor.second_queue]).sign();
    sam.replace(&fewer).await;
    let message = sam.next().await;
    assert_eq!(
        (&message["snapshotReason"], &message["totalCount"]),
        (&json!("SIGHT_CHANGED"), &json!(0))
    );
    agrees(&floor, &fewer, &sam, &newest()).await;
}

#[tokio::test]
async fn what_the_viewer_can_do_is_told_anew_when_another_token_allows_something_else() {
    let can = "state viewerCan { monitor { allowed code } }";
    let allowed = |list: &Mirror| list.shown.rows[0]["viewerCan"]["monitor"]["allowed"].clone();
    // An agent who supervises as well has a list of their own; a supervisor shares.
    for role in [None, Some(Role::Agent)] {
        let floor = Floor::new().await;
        floor.active("WHATSAPP").await;
        let token = || {
            let token = Token::supervisor("both").lasting(std::time::Duration::from_hours(9));
            match role {
                None => token,
                Some(role) => token.and(role),
            }
        };
        let (mut list, _) = Mirror::begin(&floor.server, &token().sign(), can, &newest()).await;
        let (mut plain, _) =
            Mirror::begin(&floor.server, &token().sign(), "state", &newest()).await;
        assert_eq!(allowed(&list), true);
        let may_not = token().permissions(&[]).sign();
        list.replace(&may_not).await;
        let message = list.next().await;
        assert_eq!(message["snapshotReason"], "SIGHT_CHANGED");
        assert_eq!(allowed(&list), false);
        list.replace(&token().permissions(&[]).id("again").sign())
            .await;
        plain.replace(&may_not).await;
        if role.is_some() {
            assert_eq!(plain.next().await["snapshotReason"], "SIGHT_CHANGED");
        }
        floor.open("WHATSAPP").await;
        assert_eq!(kinds(&list.next().await), ["Entered 0"], "it goes on");
        assert_eq!(
            kinds(&plain.next().await),
            ["Entered 0"],
            "it shows no rights"
        );
    }
}

#[tokio::test]
async fn what_depends_on_who_asks_is_each_ones_own_and_nothing_else_is_made_twice() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let may_not = Token::supervisor("no").permissions(&[]).sign();
    let can = "viewerCan { monitor { allowed code } }";
    let (mut may, _) = Mirror::begin(&floor.server, &floor.sam, can, &newest()).await;
    let (mut not, _) = Mirror::begin(&floor.server, &may_not, can, &newest()).await;
    for _ in 0..3 {
        floor
            .act(
                &floor.gateway,
                "receiveCustomerMessage",
                &id,
                json!({ "text": "Hi" }),
            )
            .await;
        may.next().await;
        not.next().await;
        assert_eq!(may.shown.rows[0]["viewerCan"]["monitor"]["allowed"], true);
        assert_eq!(
            not.shown.rows[0]["viewerCan"]["monitor"]["code"],
            "PERMISSION_MISSING"
        );
    }
    let (mut one, mut two) = (list(&floor, &floor.sam).await, list(&floor, &may_not).await);
    floor.open("WHATSAPP").await;
    assert_eq!(
        one.next().await,
        two.next().await,
        "the instant of emission too"
    );
}
