//! What the demo's messages have attached, served by the demo itself, to whoever it answers at all
//! ([`super::host`]): it is drawn for everybody, and holds nobody's words.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tools::demo::media;

/// A drawing that is opened by itself may style itself and do nothing else; no other site shows it as its own.
const HEADERS: [(HeaderName, &str); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (header::CACHE_CONTROL, "private, max-age=3600"),
];

/// The routes of everything that is attached.
pub(super) fn routes() -> Router {
    Router::new().route(&format!("{}/{{name}}", media::PATH), get(serve))
}

async fn serve(Path(name): Path<String>) -> Response {
    match media::find(&name) {
        Some(media) => {
            let kind = [(header::CONTENT_TYPE, media.media_type)];
            (HEADERS, kind, media.bytes.as_ref()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt as _;

    use super::*;

    async fn ask(path: &str) -> Response {
        let request = Request::get(path).body(Body::empty()).unwrap();
        routes().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn what_is_attached_is_served_as_what_it_is() {
        for media in media::all() {
            let answer = ask(&media.address()).await;
            assert_eq!(answer.status(), StatusCode::OK, "{}", media.name);
            assert_eq!(answer.headers()["content-type"], media.media_type);
            let policy = answer.headers()["content-security-policy"]
                .to_str()
                .unwrap();
            assert!(policy.starts_with("default-src 'none'"), "{policy}");
            let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
            assert_eq!(body, media.bytes.as_ref());
        }
    }

    #[tokio::test]
    async fn nothing_else_is_served() {
        for path in ["none.svg", "..%2Fmod.rs", "%2e%2e", ""] {
            let answer = ask(&format!("{}/{path}", media::PATH)).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
