//! The pages inside the binary: the desk at `/`, GraphiQL at `/graphiql`.
//!
//! Invariants: every byte comes from the build, never from a folder at run time; a page names no other host; it holds no
//! secret and knows no viewer, so it needs no token; a demo's sample users are had from a demo and from nowhere else
//! (`people`). Pages must not touch the schema: they are clients of `/graphql` like any other.

pub mod desk;
mod files;
pub mod graphiql;
mod people;

use axum::http::{HeaderName, header};

pub use people::{SampleUser, SampleUsers};

/// Where this build's page comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Bundled from npm packages: the page works without internet.
    Bundled,
    /// npm was not at hand when this was built: the page says so.
    Missing,
}

impl Source {
    /// By what `build.rs` says.
    const fn of(built: &str) -> Self {
        match built.as_bytes() {
            b"npm" => Self::Bundled,
            _ => Self::Missing,
        }
    }

    /// In a few words, for a line in the log at start.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Bundled => "bundled",
            Self::Missing => "missing: built without npm",
        }
    }
}

/// The page itself among its files.
const PAGE: &str = "index.html";
/// Where a page takes what only a demo says.
const DEMO_HERE: &str = "<!-- demo -->";

/// What a page says of sample users: where they are had.
fn names_people(path: &str) -> String {
    format!(r#"<meta name="regie-people" content="{path}">"#)
}

/// The headers of every page, beside its content security policy.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::CACHE_CONTROL, "no-cache"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

#[cfg(test)]
mod test_tools;
