//! The desk at `/`: the page and its files, embedded in the binary by `build.rs`.
//!
//! Invariant: the page loads from this server, and pictures, sound and film also from the origins that the operator
//! names for attachments; nothing else, and no style or script that is not one of its files. It sends requests to this
//! server, and to the issuer where people sign in.

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::routing::get;
use rust_embed::RustEmbed;

use super::people::{self, SampleUsers};
use super::{DEMO_HERE, HEADERS, PAGE, Source, files, names_people};

/// The files that `build.rs` made, hashed and compressed; the page itself is plain.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/desk"]
struct Files;

/// The page's path to a demo's sample users.
const PEOPLE: &str = "desk/people";
/// Where the page takes the origins of attachments.
const ORIGINS_HERE: &str = "<!-- origins -->";

/// Where the page takes how people sign in.
const SIGN_IN_HERE: &str = "<!-- sign-in -->";

mod sign_in;

pub use sign_in::SignIn;

/// What an operator settles of the desk.
#[derive(Clone, Debug, Default)]
pub struct DeskOptions {
    /// Whose pictures, sound and film it shows in place, as browsers write these origins.
    pub attachment_origins: Vec<HeaderValue>,
    /// Where people sign in; without it they paste a token.
    pub sign_in: Option<SignIn>,
}

/// Where this build's desk comes from, for a line in the log at start.
pub const fn source() -> Source {
    Source::of(env!("DESK_SOURCE"))
}

/// `GET /` and `GET /desk/assets/{path}`; the page talks to `graphql` beside it.
pub fn routes<S: Clone + Send + Sync + 'static>(options: &DeskOptions) -> Router<S> {
    with_page("", options)
}

/// The same for a demo: the page signs in the first of these users and lets others take their place, with tokens from
/// `GET /desk/people`. Only for a server that nobody but this machine can ask ([`SampleUsers`]).
pub fn routes_of_demo<S: Clone + Send + Sync + 'static>(
    options: &DeskOptions,
    users: SampleUsers,
) -> Router<S> {
    let people = move |headers: HeaderMap| {
        let answer = people::answer(&users, &headers);
        async { answer }
    };
    with_page(&names_people(PEOPLE), options).route(&format!("/{PEOPLE}"), get(people))
}

fn with_page<S: Clone + Send + Sync + 'static>(of_demo: &str, options: &DeskOptions) -> Router<S> {
    // An origin has neither blanks nor quotes: nothing of it ends an attribute or a directive.
    let origins = options.attachment_origins.iter();
    let origins: Vec<&str> = origins.filter_map(|one| one.to_str().ok()).collect();
    let origins = origins.join(" ");
    let html = files::text(Files::get(PAGE)).map(|html| {
        let named = if origins.is_empty() {
            String::new()
        } else {
            format!(r#"<meta name="regie-attachment-origins" content="{origins}">"#)
        };
        let sign_in = options.sign_in.as_ref().map(SignIn::meta);
        Bytes::from(
            html.replace(DEMO_HERE, of_demo)
                .replace(ORIGINS_HERE, &named)
                .replace(SIGN_IN_HERE, &sign_in.unwrap_or_default()),
        )
    });
    let policy = policy(&origins, options.sign_in.as_ref());
    let page = move || async move {
        let html = html.ok_or(StatusCode::NOT_FOUND)?;
        let policy = [(header::CONTENT_SECURITY_POLICY, policy)];
        Ok::<_, StatusCode>((HEADERS, policy, html))
    };
    Router::new().route("/", get(page)).route(
        "/desk/assets/{*path}",
        get(|Path(path): Path<String>| async move { files::answer(&path, Files::get(&path)) }),
    )
}

/// The content security policy: files of this server, media of the origins too, and requests to the issuer.
fn policy(origins: &str, sign_in: Option<&SignIn>) -> String {
    let also = |more: &str| format!("'self' {more}").trim_end().to_owned();
    let media = also(origins);
    let connect = also(sign_in.map_or("", SignIn::origin));
    format!(
        "default-src 'none'; script-src 'self'; connect-src {connect}; style-src 'self'; img-src {media}; \
         media-src {media}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests;
