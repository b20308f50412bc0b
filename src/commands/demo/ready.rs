//! When a demo is ready: its server answers from the start, because the demo plays its first minutes through it, but
//! its clock is behind until those are over, and refuses tokens that are issued now.
//!
//! Invariant: `/health/ready` is 503 until an operation with each token of the demo has been carried out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use tools::demo::User;
use tools::{Client, ClientError};

const PATH: &str = "/health/ready";

/// Whether the demo is ready, shared by whoever prepares it and its server.
#[derive(Clone, Default)]
pub(super) struct Ready(Arc<AtomicBool>);

impl Ready {
    /// Carries out an operation with each token, and makes the demo ready.
    pub(super) async fn once_accepted(
        &self,
        client: &Client,
        people: &[User],
    ) -> Result<(), ClientError> {
        for person in people {
            person.sign_in(client).await?;
        }
        self.0.store(true, Ordering::Release);
        Ok(())
    }

    /// The routes, not ready before the demo is; then the server says it by itself.
    pub(super) fn before(&self, router: Router) -> Router {
        let ready = self.clone();
        let check = move |request: Request, next: Next| check(ready.clone(), request, next);
        router.layer(from_fn(check))
    }
}

async fn check(ready: Ready, request: Request, next: Next) -> Response {
    if request.uri().path() == PATH && !ready.0.load(Ordering::Acquire) {
        return (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response();
    }
    next.run(request).await
}
