//! The transports over a toy engine: plain requests in process, sockets over a real listener.

mod documents;
mod events;
mod held;
mod hostile;
mod http;
mod rates;
mod refresh;
mod socket;
mod socket_limits;
mod toy;
mod unread;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

use super::{HttpOptions, routes};
use crate::graphql::gate::GateOptions;
use toy::Toy;

/// A server that nobody listens for.
struct Server {
    toy: Toy,
    router: Router,
    token: String,
}

/// A response, read.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// The body, or the payload of the only event of a stream.
    fn json(&self) -> Value {
        let text = std::str::from_utf8(&self.body).unwrap();
        let only = text.strip_prefix("event: next\ndata: ");
        let only = only.and_then(|text| text.strip_suffix("\n\nevent: complete\ndata:\n\n"));
        serde_json::from_str(only.unwrap_or(text)).unwrap()
    }

    fn code(&self) -> Value {
        self.json()["errors"][0]["extensions"]["code"].clone()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }
}

impl Server {
    fn new() -> Self {
        Self::with(HttpOptions::default())
    }

    fn with(options: HttpOptions) -> Self {
        Self::behind(options, GateOptions::default())
    }

    fn behind(options: HttpOptions, gate: GateOptions) -> Self {
        let toy = Toy::behind(gate);
        Self {
            router: routes(toy.clone(), options),
            token: toy.token(3600),
            toy,
        }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, 1 << 20).await.unwrap().to_vec(),
        }
    }

    /// A POST with this `Accept`, authorised.
    async fn post(&self, accept: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post("/graphql")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, accept)
            .body(body.into());
        self.send(request.unwrap()).await
    }

    /// A POST by whoever has this token.
    async fn post_as(&self, token: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post("/graphql")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.into());
        self.send(request.unwrap()).await
    }

    /// A GET with this `Accept` and query string, authorised.
    async fn get(&self, accept: &str, query: &str) -> Answer {
        let request = Request::get(format!("/graphql?{query}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::ACCEPT, accept)
            .body(Body::empty());
        self.send(request.unwrap()).await
    }

    /// Listens on a free port of the loopback.
    async fn listen(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }
}

/// Waits until it holds, at most ten seconds.
async fn eventually(what: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if what() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come to hold within ten seconds");
}
