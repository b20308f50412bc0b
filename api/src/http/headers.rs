//! What every answer tells a browser, whatever it is an answer to.
//!
//! It must not weaken what a route says of itself: a header that is there stays.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use tower_http::set_header::SetResponseHeaderLayer;

/// Not to guess what an answer is, not to show it in a frame, not to tell others from where it was left.
const EVERYWHERE: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// These routes with the headers of every answer, also where there is no route.
pub fn with_headers(router: Router) -> Router {
    EVERYWHERE
        .into_iter()
        .fold(router, |router, (name, value)| {
            let value = HeaderValue::from_static(value);
            router.layer(SetResponseHeaderLayer::if_not_present(name, value))
        })
}
