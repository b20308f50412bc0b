//! The pages of the demo, which know its people.
//!
//! Invariant: a page gets tokens only where they are worth nothing elsewhere. Where the operator's
//! own secret signs, they are printed to the terminal and not handed out over HTTP.

use std::sync::{Arc, OnceLock};

use api::http::pages::desk::DeskOptions;
use api::http::pages::{SampleUser, SampleUsers, desk, graphiql};
use axum::Router;
use tools::demo::{People, User};

use super::tokens::Key;

/// The pages that know these people, once they are there; with the operator's secret they do not.
pub(super) fn pages(key: Key, people: &Arc<OnceLock<People>>, options: &DeskOptions) -> Router {
    if key == Key::Operators {
        return desk::routes(options).merge(graphiql::routes());
    }
    let people = people.clone();
    let users: SampleUsers = Arc::new(move || {
        let signed = people.get().map(People::signed);
        let signed = signed.and_then(Result::ok).unwrap_or_default();
        signed.into_iter().map(sample).collect()
    });
    desk::routes_of_demo(options, users.clone()).merge(graphiql::routes_of_demo(users))
}

fn sample(user: User) -> SampleUser {
    SampleUser {
        subject: user.subject,
        what: user.what,
        token: user.token,
    }
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
        let people = People::new(&[], tokens::mint(&config).unwrap());
        let known = Arc::new(OnceLock::new());
        assert!(known.set(people).is_ok());
        known
    }

    fn page(key: Key, people: &Arc<OnceLock<People>>) -> Router {
        pages(key, people, &DeskOptions::default())
    }

    async fn ask(page: Router, host: &str) -> (StatusCode, String) {
        let (status, body) = ask_for("/graphiql/people", page.clone(), host).await;
        let desk = ask_for("/desk/people", page, host).await;
        assert_eq!(desk.0, status, "both pages hand out the same");
        assert_eq!(desk.1.is_empty(), body.is_empty());
        (status, body)
    }

    async fn ask_for(path: &str, page: Router, host: &str) -> (StatusCode, String) {
        let request = Request::get(path).header("host", host);
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
