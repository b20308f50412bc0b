//! Web sockets: the protocol, message by message, with exact close codes.

use std::sync::atomic::Ordering;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::*;

/// A client's end of a socket.
pub(super) struct Client(pub(super) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    /// Opens a socket that speaks `graphql-transport-ws`.
    pub(super) async fn open(address: SocketAddr) -> Self {
        let headers = [("sec-websocket-protocol", "graphql-transport-ws")];
        Self::open_with(address, &headers).await.unwrap()
    }

    pub(super) async fn open_with(
        address: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Ok(Self(connect_async(request).await?.0))
    }

    /// Opens a socket and says who it is.
    pub(super) async fn ready(server: &Server, address: SocketAddr) -> Self {
        let mut client = Self::open(address).await;
        client.init(&server.token).await;
        assert_eq!(client.receive().await, json!({ "type": "connection_ack" }));
        client
    }

    pub(super) async fn init(&mut self, token: &str) {
        let payload = json!({ "authorization": format!("Bearer {token}") });
        self.send(json!({ "type": "connection_init", "payload": payload }))
            .await;
    }

    pub(super) async fn send(&mut self, message: Value) {
        self.0
            .send(Message::text(message.to_string()))
            .await
            .unwrap();
    }

    pub(super) async fn subscribe(&mut self, id: &str, document: &str) {
        let payload = json!({ "query": document });
        self.send(json!({ "id": id, "type": "subscribe", "payload": payload }))
            .await;
    }

    /// The next message, without pings.
    pub(super) async fn receive(&mut self) -> Value {
        loop {
            match self.0.next().await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Reads to the close frame, within five seconds.
    pub(super) async fn closed(&mut self) -> (u16, String) {
        let read = async {
            loop {
                if let Message::Close(frame) = self.0.next().await.unwrap().unwrap() {
                    let frame = frame.unwrap();
                    return (frame.code.into(), frame.reason.to_string());
                }
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(5), read);
        waited.await.expect("the socket is not closed")
    }

    pub(super) async fn assert_closed(&mut self, code: u16, reason: &str) {
        assert_eq!(self.closed().await, (code, reason.to_owned()));
    }
}

#[tokio::test]
async fn queries_and_mutations_are_one_next_and_complete() {
    let server = Server::new();
    let mut client = Client::ready(&server, server.listen().await).await;
    for (document, data) in [
        ("{ echo(text: \"a\") }", json!({ "echo": "a" })),
        ("mutation { touch }", json!({ "touch": 1 })),
        ("{ fails }", json!({ "fails": null })),
    ] {
        // The same id again, since the operation before has ended.
        client.subscribe("1", document).await;
        let next = client.receive().await;
        assert_eq!((&next["type"], &next["id"]), (&json!("next"), &json!("1")));
        assert_eq!(next["payload"]["data"], data);
        assert_eq!(
            client.receive().await,
            json!({ "id": "1", "type": "complete" })
        );
    }
}

#[tokio::test]
async fn a_subscription_that_ends_by_itself_is_completed() {
    let server = Server::new();
    let mut client = Client::ready(&server, server.listen().await).await;
    client.subscribe("s", "subscription { count(to: 3) }").await;
    for count in 0..3 {
        let payload = json!({ "data": { "count": count } });
        let next = json!({ "id": "s", "type": "next", "payload": payload });
        assert_eq!(client.receive().await, next);
    }
    assert_eq!(
        client.receive().await,
        json!({ "id": "s", "type": "complete" })
    );
}

#[tokio::test]
async fn request_errors_are_one_error_message() {
    let server = Server::new();
    let mut client = Client::ready(&server, server.listen().await).await;
    for document in [
        "{",
        "{ nothing }",
        "subscription { nothing }",
        "subscription { count(to: 1) silent }",
        "mutation { touch touch }",
        "query($id: ID!) { __typename }",
    ] {
        client.subscribe("1", document).await;
        let error = client.receive().await;
        assert_eq!(
            (&error["type"], &error["id"]),
            (&json!("error"), &json!("1")),
            "{document}"
        );
        let code = &error["payload"][0]["extensions"]["code"];
        assert_eq!(code, "INVALID_INPUT", "{document}");
    }
    // No complete came in between, and the socket lives.
    client.send(json!({ "type": "ping" })).await;
    assert_eq!(client.receive().await, json!({ "type": "pong" }));
    assert_eq!(server.toy.counts.mutations.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_error_on_the_way_ends_the_operation_without_complete() {
    let server = Server::new();
    let mut client = Client::ready(&server, server.listen().await).await;
    client.subscribe("1", "subscription { breaks }").await;
    assert_eq!(client.receive().await["type"], "next");
    let error = client.receive().await;
    assert_eq!(error["type"], "error");
    assert_eq!(error["payload"][0]["message"], "broken");
    for document in ["subscription { panics }", "{ panics }"] {
        client.subscribe("1", document).await;
        let mut last = client.receive().await;
        if last["type"] == "next" {
            last = client.receive().await;
        }
        assert_eq!(last["type"], "error");
        let error = &last["payload"][0];
        assert_eq!(error["extensions"]["code"], "INTERNAL");
        let id = error["extensions"]["id"].as_str().unwrap();
        let message = format!("Something went wrong on our side; id {id}.");
        assert_eq!(error["message"], message.as_str());
    }
}

#[tokio::test]
async fn complete_stops_a_subscription_and_frees_its_id() {
    let server = Server::new();
    let mut client = Client::ready(&server, server.listen().await).await;
    client.subscribe("1", "subscription { silent }").await;
    eventually(|| server.toy.counts.streams.load(Ordering::SeqCst) == 1).await;
    client.send(json!({ "id": "1", "type": "complete" })).await;
    eventually(|| server.toy.counts.streams.load(Ordering::SeqCst) == 0).await;
    client.subscribe("1", "{ __typename }").await;
    assert_eq!(client.receive().await["type"], "next");
    // An unknown id is no error: it may just have ended.
    client
        .send(json!({ "id": "unknown", "type": "complete" }))
        .await;
    assert_eq!(client.receive().await["type"], "complete");
}

#[tokio::test]
async fn pings_are_answered_before_the_connection_is_acknowledged() {
    let mut client = Client::open(Server::new().listen().await).await;
    client
        .send(json!({ "type": "ping", "payload": { "a": [1] } }))
        .await;
    assert_eq!(
        client.receive().await,
        json!({ "type": "pong", "payload": { "a": [1] } })
    );
    client.send(json!({ "type": "pong" })).await;
    client.send(json!({ "type": "ping" })).await;
    assert_eq!(client.receive().await, json!({ "type": "pong" }));
}

#[tokio::test]
async fn breaches_of_the_protocol_have_their_codes() {
    let server = Server::new();
    let address = server.listen().await;

    let mut client = Client::open(address).await;
    client.subscribe("1", "{ __typename }").await;
    client.assert_closed(4401, "Unauthorized").await;

    let mut client = Client::ready(&server, address).await;
    client.init(&server.token).await;
    client
        .assert_closed(4429, "Too many initialisation requests")
        .await;

    let mut client = Client::ready(&server, address).await;
    client.subscribe("x", "subscription { silent }").await;
    client.subscribe("x", "subscription { silent }").await;
    client
        .assert_closed(4409, "Subscriber for x already exists")
        .await;

    let mut client = Client::open(address).await;
    client.send(json!({ "type": "start" })).await;
    client
        .assert_closed(4400, "Invalid message: unknown type")
        .await;

    let mut client = Client::open(address).await;
    client.0.send(Message::binary("{}")).await.unwrap();
    client
        .assert_closed(4400, "Invalid message: send text, not bytes")
        .await;

    eventually(|| server.toy.counts.streams.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn refused_tokens_are_forbidden() {
    let server = Server::new();
    let address = server.listen().await;
    let mut client = Client::open(address).await;
    client.init("x.y.z").await;
    let (code, reason) = client.closed().await;
    assert_eq!(code, 4403);
    assert!(reason.starts_with("Forbidden: the token"), "{reason}");
    let mut client = Client::open(address).await;
    client.send(json!({ "type": "connection_init" })).await;
    assert_eq!(client.closed().await.0, 4403);
}

#[tokio::test]
async fn another_subprotocol_is_not_acceptable() {
    let address = Server::new().listen().await;
    let mut client = Client::open_with(address, &[]).await.unwrap();
    client
        .assert_closed(4406, "Subprotocol not acceptable")
        .await;
    // A client that offers something else refuses a handshake without it, so look at the wire.
    let headers = [("sec-websocket-protocol", "graphql-ws")];
    let error = Client::open_with(address, &headers).await.err().unwrap();
    assert!(matches!(error, Error::Protocol(_)), "{error:?}");
    let headers = [("sec-websocket-protocol", "graphql-ws, graphql-transport-ws")];
    assert!(Client::open_with(address, &headers).await.is_ok());
}

#[tokio::test]
async fn pages_of_other_sites_open_no_socket() {
    let server = Server::with(HttpOptions {
        allowed_origins: vec!["https://desk.example".parse().unwrap()],
        ..HttpOptions::default()
    });
    let address = server.listen().await;
    let own = format!("http://{address}");
    for (origin, opens) in [
        ("https://evil.example", false),
        ("null", false),
        ("https://desk.example", true),
        (own.as_str(), true),
    ] {
        let headers = [
            ("sec-websocket-protocol", "graphql-transport-ws"),
            ("origin", origin),
        ];
        match Client::open_with(address, &headers).await {
            Ok(_) => assert!(opens, "{origin}"),
            Err(Error::Http(response)) => {
                assert!(!opens, "{origin}");
                assert_eq!(response.status(), 403);
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}
