//! docs/api.md: every operation on the page, as it stands there, against a server; and its list of codes,
//! which is written from the schema.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::{Database, Server, Token};
use crate::stage::{Stage, agent};

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/api.md")
}

/// The page's operations: name and text, in their order.
fn operations(page: &str) -> Vec<(String, String)> {
    let blocks = page.split("```graphql\n").skip(1);
    blocks
        .map(|block| {
            let text = block.split_once("```").unwrap().0;
            let name = text.split_whitespace().nth(1).unwrap();
            let end = name.find(['(', '{']).unwrap_or(name.len());
            (name[..end].to_owned(), text.to_owned())
        })
        .collect()
}

/// Runs a subscription of the page.
async fn live(stage: &Stage, name: &str, text: &str) {
    let mut socket = stage.server.socket(&stage.supervisor).await;
    match name {
        "Watch" => {
            let position = "{ ongoingConversations { asOf } }";
            let read = stage.server.data(&stage.supervisor, position, json!({}));
            let after = read.await["ongoingConversations"]["asOf"].clone();
            let next = stage.start("LIVE_CHAT").await;
            stage.act(&agent("anna"), "pickConversation", &next).await;
            socket.subscribe(text, json!({ "after": after })).await;
            for change in ["ConversationStarted", "Picked"] {
                let event = socket.event().await["conversationChanges"].clone();
                assert_eq!(event["change"]["__typename"], change);
                assert_eq!(event["conversation"]["id"], json!(next));
            }
        }
        "Desk" => {
            socket.subscribe(text, json!({})).await;
            let whole = socket.event().await["ongoingConversationsLive"].clone();
            assert_eq!(whole["snapshotReason"], "STARTED");
            let count = whole["conversations"].as_array().unwrap().len();
            assert_eq!(whole["totalCount"], json!(count));
            let next = stage.start("LIVE_CHAT").await;
            let event = socket.event().await["ongoingConversationsLive"].clone();
            assert_eq!(event["totalCount"], json!(count + 1));
            assert_eq!(event["changes"][0]["conversation"]["id"], json!(next));
        }
        "Team" => {
            socket.subscribe(text, json!({})).await;
            let whole = socket.event().await["agentsLive"].clone();
            assert_eq!(whole["snapshotReason"], "STARTED");
            assert_eq!(whole["liveAgents"][0]["agent"]["name"], "anna");
            stage.present("anna", "AWAY").await;
            let event = socket.event().await["agentsLive"].clone();
            let row = &event["changes"][0]["row"];
            assert_eq!(row["presence"], "AWAY");
            assert_eq!(row["presenceSince"], event["committedAt"]);
            stage.present("anna", "AVAILABLE").await;
        }
        "Counts" => {
            socket.subscribe(text, json!({})).await;
            let first = socket.event().await["ongoingSummaryLive"].clone();
            stage.start("LIVE_CHAT").await;
            let next = socket.event().await["ongoingSummaryLive"].clone();
            let count = first["totalCount"].as_i64().unwrap();
            assert_eq!(next["totalCount"], json!(count + 1));
        }
        "Today" => {
            socket.subscribe(text, json!({})).await;
            let waiting = |told: &Value| {
                let rows = told["insightsLive"]["rows"].as_array();
                let each = rows.into_iter().flatten();
                let each = each.filter_map(|row| row["figures"]["visits"]["waiting"].as_i64());
                each.sum::<i64>()
            };
            let first = waiting(&socket.event().await);
            stage.start("LIVE_CHAT").await;
            while waiting(&socket.event().await) != first + 1 {}
        }
        "Organisation" => {
            let now = crate::stage::as_of(&stage.server, &stage.supervisor).await;
            socket.subscribe(text, json!({ "after": now })).await;
            stage.present("anna", "BUSY").await;
            let event = socket.event().await["organisationChanges"].clone();
            assert_eq!(event["__typename"], "AgentPresenceChanged");
            assert_eq!(event["agent"]["presence"], "BUSY");
            stage.present("anna", "AVAILABLE").await;
        }
        unknown => panic!("no test runs the page's operation {unknown}"),
    }
}

#[tokio::test]
async fn every_operation_of_the_page_does_what_its_text_says() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let id = stage.start("LIVE_CHAT").await;
    let page = fs::read_to_string(page()).unwrap();
    let mut ran = Vec::new();
    for (name, text) in operations(&page) {
        let ask = |variables: Value| stage.server.data(&stage.supervisor, &text, variables);
        match name.as_str() {
            "WhoAmI" => {
                let viewer = ask(json!({})).await["viewer"].clone();
                assert_eq!(viewer["subject"], "sam");
                assert_eq!(viewer["scope"]["isAll"], true);
            }
            "WhatCanIDo" => {
                let can = ask(json!({ "id": id })).await["conversation"]["viewerCan"].clone();
                assert_eq!(can["forceClose"]["allowed"], true);
                assert_eq!(can["monitor"]["allowed"], false);
                assert_eq!(can["monitor"]["code"], "INVALID_STATE");
            }
            "LongestWait" => {
                let list = ask(json!({})).await["ongoingConversations"].clone();
                assert_eq!(list["totalCount"], 1);
                assert_eq!(list["edges"][0]["node"]["id"], json!(id));
            }
            "ClosedLately" => {
                // The page closes its conversation further on.
                let list = ask(json!({})).await["conversations"].clone();
                assert_eq!(list["totalCount"], 0);
                assert_eq!(list["totalCountIsExact"], true);
                assert_eq!(list["edges"], json!([]));
            }
            "Close" => {
                let refused = ask(json!({ "id": id, "version": 99 })).await;
                let errors = &refused["forceCloseConversation"]["errors"];
                assert_eq!(errors[0]["code"], "VERSION_CONFLICT");
                assert_eq!(errors[0]["conversation"]["state"], "OPEN");
                let seen = stage.conversation(&id, "version").await["version"].clone();
                let done = ask(json!({ "id": id, "version": seen })).await;
                let again = ask(json!({ "id": id, "version": seen })).await;
                assert_eq!(done["forceCloseConversation"]["errors"], json!([]));
                assert_eq!(done, again, "a repeat is answered from the first outcome");
            }
            _ => live(&stage, &name, &text).await,
        }
        ran.push(name);
    }
    assert_eq!(ran.len(), 11, "{ran:?}");
}

const BEGIN: &str = "<!-- codes: generated from ErrorCode by tests/it/api_docs.rs -->\n";
const END: &str = "<!-- /codes -->";

/// A row for each code, with its own description.
async fn codes() -> String {
    let server = Server::start().await;
    let token = Token::of("reader", domain::Role::Supervisor).sign();
    let query = r#"{ __type(name: "ErrorCode") { enumValues { name description } } }"#;
    let data = server.data(&token, query, json!({})).await;
    let values = data["__type"]["enumValues"].as_array().unwrap();
    let row = |value: &Value| {
        let words = value["description"].as_str().unwrap().split_whitespace();
        let meaning = words.collect::<Vec<_>>().join(" ");
        format!("| `{}` | {meaning} |\n", value["name"].as_str().unwrap())
    };
    let rows: String = values.iter().map(row).collect();
    format!("| Code | What it means |\n|---|---|\n{rows}")
}

/// `REGIE_UPDATE_SNAPSHOTS=1` writes the list again.
#[tokio::test]
async fn the_list_of_codes_is_complete_and_says_what_the_schema_says() {
    let text = fs::read_to_string(page()).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (listed, after) = rest.split_once(END).unwrap();
    let codes = codes().await;
    if std::env::var_os("REGIE_UPDATE_SNAPSHOTS").is_some() {
        fs::write(page(), format!("{before}{BEGIN}{codes}{END}{after}")).unwrap();
    } else {
        assert_eq!(
            listed, codes,
            "run with REGIE_UPDATE_SNAPSHOTS=1 to write it again"
        );
    }
}
