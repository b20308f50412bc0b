//! Nothing leaks: the real server's log at its finest, after a run with messages, tokens and a fault.

use std::io::Read as _;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, EntityTrait as _};
use serde_json::{Value, json};

use crate::harness::binary::regie;
use crate::harness::{SECRET, Socket, Token};
use crate::stage::CHANGES;

/// Everything, and again what would show content: as a whole, a module of it, and one inside that.
const DIRECTIVES: &str = "trace,tungstenite=trace,tungstenite::protocol=trace,tungstenite::protocol::frame=trace,\
    tokio_tungstenite=trace,tokio_tungstenite::compat=trace,hyper=trace,hyper::proto::h1::io=trace,\
    hyper::proto::h1::conn=trace,hyper_util=trace,axum::rejection=trace,axum_core=trace";

/// A server whose log is kept.
struct Talkative {
    process: Child,
    url: String,
    log: Arc<Mutex<Vec<u8>>>,
    http: reqwest::Client,
}

impl Talkative {
    async fn start(database: &str, folder: &std::path::Path) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut process = regie(database, folder, &["serve"])
            .env("REGIE_LISTEN", "127.0.0.1:0")
            .env("REGIE_LOG", DIRECTIVES)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (mut lines, kept) = (process.stderr.take().unwrap(), log.clone());
        std::thread::spawn(move || {
            let mut piece = [0; 4_096];
            while let Ok(read @ 1..) = lines.read(&mut piece) {
                kept.lock().unwrap().extend_from_slice(&piece[..read]);
            }
        });
        let mut server = Self {
            process,
            url: String::new(),
            log,
            http: reqwest::Client::new(),
        };
        let address = server.line_with("http://127.0.0.1:").await;
        let at = address.find("http://127.0.0.1:").unwrap();
        let address = address[at..]
            .split_whitespace()
            .next()
            .unwrap()
            .trim_end_matches('/');
        server.url = format!("{}/graphql", address.trim_end_matches("/graphql"));
        server
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&self.log.lock().unwrap()).into_owned()
    }

    /// The line that has this, once it is written.
    async fn line_with(&self, text: &str) -> String {
        for _ in 0..600 {
            let log = self.log();
            let mut whole = log
                .split_inclusive('\n')
                .filter(|line| line.ends_with('\n'));
            if let Some(line) = whole.find(|line| line.contains(text)) {
                return line.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no line with {text}:\n{}", self.log());
    }

    async fn post(&self, token: &str, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let request = self.http.post(&self.url).bearer_auth(token).json(&body);
        request.send().await.unwrap().json().await.unwrap()
    }
}

impl Drop for Talkative {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What must not be in a log: nothing else that anybody sends has these words.
const WORDS: [&str; 18] = [
    "quagga-name",
    "quagga-key",
    "quagga-subject",
    "quagga-literal",
    "quagga-variable",
    "quagga-answer",
    "quagga-lost",
    "quagga-external",
    "quagga-address",
    "quagga-label",
    "quagga-attribute",
    "quagga-edited",
    "quagga-reaction",
    "quagga-failure",
    "quagga-renamed",
    "quagga-note",
    "quagga-comment",
    "quagga-found",
];

#[allow(clippy::too_many_lines)] // One run, from its first word to its fault.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_line_carries_a_token_or_what_somebody_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!(
        "sqlite://{}?mode=rwc",
        folder.path().join("regie.db").display()
    );
    let server = Talkative::start(&database, folder.path()).await;
    let (gateway, sam) = (
        Token::gateway().sign(),
        Token::supervisor("sam").id("quagga-id").sign(),
    );
    let (anna, admin) = (Token::agent("anna").sign(), Token::administrator().sign());

    let made = "mutation { createAgent(input: { subject: \"anna\", name: \"Anna\" }) { errors { code } } }";
    server.post(&admin, made, json!({})).await;
    let lists = "{ queues { edges { node { id kind } } } workstreams { edges { node { id kind } } } agents { edges { node { id } } } }";
    let lists = server.post(&admin, lists, json!({})).await;
    let messaging = |list: &str| {
        let edges = lists["data"][list]["edges"].as_array().unwrap();
        let found = edges
            .iter()
            .find(|edge| edge["node"]["kind"] == "MESSAGING");
        found.unwrap()["node"]["id"].clone()
    };
    let member = "mutation($agent: ID!, $queue: ID!) { addQueueMember(input: { agentId: $agent, queueId: $queue }) { errors { code } } }";
    let agent = lists["data"]["agents"]["edges"][0]["node"]["id"].clone();
    server
        .post(
            &admin,
            member,
            json!({ "agent": agent, "queue": messaging("queues") }),
        )
        .await;

    // A conversation, with text in variables and as a literal.
    let start = "mutation($queue: ID!, $workstream: ID!) { startConversation(input: {
        channel: WHATSAPP, queueId: $queue, workstreamId: $workstream, subject: \"quagga-subject\",
        customer: { key: \"quagga-key\", name: \"quagga-name\" } }) { conversation { id } errors { code } } }";
    let parts = json!({ "queue": messaging("queues"), "workstream": messaging("workstreams") });
    let started = server.post(&gateway, start, parts).await;
    let id = started["data"]["startConversation"]["conversation"]["id"].clone();
    assert!(id.is_string(), "{started}");
    let mut socket = Socket::open(&server.url, &sam).await;
    let here = server
        .post(&sam, "{ ongoingSummary { asOf } }", json!({}))
        .await;
    let here = json!({ "after": here["data"]["ongoingSummary"]["asOf"] });
    socket.subscribe(CHANGES, here).await;
    let say = |text: &str| {
        format!(
            "mutation($id: ID!) {{ receiveCustomerMessage(input: {{ conversationId: $id, text: \"{text}\" }}) {{ errors {{ code }} }} }}"
        )
    };
    let said = server
        .post(&gateway, &say("quagga-literal"), json!({ "id": id }))
        .await;
    assert_eq!(said["data"]["receiveCustomerMessage"]["errors"], json!([]));
    assert_eq!(socket.message().await["type"], "next");
    let variable = "mutation($id: ID!, $text: String!) { receiveCustomerMessage(input: { conversationId: $id, text: $text }) { errors { code } } }";
    let text = json!({ "id": id, "text": "quagga-variable" });
    server.post(&gateway, variable, text).await;
    let pick = "mutation($id: ID!) { pickConversation(input: { conversationId: $id }) { errors { code } } }";
    server.post(&anna, pick, json!({ "id": id })).await;
    let answer = "mutation($id: ID!) { sendMessage(input: { conversationId: $id, text: \"quagga-answer\" }) { errors { code } } }";
    let answered = server.post(&anna, answer, json!({ "id": id })).await;
    assert_eq!(answered["data"]["sendMessage"]["errors"], json!([]));

    // Everything else that is text.
    let done = async |token: &str, mutation: &'static str, fields: &str, input: Value| {
        let kind = crate::harness::input_type(mutation);
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {fields} errors {{ code message }} }} }}"
        );
        let done = server.post(token, &query, json!({ "input": input })).await;
        let payload = &done["data"][mutation];
        assert_eq!(payload["errors"], json!([]), "{mutation}: {done}");
        payload.clone()
    };
    let carried = json!({ "conversationId": id, "externalId": "quagga-external", "attachments": [
        { "kind": "IMAGE", "url": "https://quagga-address.example/1", "fileName": "quagga-name", "label": "quagga-label" }] });
    let carried = done(&gateway, "receiveCustomerMessage", "messageId", carried).await;
    let named = json!({ "messageId": carried["messageId"] });
    let replied = json!({ "conversationId": id, "text": "quagga-answer" });
    let replied = done(&anna, "sendMessage", "message { id }", replied).await;
    let answer = json!({ "messageId": replied["message"]["id"] });
    for (token, mutation, input) in [
        (
            &gateway,
            "editCustomerMessage",
            json!({ "message": named, "text": "quagga-edited" }),
        ),
        (
            &gateway,
            "reactToMessage",
            json!({ "message": answer, "reaction": "quagga-reaction" }),
        ),
        (
            &gateway,
            "recordDelivery",
            json!({ "message": answer, "state": "FAILED", "errorDescription": "quagga-failure" }),
        ),
        (
            &gateway,
            "removeCustomerMessage",
            json!({ "message": named }),
        ),
        (
            &anna,
            "updateConversation",
            json!({ "conversationId": id,
                "setAttributes": [{ "key": "order", "value": "quagga-attribute" }] }),
        ),
        (
            &gateway,
            "updateCustomer",
            json!({ "name": "quagga-renamed",
                "customerKey": { "channel": "WHATSAPP", "key": "quagga-key" } }),
        ),
        (&anna, "endConversation", json!({ "conversationId": id })),
        (
            &anna,
            "closeConversation",
            json!({ "conversationId": id, "note": "quagga-note" }),
        ),
        (
            &gateway,
            "recordRating",
            json!({ "conversationId": id, "score": 1, "comment": "quagga-comment" }),
        ),
    ] {
        done(token, mutation, "asOf", input).await;
    }
    let search = "{ conversations(filter: { text: \"quagga-found\" }) { totalCount } }";
    let found = server.post(&sam, search, json!({})).await;
    assert_eq!(found["data"]["conversations"]["totalCount"], 0, "{found}");
    let metrics = server.url.replace("/graphql", "/metrics");
    let metrics = reqwest::get(metrics).await.unwrap().text().await.unwrap();
    assert!(!metrics.contains("quagga"), "{metrics}");
    // Log and trail have ids alone.
    let tables = sea_orm::Database::connect(&database).await.unwrap();
    let events = entity::tables::event::Entity::find().all(&tables).await;
    let trail = entity::tables::audit::Entity::find().all(&tables).await;
    let kept = format!("{:?} {:?}", events.unwrap(), trail.unwrap());
    assert!(!kept.replace("quagga-id", "").contains("quagga"), "{kept}");
    tables.close().await.unwrap();

    // Another that goes on, for the fault.
    let parts = json!({ "queue": messaging("queues"), "workstream": messaging("workstreams") });
    let started = server.post(&gateway, start, parts).await;
    let id = started["data"]["startConversation"]["conversation"]["id"].clone();

    // Tokens that are refused, and one in a ping.
    let broken = format!("{sam}x");
    server
        .post(&broken, "{ viewer { subject } }", json!({}))
        .await;
    let mut socket = Socket::open(&server.url, &sam).await;
    let ping = json!({ "type": "ping", "payload": { "token": broken } });
    socket.send(ping).await;
    assert_eq!(socket.pong().await["payload"]["accepted"], false);
    server.line_with("a token was refused").await;

    // A fault of ours.
    let tables = sea_orm::Database::connect(&database).await.unwrap();
    tables
        .execute_unprepared("ALTER TABLE messages RENAME TO gone")
        .await
        .unwrap();
    let failed = server
        .post(&gateway, &say("quagga-lost"), json!({ "id": id }))
        .await;
    let error = &failed["errors"][0];
    let fault = error["extensions"]["id"].as_str().unwrap().to_owned();
    assert_eq!(error["extensions"]["code"], "INTERNAL");
    let message = format!("Something went wrong on our side; id {fault}.");
    assert_eq!(error["message"], json!(message));
    for inside in ["messages", "SQL", "sqlite", "table", "database"] {
        assert!(!failed.to_string().contains(inside), "{failed}");
    }
    let line = server.line_with(&fault).await;
    assert!(line.contains("messages"), "the log has the detail: {line}");

    let log = server.log();
    for word in WORDS {
        assert!(
            !log.contains(word),
            "{word} is in the log:\n{}",
            around(&log, word)
        );
    }
    for token in [&gateway, &sam, &anna, &admin] {
        let signature = token.rsplit('.').next().unwrap();
        let payload = token.split('.').nth(1).unwrap();
        for part in [signature, payload] {
            assert!(
                !log.contains(part),
                "a token is in the log:\n{}",
                around(&log, part)
            );
        }
    }
    assert!(!log.contains(SECRET));
    // Nor in another spelling, such as bytes one by one: what would show it says nothing at these levels.
    let fine = log
        .lines()
        .filter(|line| line.contains("TRACE") || line.contains("DEBUG"));
    let shown: Vec<_> = fine
        .filter(|line| line.contains("tungstenite") || line.contains(" hyper"))
        .collect();
    assert!(shown.is_empty(), "{shown:#?}");
}

/// The line that has this.
fn around(log: &str, text: &str) -> String {
    let line = log
        .lines()
        .find(|line| line.contains(text))
        .unwrap_or_default();
    line.chars().take(400).collect()
}
