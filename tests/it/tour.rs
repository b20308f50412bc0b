//! docs/tour.md: every operation in it, as it stands there, against a server, in its order.

use std::time::Duration;

use domain::Role;
use serde_json::{Value, json};

use crate::harness::{Database, Socket, Token};
use crate::stage::{Stage, agent};

const TOUR: &str = include_str!("../../docs/tour.md");

/// The operations between the tour's marks: name and text.
fn operations() -> Vec<(String, String)> {
    let (_, tour) = TOUR.split_once("<!-- tour -->").unwrap();
    let (tour, _) = tour.split_once("<!-- /tour -->").unwrap();
    let blocks = tour
        .split("```graphql")
        .skip(1)
        .map(|block| block.split_once("```").unwrap().0);
    blocks
        .map(|text| {
            let name = text.split_whitespace().nth(1).unwrap();
            let end = name.find(['(', '{']).unwrap_or(name.len());
            (name[..end].to_owned(), text.to_owned())
        })
        .collect()
}

/// The payload of the operation's last root field, which must have refused nothing.
async fn run(stage: &Stage, text: &str, variables: Value) -> Value {
    run_as(&stage.supervisor, stage, text, variables).await
}

async fn run_as(token: &str, stage: &Stage, text: &str, variables: Value) -> Value {
    let data = stage.server.data(token, text, variables).await;
    let fields = data.as_object().unwrap();
    for (field, payload) in fields {
        let errors = payload.get("errors").cloned().unwrap_or(json!([]));
        assert_eq!(errors, json!([]), "{field}: {payload:#}");
    }
    fields.values().next_back().unwrap().clone()
}

#[tokio::test]
#[allow(clippy::too_many_lines)] // One arm an operation; splitting would hide that all are here.
async fn every_operation_of_the_tour_does_what_its_text_says() {
    let mut stage = Stage::on(Database::sqlite(), &["anna", "bert"]).await;
    stage.hire("sam", 3).await;
    stage.supervisor = Token::supervisor("sam").and(Role::Agent).sign();
    let take_over = json!({ "supervisorTakeOver": true });
    let settings = "updateSupervisorSettings";
    stage
        .server
        .done(&stage.admin, settings, take_over, "")
        .await;
    let (open, running) = (
        stage.start("LIVE_CHAT").await,
        stage.start("LIVE_CHAT").await,
    );
    stage
        .act(&agent("anna"), "pickConversation", &running)
        .await;
    let unhappy = "This is terrible, I am very angry!";
    stage.customer_writes(&running, unhappy).await;
    let bert = stage.agent_id("bert").await;
    let mut sentiment = stage.server.socket(&stage.supervisor).await;
    let mut changes = stage.server.socket(&stage.supervisor).await;
    let mut transcript = stage.server.socket(&stage.supervisor).await;

    for (name, text) in operations() {
        match name.as_str() {
            "Ongoing" => {
                let page = run(&stage, &text, json!({})).await;
                assert_eq!(page["totalCount"], 2);
                assert_eq!(
                    page["edges"][0]["node"]["id"],
                    json!(open),
                    "the longest wait first"
                );
            }
            "Unhappy" => {
                let page = run(&stage, &text, json!({})).await;
                assert_eq!(page["edges"][0]["node"]["id"], json!(running));
                assert_eq!(page["totalCount"], 1);
            }
            "Summary" => {
                let summary = run(&stage, &text, json!({})).await;
                assert_eq!(summary["totalCount"], 2);
                assert_eq!(summary["unassignedCount"], 1);
            }
            "Sentiment" => {
                let event = sees_one(&mut sentiment, &text, json!({}), || async {
                    stage
                        .customer_writes(&running, "Thank you, this is wonderful!")
                        .await;
                    stage
                        .customer_writes(&running, "No. Terrible, I hate it!")
                        .await;
                });
                let conversation = event.await["sentimentChanges"]["conversation"].clone();
                assert_eq!(conversation["id"], json!(running));
            }
            "LiveList" => {
                let mut list = stage.server.socket(&stage.supervisor).await;
                let first = sees_one(&mut list, &text, json!({}), || {
                    stage.customer_writes(&running, "I wait.")
                });
                let first = first.await["ongoingConversationsLive"].clone();
                assert_eq!(first["__typename"], "OngoingSnapshot");
                assert_eq!(first["totalCount"], 2);
                let rows = first["conversations"].as_array().unwrap().iter();
                let mut rows = rows.filter(|row| row["id"] == json!(running));
                let before = rows.next().unwrap()["sentiment"]["level"].clone();
                let wonderful = "Thank you, this is wonderful, great!";
                stage.customer_writes(&running, wonderful).await;
                // What was written before may be told of first.
                loop {
                    let event = list.event().await["ongoingConversationsLive"].clone();
                    assert_eq!(event["__typename"], "OngoingChanges");
                    let row = &event["changes"][0]["conversation"];
                    if row["id"] == json!(running) && row["sentiment"]["level"] != before {
                        break;
                    }
                }
            }
            "Changes" => {
                let event = sees_one(&mut changes, &text, json!({}), || {
                    stage.customer_writes(&open, "Hello?")
                });
                let change = event.await["conversationChanges"].clone();
                assert_eq!(change["change"]["__typename"], "MessagePosted");
                assert_eq!(change["conversation"]["id"], json!(open));
            }
            "Monitor" => {
                let payload = run(&stage, &text, json!({ "id": running })).await;
                let messages = &payload["conversation"]["transcript"]["edges"];
                assert_eq!(messages[0]["node"]["text"], unhappy);
            }
            "Transcript" => {
                let id = json!({ "id": running });
                let event = sees_one(&mut transcript, &text, id, || {
                    stage.customer_writes(&running, "Are you there?")
                });
                let message = event.await["conversationTranscript"]["message"].clone();
                assert_eq!(message["text"], "Are you there?");
            }
            "Coach" => {
                let payload = run(&stage, &text, json!({ "id": running })).await;
                assert_eq!(payload["message"]["coachedAgent"]["name"], "anna");
                assert_eq!(payload["message"]["visibility"], "COACHING");
            }
            "Join" => {
                let payload = run(&stage, &text, json!({ "id": running })).await;
                assert_eq!(payload["message"]["text"], "I can offer a refund.");
                let mut authors = Vec::new();
                while authors.last() != Some(&json!(["SUPERVISOR", "INTERNAL"])) {
                    let event = transcript.event().await;
                    let message = &event["conversationTranscript"]["message"];
                    authors.push(json!([message["author"], message["visibility"]]));
                }
                assert!(
                    authors.contains(&json!(["SYSTEM", "PUBLIC"])),
                    "all are told"
                );
            }
            "TakeOver" => {
                let payload = run(&stage, &text, json!({ "id": running })).await;
                assert_eq!(payload["conversation"]["agent"]["name"], "sam");
                let people = payload["conversation"]["participants"].as_array().unwrap();
                let consultant = people.iter().find(|one| one["role"] == "CONSULTANT");
                assert_eq!(consultant.unwrap()["agent"]["name"], "anna");
            }
            "Requeue" => {
                let call = a_call_of(&stage, "anna").await;
                let payload = run(&stage, &text, json!({ "id": call })).await;
                assert_eq!(payload["conversation"]["channel"], "VOICE");
                assert_eq!(payload["conversation"]["state"], "OPEN");
                assert_eq!(payload["conversation"]["agent"], Value::Null);
            }
            "Assign" => {
                let variables = json!({ "id": open, "agent": bert });
                let first = run(&stage, &text, variables.clone()).await;
                let again = run(&stage, &text, variables).await;
                assert_eq!(first, again, "once, however often it is sent");
            }
            "Transfer" => {
                let variables = json!({ "id": running, "agent": bert });
                let payload = run(&stage, &text, variables).await;
                assert_eq!(payload["conversation"]["pendingOffer"]["kind"], "TRANSFER");
                stage.act(&agent("bert"), "acceptOffer", &running).await;
                let after = stage.conversation(&running, "agent { id }").await;
                assert_eq!(after["agent"]["id"], json!(bert));
            }
            "AskForHelp" => {
                let id = json!({ "id": running });
                let payload = run_as(&agent("bert"), &stage, &text, id).await;
                assert!(payload["noteId"].is_string(), "{payload}");
            }
            "WhoAsks" => {
                let page = run(&stage, &text, json!({})).await;
                assert_eq!(page["nodes"].as_array().unwrap().len(), 1);
                assert_eq!(page["nodes"][0]["id"], json!(running));
                let attention = page["nodes"][0]["attention"].as_array().unwrap().iter();
                let mut attention =
                    attention.filter(|one| one["attentionReason"] == "HELP_REQUESTED");
                let can = attention.next().unwrap()["viewerCan"].clone();
                let answer = json!("ANSWER_HELP");
                assert!(can.as_array().unwrap().contains(&answer), "{can}");
            }
            "AnswerHelp" => {
                let payload = run(&stage, &text, json!({ "id": running })).await;
                let reasons = payload["conversation"]["attention"].to_string();
                assert!(!reasons.contains("HELP_REQUESTED"), "{reasons}");
            }
            "WouldBeRefused" => {
                let forecasts = run(&stage, &text, json!({ "ids": [open, running] })).await;
                for (at, id) in [&open, &running].into_iter().enumerate() {
                    let expected = json!({ "conversationId": id, "refusal": null });
                    assert_eq!(forecasts[at], expected);
                }
            }
            "Bulk" => {
                let variables = json!({ "ids": [open, running] });
                let first = run(&stage, &text, variables.clone()).await;
                for result in first["results"].as_array().unwrap() {
                    assert_eq!(result["conversation"]["priority"], "HIGH", "{result}");
                }
                let again = run(&stage, &text, variables).await;
                assert_eq!(first, again, "once, however often it is sent");
            }
            "Drain" => {
                let payload = run(&stage, &text, json!({ "agent": bert })).await;
                assert_eq!(payload["agent"]["presence"], "OFFLINE");
                assert_eq!(payload["withdrawn"], json!([open]));
                let results = json!([{
                    "conversationId": running, "conversation": { "state": "OPEN" }, "refusal": null,
                }]);
                assert_eq!(payload["results"], results);
            }
            "ForceClose" => {
                let version = stage.conversation(&running, "version").await["version"].clone();
                let variables = json!({ "id": running, "version": version });
                let payload = run(&stage, &text, variables).await;
                assert_eq!(
                    payload["conversation"]["statusReason"],
                    "FORCE_CLOSED_BY_SUPERVISOR"
                );
            }
            "Past" => {
                let found = run(&stage, &text, json!({})).await;
                assert_eq!(found["totalCount"], 1);
                assert_eq!(found["nodes"][0]["id"], json!(running));
            }
            "Review" => {
                let payload = run(&stage, &text, json!({ "id": running })).await;
                let messages = &payload["conversation"]["transcript"]["edges"];
                assert_eq!(payload["conversation"]["state"], "CLOSED");
                assert_eq!(messages[0]["node"]["text"], unhappy);
            }
            unknown => panic!("no test runs the tour's operation {unknown}"),
        }
    }
    let left = stage.server.data(
        &stage.supervisor,
        "{ ongoingConversations { totalCount } }",
        json!({}),
    );
    let left = left.await["ongoingConversations"]["totalCount"].clone();
    assert_eq!(left, 2, "the call, and the one that nobody has");
}

/// A call that this agent has, who becomes a member of its queue.
async fn a_call_of(stage: &Stage, subject: &str) -> String {
    let there = "{ queues { nodes { id kind } } workstreams { nodes { id kind } } }";
    let there = stage.server.data(&stage.admin, there, json!({})).await;
    let voice = |list: &str| {
        let mut nodes = there[list]["nodes"].as_array().unwrap().iter();
        let node = nodes.find(|node| node["kind"] == "VOICE");
        node.unwrap()["id"].clone()
    };
    let member = json!({ "queueId": voice("queues"), "agentId": stage.agent_id(subject).await });
    stage
        .server
        .done(&stage.admin, "addQueueMember", member, "")
        .await;
    let call = json!({
        "channel": "VOICE", "queueId": voice("queues"), "workstreamId": voice("workstreams"),
    });
    let started = stage
        .server
        .done(
            &stage.gateway,
            "startConversation",
            call,
            "conversation { id }",
        )
        .await;
    let id = started["conversation"]["id"].as_str().unwrap().to_owned();
    stage.act(&agent(subject), "pickConversation", &id).await;
    id
}

/// Subscribes, lets something happen until it is told of (a subscription without `after` begins at a
/// moment that a client does not see), and takes the first event.
async fn sees_one<F: Future<Output = ()>>(
    socket: &mut Socket,
    text: &str,
    variables: Value,
    happens: impl Fn() -> F,
) -> Value {
    let id = socket.subscribe(text, variables).await;
    let message = loop {
        happens().await;
        if let Some(message) = socket.message_within(Duration::from_millis(100)).await {
            break message;
        }
    };
    assert_eq!(message["type"], "next", "{message}");
    assert_eq!(message["id"], json!(id));
    message["payload"]["data"].clone()
}
