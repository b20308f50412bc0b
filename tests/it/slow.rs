//! Readers who do not read: they are held to bounds, named when they are ended, and slow nobody down.

use std::cell::Cell;
use std::time::Duration;

use api::graphql::gate::GateOptions;
use api::http::HttpOptions;
use engine::clock::Clock;
use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::harness::{Database, Server};
use crate::stage::{Stage, as_of, position, read_until};

/// Some ten kilobytes an event, so that what a network holds is soon full.
fn much() -> String {
    let fields: Vec<String> = (0..45)
        .map(|number| format!("s{number}: subject"))
        .collect();
    format!(
        "subscription($after: LogCursor) {{ conversationChanges(after: $after) {{
            ... on ConversationChangeEvent {{ cursor conversation {{ {} }} }}
        }} }}",
        fields.join(" ")
    )
}

/// A subscriber whose side of the connection holds next to nothing.
pub async fn narrow(
    server: &Server,
    token: &str,
    query: &str,
    variables: Value,
) -> WebSocketStream<TcpStream> {
    let url = server.url.replacen("http", "ws", 1);
    let mut request = url.into_client_request().unwrap();
    let address = request.uri().authority().unwrap().as_str().parse().unwrap();
    let protocol = "graphql-transport-ws".parse().unwrap();
    let headers = request.headers_mut();
    headers.insert("Sec-WebSocket-Protocol", protocol);
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(8 * 1024).unwrap();
    let stream = socket.connect(address).await.unwrap();
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream)
        .await
        .unwrap();
    let init = json!({ "type": "connection_init", "payload": { "token": token } });
    let payload = json!({ "query": query, "variables": variables });
    let subscribe = json!({ "id": "1", "type": "subscribe", "payload": payload });
    for message in [init, subscribe] {
        let message = Message::text(message.to_string());
        socket.send(message).await.unwrap();
    }
    socket
}

/// A stage with one who shares the group and reads, and one who reads nothing.
struct Hall {
    stage: Stage,
    begin: String,
    conversations: Vec<String>,
    reads: crate::harness::Socket,
    slow: WebSocketStream<TcpStream>,
}

impl Hall {
    async fn new(send_timeout: Duration) -> Self {
        Self::with(GateOptions::default(), send_timeout).await
    }

    async fn with(gate: GateOptions, send_timeout: Duration) -> Self {
        let database = Database::sqlite();
        let mut stage = Stage::on(database.clone(), &[]).await;
        let options = HttpOptions {
            send_timeout,
            ..HttpOptions::default()
        };
        stage.server = Server::with(database, Clock::system(), gate, options).await;
        let begin = as_of(&stage.server, &stage.supervisor).await;
        let mut conversations = Vec::new();
        for _ in 0..8 {
            let input = json!({
                "channel": "WHATSAPP", "queueId": stage.organisation.queue, "subject": "long ".repeat(40),
                "workstreamId": stage.organisation.workstream,
            });
            let started = stage.server.done(
                &stage.gateway,
                "startConversation",
                input,
                "conversation { id }",
            );
            let id = started.await["conversation"]["id"].clone();
            conversations.push(id.as_str().unwrap().to_owned());
        }
        let mut reads = stage.server.socket(&stage.supervisor).await;
        reads.subscribe(&much(), json!({ "after": begin })).await;
        let after = json!({ "after": begin });
        let slow = narrow(&stage.server, &stage.supervisor, &much(), after).await;
        Self {
            stage,
            begin,
            conversations,
            reads,
            slow,
        }
    }

    /// So many messages of customers; the other one reads them all meanwhile, and nobody waits for the
    /// slow one.
    async fn write(&mut self, each: usize) -> i64 {
        let (stage, reads) = (&self.stage, &mut self.reads);
        let last = Cell::new(None);
        let writers = self.conversations.iter().map(async |conversation| {
            for number in 0..each {
                let text = format!("This is number {number}");
                stage.customer_writes(conversation, &text).await;
            }
        });
        let writing = async {
            join_all(writers).await;
            let written = as_of(&stage.server, &stage.supervisor).await;
            last.set(Some(position(&json!(written))));
        };
        let reading = async {
            let (mut seen, mut patience) = (0, 40);
            while last.get().is_none_or(|last| seen < last) {
                let Some(message) = reads.message_within(Duration::from_millis(500)).await else {
                    patience -= 1;
                    assert!(patience > 0, "at {seen} of {:?} nothing comes", last.get());
                    continue;
                };
                assert_eq!(message["type"], "next", "{message}");
                let change = &message["payload"]["data"]["conversationChanges"];
                (seen, patience) = (position(&change["cursor"]), 40);
            }
            seen
        };
        let ((), seen) = tokio::join!(writing, reading);
        seen
    }
}

impl Hall {
    /// The places of all that the slow one gets up to this one.
    async fn slow_reads(&mut self, last: i64) -> Vec<i64> {
        let mut seen: Vec<i64> = Vec::new();
        while seen.last() != Some(&last) {
            let next = tokio::time::timeout(Duration::from_secs(20), self.slow.next()).await;
            let Message::Text(text) = next.expect("no message came").unwrap().unwrap() else {
                continue;
            };
            let message: Value = serde_json::from_str(&text).unwrap();
            if message["type"] == "next" {
                let change = &message["payload"]["data"]["conversationChanges"];
                seen.push(position(&change["cursor"]));
            }
        }
        seen
    }

    /// The places of the events of conversations since it began.
    async fn events(&self) -> Vec<i64> {
        let after = position(&json!(self.begin));
        let events = self.stage.events().await.into_iter();
        let theirs =
            events.filter(|event| event.position > after && event.conversation_id.is_some());
        theirs.map(|event| event.position).collect()
    }
}

/// The code with which it is closed shows only to who reads again in time; the transports' own tests do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_nothing_is_cut_off_and_nobody_else_notices() {
    let mut hall = Hall::new(Duration::from_secs(2)).await;
    let last = hall.write(60).await;
    // Long after it stopped taking anything, and after the time for goodbyes.
    tokio::time::sleep(Duration::from_secs(8)).await;
    let mut seen = 0;
    loop {
        let next = tokio::time::timeout(Duration::from_secs(20), hall.slow.next()).await;
        let Some(Ok(message)) = next.expect("it is still served") else {
            break;
        };
        if let Message::Text(text) = message {
            let message: Value = serde_json::from_str(&text).unwrap();
            if message["type"] == "next" {
                let change = &message["payload"]["data"]["conversationChanges"];
                seen = position(&change["cursor"]);
            }
        }
    }
    assert!(seen < last, "it was not cut off");
    hall.write(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_falls_behind_what_is_kept_ready_gets_all_the_same_everything_once() {
    let mut hall = Hall::new(Duration::from_mins(5)).await;
    // More than a group keeps, in number and in bytes.
    let last = hall.write(100).await;
    assert_eq!(hall.slow_reads(last).await, hall.events().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_little_is_kept_ready_for_all_together_everybody_gets_everything_once() {
    // As much as four events; there are seven questions.
    let gate = GateOptions {
        ready_bytes: 40_000,
        ..GateOptions::default()
    };
    let mut hall = Hall::with(gate, Duration::from_mins(5)).await;
    let mut others = Vec::new();
    for number in 0..6 {
        let mut socket = hall.stage.server.socket(&hall.stage.supervisor).await;
        let query = much().replacen("s0:", &format!("other{number}:"), 1);
        let after = json!({ "after": hall.begin });
        socket.subscribe(&query, after).await;
        others.push(socket);
    }
    let last = hall.write(20).await;
    let expected = hall.events().await;
    for socket in &mut others {
        let seen = read_until(socket, "conversationChanges", last).await;
        let places: Vec<i64> = seen.iter().map(|(place, _)| *place).collect();
        assert_eq!(places, expected);
    }
    assert_eq!(hall.slow_reads(last).await, expected);
}
