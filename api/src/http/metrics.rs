//! What is counted, and `/metrics`.
//!
//! Invariant: every label has a handful of values that the code names. No operation name, path or
//! subject that a client chooses becomes a label, nor anything about a person.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::App;
use crate::graphql::engine::OperationKind;

/// Upper bounds of the duration buckets, in seconds.
const SECONDS: &[f64] = &[
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0,
];

/// Installs the recorder of this process; once. `PrometheusHandle::run_upkeep` has to be called
/// now and then where nobody fetches `/metrics`.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .install_recorder()?;
    // There from the start, so that the first fault is a rise.
    for name in ["regie_commit_failures_total", "regie_internal_errors_total"] {
        counter!(name).increment(0);
    }
    Ok(handle)
}

/// `GET /metrics`: Prometheus text. Needs no token and tells nothing of anybody; keep it inside.
pub(super) async fn render<E>(State(app): State<Arc<App<E>>>) -> Response {
    match &app.options.metrics {
        Some(handle) => {
            gauge!("regie_ready").set(if (app.options.ready)() { 1.0 } else { 0.0 });
            let text = "text/plain; version=0.0.4; charset=utf-8";
            ([("content-type", text)], handle.render()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Counts every request and how long its answer took to begin.
pub(super) async fn count(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = match *request.method() {
        Method::GET => "GET",
        Method::POST => "POST",
        _ => "other",
    };
    let path = match request.uri().path() {
        "/graphql" => "/graphql",
        "/health/live" => "/health/live",
        "/health/ready" => "/health/ready",
        "/metrics" => "/metrics",
        _ => "other",
    };
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    histogram!("regie_http_request_seconds", "method" => method, "path" => path)
        .record(started.elapsed());
    counter!("regie_http_requests_total", "method" => method, "path" => path, "status" => status)
        .increment(1);
    response
}

/// A query or mutation ended.
pub(super) fn operation(kind: OperationKind, outcome: &'static str, took: Duration) {
    counter!("regie_operations_total", "kind" => kind.as_str(), "outcome" => outcome).increment(1);
    histogram!("regie_operation_seconds", "kind" => kind.as_str()).record(took);
}

/// A subscription started, or was refused.
pub(super) fn subscription(outcome: &'static str) {
    let kind = OperationKind::Subscription.as_str();
    counter!("regie_operations_total", "kind" => kind, "outcome" => outcome).increment(1);
}

/// An operation did not pass the gate.
pub(super) fn refused_at_gate(transport: &'static str) {
    counter!("regie_gate_refusals_total", "transport" => transport).increment(1);
}

/// A WebSocket was closed by the server, with this code.
pub(super) fn socket_closed(code: u16) {
    counter!("regie_websocket_closes_total", "code" => code.to_string()).increment(1);
}

/// Counts something that is open, for as long as it lives.
pub(super) struct Open(&'static str);

impl Open {
    pub(super) fn websocket() -> Self {
        Self::one("regie_websockets_open")
    }

    pub(super) fn event_stream() -> Self {
        Self::one("regie_event_streams_open")
    }

    pub(super) fn subscription() -> Self {
        Self::one("regie_websocket_subscriptions_open")
    }

    fn one(name: &'static str) -> Self {
        gauge!(name).increment(1.0);
        Self(name)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        gauge!(self.0).decrement(1.0);
    }
}
