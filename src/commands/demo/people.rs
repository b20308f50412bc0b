//! Who can sign in to the demo, and their tokens.
//!
//! Invariant: the page gets tokens only where they are worth nothing elsewhere. Where the operator's
//! own secret signs, they are printed to the terminal and not handed out over HTTP.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use api::http::graphiql::{self, SampleUser};
use auth::SignRefused;
use axum::Router;
use domain::{Permission, QueueId, Scope};

use super::organisation::{Organisation, SERVICE};
use super::tokens::{Grants, Key, Mint};

/// What a supervisor may do who only looks and joins.
const LOOKS_AND_JOINS: &[Permission] = &[Permission::Monitor, Permission::Join];

/// The people of a demo; the first is whom the page signs in.
pub(super) struct People {
    mint: Mint,
    /// The queues that the second supervisor leads, in words.
    pub(super) service: String,
    all: [(&'static str, String, Grants); 5],
}

impl People {
    /// Those of this organisation.
    pub(super) fn new(organisation: &Organisation, mint: Mint) -> Self {
        let led = SERVICE.map(|place| &organisation.places[place]);
        let service = led.map(|place| place.name).join(" and ");
        let queues: BTreeSet<QueueId> = led
            .iter()
            .filter_map(|place| place.queue.parse().ok())
            .collect();
        let all = [
            (
                "ingrid",
                "supervisor of every queue, may do everything".to_owned(),
                Grants::Supervisor(Scope::All, Permission::ALL),
            ),
            (
                "marco",
                format!("supervisor of {service}, monitors and joins"),
                Grants::Supervisor(Scope::Only(queues), LOOKS_AND_JOINS),
            ),
            (
                "robin",
                "agent; nobody plays Robin but you".to_owned(),
                Grants::Agent,
            ),
            (
                "gateway",
                "gateway of every channel".to_owned(),
                Grants::Gateway,
            ),
            (
                "administrator",
                "administrator".to_owned(),
                Grants::Administrator,
            ),
        ];
        Self { mint, service, all }
    }

    /// Them with tokens that begin now.
    pub(super) fn signed(&self) -> Result<Vec<SampleUser>, SignRefused> {
        let signed = self.all.iter().map(|(subject, what, grants)| {
            Ok(SampleUser {
                subject,
                what: what.clone(),
                token: self.mint.token(subject, grants)?,
            })
        });
        signed.collect()
    }
}

/// The page that knows these people, once they are there; with the operator's secret it does not.
pub(super) fn page(key: Key, people: &Arc<OnceLock<People>>) -> Router {
    if key == Key::Operators {
        return graphiql::routes();
    }
    let people = people.clone();
    graphiql::routes_of_demo(Arc::new(move || {
        let signed = people.get().map(People::signed);
        signed.and_then(Result::ok).unwrap_or_default()
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode};
    use tower::ServiceExt as _;

    use super::super::{host, tokens};
    use super::*;

    fn people() -> Arc<OnceLock<People>> {
        let (config, _) = tokens::with_key(&tokens::tests::config(&[])).unwrap();
        let people = People {
            mint: Mint::of(&config).unwrap(),
            service: String::new(),
            all: ["ingrid", "marco", "robin", "gateway", "administrator"]
                .map(|subject| (subject, String::new(), Grants::Agent)),
        };
        let known = Arc::new(OnceLock::new());
        assert!(known.set(people).is_ok());
        known
    }

    async fn ask(page: Router, host: &str) -> (StatusCode, String) {
        let request = Request::get("/graphiql/people").header("host", host);
        let request = request.body(Body::empty()).unwrap();
        let page = host::only_this_machine(page, 8080);
        let answer = page.oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_page_of_this_machine_gets_tokens_and_no_other_name_does() {
        let (status, body) = ask(page(Key::Own, &people()), "localhost:8080").await;
        assert_eq!(status, StatusCode::OK);
        let token = people().get().unwrap().signed().unwrap()[0].token.clone();
        let header = token.split('.').next().unwrap();
        assert!(
            body.contains(header) && body.contains("administrator"),
            "{body}"
        );
        for foreign in ["rebind.example:8080", "127.0.0.1:8081", "10.0.0.1:8080"] {
            let (status, body) = ask(page(Key::Own, &people()), foreign).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{foreign}");
            assert!(!body.contains(header), "{foreign}: {body}");
        }
    }

    #[tokio::test]
    async fn with_the_operators_secret_nobody_gets_a_token_over_http() {
        let (status, _) = ask(page(Key::Operators, &people()), "localhost:8080").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn before_the_organisation_is_made_there_is_nobody() {
        let nobody = Arc::new(OnceLock::new());
        let answer = ask(page(Key::Own, &nobody), "localhost:8080").await;
        assert_eq!(answer, (StatusCode::OK, r#"{"people":[]}"#.to_owned()));
    }
}
