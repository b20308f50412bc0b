//! Looking up one thing by its id: what may not be seen is answered like what is not there.

use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::Token;

const LOOKUP: &str =
    "query($id: ID!) { node(id: $id) { __typename id } conversation(id: $id) { id } }";

async fn look(floor: &Floor, token: &str, id: &str) -> (Value, Value) {
    let data = floor.server.data(token, LOOKUP, json!({ "id": id })).await;
    (data["node"].clone(), data["conversation"].clone())
}

#[tokio::test]
async fn a_node_is_found_by_the_id_of_its_kind() {
    let floor = Floor::new().await;
    let conversation = floor.open("SMS").await;
    for (id, kind) in [
        (conversation.clone(), "Conversation"),
        (floor.agent("anna"), "Agent"),
        (floor.queue.clone(), "Queue"),
        (floor.workstream.clone(), "Workstream"),
    ] {
        let (node, found) = look(&floor, &floor.sam, &id).await;
        assert_eq!(node, json!({ "__typename": kind, "id": id }));
        assert_eq!(found.is_null(), kind != "Conversation");
    }
}

#[tokio::test]
async fn nodes_come_in_the_order_of_their_ids_and_null_in_the_place_of_each_that_is_not_seen() {
    let floor = Floor::new().await;
    let (ongoing, closed) = (floor.open("SMS").await, floor.closed("WHATSAPP").await);
    let agent = floor.agent("anna");
    let ids = [&agent, &ongoing, "conv_nonsense", &closed, "", &ongoing];
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let data = floor
        .server
        .data(&floor.sam, query, json!({ "ids": ids }))
        .await;
    let node = |kind: &str, id: &str| json!({ "__typename": kind, "id": id });
    let conversation = |id: &str| node("Conversation", id);
    let expected = json!([
        node("Agent", &agent),
        conversation(&ongoing),
        null,
        conversation(&closed),
        null,
        conversation(&ongoing),
    ]);
    assert_eq!(data["nodes"], expected);
    // A gateway lists no agents, and has its channel's conversations alone.
    let data = floor
        .server
        .data(&floor.gateway, query, json!({ "ids": [&agent, &closed] }))
        .await;
    assert_eq!(data["nodes"], json!([null, conversation(&closed)]));
    let many = vec![&agent; 101];
    let refused = floor
        .server
        .post(&floor.sam, query, json!({ "ids": many }))
        .await;
    let extensions = &refused["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "LIMIT_EXCEEDED");
    assert_eq!(
        (&extensions["limit"], &extensions["found"]),
        (&json!("pageSize"), &json!(101))
    );
    let data = floor
        .server
        .data(&floor.sam, query, json!({ "ids": [] }))
        .await;
    assert_eq!(data["nodes"], json!([]));
}

#[tokio::test]
async fn a_page_shows_the_same_as_nodes_and_as_edges() {
    let floor = Floor::new().await;
    floor.open("SMS").await;
    floor.active("WHATSAPP").await;
    let query = "{ ongoingConversations { edges { node { id } } nodes { id } }
        agents { edges { node { id } } nodes { id } } auditLog { edges { node { number } } nodes { number } } }";
    let data = floor.server.data(&floor.sam, query, json!({})).await;
    for list in ["ongoingConversations", "agents", "auditLog"] {
        let edges = data[list]["edges"].as_array().unwrap();
        let of_edges: Vec<_> = edges.iter().map(|edge| edge["node"].clone()).collect();
        assert_eq!(data[list]["nodes"], Value::from(of_edges), "{list}");
    }
}

#[tokio::test]
async fn unknown_malformed_and_invisible_are_null_alike() {
    let floor = Floor::new().await;
    let conversation = floor.active("WHATSAPP").await;
    let closed = floor.closed("WHATSAPP").await;
    let elsewhere = Token::supervisor("sam")
        .queues(&[&floor.second_queue])
        .sign();
    let nothing = (Value::Null, Value::Null);
    let unknown = "0190163d8694739baea5966c26f8ad91";
    for id in [&conversation, &closed] {
        assert_eq!(look(&floor, &elsewhere, id).await, nothing);
        assert_eq!(look(&floor, &floor.bert, id).await, nothing);
    }
    for kind in [
        "conv", "agent", "queue", "ws", "offer", "msg", "cust", "mon",
    ] {
        assert_eq!(
            look(&floor, &floor.sam, &format!("{kind}_{unknown}")).await,
            nothing
        );
    }
    for id in [
        "",
        "x",
        "conv_",
        "conv_\u{0}",
        "00000000-0000-0000-0000-000000000000",
        &"a".repeat(5_000),
    ] {
        assert_eq!(look(&floor, &floor.sam, id).await, nothing);
    }
    // Gateways list no agents, queues or workstreams.
    for id in [
        floor.agent("anna"),
        floor.queue.clone(),
        floor.workstream.clone(),
    ] {
        assert_eq!(look(&floor, &floor.gateway, &id).await, nothing);
    }
}

#[tokio::test]
async fn a_closed_conversation_is_still_found_by_who_may_see_it() {
    let floor = Floor::new().await;
    let id = floor.closed("WHATSAPP").await;
    let fields = "state closedAt subject customer { name } agent { name } autoCloseAt participants { role leftAt }";
    for token in [&floor.sam, &floor.admin, &floor.gateway, &floor.anna] {
        let seen = floor.see(token, &id, fields).await;
        assert_eq!(
            (&seen["state"], &seen["customer"]["name"]),
            (&json!("CLOSED"), &json!("Ada"))
        );
        assert_eq!(
            (&seen["agent"]["name"], &seen["autoCloseAt"]),
            (&json!("anna"), &Value::Null)
        );
        assert_ne!(seen["closedAt"], Value::Null);
    }
}

#[tokio::test]
async fn everybody_sees_who_they_are() {
    let floor = Floor::new().await;
    let query = "{ viewer { subject roles permissions scope { isAll queues { id } } channels agent { name } tokenExpiresAt } }";
    let narrow = Token::supervisor("sam")
        .queues(&[&floor.second_queue])
        .permissions(&[])
        .sign();
    let data = floor.server.data(&narrow, query, json!({})).await;
    let mut viewer = data["viewer"].clone();
    assert_ne!(
        viewer
            .as_object_mut()
            .unwrap()
            .remove("tokenExpiresAt")
            .unwrap(),
        Value::Null
    );
    assert_eq!(
        viewer,
        json!({
            "subject": "sam", "roles": ["SUPERVISOR"], "permissions": [],
            "scope": { "isAll": false, "queues": [{ "id": floor.second_queue }] },
            "channels": [], "agent": null,
        })
    );
    let data = floor.server.data(&floor.anna, query, json!({})).await;
    assert_eq!(data["viewer"]["agent"], json!({ "name": "anna" }));
    let data = floor.server.data(&floor.gateway, query, json!({})).await;
    assert_eq!(
        (&data["viewer"]["channels"], &data["viewer"]["roles"]),
        (&Value::Null, &json!(["CUSTOMER_GATEWAY"]))
    );
}
