//! `regie init`, `serve --listen --database`, and `replay` at the configured address, by the real binary.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::harness::binary::{Served, output, regie};
use crate::harness::{Database, Token};

const PLAN: &str = r#"
[supervisors]
monitor = true
force_close = true

[[queues]]
name = "Service"
[[queues]]
name = "Lines"
kind = "VOICE"

[[workstreams]]
name = "Chat"
units = 2
monitoring_notice = "CONSENT_REQUIRED"

[[agents]]
subject = "anna"
name = "Anna de Boer"
capacity = 5
queues = ["Service", "Messaging"]
"#;

struct Place {
    folder: tempfile::TempDir,
    database: Database,
    served: Served,
}

impl Place {
    fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let database = Database::sqlite();
        let served = Served::start(&database.url, folder.path());
        Self {
            folder,
            database,
            served,
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn init(&self, plan: &str) -> Output {
        std::fs::write(self.path().join("plan.toml"), plan).unwrap();
        let arguments = ["init", "plan.toml", "--url", &self.served.url];
        output(&self.database.url, self.path(), &arguments)
    }

    async fn ask(&self, query: &str) -> Value {
        let request = reqwest::Client::new().post(&self.served.url);
        let request = request.bearer_auth(Token::administrator().sign());
        let request = request.json(&json!({ "query": query }));
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"].clone()
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

const THERE: &str = "{
    queues { nodes { name kind } }
    workstreams { nodes { name kind units monitoringNotice } }
    agents { nodes { subject name capacity { totalUnits } queues { name } } }
    supervisorSettings { supervisorMonitor supervisorAssign supervisorForceClose }
    auditLog(first: 1) { totalCount }
}";

#[tokio::test]
async fn a_plan_is_carried_out_once_however_often_it_is_run() {
    let place = Place::new();
    let first = place.init(PLAN);
    assert!(first.status.success(), "{}", text(&first.stderr));
    let printed = text(&first.stdout).to_owned();
    let lines = |made: &str| {
        printed
            .lines()
            .filter(|line| line.starts_with(made))
            .count()
    };
    // Beside them the three queues and workstreams that a new database has.
    assert_eq!((lines("made "), lines("there")), (4, 6), "{printed}");
    let there = place.ask(THERE).await;
    let named = |list: &str, name: &str| {
        let nodes = there[list]["nodes"].as_array().unwrap();
        nodes.iter().find(|node| node["name"] == name).cloned()
    };
    let lines = named("queues", "Lines").unwrap();
    assert_eq!(lines["kind"], "VOICE");
    assert_eq!(
        named("workstreams", "Chat").unwrap(),
        json!({ "name": "Chat", "kind": "MESSAGING", "units": 2, "monitoringNotice": "CONSENT_REQUIRED" })
    );
    assert_eq!(
        there["agents"]["nodes"],
        json!([{
            "subject": "anna", "name": "Anna de Boer", "capacity": { "totalUnits": 5 },
            "queues": [{ "name": "Messaging" }, { "name": "Service" }],
        }])
    );
    // What the plan does not name stays as it was.
    assert_eq!(
        there["supervisorSettings"],
        json!({ "supervisorMonitor": true, "supervisorAssign": false, "supervisorForceClose": true })
    );

    let again = place.init(PLAN);
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert!(
        !text(&again.stdout).contains("made "),
        "{}",
        text(&again.stdout)
    );
    let mut then = place.ask(THERE).await;
    let settings_again = there["auditLog"]["totalCount"].as_i64().unwrap() + 1;
    assert_eq!(then["auditLog"]["totalCount"], json!(settings_again));
    then["auditLog"] = there["auditLog"].clone();
    assert_eq!(then, there);
}

#[tokio::test]
async fn a_plan_that_cannot_be_carried_out_says_why_and_makes_nothing() {
    let place = Place::new();
    let before = place.ask(THERE).await;
    for (plan, expected) in [
        (
            "[[queues]]\nname = \"New\"\n[[agents]]\nsubject = \"a\"\nname = \"A\"\nqueues = [\"Nowhere\"]\n",
            "init: agent a: there is no queue `Nowhere`, and the plan has none",
        ),
        ("[supervisors]\nmonitor = \"yes\"\n", "init: plan.toml: "),
        (
            "[[queue]]\nname = \"x\"\n",
            "init: plan.toml: unknown field",
        ),
        ("name", "init: plan.toml: "),
    ] {
        let refused = place.init(plan);
        assert!(!refused.status.success());
        let said = text(&refused.stderr);
        assert!(said.contains(expected), "{plan}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert_eq!(place.ask(THERE).await, before);
    // A part that the server refuses is named; nobody answers to questions here.
    let refused = place.init("[[workstreams]]\nname = \"x\"\nunits = 0\n");
    let said = text(&refused.stderr);
    assert!(said.contains("init: workstream x: INVALID_INPUT"), "{said}");
    let asked = output(&place.database.url, place.path(), &["init"]);
    assert!(
        text(&asked.stderr).contains("no plan, and no terminal"),
        "{}",
        text(&asked.stderr)
    );
}

#[tokio::test]
async fn what_the_command_line_says_goes_before_the_settings_and_replay_finds_the_server_there() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::sqlite();
    let elsewhere = folder.path().join("elsewhere.db");
    let wanted = format!("sqlite://{}?mode=rwc", elsewhere.display());
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--database", &wanted];
    let served = Served::of(regie(&database.url, folder.path(), &arguments));
    assert!(
        elsewhere.exists(),
        "it serves the database of the command line"
    );

    let lines = r#"{"id": "a", "channel": "SMS", "messages": [{"from": "customer", "text": "Hi"}, {"from": "agent", "text": "Hello"}]}
{"id": "b", "channel": "SMS", "messages": [{"from": "customer", "text": "Hi"}, {"from": "agent", "text": "Hello"}]}
{"id": "c", "channel": "SMS", "messages": [{"from": "customer", "text": "Hi"}]}
"#;
    std::fs::write(folder.path().join("dialogues.jsonl"), lines).unwrap();
    let listen = served
        .url
        .trim_start_matches("http://")
        .trim_end_matches("/graphql");
    let arguments = [
        "replay",
        "dialogues.jsonl",
        "--speed",
        "max",
        "--leave-open",
        "2",
    ];
    let mut replay = regie(&wanted, folder.path(), &arguments);
    let played = replay.env("REGIE_LISTEN", listen).output().unwrap();
    assert!(played.status.success(), "{}", text(&played.stdout));
    let request = reqwest::Client::new().post(&served.url);
    let request = request.bearer_auth(Token::supervisor("sam").sign());
    let query = "{ ongoingConversations { nodes { state subject } } }";
    let answer = request
        .json(&json!({ "query": query }))
        .send()
        .await
        .unwrap();
    let answer: Value = answer.json().await.unwrap();
    let mut left: Vec<_> = answer["data"]["ongoingConversations"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            (
                node["subject"].as_str().unwrap(),
                node["state"].as_str().unwrap(),
            )
        })
        .collect();
    left.sort_unstable();
    assert_eq!(left, [("Replay of b", "ACTIVE"), ("Replay of c", "OPEN")]);

    // Where nobody answers, the address that was tried is named.
    let mut nobody = regie(
        &wanted,
        folder.path(),
        &["init", "dialogues.jsonl", "--url", "ftp://x"],
    );
    let refused = nobody
        .stderr(std::process::Stdio::piped())
        .output()
        .unwrap();
    assert!(
        text(&refused.stderr).contains("http:// or https://"),
        "{}",
        text(&refused.stderr)
    );
}
