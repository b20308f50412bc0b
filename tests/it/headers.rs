//! What the real server tells browsers with every answer.

use crate::harness::Database;
use crate::harness::binary::Served;

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_neither_guessed_at_nor_framed_whatever_it_is_to() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let database = Database::sqlite();
    let served = Served::start(&database.url, folder.path());
    let base = served.url.trim_end_matches("/graphql");
    let client = reqwest::Client::new();
    for (path, status) in [
        ("/", 200),
        ("/desk/assets/nothing.js", 404),
        ("/nothing/here", 404),
        ("/graphql", 401),
        ("/graphiql", 200),
        ("/graphiql/assets/nothing.js", 404),
        ("/health/live", 200),
        ("/health/ready", 200),
    ] {
        let answer = client.get(format!("{base}{path}"));
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
        ] {
            let all: Vec<_> = answer.headers().get_all(name).iter().collect();
            assert_eq!(all, [value], "{path} {name}");
        }
    }
}
