//! What bounds an operation, a viewer and a document, on the real schema and with the real binary:
//! exact figures, and that honest clients pass.

use std::process::Stdio;

use api::graphql::gate::{GateOptions, Limits};
use api::http::HttpOptions;
use engine::clock::Clock;
use serde_json::{Value, json};

use crate::harness::binary::{Served, output, regie};
use crate::harness::{Database, Server, Token};

/// The extensions of the one error.
async fn refused(server: &Server, query: &str, variables: Value) -> Value {
    let response = server
        .post(&Token::supervisor("sam").sign(), query, variables)
        .await;
    assert!(response.get("data").is_none(), "{response:#}");
    assert_eq!(response["errors"].as_array().unwrap().len(), 1);
    response["errors"][0]["extensions"].clone()
}

/// To the parser three quotes without an end are an empty string, and `000` and `nullnull` several values.
#[tokio::test]
async fn what_the_parser_reads_otherwise_than_it_looks_is_counted_all_the_same() {
    let server = Server::start().await;
    let sam = Token::supervisor("sam").sign();
    let brackets = "[".repeat(2_000);
    let fields = "a ".repeat(30_000);
    for hidden in [
        format!("{{ __typename a(b: [\"\"\"x\" {brackets}"),
        format!("{{ a(b: [\"\"\"x\"]) {fields} }}"),
    ] {
        let response = server.post(&sam, &hidden, json!({})).await;
        let message = "Syntax error: the block string that begins here does not end.";
        let error = &response["errors"][0];
        assert_eq!(error["message"], message);
        assert_eq!(error["extensions"], json!({ "code": "INVALID_INPUT" }));
        assert_eq!(error["locations"][0]["line"], 1);
    }
    let expected = |found| {
        json!({
            "code": "LIMIT_EXCEEDED", "limit": "tokens", "allowed": 5_000, "found": found,
        })
    };
    let zeros = format!("{{ a(b: [{}]) }}", "0".repeat(60_000));
    assert_eq!(refused(&server, &zeros, json!({})).await, expected(60_009));
    let nulls = format!("{{ a(b: [{}]) }}", "null".repeat(15_000));
    assert_eq!(refused(&server, &nulls, json!({})).await, expected(15_009));
}

/// The answer to an operation whose client asks what it costs.
async fn with_cost(server: &Server, query: &str, accept: &str) -> reqwest::Response {
    let body = json!({ "query": query, "extensions": { "cost": true } });
    let request = reqwest::Client::new().post(&server.url);
    let request = request.bearer_auth(Token::supervisor("sam").sign());
    request
        .header("Accept", accept)
        .json(&body)
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_client_that_asks_is_told_what_the_limits_see() {
    const JSON: &str = "application/json";
    let server = Server::start().await;
    // 1 + 100 * (edges + node + id); the summary counts 100 for what it looks at.
    let page = "agents(first: 100) { edges { node { id } } }";
    let counted = |limit: &str, cost: &Value| cost[limit]["counted"].clone();
    for (query, complexity, fields) in [
        (format!("{{ {page} }}"), 301, 1),
        (
            format!("{{ {page} ongoingSummary {{ totalCount }} }}"),
            403,
            2,
        ),
    ] {
        // Executed, and kept for others who ask the same.
        for _ in 0..2 {
            let answer: Value = with_cost(&server, &query, JSON).await.json().await.unwrap();
            assert!(answer.get("errors").is_none(), "{answer}");
            assert!(answer["data"]["agents"].is_object());
            let cost = &answer["extensions"]["cost"];
            assert_eq!(
                cost["complexity"],
                json!({ "counted": complexity, "allowed": 20_000 })
            );
            assert_eq!(counted("rootFields", cost), fields);
            assert_eq!(counted("pageSize", cost), 100);
            assert_eq!(counted("depth", cost), 4);
        }
        let without = server
            .post(&Token::supervisor("sam").sign(), &query, json!({}))
            .await;
        assert!(without.get("extensions").is_none(), "{without}");
    }
    // The same figures as a refusal has.
    let refused_at = refused(&server, "{ agents(first: 101) { totalCount } }", json!({})).await;
    assert_eq!(
        (&refused_at["limit"], &refused_at["found"]),
        (&json!("pageSize"), &json!(101))
    );
    // Of a subscription with its first payload.
    let query = "subscription { ongoingConversationsLive { __typename } }";
    let mut stream = with_cost(&server, query, "text/event-stream").await;
    let first = stream.chunk().await.unwrap().unwrap();
    let first = std::str::from_utf8(&first).unwrap();
    let data = first
        .lines()
        .find_map(|line| line.strip_prefix("data: "))
        .unwrap();
    let payload: Value = serde_json::from_str(data).unwrap();
    assert_eq!(
        payload["data"]["ongoingConversationsLive"]["__typename"],
        "OngoingSnapshot"
    );
    assert_eq!(counted("complexity", &payload["extensions"]["cost"]), 101);
}

#[tokio::test]
async fn every_limit_of_an_operation_is_refused_by_its_name_with_the_figures() {
    let server = Server::start().await;
    let times = |count: usize, each: &dyn Fn(usize) -> String| -> String {
        (0..count).map(each).collect::<Vec<_>>().join(" ")
    };
    let page = "conversation { transcript(first: 100) { edges { node { id } } } }";
    let list = |below: &str| {
        format!("{{ ongoingConversations(first: 100) {{ edges {{ node {{ {below} }} }} }} }}")
    };
    let aliases = times(300, &|number| format!("a{number}: id"));
    let viewers = times(21, &|number| format!("a{number}: viewer {{ subject }}"));
    let deep = format!("{}id{}", "node { ".repeat(15), " }".repeat(15));
    let doubling = times(30, &|level| {
        format!(
            "fragment F{level} on Query {{ ...F{0} ...F{0} }}",
            level + 1
        )
    });
    let cases = [
        ("depth", format!("{{ {deep} }}"), json!({}), 15, 16),
        ("complexity", list(page), json!({}), 20_000, 30_501),
        (
            "pageSize",
            "{ agents(first: 101) { totalCount } }".to_owned(),
            json!({}),
            100,
            101,
        ),
        (
            "pageSize",
            "query($n: Int) { agents(first: $n) { totalCount } }".to_owned(),
            json!({ "n": 5_000 }),
            100,
            5_000,
        ),
        ("aliases", list(&aliases), json!({}), 50, 300),
        ("rootFields", format!("{{ {viewers} }}"), json!({}), 20, 21),
        (
            "directives",
            format!(
                "{{ viewer {{ subject {} }} }}",
                "@include(if: true) ".repeat(51)
            ),
            json!({}),
            50,
            51,
        ),
        (
            "tokens",
            format!("{{ {} }}", "viewer ".repeat(5_000)),
            json!({}),
            5_000,
            5_002,
        ),
        (
            "documentBytes",
            format!("{{ viewer {{ subject }} }} #{}", "x".repeat(70_000)),
            json!({}),
            65_536,
            70_024,
        ),
        (
            "variablesBytes",
            "query($a: String) { viewer { subject } }".to_owned(),
            json!({ "a": "x".repeat(70_000) }),
            65_536,
            70_008,
        ),
        (
            "selections",
            format!("{{ ...F0 }} {doubling} fragment F30 on Query {{ __typename }}"),
            json!({}),
            5_000,
            3_221_225_471_u64,
        ),
        ("nesting", "{viewer".repeat(100), json!({}), 64, 100),
    ];
    for (limit, query, variables, allowed, found) in cases {
        let extensions = refused(&server, &query, variables).await;
        let expected = json!({
            "code": "LIMIT_EXCEEDED", "limit": limit, "allowed": allowed, "found": found,
        });
        assert_eq!(extensions, expected, "{limit}");
    }
}

#[tokio::test]
async fn what_makes_or_looks_at_more_than_a_page_says_counts_for_that() {
    let server = Server::start().await;
    let rows = "ongoingConversations(first: 100) { edges { node { queue { members { queues { id } } } } } }";
    let nested =
        "queues(first: 1) { edges { node { members { queues { members { queues { id } } } } } } }";
    let search =
        "ongoingConversations(first: 0, filter: { unassigned: true, text: $text }) { totalCount } ";
    let searches: Vec<_> = (0..10)
        .map(|number| format!("a{number}: {search}"))
        .collect();
    let searches = searches.concat();
    let text = json!({ "text": "ada" });
    let cases = [
        // 1 + view + 100 * (3 + members + 100 * (queues + 10))
        ("complexity", format!("{{ {rows} }}"), 20_000, 110_501),
        ("nestedLists", format!("{{ {nested} }}"), 2, 4),
        // 10 * (view + search + field + totalCount)
        (
            "complexity",
            format!("query($text: String) {{ {searches} }}"),
            20_000,
            21_020,
        ),
    ];
    for (limit, query, allowed, found) in cases {
        let extensions = refused(&server, &query, text.clone()).await;
        let expected = json!({
            "code": "LIMIT_EXCEEDED", "limit": limit, "allowed": allowed, "found": found,
        });
        assert_eq!(extensions, expected, "{query}");
    }
    let query = format!(
        "query($text: String) {{ {searches} queues(first: 50) {{ edges {{ node {{
        name members {{ name }} }} }} }} }}"
    );
    let data = server
        .data(&Token::supervisor("sam").sign(), &query, json!({}))
        .await;
    assert_eq!(data["a9"]["totalCount"], 0);
}

/// What tools send to learn the schema, in short: everything, with types eight wraps deep.
fn introspection() -> String {
    let of_type = "ofType { kind name ".repeat(9) + &" }".repeat(9);
    format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} mutationType {{ name }}
         subscriptionType {{ name }} types {{ ...FullType }}
         directives {{ name description locations args(includeDeprecated: true) {{ ...InputValue }} }} }} }}
         fragment FullType on __Type {{ kind name description
         fields(includeDeprecated: true) {{ name description args(includeDeprecated: true)
         {{ ...InputValue }} type {{ ...TypeRef }} isDeprecated deprecationReason }}
         inputFields(includeDeprecated: true) {{ ...InputValue }} interfaces {{ ...TypeRef }}
         enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }}
         possibleTypes {{ ...TypeRef }} }}
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue }}
         fragment TypeRef on __Type {{ kind name {of_type} }}"
    )
}

#[tokio::test]
async fn tools_learn_the_whole_schema_within_the_limits() {
    let server = Server::start().await;
    let token = Token::supervisor("sam").sign();
    let data = server.data(&token, &introspection(), json!({})).await;
    let types = data["__schema"]["types"].as_array().unwrap();
    assert!(types.iter().any(|one| one["name"] == "Conversation"));
}

#[tokio::test]
async fn without_introspection_no_answer_tells_a_name_that_was_not_asked_for() {
    let misspelled = "{ viewer { subjekt } }";
    let token = Token::supervisor("sam").sign();
    let open = Server::start().await;
    let told = open.post(&token, misspelled, json!({})).await;
    let message = told["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("Did you mean \"subject\""), "{message}");

    let gate = GateOptions {
        introspection: false,
        ..Limits::default().into()
    };
    let closed = Server::with(
        Database::sqlite(),
        Clock::system(),
        gate,
        HttpOptions::default(),
    );
    let closed = closed.await;
    for document in [
        introspection().as_str(),
        "{ __type(name: \"Query\") { name } }",
    ] {
        let extensions = refused(&closed, document, json!({})).await;
        assert_eq!(extensions["code"], "LIMIT_EXCEEDED");
        assert_eq!(extensions["limit"], "introspectionFields");
        assert_eq!(
            (&extensions["allowed"], &extensions["found"]),
            (&json!(0), &json!(1))
        );
    }
    for document in [
        misspelled,
        "{ viewer(subjet: 1) { subject } }",
        "{ agents(firs: 1) { totalCount } }",
        "mutation { pickConversatio(input: {}) { asOf } }",
        "query($input: PickConversationInpu!) { viewer { subject } }",
    ] {
        let told = closed.post(&token, document, json!({})).await;
        let message = told["errors"][0]["message"].as_str().unwrap();
        assert!(!message.contains("Did you mean"), "{message}");
    }
    let data = closed
        .data(
            &token,
            "{ __typename viewer { __typename subject } }",
            json!({}),
        )
        .await;
    assert_eq!(
        data["viewer"],
        json!({ "__typename": "Viewer", "subject": "sam" })
    );
}

/// A counter of `/metrics` of these requests.
async fn answered(url: &str, status: u16) -> u64 {
    let url = url.replace("/graphql", "/metrics");
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    let row = format!(
        "regie_http_requests_total{{method=\"POST\",path=\"/graphql\",status=\"{status}\"}} "
    );
    let count = text.lines().find_map(|line| line.strip_prefix(&row));
    count.map_or(0, |count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_waits_as_long_as_a_busy_server_asks_and_loses_nothing() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let database = Database::sqlite();
    let slow = [
        ("REGIE_REQUESTS_PER_SECOND", "20"),
        ("REGIE_REQUESTS_BURST", "4"),
        ("REGIE_GATEWAY_REQUESTS_PER_SECOND", "20"),
        ("REGIE_GATEWAY_REQUESTS_BURST", "4"),
    ];
    let served = Served::with(&database.url, folder.path(), &slow);
    let messages: Vec<Value> = ["customer", "agent", "customer", "agent"]
        .iter()
        .map(|from| json!({ "from": from, "text": "A message." }))
        .collect();
    let lines: String = (0..4)
        .map(|number| {
            let id = format!("slow-{number}");
            json!({ "id": id, "channel": "SMS", "messages": messages }).to_string() + "\n"
        })
        .collect();
    std::fs::write(folder.path().join("dialogues.jsonl"), lines).unwrap();
    let (url, address, here) = (
        served.url.clone(),
        database.url.clone(),
        folder.path().to_owned(),
    );
    let replayed = tokio::task::spawn_blocking(move || {
        let arguments = ["replay", "dialogues.jsonl", "--speed", "max", "--url", &url];
        regie(&address, &here, &arguments)
            .stderr(Stdio::piped())
            .output()
            .unwrap()
    });
    let output = replayed.await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(
        answered(&served.url, 429).await > 0,
        "it was never asked to wait"
    );
    let token = Token::supervisor("sam").sign();
    let body = json!({ "query": "{ ongoingConversations(first: 1) { totalCount } }" });
    let request = reqwest::Client::new().post(&served.url).bearer_auth(token);
    let answer: Value = request
        .json(&body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(answer["data"]["ongoingConversations"]["totalCount"].is_number());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_trusted_documents_runs_those_and_no_other() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let manifest = json!({ "0cc175b9c0f1b6a831c399e269772661": "{ viewer { subject } }" });
    std::fs::write(folder.path().join("documents.json"), manifest.to_string()).unwrap();
    let settings = [("REGIE_TRUSTED_DOCUMENTS", "documents.json")];
    let database = Database::sqlite();
    let served = Served::with(&database.url, folder.path(), &settings);
    let token = Token::supervisor("sam").sign();
    let ask = async |body: Value| -> Value {
        let request = reqwest::Client::new().post(&served.url).bearer_auth(&token);
        request
            .json(&body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    };
    let data = json!({ "data": { "viewer": { "subject": "sam" } } });
    let by_id = json!({ "documentId": "0cc175b9c0f1b6a831c399e269772661" });
    assert_eq!(ask(by_id).await, data);
    assert_eq!(
        ask(json!({ "query": "{ viewer { subject } }" })).await,
        data
    );
    let other = ask(json!({ "query": "{ viewer { roles } }" })).await;
    assert_eq!(
        other["errors"][0]["extensions"]["code"],
        "PERSISTED_QUERY_NOT_IN_LIST"
    );
}

#[test]
fn a_file_that_is_no_manifest_stops_the_start_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("documents.json"), "{\"a\":\"{\"}").unwrap();
    let arguments = ["serve", "--trusted-documents", "documents.json"];
    let stopped = output(&Database::sqlite().url, folder.path(), &arguments);
    assert!(!stopped.status.success());
    let line = String::from_utf8(stopped.stderr).unwrap();
    let expected = "regie: --trusted-documents: \"documents.json\" has under \"a\" a text that is no \
                    GraphQL document: ";
    assert!(line.starts_with(expected), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
}

#[test]
fn the_help_of_serve_lists_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let help = output(&Database::sqlite().url, folder.path(), &["serve", "--help"]);
    let help = String::from_utf8(help.stdout).unwrap();
    for name in [
        "--trusted-documents",
        "max_complexity",
        "requests_per_second",
        "listen",
    ] {
        assert!(help.contains(name), "{help}");
    }
}
