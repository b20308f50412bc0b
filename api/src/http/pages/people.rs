//! The sample users of a demo, with a token for each, for the page to sign in with.
//!
//! Invariants: tokens go to the page of this very server and to nobody else, so a request that
//! another site's page made, or that came through a proxy, is refused; they are made when asked
//! for and kept by nobody. Whoever mounts this has to see to it that only this machine can ask:
//! the demo listens on loopback, and answers only requests whose `Host` says so.

use std::sync::Arc;

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

/// A sample user.
#[derive(Clone, Debug, Serialize)]
pub struct SampleUser {
    /// Who: the token's `sub`.
    pub subject: &'static str,
    /// What they may, in a few words.
    pub what: String,
    /// A token that is good now.
    pub token: String,
}

/// Makes the sample users, the first of whom the page signs in; none while they are not there yet.
pub type SampleUsers = Arc<dyn Fn() -> Vec<SampleUser> + Send + Sync>;

/// What a proxy adds. Behind one, whoever asks need not be on this machine.
const BY_PROXIES: [HeaderName; 6] = [
    header::FORWARDED,
    header::VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-real-ip"),
];

pub(super) fn answer(users: &SampleUsers, headers: &HeaderMap) -> Response {
    if !is_own_page(headers) || BY_PROXIES.iter().any(|name| headers.contains_key(name)) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response = Json(json!({ "people": users() })).into_response();
    let headers = response.headers_mut();
    let alone = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(alone, HeaderValue::from_static("same-origin"));
    response
}

/// Whether a script of our own page asks, as browsers say it, or no browser at all. Both headers
/// are the browser's to set; a page cannot.
fn is_own_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_none_or(|site| site == "same-origin") && !headers.contains_key(header::ORIGIN)
}
