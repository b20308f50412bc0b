//! Whether the process lives, and whether it can take requests.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use super::App;

/// `GET /health/live`: 200 while the process answers at all.
pub(super) async fn live() -> &'static str {
    "live\n"
}

/// `GET /health/ready`: 200, or 503 while the server starts or stops.
pub(super) async fn ready<E>(State(app): State<Arc<App<E>>>) -> (StatusCode, &'static str) {
    let stops = app.options.shutdown.is_cancelled();
    if !stops && (app.options.ready)() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}
