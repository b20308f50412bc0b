//! What a provider delivers at once, twice, and to two servers (domain.md section 10), on both databases.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Database, Server, Token};
use crate::stage::{Stage, agent};

const SHOWN: &str = "messageId started duplicate conversation { id }";

/// Two servers on one database where it can have two, else one; and the stage at the first.
async fn servers(database: Database) -> (Stage, Option<Server>) {
    with_agents(database, &[]).await
}

/// The same, with an agent.
async fn staffed(database: Database) -> (Stage, Option<Server>) {
    with_agents(database, &["anna"]).await
}

async fn with_agents(database: Database, agents: &[&str]) -> (Stage, Option<Server>) {
    let is_shared = database.kind() == "postgres";
    let stage = Stage::on(database.clone(), agents).await;
    let clock = stage.server.clock.clone();
    let other = if is_shared {
        Some(Server::at(database, clock).await)
    } else {
        None
    };
    (stage, other)
}

fn input(stage: &Stage, key: &str, external: &str) -> Value {
    json!({
        "channel": "WHATSAPP", "queueId": stage.organisation.queue,
        "workstreamId": stage.organisation.workstream,
        "customer": { "key": key, "name": "Ada" }, "text": "Where is my order?", "externalId": external,
    })
}

/// Gives these at once, in turn to each server.
async fn deliver(stage: &Stage, other: Option<&Server>, these: &[(String, Value)]) -> Vec<Value> {
    let second = other.unwrap_or(&stage.server);
    join_all(these.iter().enumerate().map(|(number, (token, input))| {
        let server = if number % 2 == 0 {
            &stage.server
        } else {
            second
        };
        server.done(token, "receiveFromCustomer", input.clone(), SHOWN)
    }))
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_messages_at_once_make_one_conversation() {
    for database in Database::all().await {
        let (stage, other) = servers(database).await;
        let these: Vec<_> = (0..20)
            .map(|number| {
                let input = input(&stage, "ada", &format!("wamid.{number}"));
                (stage.gateway.clone(), input)
            })
            .collect();
        let answers = deliver(&stage, other.as_ref(), &these).await;
        let of = |field: &str| -> HashSet<String> {
            answers
                .iter()
                .map(|answer| answer[field].to_string())
                .collect()
        };
        assert_eq!(of("conversation").len(), 1);
        assert_eq!(of("messageId").len(), 20);
        let started = answers.iter().filter(|answer| answer["started"] == true);
        assert_eq!(started.count(), 1);
        assert!(answers.iter().all(|answer| answer["duplicate"] == false));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_external_id_from_two_tokens_at_once_is_one_message() {
    for database in Database::all().await {
        let (stage, other) = servers(database).await;
        let tokens = ["one", "two"].map(|subject| Token::gateway_of(subject).sign());
        let these: Vec<_> = (0..20)
            .map(|number| (tokens[number % 2].clone(), input(&stage, "ada", "wamid.1")))
            .collect();
        let answers = deliver(&stage, other.as_ref(), &these).await;
        let messages: HashSet<_> = answers.iter().map(|a| a["messageId"].to_string()).collect();
        assert_eq!(messages.len(), 1);
        let first = answers.iter().filter(|answer| answer["duplicate"] == false);
        assert_eq!(first.count(), 1);
        let id = answers[0]["conversation"]["id"].as_str().unwrap();
        assert_eq!(
            stage.kinds(id).await,
            ["ConversationStarted", "MessagePosted"]
        );
    }
}

/// A message of the customer, known by this id of its provider.
async fn written(stage: &Stage, external: &str) -> String {
    let said = input(stage, "ada", external);
    let said = stage
        .server
        .done(&stage.gateway, "receiveFromCustomer", said, SHOWN);
    let said = said.await;
    said["conversation"]["id"].as_str().unwrap().to_owned()
}

/// Asks for these at once, in turn of each server; whether each took effect.
async fn ask(
    stage: &Stage,
    other: Option<&Server>,
    these: &[(&'static str, Value)],
) -> Vec<(&'static str, bool)> {
    let second = other.unwrap_or(&stage.server);
    let asked = these.iter().enumerate().map(|(number, (mutation, input))| {
        let server = if number % 2 == 0 {
            &stage.server
        } else {
            second
        };
        async move {
            let done = server.done(&stage.gateway, mutation, input.clone(), "applied");
            (*mutation, done.await["applied"] == true)
        }
    });
    join_all(asked).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_edits_and_removals_at_once_one_removal_takes_effect_and_no_edit_after_it() {
    for database in Database::all().await {
        let (stage, other) = servers(database).await;
        for round in 0..5 {
            let external = format!("wamid.{round}");
            let id = written(&stage, &external).await;
            let before = stage.kinds(&id).await.len();
            let named = json!({ "externalId": external });
            let these: Vec<_> = (0..12)
                .map(|number| {
                    if number % 3 == 0 {
                        let input = json!({ "channel": "WHATSAPP", "message": named });
                        ("removeCustomerMessage", input)
                    } else {
                        let text = format!("Where is order {number}?");
                        let input =
                            json!({ "channel": "WHATSAPP", "message": named, "text": text });
                        ("editCustomerMessage", input)
                    }
                })
                .collect();
            let answers = ask(&stage, other.as_ref(), &these).await;
            let count = |of: &str| {
                let applied = answers
                    .iter()
                    .filter(|(mutation, done)| *done && *mutation == of);
                applied.count()
            };
            assert_eq!(count("removeCustomerMessage"), 1);
            let kinds = stage.kinds(&id).await.split_off(before);
            let changes: Vec<_> = kinds
                .iter()
                .filter(|kind| kind.starts_with("Message"))
                .collect();
            // Each edit that took effect, and then the end of the message.
            assert_eq!(changes.len(), count("editCustomerMessage") + 1, "{kinds:?}");
            assert_eq!(*changes[changes.len() - 1], "MessageRemoved");
            let edits = &changes[..changes.len() - 1];
            assert!(edits.iter().all(|kind| *kind == "MessageEdited"));
            let shown = "transcript { edges { node { externalId text removedAt } } }";
            let query = format!("query($id: ID!) {{ conversation(id: $id) {{ {shown} }} }}");
            for server in [&stage.server].into_iter().chain(&other) {
                let seen = server
                    .data(&stage.gateway, &query, json!({ "id": id }))
                    .await;
                let edges = seen["conversation"]["transcript"]["edges"].as_array();
                let mut nodes = edges.unwrap().iter().map(|edge| &edge["node"]);
                let node = nodes.find(|node| node["externalId"] == json!(external));
                let node = node.unwrap();
                assert_eq!(node["text"], "");
                assert_ne!(node["removedAt"], Value::Null);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_at_once_go_forward_only_and_each_is_counted_once() {
    for database in Database::all().await {
        let (stage, other) = staffed(database).await;
        for round in 0..5 {
            let id = stage.start("WHATSAPP").await;
            stage.act(&agent("anna"), "pickConversation", &id).await;
            let said = json!({ "conversationId": id, "text": "It is on its way." });
            let said = stage
                .server
                .done(&agent("anna"), "sendMessage", said, "message { id }")
                .await;
            let states = ["SENT", "DELIVERED", "READ", "FAILED"];
            let reports: Vec<_> = (0..16)
                .map(|number| {
                    let state = states[(number / 2 + round) % 4];
                    let message = json!({ "messageId": said["message"]["id"] });
                    (
                        "recordDelivery",
                        json!({ "message": message, "state": state }),
                    )
                })
                .collect();
            let before = stage.kinds(&id).await.len();
            let answers = ask(&stage, other.as_ref(), &reports).await;
            let applied = answers.iter().filter(|(_, applied)| *applied).count();
            let kinds = stage.kinds(&id).await.split_off(before);
            let reported = kinds.iter().filter(|kind| *kind == "MessageDelivery");
            assert_eq!(reported.count(), applied, "{kinds:?}");
            // FAILED takes the place of PENDING or SENT, and SENT of FAILED, each as often as it is reported; DELIVERED
            // and READ come once.
            assert!((1..=4 + 4 + 1 + 1).contains(&applied), "{applied}");
            let shown = "attention { attentionReason } version";
            let seen = stage.conversation(&id, shown).await;
            assert_eq!(seen["attention"], json!([]), "it was read");
            let query = "query($id: ID!) { conversation(id: $id) { transcript { edges { node {
                author delivery { state } } } } } }";
            for server in [&stage.server].into_iter().chain(&other) {
                let seen = server
                    .data(&stage.gateway, query, json!({ "id": id }))
                    .await;
                let edges = seen["conversation"]["transcript"]["edges"].as_array();
                let mut nodes = edges.unwrap().iter().map(|edge| &edge["node"]);
                let answer = nodes.find(|node| node["author"] == "AGENT").unwrap();
                assert_eq!(answer["delivery"]["state"], "READ");
            }
        }
    }
}
