//! `regie demo` as somebody starts it: ready, and its addresses printed, when its tokens are accepted.

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::SECRET;

/// A demo of its own, ended with the test.
struct Demo {
    process: Child,
    address: String,
    /// Kept: what nobody reads would end it.
    out: Lines<BufReader<ChildStdout>>,
    #[allow(dead_code, reason = "a folder lives as long as it is held")]
    folder: tempfile::TempDir,
}

impl Demo {
    /// Starts one, with the operator's secret or with a key of its own.
    fn start(secret: Option<&str>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let folder = tempfile::tempdir().unwrap();
        let mut command = regie(secret);
        command
            .args(["demo", "--tokens", "--seed", "7", "--listen", &address])
            .current_dir(folder.path())
            .env("TMPDIR", folder.path())
            .stderr(Stdio::inherit());
        let mut process = command.spawn().unwrap();
        let out = BufReader::new(process.stdout.take().unwrap()).lines();
        Self {
            process,
            address,
            out,
            folder,
        }
    }

    /// Waits until it says that it is ready, as a load balancer would.
    async fn ready(&self) {
        let since = Instant::now();
        while !self.is_ready().await {
            assert!(since.elapsed() < Duration::from_mins(5), "never ready");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn is_ready(&self) -> bool {
        let url = format!("http://{}/health/ready", self.address);
        let answer = reqwest::get(url).await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// What is answered to this token's holder, or the errors.
    async fn ask(&self, token: &str, query: &str) -> Value {
        let url = format!("http://{}/graphql", self.address);
        let request = reqwest::Client::new().post(url).bearer_auth(token);
        let request = request.json(&json!({ "query": query }));
        request.send().await.unwrap().json().await.unwrap()
    }

    /// How many closed conversations this supervisor finds by these further conditions, and the first.
    async fn past(&self, token: &str, filter: &str) -> (u64, String) {
        let query = format!(
            "{{ conversations(filter: {{ states: [CLOSED] {filter} }}, first: 1) {{
                totalCount nodes {{ id }} }} }}"
        );
        let answer = self.ask(token, &query).await;
        let found = &answer["data"]["conversations"];
        let count = found["totalCount"].as_u64();
        let first = found["nodes"][0]["id"].as_str().unwrap_or_default();
        (
            count.unwrap_or_else(|| panic!("{answer}")),
            first.to_owned(),
        )
    }

    async fn accepts(&self, token: &str) {
        let answer = self.ask(token, "{ viewer { subject } }").await;
        assert!(answer["data"]["viewer"]["subject"].is_string(), "{answer}");
    }

    /// The tokens that it prints, as soon as it prints them.
    fn printed(&mut self) -> Vec<String> {
        let lines = self.out.by_ref().map_while(Result::ok);
        let page = lines.take_while(|line| !line.starts_with("To try"));
        let token = |line: String| Some(line.split_once("#token=")?.1.to_owned());
        page.filter_map(token).collect()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn regie(secret: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regie"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("REGIE_")) {
        command.env_remove(name);
    }
    if let Some(secret) = secret {
        command.env("REGIE_JWT_SECRET", secret);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

#[tokio::test]
async fn a_demo_is_ready_when_the_operators_own_tokens_are_accepted() {
    let arguments = ["token", "--sub", "sam", "--role", "administrator"];
    let minted = regie(Some(SECRET)).args(arguments).output().unwrap();
    let token = String::from_utf8(minted.stdout).unwrap();
    let demo = Demo::start(Some(SECRET));
    demo.ready().await;
    demo.accepts(token.trim()).await;
    let now = regie(Some(SECRET)).args(arguments).output().unwrap();
    demo.accepts(String::from_utf8(now.stdout).unwrap().trim())
        .await;
}

#[tokio::test]
async fn what_a_demo_prints_is_accepted_and_it_is_ready_by_then() {
    let mut demo = Demo::start(None);
    let (tokens, demo) = tokio::task::spawn_blocking(move || (demo.printed(), demo))
        .await
        .unwrap();
    assert!(demo.is_ready().await);
    assert_eq!(tokens.len(), 5);
    for token in &tokens {
        demo.accepts(token).await;
    }
    has_a_past(&demo, &tokens[0]).await;
    carries_pictures(&demo, &tokens[0]).await;
}

/// There is something to search, by everything that a desk asks for.
async fn has_a_past(demo: &Demo, ingrid: &str) {
    let (all, _) = demo.past(ingrid, "").await;
    assert!(all >= 250, "{all}");
    for filter in [
        "tags: [\"bezorging\"]",
        "ratings: [1, 2]",
        "ratings: [5]",
        "dispositionCodes: [\"REFUND\"]",
        "sentiments: [NEGATIVE, VERY_NEGATIVE]",
        "text: \"lamp\"",
        "statusReasons: [CUSTOMER_LEFT_OPEN]",
        "channels: [SMS]",
    ] {
        let (some, _) = demo.past(ingrid, filter).await;
        assert!(0 < some && some < all, "{filter}: {some}");
    }
}

/// What the messages of a reviewed conversation have attached is served by the demo.
async fn carries_pictures(demo: &Demo, ingrid: &str) {
    let (_, id) = demo.past(ingrid, "text: \"bureaulamp\"").await;
    let review = format!(
        "mutation {{ reviewConversation(input: {{ conversationId: \"{id}\" }}) {{ errors {{ code }}
            conversation {{ transcript(first: 50) {{ nodes: edges {{ node {{
                attachments {{ kind reference mediaType }} }} }} }} }} }} }}"
    );
    let answer = demo.ask(ingrid, &review).await;
    let payload = &answer["data"]["reviewConversation"];
    assert_eq!(payload["errors"], json!([]), "{answer}");
    let messages = payload["conversation"]["transcript"]["nodes"]
        .as_array()
        .unwrap();
    let attached = messages
        .iter()
        .flat_map(|one| one["node"]["attachments"].as_array().unwrap());
    let picture = attached.clone().find(|one| one["kind"] == "IMAGE").unwrap();
    let address = format!(
        "http://{}{}",
        demo.address,
        picture["reference"].as_str().unwrap()
    );
    let served = reqwest::get(address).await.unwrap();
    assert_eq!(served.status(), 200);
    assert_eq!(served.headers()["content-type"], "image/svg+xml");
    assert_eq!(served.headers()["x-content-type-options"], "nosniff");
    let none = reqwest::get(format!("http://{}/demo/media/none.svg", demo.address)).await;
    assert_eq!(none.unwrap().status(), 404);
}
