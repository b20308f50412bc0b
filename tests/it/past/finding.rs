//! Closed conversations by their ids, cursors of other lists, and what is no filter.

use serde_json::{Value, json};

use super::{PAGE, ids, page};
use crate::floor::{Floor, text};
use crate::harness::Token;

/// What of a conversation is not for everybody who sees it.
const HEADER: &str = "state closedAt customer { name } agent { name }
    transcript { nodes { number } } participants { role } joinedSupervisors runningMonitorSessions { id }
    monitorSessions { id } audit { totalCount } viewerCan { reopen { allowed } }";

#[tokio::test]
async fn an_agent_who_was_primary_finds_the_header_of_a_closed_one_and_nothing_else() {
    let floor = Floor::new().await;
    let id = floor.requested("WHATSAPP").await;
    floor.act(&floor.bert, "acceptOffer", &id, json!({})).await;
    floor
        .act(&floor.anna, "leaveConversation", &id, json!({}))
        .await;
    assert_eq!(floor.see(&floor.anna, &id, "id").await, Value::Null);
    for mutation in ["endConversation", "closeConversation"] {
        floor.act(&floor.bert, mutation, &id, json!({})).await;
    }
    let found = floor.see(&floor.anna, &id, HEADER).await;
    let expected = json!({
        "state": "CLOSED", "closedAt": found["closedAt"], "customer": { "name": "Ada" },
        "agent": { "name": "bert" }, "transcript": null, "participants": [], "joinedSupervisors": [],
        "runningMonitorSessions": null, "monitorSessions": null, "audit": null,
        "viewerCan": { "reopen": { "allowed": false } },
    });
    assert_eq!(found, expected);
    let list = page(&floor.server, &floor.anna, json!({})).await;
    assert_eq!(ids(&list), [&id[..]]);
    let node = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }";
    let both = floor
        .server
        .data(&floor.anna, node, json!({ "id": id }))
        .await;
    assert_eq!(
        both,
        json!({ "node": { "id": id }, "nodes": [{ "id": id }] })
    );
    // carl never had it; the same token as a supervisor's alone finds nothing either.
    assert_eq!(floor.see(&floor.carl, &id, "id").await, Value::Null);
    assert!(ids(&page(&floor.server, &floor.carl, json!({})).await).is_empty());
    let nowhere = Token::supervisor("anna")
        .queues(&[&floor.second_queue])
        .sign();
    assert_eq!(floor.see(&nowhere, &id, "id").await, Value::Null);
    assert!(ids(&page(&floor.server, &nowhere, json!({})).await).is_empty());
}

#[tokio::test]
async fn a_closed_one_is_found_by_whoever_sees_where_it_ended() {
    let floor = Floor::new().await;
    let id = floor.closed("WHATSAPP").await;
    let list = json!({ "filter": { "states": ["CLOSED"] } });
    for token in [&floor.sam, &floor.admin, &floor.gateway, &floor.anna] {
        let found = page(&floor.server, token, list.clone()).await;
        assert_eq!(ids(&found), [&id[..]]);
        assert_eq!(found["totalCount"], 1);
    }
    for token in [&floor.bert, &floor.carl] {
        let found = page(&floor.server, token, list.clone()).await;
        assert_eq!(found["totalCount"], 0);
    }
    // Only the agent and the gateway read what was said.
    let read = "query { conversations { nodes { transcript { nodes { number } } } } }";
    for (token, reads) in [
        (&floor.sam, false),
        (&floor.admin, false),
        (&floor.gateway, true),
        (&floor.anna, true),
    ] {
        let data = floor.server.data(token, read, json!({})).await;
        let transcript = &data["conversations"]["nodes"][0]["transcript"];
        assert_eq!(transcript.is_null(), !reads);
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_order_and_filter() {
    let floor = Floor::new().await;
    for _ in 0..3 {
        floor.open("SMS").await;
    }
    let order = |field: &str, direction: &str| json!({ "field": field, "direction": direction });
    let asked = json!({ "filter": { "states": ["OPEN"] }, "orderBy": order("STARTED_AT", "ASC"), "first": 1 });
    let cursor =
        text(&page(&floor.server, &floor.sam, asked.clone()).await["pageInfo"]["endCursor"]);
    let mut same = asked.clone();
    same["after"] = json!(cursor);
    // Another viewer may go on by it; whose it is, is no part of it.
    for token in [&floor.sam, &floor.admin] {
        assert_eq!(
            ids(&page(&floor.server, token, same.clone()).await).len(),
            1
        );
    }
    for (field, other) in [
        ("orderBy", order("STARTED_AT", "DESC")),
        ("orderBy", order("LAST_ACTIVITY_AT", "ASC")),
        ("orderBy", order("CLOSED_AT", "ASC")),
        ("filter", json!({ "states": ["OPEN", "ACTIVE"] })),
        ("filter", json!({ "states": ["OPEN"], "channels": ["SMS"] })),
        ("filter", json!(null)),
        ("after", json!("nothing")),
        ("after", json!("")),
    ] {
        let mut asked = same.clone();
        asked[field] = other;
        let refused = floor.server.post(&floor.sam, PAGE, asked.clone()).await;
        let code = &refused["errors"][0]["extensions"]["code"];
        assert_eq!(code, "CURSOR_INVALID", "{asked}");
    }
}

#[tokio::test]
async fn what_is_no_filter_is_refused() {
    let floor = Floor::new().await;
    let queue = floor.queue.clone();
    for (filter, first) in [
        (json!({ "queueIds": ["agent_1"] }), 1),
        (json!({ "agentId": queue }), 1),
        (json!({ "customerId": "cust_" }), 1),
        (json!({ "queueIds": vec![queue; 101] }), 1),
        (json!({ "states": vec!["OPEN"; 101] }), 1),
        (json!({}), -1),
    ] {
        let asked = json!({ "filter": filter, "first": first });
        let refused = floor.server.post(&floor.sam, PAGE, asked.clone()).await;
        let code = &refused["errors"][0]["extensions"]["code"];
        assert_eq!(code, "INVALID_INPUT", "{asked}");
    }
    let far = json!({ "filter": { "started": { "from": "-100000-01-01T00:00:00Z", "to": "9999-12-31T23:59:59Z" } } });
    floor.open("SMS").await;
    let found = page(&floor.server, &floor.sam, far).await;
    assert_eq!(found["totalCount"], 1);
}
