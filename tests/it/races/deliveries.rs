//! What a provider delivers at once, twice, and to two servers (domain.md section 10), on both databases.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Database, Server, Token};
use crate::stage::Stage;

const SHOWN: &str = "messageId started duplicate conversation { id }";

/// Two servers on one database where it can have two, else one; and the stage at the first.
async fn servers(database: Database) -> (Stage, Option<Server>) {
    let is_shared = database.kind() == "postgres";
    let stage = Stage::on(database.clone(), &[]).await;
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
