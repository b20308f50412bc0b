//! Odd strings in every place of the schema that takes one, on every database: an answer or a refusal,
//! never a fault. The places come from the schema itself, so that a new one is tried by itself.

use std::time::Duration;

use domain::Role;
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::{Database, Server, Token, figures};

mod places;

use places::{Place, Schema};

/// So many places are tried at a time, each with all strings.
const AT_ONCE: usize = 4;

/// What nobody sends who means well, and what databases, patterns and parsers stumble over.
fn odd() -> Vec<String> {
    let mut odd: Vec<String> = [
        "",
        " ",
        "\u{a0}\u{2003}\t\r\n",
        "\0",
        "a\0b",
        "sam\0",
        "\u{1}\u{8}\u{1b}[31m\u{7f}\u{9f}",
        "\u{fffd}\u{feff}\u{ffff}",
        "\u{202e}desrever\u{202c}\u{2066}\u{200d}",
        "👩‍👩‍👧‍👦𝕏🏴",
        "e\u{301}\u{345}İıſß",
        "%",
        "_",
        "\\",
        "%_\\'\";--",
        "' OR 1=1 --",
        "{\"a\":[1,null,\"\\u0000\"]}",
        "null",
        "$1 :id ? @x",
        "conv_",
        "conv_00000000000070008000000000000000",
        "agent_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "9223372036854775808",
        "-1",
        "NaN",
        "+262143-12-31T23:59:60.999999999999Z",
        "0000-00-00T00:00:00Z",
        "-9999-01-01T00:00:00+23:59",
    ]
    .map(str::to_owned)
    .to_vec();
    odd.push("x".repeat(20_000));
    odd.push("\u{1F600}".repeat(201));
    odd.push("é\u{300}".repeat(255));
    odd
}

/// Somebody in every role, so that no refusal comes before the string is looked at.
fn everybody(subject: &str) -> String {
    Token::supervisor(subject)
        .and(Role::Agent)
        .and(Role::CustomerGateway)
        .and(Role::Administrator)
        .every_channel()
        .sign()
}

/// How a request must not end: a fault of the server, or no answer at all.
async fn fault(server: &Server, token: &str, document: &str, variables: &Value) -> Option<String> {
    static CLIENT: std::sync::LazyLock<reqwest::Client> =
        std::sync::LazyLock::new(reqwest::Client::new);
    let is_stream = document.starts_with("subscription");
    let accept = if is_stream {
        "text/event-stream"
    } else {
        "application/graphql-response+json"
    };
    let body = json!({ "query": document, "variables": variables });
    let request = CLIENT.post(&server.url).bearer_auth(token).json(&body);
    let mut response = match request.header("accept", accept).send().await {
        Ok(response) => response,
        Err(error) => return Some(format!("no answer: {error}")),
    };
    let status = response.status().as_u16();
    let text = if is_stream && status == 200 {
        // It runs; what it says at once is looked at.
        let first = tokio::time::timeout(Duration::from_millis(200), response.chunk());
        let first = first.await.ok().and_then(Result::ok).flatten();
        first.map_or_else(String::new, |first| {
            String::from_utf8_lossy(&first).into_owned()
        })
    } else {
        response.text().await.unwrap_or_default()
    };
    let failed = status >= 500 || text.contains("INTERNAL\"") || (text.is_empty() && !is_stream);
    failed.then(|| format!("{status} {text:.300}"))
}

/// What a place is tried with: its own variables, and a conversation that is there.
async fn try_out(floor: &Floor, place: &Place) -> Vec<String> {
    let conversation = floor.joined("WHATSAPP").await;
    let token = everybody("anna");
    let given = |field: &str| match field {
        "conversationId" | "conversationIds" | "id" => Some(conversation.clone()),
        "agentId" | "agentIds" => Some(floor.agent("bert")),
        "queueId" | "queueIds" => Some(floor.queue.clone()),
        "workstreamId" | "workstreamIds" => Some(floor.workstream.clone()),
        _ => None,
    };
    let odd = odd();
    let tried = odd.iter().map(|odd| {
        let variables = place.variables(&given, odd);
        let (server, token) = (&floor.server, &token);
        async move {
            let fault = fault(server, token, &place.document, &variables).await?;
            Some(format!("{} with {odd:.40?}: {fault}", place.name))
        }
    });
    let found = join_all(tried).await;
    found.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_string_of_the_schema_is_a_fault_whatever_it_has() {
    for database in Database::all().await {
        let name = format!("odd-{}", database.kind());
        let floor = Floor::on(database).await;
        let schema = Schema::of(&floor).await;
        let places = schema.places();
        assert!(places.len() > 200, "{}", places.len());
        let tried = stream::iter(&places).map(|place| try_out(&floor, place));
        let faults: Vec<_> = tried.buffer_unordered(AT_ONCE).collect().await;
        let faults = faults.concat();
        assert!(
            faults.is_empty(),
            "{}:\n{}",
            faults.len(),
            faults.join("\n")
        );
        let tried = places.len() * odd().len();
        figures::record(&name, &format!("{tried} requests, {} places", places.len()));
        // It is there and works, and all that was written is what the log says.
        let id = floor.open("WHATSAPP").await;
        assert_eq!(floor.see(&floor.sam, &id, "state").await["state"], "OPEN");
    }
}
