//! What one subject makes the server hold is bounded in bytes: the figure is exact, whoever else is
//! there notices nothing, and all of it is free once the connections are closed.

use api::graphql::gate::{GateOptions, ListLimits};
use api::http::HttpOptions;
use engine::clock::Clock;
use serde_json::{Value, json};

use crate::floor::{Floor, other_supervisor};
use crate::harness::{Database, Server, Socket, eventually, refused_stream};

mod lists;

/// A floor whose server holds no more than so many bytes for one subject.
async fn bounded(held_bytes: usize) -> Floor {
    let gate = GateOptions {
        held_bytes,
        ..GateOptions::default()
    };
    with(gate).await
}

async fn with(gate: GateOptions) -> Floor {
    let (database, http) = (Database::sqlite(), HttpOptions::default());
    Floor::at(Server::with(database, Clock::system(), gate, http).await).await
}

/// A subscription that nobody else asks for, with some more fields than that.
fn changes(number: usize) -> String {
    let fields: Vec<String> = (0..20)
        .map(|field| format!("f{number}_{field}: subject"))
        .collect();
    format!(
        "subscription {{ conversationChanges {{
            ... on ConversationChangeEvent {{ cursor conversation {{ id {} }} }}
        }} }}",
        fields.join(" ")
    )
}

/// Connections of one subject that have subscribed to so much that no more was let in.
struct Hoard {
    sockets: Vec<Socket>,
    running: usize,
    /// The extensions of the error with which the last was refused.
    refused: Value,
}

impl Hoard {
    /// Opens one socket after the other, with this many subscriptions each, until one is refused.
    async fn fill(server: &Server, token: &str, each: usize) -> Self {
        let (mut sockets, mut running) = (Vec::new(), 0);
        loop {
            assert!(running < 1_000, "nothing is ever too much");
            let mut socket = server.socket(token).await;
            for _ in 0..each {
                if let Some(refused) = started(&mut socket, &changes(running)).await {
                    sockets.push(socket);
                    return Self {
                        sockets,
                        running,
                        refused,
                    };
                }
                running += 1;
            }
            sockets.push(socket);
        }
    }

    async fn close(mut self) {
        for socket in &mut self.sockets {
            socket.close().await;
        }
    }
}

/// Subscribes; the extensions of the error if that is refused.
async fn started(socket: &mut Socket, query: &str) -> Option<Value> {
    socket.subscribe(query, json!({})).await;
    // Whatever was decided about it is said before this is answered.
    let id = socket.subscribe("{ __typename }", json!({})).await;
    let mut refused = None;
    loop {
        let message = socket.message().await;
        match message["type"].as_str().unwrap() {
            "error" if message["id"] == json!(id) => {}
            "error" => refused = Some(message["payload"][0]["extensions"].clone()),
            _ => {}
        }
        if message["id"] == json!(id) && message["type"] != "next" {
            return refused;
        }
    }
}

fn assert_limit(refused: &Value, allowed: usize) -> usize {
    let found = usize::try_from(refused["found"].as_u64().unwrap()).unwrap();
    let expected = json!({
        "code": "LIMIT_EXCEEDED",
        "limit": "heldBytesPerViewer",
        "allowed": allowed,
        "found": found,
    });
    assert_eq!(refused, &expected);
    assert!(found > allowed);
    found
}

const MOST: usize = 2 * 1024 * 1024;

#[tokio::test]
async fn a_subject_holds_so_many_bytes_over_all_its_connections_and_others_notice_nothing() {
    let floor = bounded(MOST).await;
    let (server, other) = (&floor.server, other_supervisor());
    let mut hoard = Hoard::fill(server, &floor.sam, 5).await;
    assert_limit(&hoard.refused, MOST);
    assert!((8..40).contains(&hoard.running), "{}", hoard.running);

    // By another connection neither, nor as an event stream.
    let mut socket = server.socket(&floor.sam).await;
    let again = started(&mut socket, &changes(hoard.running)).await;
    assert_eq!(again, Some(hoard.refused.clone()));
    let query = changes(hoard.running);
    let request = reqwest::Client::new().post(&server.url);
    let request = request
        .bearer_auth(&floor.sam)
        .header("Accept", "text/event-stream")
        .json(&json!({ "query": query }));
    let answer = refused_stream(request.send().await.unwrap()).await;
    assert_limit(&answer["errors"][0]["extensions"], MOST);
    // What is asked by POST is answered.
    let asked = "{ ongoingConversations { totalCount } }";
    server.data(&floor.sam, asked, json!({})).await;

    // Somebody else with the same access has as much, and everybody is told what happens.
    let mut theirs = Hoard::fill(server, &other, 5).await;
    assert_eq!(theirs.running, hoard.running);
    assert_eq!(theirs.refused, hoard.refused);
    let opened = floor.open("WHATSAPP").await;
    let full = hoard.running / 5;
    let (ours, others) = (hoard.sockets.iter_mut(), theirs.sockets.iter_mut());
    for socket in ours.take(full).chain(others.take(full)) {
        let event = socket.event().await;
        let told = &event["conversationChanges"]["conversation"]["id"];
        assert_eq!(told, &json!(opened));
    }
}

#[tokio::test]
async fn everything_is_free_once_the_connections_are_closed() {
    let floor = bounded(MOST).await;
    let first = Hoard::fill(&floor.server, &floor.sam, 5).await;
    let (running, refused) = (first.running, first.refused.clone());
    floor.open("WHATSAPP").await;
    first.close().await;
    // As many again, and the same figure: nothing else is in the account.
    eventually("it is free", || async {
        let again = Hoard::fill(&floor.server, &floor.sam, 5).await;
        let same = (again.running, &again.refused) == (running, &refused);
        again.close().await;
        same
    })
    .await;
    // So it is where the connections are cut.
    let mut cut = Hoard::fill(&floor.server, &floor.sam, 5).await;
    for socket in &mut cut.sockets {
        socket.cut().await;
    }
    eventually("it is free", || async {
        let again = Hoard::fill(&floor.server, &floor.sam, 5).await;
        let same = (again.running, &again.refused) == (running, &refused);
        again.close().await;
        same
    })
    .await;
}

#[tokio::test]
async fn who_stops_a_subscription_may_begin_another_at_once() {
    let floor = bounded(MOST).await;
    let mut hoard = Hoard::fill(&floor.server, &floor.sam, 40).await;
    let (running, socket) = (hoard.running, &mut hoard.sockets[0]);
    for number in [0, 1, 2] {
        // Those of its subscriptions are odd.
        let id = (2 * number + 1).to_string();
        socket.send(json!({ "type": "complete", "id": id })).await;
        assert_eq!(started(socket, &changes(number)).await, None);
        let refused = started(socket, &changes(running)).await;
        assert_limit(&refused.unwrap(), MOST);
    }
}

/// Variables that nobody declared, and a document: whatever a client makes large counts.
#[tokio::test]
async fn whatever_a_client_makes_large_counts() {
    let floor = bounded(MOST).await;
    let fields = "id ".repeat(4_000);
    let document = format!("subscription {{ notifications {{ conversation {{ {fields} }} }} }}");
    let payloads = [
        json!({ "query": changes(0), "variables": { "junk": vec![0; 30_000] } }),
        json!({ "query": document }),
    ];
    for payload in payloads {
        let message = json!({ "type": "subscribe", "id": "large", "payload": payload });
        let mut refused = Value::Null;
        let mut sockets = Vec::new();
        while refused.is_null() {
            assert!(sockets.len() < 5, "it is not counted");
            let mut socket = floor.server.socket(&floor.sam).await;
            socket.send(message.clone()).await;
            refused = started(&mut socket, "{ __typename }")
                .await
                .unwrap_or_default();
            sockets.push(socket);
        }
        assert_limit(&refused, MOST);
        for socket in &mut sockets {
            socket.close().await;
        }
    }
}

/// What a desk subscribes to, by a hundred connections of one subject: the numbers by default.
#[tokio::test]
async fn as_many_connections_as_by_default_may_each_have_what_a_desk_has() {
    let floor = with(GateOptions::default()).await;
    let id = floor.open("WHATSAPP").await;
    let row = "id state version channel startedAt queue { id name } agent { id name }
        customer { id name } sentiment { level } attention { attentionReason since } viewerCan { assign { allowed } }";
    let desk = [
        format!(
            "subscription {{ ongoingConversationsLive(first: 50) {{
                ... on OngoingSnapshot {{ cursor snapshotReason totalCount conversations {{ {row} }} }}
                ... on OngoingChanges {{ cursor totalCount changes {{ __typename
                    ... on OngoingEntered {{ index conversation {{ {row} }} }}
                    ... on OngoingUpdated {{ index conversation {{ {row} }} }}
                    ... on OngoingMoved {{ index conversation {{ {row} }} }}
                    ... on OngoingLeft {{ conversationId leftReason }}
                }} }}
            }} }}"
        ),
        format!("subscription {{ sentimentAlerts {{ cursor level conversation {{ {row} }} }} }}"),
        format!("subscription {{ sentimentChanges {{ cursor conversation {{ {row} }} }} }}"),
        format!("subscription {{ notifications {{ cursor conversation {{ {row} }} }} }}"),
        format!(
            "subscription {{ conversationChanges(filter: {{ conversationIds: [\"{id}\"] }}) {{
                ... on ConversationChangeEvent {{ cursor conversation {{ {row} }} }} }} }}"
        ),
    ];
    let mut sockets = Vec::new();
    for _ in 0..100 {
        let mut socket = floor.server.socket(&floor.sam).await;
        for query in &desk {
            socket.subscribe(query, json!({})).await;
        }
        sockets.push(socket);
    }
    for socket in &mut sockets {
        let refused = started(socket, "{ __typename }").await;
        assert_eq!(refused, None);
    }
}

#[test]
fn lists_have_the_bound_that_they_had() {
    let gate = GateOptions::default();
    assert_eq!(gate.lists, ListLimits::default());
    assert!(
        gate.held_bytes < gate.lists.bytes,
        "one has no more than a part of it"
    );
}
