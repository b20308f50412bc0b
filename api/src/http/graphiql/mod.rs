//! GraphiQL at `/graphiql`: the page and its files, embedded in the binary by `build.rs`.
//!
//! Invariants: every byte comes from the build, never from a folder at run time; the page names no
//! other host; it holds no secret and knows no viewer, so it needs no token; a demo's sample users
//! are had from a demo and from nowhere else (`people`). It must not touch the schema: it is a
//! client of `/graphql` like any other.

mod people;
mod policy;

use std::borrow::Cow;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

pub use people::{SampleUser, SampleUsers};

/// The files that `build.rs` made, hashed and compressed; the page itself is plain.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/graphiql"]
struct Files;

const PAGE: &str = "index.html";
/// Where the page takes what only a demo says.
const DEMO_HERE: &str = "<!-- demo -->";

/// Where this build's GraphiQL comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Bundled from npm packages: the page works without internet.
    Bundled,
    /// npm was not at hand when this was built: the page says so.
    Missing,
}

/// Where this build's GraphiQL comes from, for a line in the log at start.
pub fn source() -> Source {
    match env!("GRAPHIQL_SOURCE").as_bytes() {
        b"npm" => Source::Bundled,
        _ => Source::Missing,
    }
}

/// `GET /graphiql` and `GET /graphiql/assets/{path}`; the page talks to `graphql` beside it.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    with_page("")
}

/// The same for a demo: the page signs in the first of these users and lets others take their
/// place, with tokens from `GET /graphiql/people`. Only for a server that nobody but this machine
/// can ask ([`SampleUsers`]).
pub fn routes_of_demo<S: Clone + Send + Sync + 'static>(users: SampleUsers) -> Router<S> {
    let people = move |headers: HeaderMap| {
        let answer = people::answer(&users, &headers);
        async { answer }
    };
    let path = people::PATH;
    with_page(&format!(r#"<meta name="regie-people" content="{path}">"#))
        .route(&format!("/{path}"), get(people))
}

fn with_page<S: Clone + Send + Sync + 'static>(of_demo: &str) -> Router<S> {
    let html = Files::get(PAGE).and_then(|file| {
        let html = std::str::from_utf8(&file.data).ok()?;
        Some(Bytes::from(html.replace(DEMO_HERE, of_demo)))
    });
    let page = move || async move {
        let html = html.ok_or(StatusCode::NOT_FOUND)?;
        Ok::<_, StatusCode>((policy::PAGE, html))
    };
    Router::new()
        .route("/graphiql", get(page))
        // The page's links are relative, for a server behind a path: one address only.
        .route(
            "/graphiql/",
            get(|| async { Redirect::permanent("../graphiql") }),
        )
        .route("/graphiql/assets/{*path}", get(asset))
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
    // Only the compressed form is embedded: every browser takes it, and it is a third.
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    response
}

#[cfg(test)]
mod tests;
