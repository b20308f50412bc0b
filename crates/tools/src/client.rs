//! A client of Regie's GraphQL API, as gateways, agents and administrators use it: for `demo` and
//! `replay`, which drive conversations through the door that everybody has.
//!
//! Invariants: every mutation carries an `idempotencyKey`, so that one that is sent again after a
//! broken connection has one effect; a refusal is never sent again; patience has a bound.
//!
//! What it must not do: know a rule. What the server refuses comes back with its code.

mod mutation;
mod patience;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::Instant;

pub(crate) use mutation::Mutation;
use patience::Patience;

/// How long one attempt may take. Longer than the server gives itself, so that it can say so.
const ATTEMPT: Duration = Duration::from_secs(40);
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The rules refuse it: `code` is one of domain.md section 9.
    #[error("{code}: {message}")]
    Refused {
        /// The code.
        code: String,
        /// The server's words.
        message: String,
    },
    /// The request failed as a whole: its token, its form, or a fault of the server.
    #[error("the server answers {code}: {message}")]
    Failed {
        /// The code of the first error, or the HTTP status.
        code: String,
        /// The server's words.
        message: String,
    },
    /// No answer, although asked again until patience ended.
    #[error("no answer from {url} ({why})")]
    Unreachable {
        /// Where.
        url: String,
        /// What came of the last attempt.
        why: String,
    },
    /// Something answers that does not speak GraphQL as Regie does.
    #[error("the answer of {0} is not understood (is it Regie's /graphql?)")]
    NotUnderstood(String),
    /// No client can be made.
    #[error("no HTTP client: {0}")]
    Setup(String),
}

impl ClientError {
    /// The code that it is counted under.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Refused { code, .. } | Self::Failed { code, .. } => code,
            Self::Unreachable { .. } => "UNREACHABLE",
            Self::NotUnderstood(_) => "NOT_UNDERSTOOD",
            Self::Setup(_) => "SETUP",
        }
    }
}

/// Connections to one server, kept alive and shared by all who act through them.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    url: Url,
}

impl Client {
    /// A client for this address of `/graphql`; nothing is sent yet.
    pub fn new(url: Url) -> Result<Self, ClientError> {
        // The first of the process installs it; that it is there already is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            .connect_timeout(CONNECT)
            .timeout(ATTEMPT);
        if url.scheme() == "http" {
            // A machine without any certificate authority can still be talked to in plain HTTP.
            builder = builder.tls_certs_only([]);
        }
        let http = builder
            .build()
            .map_err(|error| ClientError::Setup(causes(&error)))?;
        Ok(Self { http, url })
    }

    /// Somebody who acts through this client with their token.
    pub(crate) fn caller(&self, token: &str) -> Result<Caller, ClientError> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|error| ClientError::Setup(error.to_string()))?;
        authorization.set_sensitive(true);
        Ok(Caller {
            client: self.clone(),
            authorization,
        })
    }
}

/// One identity's way to the API.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    client: Client,
    authorization: HeaderValue,
}

/// A GraphQL response. `data` is a value first, since it is null beside errors.
#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    data: Value,
    #[serde(default)]
    errors: Vec<GraphQlError>,
}

#[derive(Deserialize)]
struct GraphQlError {
    message: String,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Default, Deserialize)]
struct Extensions {
    code: Option<String>,
}

/// What came of one attempt.
enum Attempt {
    Done(Value),
    Failed(ClientError),
    /// Worth another attempt; not before this long, when the server says so.
    Again {
        why: String,
        after: Option<Duration>,
    },
}

impl Caller {
    /// Asks a query and reads its data.
    pub(crate) async fn query<T: DeserializeOwned>(
        &self,
        document: &str,
        variables: Value,
    ) -> Result<T, ClientError> {
        let data = self.send(document, variables).await?;
        serde_json::from_value(data).map_err(|_| self.not_understood())
    }

    /// Carries out a mutation, at most once under this key, and answers with its payload.
    pub(crate) async fn mutate(
        &self,
        mutation: &Mutation,
        mut input: Value,
        key: &str,
    ) -> Result<Value, ClientError> {
        input["idempotencyKey"] = json!(key);
        let mut data = self
            .send(&mutation.document(), json!({ "input": input }))
            .await?;
        let payload = data[mutation.name()].take();
        let refusals = payload["errors"].as_array();
        match refusals.map(|refusals| refusals.first()) {
            None => Err(self.not_understood()),
            Some(None) => Ok(payload),
            Some(Some(refusal)) => Err(ClientError::Refused {
                code: text(&refusal["code"]),
                message: text(&refusal["message"]),
            }),
        }
    }

    /// Sends until there is an answer, or patience ends.
    async fn send(&self, document: &str, variables: Value) -> Result<Value, ClientError> {
        let body = json!({ "query": document, "variables": variables });
        let mut patience = Patience::from(Instant::now());
        loop {
            match self.attempt(&body).await {
                Attempt::Done(data) => return Ok(data),
                Attempt::Failed(error) => return Err(error),
                Attempt::Again { why, after } => {
                    let Some(pause) = patience.pause(Instant::now(), after) else {
                        let url = self.client.url.to_string();
                        return Err(ClientError::Unreachable { url, why });
                    };
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    async fn attempt(&self, body: &Value) -> Attempt {
        let request = self
            .client
            .http
            .post(self.client.url.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            .json(body);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return again(causes(&error)),
        };
        let status = response.status();
        if is_worth_another(status) {
            let after = patience::retry_after(response.headers());
            let why = format!("HTTP {status}");
            return Attempt::Again { why, after };
        }
        let bytes = match response.bytes().await {
            Ok(bytes) => bytes,
            Err(error) => return again(causes(&error)),
        };
        let Ok(response) = serde_json::from_slice::<Response>(&bytes) else {
            return Attempt::Failed(if status.is_success() {
                self.not_understood()
            } else {
                ClientError::Failed {
                    code: status.as_u16().to_string(),
                    message: format!("HTTP {status}"),
                }
            });
        };
        match response.errors.into_iter().next() {
            None => Attempt::Done(response.data),
            Some(error) => Attempt::Failed(ClientError::Failed {
                code: error
                    .extensions
                    .code
                    .unwrap_or_else(|| status.as_u16().to_string()),
                message: error.message,
            }),
        }
    }

    fn not_understood(&self) -> ClientError {
        ClientError::NotUnderstood(self.client.url.to_string())
    }
}

/// A server that is busy, that starts or stops, or that stands behind one that waits for it.
fn is_worth_another(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

fn again(why: String) -> Attempt {
    Attempt::Again { why, after: None }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// An error in its innermost words, since the outer ones only say that sending failed.
fn causes(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
