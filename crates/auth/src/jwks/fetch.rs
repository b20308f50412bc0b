//! Asks an issuer for its keys, over HTTP.
//!
//! Invariants: over TLS, but for an address on this machine; no redirect is followed, since it could
//! lead elsewhere; bounded in time and in size, whatever the other side does. Nothing of a token is sent.

use std::net::IpAddr;
use std::time::Duration;

use chrono::TimeDelta;
use reqwest::header::{ACCEPT, CACHE_CONTROL, HeaderMap, HeaderValue};
use reqwest::{Client, Url};

use super::document::KeySet;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(3);
/// How long the whole may take.
const WHOLE: Duration = Duration::from_secs(5);
/// The most bytes of a key set. With certificates in it, one of ten keys has some 30,000.
const MOST_BYTES: usize = 256 * 1024;

/// Why no client can be made for an address. Safe to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysAddressRefused {
    /// No URL, or one with a user or a fragment.
    #[error("not the address of a key set (write https://HOST/PATH)")]
    NotAnAddress,
    /// Plain HTTP to another machine.
    #[error(
        "needs https, since whoever stands between could hand out keys (http only on loopback)"
    )]
    NotSecure,
    /// No TLS is to be had.
    #[error("no HTTPS client: {0}")]
    Setup(String),
}

/// Why there are no keys. For the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchFailed {
    #[error("{0}")]
    Transport(String),
    #[error("the answer's status is {0}")]
    Status(u16),
    #[error("the answer is longer than {MOST_BYTES} bytes")]
    TooLong,
    #[error("the answer has no key that tokens could be verified with")]
    NoKeys,
}

/// An issuer's key set, by its address.
#[derive(Clone)]
pub(super) struct Source {
    http: Client,
    url: Url,
}

/// What was fetched.
pub(super) struct Fetched {
    pub(super) keys: KeySet,
    /// How long the issuer says that it holds.
    pub(super) max_age: Option<TimeDelta>,
}

impl Source {
    pub(super) fn new(url: &str) -> Result<Self, KeysAddressRefused> {
        let url: Url = url.parse().map_err(|_| KeysAddressRefused::NotAnAddress)?;
        let host = url.host_str().ok_or(KeysAddressRefused::NotAnAddress)?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(KeysAddressRefused::NotAnAddress);
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let address = bare.parse::<IpAddr>();
        let here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(WHOLE);
        // The first of the process installs it; that it is there already is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        match url.scheme() {
            "https" => builder = builder.https_only(true),
            // Without TLS no certificates are needed, which a small machine may not have.
            "http" if here => builder = builder.tls_certs_only([]),
            "http" => return Err(KeysAddressRefused::NotSecure),
            _ => return Err(KeysAddressRefused::NotAnAddress),
        }
        if here {
            builder = builder.no_proxy();
        }
        let setup = |error: reqwest::Error| KeysAddressRefused::Setup(causes(&error));
        let http = builder.build().map_err(setup)?;
        Ok(Self { http, url })
    }

    pub(super) async fn fetch(&self) -> Result<Fetched, FetchFailed> {
        let transport = |error: reqwest::Error| FetchFailed::Transport(causes(&error));
        let request = self.http.get(self.url.clone());
        let accepted = HeaderValue::from_static("application/jwk-set+json, application/json");
        let sent = request.header(ACCEPT, accepted).send();
        let mut response = sent.await.map_err(transport)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(FetchFailed::Status(response.status().as_u16()));
        }
        let max_age = max_age(response.headers());
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(transport)? {
            if body.len() + piece.len() > MOST_BYTES {
                return Err(FetchFailed::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        let keys = KeySet::parse(&body).ok_or(FetchFailed::NoKeys)?;
        Ok(Fetched { keys, max_age })
    }
}

/// `max-age` of `Cache-Control`.
fn max_age(headers: &HeaderMap) -> Option<TimeDelta> {
    let text = headers.get(CACHE_CONTROL)?.to_str().ok()?;
    let directives = text.split(',').map(str::trim);
    let mut ages = directives.filter_map(|one| one.strip_prefix("max-age="));
    TimeDelta::try_seconds(ages.next()?.trim_matches('"').parse().ok()?)
}

/// An error with what caused it, without the address.
fn causes(error: &reqwest::Error) -> String {
    let mut text = "cannot be had".to_owned();
    let mut cause = std::error::Error::source(error);
    if cause.is_none() && error.is_timeout() {
        text.push_str(": timed out");
    }
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
