//! Asking a page's routes as a browser does.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::response::Response;
use tower::ServiceExt as _;

use super::SampleUser;

pub(super) async fn ask(routes: Router, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    routes.oneshot(request).await.expect("an answer")
}

pub(super) async fn text(response: Response) -> String {
    let body = to_bytes(response.into_body(), 1 << 20).await;
    String::from_utf8(body.expect("a body").to_vec()).expect("text")
}

pub(super) fn header_of<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// A sample user and her token.
pub(super) fn ingrid() -> SampleUser {
    SampleUser {
        subject: "ingrid",
        what: "supervisor".to_owned(),
        token: "a.token.of-ingrid".to_owned(),
    }
}
