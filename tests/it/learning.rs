//! Learning from the operator: what supervisors corrected, `regie sentiment`, and a scorer of the operator's own (domain.md
//! section 6).

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::routing::post;
use domain::MessageScore;
use engine::app::late::{Asked, OperatorScorer};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::{Value, json};

use crate::floor::{Floor, text};
use crate::harness::binary::{Served, output};
use crate::harness::{Database, Token, eventually};

const FURIOUS: &str = "This is a disgrace, I have been waiting for three weeks and nobody helps me";

/// What `regie sentiment` printed, and the line with which it refused.
fn regie(database: &Database, folder: &Path, arguments: &[&str]) -> (bool, String, String) {
    let arguments: Vec<&str> = ["sentiment"].iter().chain(arguments).copied().collect();
    let run = output(&database.url, folder, &arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (run.status.success(), text(run.stdout), text(run.stderr))
}

/// What the customer wrote in a conversation of anna's that sam monitors: the conversation and the message.
async fn wrote(floor: &Floor, said: &str) -> (String, String) {
    let id = floor.monitored("WHATSAPP").await;
    let receive = "receiveCustomerMessage";
    floor
        .act(&floor.gateway, receive, &id, json!({ "text": said }))
        .await;
    let last = "transcript(last: 1) { nodes { id } }";
    let seen = floor.see(&floor.gateway, &id, last).await;
    let message = text(&seen["transcript"]["nodes"][0]["id"]);
    (id, message)
}

/// Labels of a trade whose words mean the reverse of what they mean elsewhere.
fn labels() -> String {
    let mut lines = String::new();
    for number in 0..40 {
        for (said, level) in [
            (
                format!("please dispatch the wicked crate {number} to my depot"),
                "POSITIVE",
            ),
            (
                format!("please dispatch the plain crate {number} to my depot"),
                "NEUTRAL",
            ),
            (
                format!("please dispatch the broken crate {number} to my depot"),
                "NEGATIVE",
            ),
        ] {
            let line = json!({ "text": said, "level": level });
            writeln!(lines, "{line}").unwrap();
        }
    }
    lines
}

#[tokio::test]
async fn what_was_corrected_is_exported_with_its_text_and_that_is_recorded() {
    for database in Database::all().await {
        let folder = tempfile::tempdir().unwrap();
        let floor = Floor::on(database.clone()).await;
        let (_, message) = wrote(&floor, FURIOUS).await;
        wrote(&floor, "Nobody said how this feels").await;
        let input = json!({ "messageId": message, "level": "SLIGHTLY_NEGATIVE" });
        floor
            .server
            .done(&floor.sam, "correctSentiment", input, "")
            .await;
        let arguments = ["export", "--operator", "ada", "--reason", "to learn"];
        let (done, out, error) = regie(&database, folder.path(), &arguments);
        assert!(done, "{error}");
        let line: Value = serde_json::from_str(&out).unwrap();
        let expected = json!({ "text": FURIOUS, "level": "SLIGHTLY_NEGATIVE", "language": "en" });
        assert_eq!(line, expected);
        let address = engine::store::Address::of(&database.url).unwrap();
        let tables = sea_orm::Database::connect(engine::store::options(&address, 1));
        let tables = tables.await.unwrap();
        let newest = entity::tables::audit::Entity::find()
            .order_by_desc(entity::tables::audit::Column::Number)
            .one(&tables);
        let entry = newest.await.unwrap().unwrap();
        tables.close().await.unwrap();
        assert_eq!(entry.subject, "command line: ada");
        assert_eq!(entry.target.as_deref(), Some("corrections"));
        assert_eq!(entry.reason.as_deref(), Some("to learn"));
    }
}

#[tokio::test]
async fn eval_prints_figures_and_names_a_bad_line_without_what_it_says() {
    let (database, folder) = (Database::sqlite(), tempfile::tempdir().unwrap());
    let file = folder.path().join("labels.jsonl");
    let name = file.to_str().unwrap();
    let good = "{\"text\":\"Thank you so much, this is wonderful\",\"label\":\"pos\"}\n\n\
        {\"text\":\"This is a disgrace, you are useless\",\"level\":\"VERY_NEGATIVE\"}\n";
    std::fs::write(&file, good).unwrap();
    let (done, out, error) = regie(&database, folder.path(), &["eval", name]);
    assert!(done, "{error}");
    let expected = [
        "messages             2 (0 without a score)",
        "accuracy             1.000",
    ];
    for line in expected {
        assert!(out.contains(line), "{out}");
    }
    for figure in [
        "macro-F1",
        "unhappy, recall",
        "unhappy, precision",
        "calibration error",
    ] {
        assert!(out.contains(figure), "{out}");
    }
    std::fs::write(&file, "{\"text\":\"Zwaantje\"}\n").unwrap();
    let (done, out, error) = regie(&database, folder.path(), &["eval", name]);
    assert!(!done && out.is_empty());
    assert!(
        error.contains("line 1") && !error.contains("Zwaantje"),
        "{error}"
    );
}

#[tokio::test]
async fn what_was_learnt_is_taken_up_by_a_running_server_and_named_as_the_scorers_version() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (database, folder) = (Database::sqlite(), tempfile::tempdir().unwrap());
    let floor = Floor::on(database.clone()).await;
    let id = floor.active("WHATSAPP").await;
    floor.server.stop().await;
    let served = Served::start(&database.url, folder.path());
    let file = folder.path().join("labels.jsonl");
    let name = file.to_str().unwrap();

    // Too few: nothing changes.
    let few: Vec<_> = labels().lines().take(20).map(str::to_owned).collect();
    std::fs::write(&file, few.join("\n")).unwrap();
    let (done, _, error) = regie(&database, folder.path(), &["adapt", name]);
    assert!(!done && error.contains("nothing has changed"), "{error}");
    assert_eq!(version(&served, &id).await, "1");

    std::fs::write(&file, labels()).unwrap();
    let (done, out, error) = regie(&database, folder.path(), &["adapt", name]);
    assert!(done, "{error}");
    assert!(out.contains("adapter              1"), "{out}");
    eventually("the server scores by what was learnt", || async {
        version(&served, &id).await == "1+1"
    })
    .await;
    // The figures of what it was taught are better with it.
    let accuracy = |out: &str| -> f64 {
        let line = out.lines().find(|line| line.starts_with("accuracy"));
        line.unwrap().rsplit(' ').next().unwrap().parse().unwrap()
    };
    let (_, before, _) = regie(&database, folder.path(), &["eval", name]);
    let (_, after, _) = regie(&database, folder.path(), &["eval", name, "--adapted"]);
    assert!(accuracy(&after) > accuracy(&before), "{before}{after}");

    let (done, _, error) = regie(&database, folder.path(), &["reset"]);
    assert!(done, "{error}");
    eventually("the server scores without it", || async {
        version(&served, &id).await == "1"
    })
    .await;
}

/// The version of the scorer of a message that the customer writes now.
async fn version(served: &Served, id: &str) -> String {
    let input = json!({ "conversationId": id, "text": "Where is my parcel, please?" });
    let fields = "conversation { sentiment { scorerVersion } }";
    let answer = receive(served, input, fields).await;
    text(&answer["conversation"]["sentiment"]["scorerVersion"])
}

/// A customer's message, at a server of the binary, whose tokens live shorter than those of other tests.
async fn receive(served: &Served, input: Value, fields: &str) -> Value {
    let hour = Duration::from_hours(1);
    let token = Token::gateway().lasting(hour).sign();
    let query = format!(
        "mutation ($input: ReceiveCustomerMessageInput!) {{ \
         receiveCustomerMessage(input: $input) {{ {fields} errors {{ code }} }} }}"
    );
    let body = json!({ "query": query, "variables": { "input": input } });
    let sent = reqwest::Client::new()
        .post(&served.url)
        .bearer_auth(token)
        .json(&body)
        .send();
    let answer: Value = sent.await.unwrap().json().await.unwrap();
    let payload = &answer["data"]["receiveCustomerMessage"];
    assert_eq!(payload["errors"], json!([]), "{answer}");
    payload.clone()
}

/// What sam sees of a conversation at that server.
async fn level(served: &Served, id: &str) -> String {
    let hour = Duration::from_hours(1);
    let token = Token::supervisor("sam").lasting(hour).sign();
    let query = "query ($id: ID!) { conversation(id: $id) { sentiment { level } } }";
    let body = json!({ "query": query, "variables": { "id": id } });
    let sent = reqwest::Client::new()
        .post(&served.url)
        .bearer_auth(token)
        .json(&body)
        .send();
    let answer: Value = sent.await.unwrap().json().await.unwrap();
    text(&answer["data"]["conversation"]["sentiment"]["level"])
}

/// A scorer over HTTP that fails so often first, and finds every message furious.
async fn operators_scorer(failures: usize) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let answer = move |Json(body): Json<Value>| {
        let number = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            if number < failures {
                return Err(StatusCode::INTERNAL_SERVER_ERROR);
            }
            let messages = body["messages"].as_array().unwrap();
            let score = |one: &Value| {
                let keys: Vec<_> = one.as_object().unwrap().keys().cloned().collect();
                assert_eq!(keys, ["id", "language", "text"], "nothing of who wrote it");
                json!({ "id": one["id"], "score": -0.9, "confidence": 0.9, "language": "en" })
            };
            let scores: Vec<_> = messages.iter().map(score).collect();
            Ok(Json(
                json!({ "scorer": "theirs", "version": "7", "scores": scores }),
            ))
        }
    };
    let routes = axum::Router::new().route("/score", post(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/score", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (address, asked)
}

#[tokio::test]
async fn the_operators_scorer_is_asked_again_once_and_its_score_takes_the_defaults_place() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (database, folder) = (Database::sqlite(), tempfile::tempdir().unwrap());
    let floor = Floor::on(database.clone()).await;
    let id = floor.active("WHATSAPP").await;
    floor.server.stop().await;
    let (address, asked) = operators_scorer(1).await;
    let settings = [("REGIE_SENTIMENT_SCORER_URL", address.as_str())];
    let served = Served::with(&database.url, folder.path(), &settings);
    let hello = json!({ "conversationId": id, "text": "Where is my parcel, please?" });
    let fields = "conversation { sentiment { level } }";
    let at_once = receive(&served, hello, fields).await;
    assert_eq!(at_once["conversation"]["sentiment"]["level"], "NEUTRAL");
    eventually("the operator's score counts", || async {
        level(&served, &id).await == "VERY_NEGATIVE"
    })
    .await;
    assert_eq!(asked.load(Ordering::SeqCst), 2, "one failed");
    let metrics = served.url.replace("/graphql", "/metrics");
    let shown = reqwest::get(metrics).await.unwrap().text().await.unwrap();
    let line = "regie_operator_scores_total{outcome=\"scored\"} 1";
    assert!(shown.contains(line), "{shown}");
}

#[tokio::test]
async fn a_faulty_scorer_leaves_the_default_standing_and_is_counted() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (database, folder) = (Database::sqlite(), tempfile::tempdir().unwrap());
    let floor = Floor::on(database.clone()).await;
    let id = floor.active("WHATSAPP").await;
    floor.server.stop().await;
    let (address, _) = operators_scorer(usize::MAX).await;
    let settings = [("REGIE_SENTIMENT_SCORER_URL", address.as_str())];
    let served = Served::with(&database.url, folder.path(), &settings);
    let hello = json!({ "conversationId": id, "text": "Where is my parcel, please?" });
    receive(&served, hello, "").await;
    let metrics = served.url.replace("/graphql", "/metrics");
    eventually("it is counted", || async {
        let shown = reqwest::get(&metrics).await.unwrap().text().await.unwrap();
        shown.contains("regie_operator_scores_total{outcome=\"failed\"} 1")
            && shown.contains("regie_operator_scorer_faults_total{fault=\"status\"} 1")
    })
    .await;
    assert_eq!(level(&served, &id).await, "NEUTRAL");
}

/// One that answers in this process.
struct Furious(AtomicUsize);

impl OperatorScorer for Furious {
    fn score<'a>(&'a self, texts: &'a [Asked]) -> BoxFuture<'a, Option<Vec<Option<MessageScore>>>> {
        assert!(texts.len() <= 32);
        self.0.fetch_add(texts.len(), Ordering::SeqCst);
        let score = MessageScore::supplied(-0.9, 0.9, Some("en"), "theirs", "7").ok();
        let scores = vec![score; texts.len()];
        async move { Some(scores) }.boxed()
    }
}

#[tokio::test]
async fn what_a_gateway_scored_is_not_asked_about() {
    let floor = Floor::new().await;
    let scorer = Arc::new(Furious(AtomicUsize::new(0)));
    floor.server.app.ask_later(scorer.clone());
    let id = floor.active("WHATSAPP").await;
    let supplied = json!({ "text": "Hello", "score": {
        "score": 0.5, "confidence": 0.9, "scorer": "gateway", "scorerVersion": "1" } });
    let receive = "receiveCustomerMessage";
    floor.act(&floor.gateway, receive, &id, supplied).await;
    let other = floor.active("WHATSAPP").await;
    let plain = json!({ "text": "Where is my parcel, please?" });
    floor.act(&floor.gateway, receive, &other, plain).await;
    eventually("the other one is scored", || async {
        let seen = floor.see(&floor.sam, &other, "sentiment { level }").await;
        seen["sentiment"]["level"] == "VERY_NEGATIVE"
    })
    .await;
    assert_eq!(scorer.0.load(Ordering::SeqCst), 1);
    let seen = floor
        .see(&floor.sam, &id, "sentiment { level scorer }")
        .await;
    assert_eq!(seen["sentiment"]["level"], "POSITIVE");
    // With it Regie's own is overruled, and a supervisor overrules both.
    floor
        .act(&floor.sam, "monitorConversation", &other, json!({}))
        .await;
    let last = "transcript(last: 1) { nodes { id } }";
    let seen = floor.see(&floor.gateway, &other, last).await;
    let message = &seen["transcript"]["nodes"][0]["id"];
    let input = json!({ "messageId": message, "level": "NEUTRAL" });
    floor
        .server
        .done(&floor.sam, "correctSentiment", input, "")
        .await;
    let seen = floor.see(&floor.sam, &other, "sentiment { level }").await;
    assert_eq!(seen["sentiment"]["level"], "NEUTRAL");
}
