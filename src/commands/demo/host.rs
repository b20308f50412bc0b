//! Only requests that were meant for this machine.
//!
//! A web page can have its own name resolve to 127.0.0.1 and then talk to whatever listens there
//! as if it were its own server (DNS rebinding). The browser still says the page's name in `Host`.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};

const REFUSED: &str = "This demo answers only to localhost, 127.0.0.1 and [::1] with its port.\n";

/// Refuses every request whose `Host` is not this machine with this port.
pub(super) fn only_this_machine(router: Router, port: u16) -> Router {
    let check = move |request: Request, next: Next| check(port, request, next);
    router.layer(from_fn(check))
}

async fn check(port: u16, request: Request, next: Next) -> Response {
    let authority = request.uri().authority();
    let asked = authority.is_none_or(|authority| is_ours(authority.as_str(), port));
    if asked && names_us(request.headers(), port) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, REFUSED).into_response()
    }
}

fn names_us(headers: &HeaderMap, port: u16) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next().map(|host| host.to_str()), hosts.next()) {
        (Some(Ok(host)), None) => is_ours(host, port),
        _ => false,
    }
}

fn is_ours(host: &str, port: u16) -> bool {
    let (name, given) = match host.rsplit_once(':') {
        Some((name, given)) if !given.ends_with(']') => (name, given.parse().ok()),
        // Clients leave out the port that is HTTP's own.
        _ => (host, Some(80)),
    };
    let named = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|ours| name.eq_ignore_ascii_case(ours));
    named && given == Some(port)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_with_its_port_is_answered() {
        for ours in [
            "localhost:8080",
            "LocalHost:8080",
            "127.0.0.1:8080",
            "[::1]:8080",
        ] {
            assert!(is_ours(ours, 8080), "{ours}");
        }
        for foreign in [
            "",
            "localhost",
            "localhost:8081",
            "localhost:",
            "127.0.0.1.rebind.example:8080",
            "rebind.example:8080",
            "10.0.0.1:8080",
            "[::1]",
            "::1",
            "localhost:8080:8080",
            "user@localhost:8080",
        ] {
            assert!(!is_ours(foreign, 8080), "{foreign}");
        }
        assert!(is_ours("localhost", 80) && is_ours("[::1]", 80));
    }

    #[test]
    fn a_request_names_exactly_one_host() {
        let mut headers = HeaderMap::new();
        assert!(!names_us(&headers, 8080));
        headers.append(header::HOST, "localhost:8080".parse().unwrap());
        assert!(names_us(&headers, 8080));
        headers.append(header::HOST, "rebind.example".parse().unwrap());
        assert!(!names_us(&headers, 8080));
    }
}
