//! What an operator may set, with defaults that fit thousands of desks.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::admission::Rate;
use domain::Viewer;

/// Whether the server can take requests.
pub type Readiness = Arc<dyn Fn() -> bool + Send + Sync>;

/// Called with the viewer of each WebSocket and each subscription's event stream once it is
/// authenticated, and again when a WebSocket's token is replaced; what it
/// returns is dropped when the connection ends.
pub type OnConnected = Arc<dyn Fn(&Arc<Viewer>) -> Box<dyn Any + Send + Sync> + Send + Sync>;

/// How `/graphql`, health and metrics are served.
#[derive(Clone)]
pub struct HttpOptions {
    /// The largest body of a POST, and the largest message of a WebSocket, in bytes.
    pub body_bytes: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// How long a query or mutation may take until the caller is told; a mutation then goes on.
    pub request_timeout: Duration,
    /// Web origins other than the server's own that may open web sockets and send requests, as
    /// `https://desk.example`. None by default: no CORS headers at all.
    pub allowed_origins: Vec<HeaderValue>,
    /// How often one viewer may send a request, start an operation on a WebSocket, or bring it a new
    /// token; none: as often as they like. All tokens of a subject count together, but for those of the
    /// next rate.
    pub rate: Option<Rate>,
    /// The same for tokens with the role of a customer gateway, which speaks for many. Those of a subject
    /// count together, and apart from its others.
    pub gateway_rate: Option<Rate>,
    /// Web sockets that were acknowledged and subscriptions as event streams that one viewer may have
    /// open at once.
    pub connections_per_viewer: usize,
    /// How long a new WebSocket may wait with `connection_init`.
    pub init_timeout: Duration,
    /// Operations that run at once on one WebSocket.
    pub operations_per_socket: usize,
    /// How long one message may take to leave, on a WebSocket whose client reads too slowly.
    pub send_timeout: Duration,
    /// How often a silent WebSocket or event stream gets a sign of life. A WebSocket that answers
    /// nothing for two of these is given up.
    pub keep_alive: Duration,
    /// Cancelled when the server stops: web sockets close with 1012, event streams end, requests
    /// finish.
    pub shutdown: CancellationToken,
    /// Tracks every WebSocket. A server that stops closes it and waits a few seconds for it, since
    /// the web framework forgets connections that were upgraded.
    pub sockets: TaskTracker,
    /// For `/health/ready`.
    pub ready: Readiness,
    /// For `/metrics`; without it that path is not there.
    pub metrics: Option<PrometheusHandle>,
    /// Told of live connections; without it, the engine that they are served by.
    pub on_connected: Option<OnConnected>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            body_bytes: 256 * 1024,
            body_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            allowed_origins: Vec::new(),
            rate: None,
            gateway_rate: None,
            connections_per_viewer: usize::MAX,
            init_timeout: Duration::from_secs(10),
            operations_per_socket: 50,
            send_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(30),
            shutdown: CancellationToken::new(),
            sockets: TaskTracker::new(),
            ready: Arc::new(|| true),
            metrics: None,
            on_connected: None,
        }
    }
}

impl fmt::Debug for HttpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpOptions")
            .field("body_bytes", &self.body_bytes)
            .field("request_timeout", &self.request_timeout)
            .field("allowed_origins", &self.allowed_origins)
            .field("rate", &self.rate)
            .field("gateway_rate", &self.gateway_rate)
            .field("connections_per_viewer", &self.connections_per_viewer)
            .field("operations_per_socket", &self.operations_per_socket)
            .finish_non_exhaustive()
    }
}
