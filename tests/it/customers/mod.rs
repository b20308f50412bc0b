//! Customers by themselves (domain.md section 11): named, merged, listed and found.

mod listing;
mod merging;
mod naming;

use serde_json::{Value, json};

use crate::floor::{Floor, merged, text};
use crate::harness::Server;

const UPDATE: &str = "updateCustomer";
const MERGE: &str = "mergeCustomers";
const ERASE: &str = "eraseCustomer";

/// A conversation of the customer with this key and name on this channel, and the customer's id.
async fn of(floor: &Floor, channel: &str, key: &str, name: &str) -> (String, String) {
    let named = json!({ "customer": { "key": key, "name": name } });
    let id = floor.start_with(channel, named).await;
    let customer = customer(floor, &id).await;
    (id, customer)
}

/// Who the customer of a conversation is.
async fn customer(floor: &Floor, id: &str) -> String {
    let seen = floor.see(&floor.admin, id, "customer { id }").await;
    text(&seen["customer"]["id"])
}

async fn close(floor: &Floor, id: &str) {
    floor
        .act(&floor.sam, "forceCloseConversation", id, json!({}))
        .await;
}

/// The code and the path of a refusal.
async fn refused(server: &Server, token: &str, mutation: &str, input: Value) -> (String, Value) {
    let payload = server
        .mutate(token, mutation, input, "customer { id } asOf")
        .await;
    assert_eq!(payload["customer"], Value::Null);
    assert_eq!(payload["asOf"], Value::Null);
    let error = &payload["errors"][0];
    (text(&error["code"]), error["path"].clone())
}

/// The ids of ongoing conversations that a search finds.
async fn ongoing(floor: &Floor, typed: &str) -> Vec<String> {
    let view = "query($text: String!) { ongoingConversations(filter: { text: $text }, first: 100) {
        edges { node { id } } } }";
    let data = floor
        .server
        .data(&floor.sam, view, json!({ "text": typed }))
        .await;
    nodes(&data["ongoingConversations"])
}

/// The ids of all conversations that a filter finds.
async fn past(floor: &Floor, filter: Value) -> Vec<String> {
    let view = "query($filter: ConversationFilter!) { conversations(filter: $filter, first: 100,
        orderBy: { field: STARTED_AT, direction: ASC }) { edges { node { id } } } }";
    let data = floor
        .server
        .data(&floor.sam, view, json!({ "filter": filter }))
        .await;
    nodes(&data["conversations"])
}

fn nodes(connection: &Value) -> Vec<String> {
    let edges = connection["edges"].as_array().unwrap();
    edges.iter().map(|edge| text(&edge["node"]["id"])).collect()
}

/// Merges one customer into another.
async fn merge(floor: &Floor, one: &str, other: &str) -> Value {
    let input = json!({ "mergedId": one, "survivingId": other });
    floor
        .server
        .done(&floor.admin, MERGE, input, "customer { id name } asOf")
        .await
}

/// A key of the floor's gateway, as an administrator names it.
fn key(channel: &str, key: &str) -> Value {
    json!({ "source": "gateway", "channel": channel, "key": key })
}

/// An input that names a customer by id.
fn by_id(id: &str, extra: Value) -> Value {
    merged(json!({ "customerId": id }), extra)
}
