//! GraphiQL at `/graphiql`: the page and its files, embedded in the binary by `build.rs`.
//!
//! Invariants: every byte comes from the build, never from a folder at run time; a page built
//! with npm names no other host; the page holds no secret and knows no viewer, so it needs no
//! token. It must not touch the schema: it is a client of `/graphql` like any other.

mod cdn;

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

/// The files that `build.rs` made: hashed and compressed when bundled, plain otherwise.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/graphiql"]
struct Files;

const PAGE: &str = "index.html";
/// Where the page's template takes the links to its files.
const FILES_HERE: &str = "<!-- files -->";

/// Where this build's GraphiQL comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Bundled from npm packages: the page works without internet.
    Bundled,
    /// The browser loads pinned files from a CDN: npm was not at hand when this was built.
    Cdn,
}

/// Where this build's GraphiQL comes from, for a line in the log at start.
pub fn source() -> Source {
    match env!("GRAPHIQL_SOURCE").as_bytes() {
        b"npm" => Source::Bundled,
        _ => Source::Cdn,
    }
}

/// `GET /graphiql` and `GET /graphiql/assets/{path}`; the page talks to `graphql` beside it.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/graphiql", get(page))
        // The page's links are relative, for a server behind a path: one address only.
        .route(
            "/graphiql/",
            get(|| async { Redirect::permanent("../graphiql") }),
        )
        .route("/graphiql/assets/{*path}", get(asset))
}

async fn page() -> Response {
    static HTML: LazyLock<Option<String>> = LazyLock::new(|| {
        let file = Files::get(PAGE)?;
        let html = std::str::from_utf8(&file.data).ok()?;
        Some(html.replace(FILES_HERE, &cdn::tags()))
    });
    static POLICY: LazyLock<String> = LazyLock::new(|| policy(source()));

    let Some(html) = HTML.as_deref() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY.as_str()),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    (headers, html).into_response()
}

async fn asset(Path(path): Path<String>) -> Response {
    match Files::get(&path) {
        Some(file) if path != PAGE => file_response(file),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file_response(file: EmbeddedFile) -> Response {
    let kind = file.metadata.mimetype();
    let kind = if kind.starts_with("text/") {
        Cow::Owned(format!("{kind}; charset=utf-8"))
    } else {
        Cow::Borrowed(kind)
    };
    let Ok(kind) = HeaderValue::from_str(&kind) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let bytes = match file.data {
        Cow::Borrowed(embedded) => Bytes::from_static(embedded),
        Cow::Owned(read) => Bytes::from(read),
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    let cache = match source() {
        Source::Bundled => {
            // Only the compressed form is embedded: every browser takes it, and it is a third.
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            "public, max-age=31536000, immutable"
        }
        Source::Cdn => "no-cache",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

/// The content security policy. GraphiQL's editor writes its styles and measures into `style`
/// elements, and its style sheets hold images and fonts as `data:`; nothing else is let in.
fn policy(source: Source) -> String {
    let (scripts, styles) = match source {
        Source::Bundled => (String::new(), ""),
        Source::Cdn => (cdn::script_sources(), cdn::STYLE.url),
    };
    [
        "default-src 'none'",
        format!("script-src 'self' {scripts}").trim_end(),
        format!("style-src 'self' 'unsafe-inline' {styles}").trim_end(),
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
    .join("; ")
}

#[cfg(test)]
mod tests;
