//! What the server answers over HTTP, one file per path or transport.
//!
//! `/graphql` speaks the GraphQL-over-HTTP specification over GET and POST, `graphql-transport-ws`
//! over WebSocket, and server-sent events where they are asked for by name.
//!
//! Invariants: identity is the `Authorization` header (or the payload of `connection_init`) and
//! nothing else, no cookie, so another site cannot act for a user; every wait, queue and size has
//! a bound; a fault of the server shows an id, and the log has the rest.
//!
//! What it must not do: know the schema, or decide what a viewer may do.

mod admission;
mod event_stream;
mod expiry;
mod fault;
mod graphql;
mod headers;
mod health;
mod metrics;
mod negotiate;
mod operations;
mod options;
mod origin;
pub mod pages;
mod request;
mod respond;
mod websocket;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::unused_async)]
mod tests;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;

use crate::graphql::engine::Engine;
use crate::graphql::gate::internal_error;
use admission::Admission;
use domain::Viewer;
use expiry::Expiries;
use operations::Operations;

pub use admission::Rate;
pub use headers::with_headers;
pub use metrics::install as install_metrics;
pub use options::{HttpOptions, OnConnected, Readiness};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use websocket::parse_socket_message;

/// The routes `/graphql`, `/health/live`, `/health/ready` and, with a handle, `/metrics`.
/// Nothing is spawned here. Whoever stops the server cancels [`HttpOptions::shutdown`], lets the
/// framework finish its requests, then waits for [`HttpOptions::sockets`]. Live connections are
/// counted by the engine, unless the options name somebody else to tell.
pub fn router(engine: Engine, mut options: HttpOptions) -> Router {
    let counting = engine.clone();
    options
        .on_connected
        .get_or_insert_with(|| Arc::new(move |viewer| Box::new(counting.stream_opened(viewer))));
    routes(engine, options)
}

/// What every handler shares.
struct App<E> {
    engine: E,
    options: HttpOptions,
    expiries: Expiries,
    admission: Admission,
}

impl<E> App<E> {
    /// Tells whoever counts live connections; the answer is kept for as long as this one lives.
    fn connected(&self, viewer: &Arc<Viewer>) -> Option<Box<dyn Any + Send + Sync>> {
        self.options.on_connected.as_ref().map(|told| told(viewer))
    }
}

fn routes<E: Operations>(engine: E, options: HttpOptions) -> Router {
    let (clock, revoking) = (engine.clone(), engine.clone());
    let mut graphql = get(graphql::get::<E>)
        .post(graphql::post::<E>)
        .fallback(graphql::other_method);
    if !options.allowed_origins.is_empty() {
        graphql = graphql.layer(origin::cross_origin(&options.allowed_origins));
    }
    let mut router = Router::new()
        .route("/graphql", graphql)
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready::<E>));
    if options.metrics.is_some() {
        router = router.route("/metrics", get(metrics::render::<E>));
    }
    router
        .layer(from_fn(metrics::count))
        .with_state(Arc::new(App {
            admission: Admission::new(&options),
            engine,
            options,
            expiries: Expiries::new(
                move || clock.now(),
                move |viewer| revoking.is_revoked(viewer),
            ),
        }))
}
