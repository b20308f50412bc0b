//! Which web pages may talk to this server.
//!
//! Browsers send `Origin` with every WebSocket handshake and let any page open one, so the server
//! has to look. For plain requests the browser looks, by what CORS headers say.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Whether a handshake may go on: no browser, the server's own pages, or an allowed origin.
pub(super) fn may_open_socket(headers: &HeaderMap, allowed: &[HeaderValue]) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else {
        return true;
    };
    if origins.next().is_some() {
        return false;
    }
    allowed.contains(origin) || is_same_origin(origin, headers.get(header::HOST))
}

/// Whether the origin's host and port are those that the request went to. The scheme is not
/// compared: behind a proxy that ends TLS the server does not see it.
fn is_same_origin(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let (Ok(origin), Some(Ok(host))) = (origin.to_str(), host.map(HeaderValue::to_str)) else {
        return false;
    };
    origin.split_once("://").is_some_and(|(scheme, of_origin)| {
        matches!(scheme, "http" | "https") && of_origin.eq_ignore_ascii_case(host)
    })
}

/// How long a browser may remember what it was told.
const REMEMBERED: Duration = Duration::from_mins(10);

/// CORS for these origins: the methods and headers of a GraphQL client, no credentials.
pub(super) fn cross_origin(allowed: &[HeaderValue]) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(allowed.iter().cloned()))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::ACCEPT,
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([header::RETRY_AFTER, header::WWW_AUTHENTICATE])
        .max_age(REMEMBERED)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn may(origin: &[&str], host: &str) -> bool {
        let mut headers = HeaderMap::new();
        for origin in origin {
            headers.append(header::ORIGIN, origin.parse().unwrap());
        }
        headers.insert(header::HOST, host.parse().unwrap());
        may_open_socket(
            &headers,
            &[HeaderValue::from_static("https://desk.example")],
        )
    }

    #[test]
    fn only_known_pages_open_sockets() {
        assert!(may(&[], "regie.example"));
        assert!(may(&["https://regie.example"], "regie.example"));
        assert!(may(&["http://127.0.0.1:8080"], "127.0.0.1:8080"));
        assert!(may(&["https://desk.example"], "regie.example"));
        for origin in [
            "https://evil.example",
            "https://regie.example.evil.example",
            "https://regie.example:444",
            "http://desk.example",
            "file://regie.example",
            "null",
        ] {
            assert!(!may(&[origin], "regie.example"), "{origin}");
        }
        assert!(!may(
            &["https://regie.example", "https://evil.example"],
            "regie.example"
        ));
    }
}
