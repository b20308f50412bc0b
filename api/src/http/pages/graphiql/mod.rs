//! GraphiQL at `/graphiql`: the page and its files, embedded in the binary by `build.rs`.

mod policy;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Redirect;
use axum::routing::get;
use rust_embed::RustEmbed;

use super::people::{self, SampleUsers};
use super::{DEMO_HERE, HEADERS, PAGE, Source, files, names_people};

/// The files that `build.rs` made, hashed and compressed; the page itself is plain.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/graphiql"]
struct Files;

/// The page's path to a demo's sample users.
const PEOPLE: &str = "graphiql/people";

/// Where this build's GraphiQL comes from, for a line in the log at start.
pub const fn source() -> Source {
    Source::of(env!("GRAPHIQL_SOURCE"))
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
    with_page(&names_people(PEOPLE)).route(&format!("/{PEOPLE}"), get(people))
}

fn with_page<S: Clone + Send + Sync + 'static>(of_demo: &str) -> Router<S> {
    let html = files::text(Files::get(PAGE));
    let html = html.map(|html| Bytes::from(html.replace(DEMO_HERE, of_demo)));
    let policy = (
        header::CONTENT_SECURITY_POLICY,
        policy::CONTENT_SECURITY_POLICY,
    );
    let page = move || async move {
        let html = html.ok_or(StatusCode::NOT_FOUND)?;
        Ok::<_, StatusCode>((HEADERS, [policy], html))
    };
    Router::new()
        .route("/graphiql", get(page))
        // The page's links are relative, for a server behind a path: one address only.
        .route(
            "/graphiql/",
            get(|| async { Redirect::permanent("../graphiql") }),
        )
        .route(
            "/graphiql/assets/{*path}",
            get(|Path(path): Path<String>| async move { files::answer(&path, Files::get(&path)) }),
        )
}

#[cfg(test)]
mod tests;
