//! Regie's operations behind async-graphql-axum's own handlers: who asks is put into the request's data, and into that of
//! a WebSocket's session.

use std::sync::Arc;

use api::graphql::engine::Engine;
use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql::{Data, Error, Executor as _};
use async_graphql_axum::{GraphQLProtocol, GraphQLRequest, GraphQLResponse, GraphQLWebSocket};
use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use axum::routing::get;
use domain::Viewer;

/// `/stock`: POST, and WebSocket by GET.
pub fn routes(engine: Engine) -> Router {
    Router::new()
        .route("/stock", get(live).post(graphql))
        .with_state(engine)
}

/// The viewer of this header's token.
async fn viewer(engine: &Engine, authorization: &str) -> Option<Arc<Viewer>> {
    let token = auth::bearer_token(authorization).ok()?;
    engine.authenticate(token).await.ok()
}

async fn graphql(
    State(engine): State<Engine>,
    headers: HeaderMap,
    request: GraphQLRequest,
) -> GraphQLResponse {
    let mut request = request.into_inner();
    let header = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    if let Some(viewer) = viewer(&engine, header.unwrap_or_default()).await {
        request = request.data(viewer);
    }
    // Without a viewer it is answered with UNAUTHENTICATED.
    engine.embedded().execute(request).await.into()
}

async fn live(
    State(engine): State<Engine>,
    protocol: GraphQLProtocol,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .protocols(ALL_WEBSOCKET_PROTOCOLS)
        .on_upgrade(move |socket| {
            let embedded = engine.embedded();
            let begin = async move |payload: serde_json::Value| {
                let header = payload["authorization"].as_str().unwrap_or_default();
                let viewer = viewer(&engine, header).await;
                let mut session = Data::default();
                session.insert(viewer.ok_or_else(|| Error::new("the token is not accepted"))?);
                Ok(session)
            };
            GraphQLWebSocket::new(socket, embedded, protocol)
                .on_connection_init(begin)
                .serve()
        })
}
