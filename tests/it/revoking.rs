//! Tokens are taken back before they end: by their id, or all of a subject (docs/identity.md).

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use engine::store::Retention;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::{Database, Server, Token, soon};
use crate::stage::CHANGES;

const WHO: &str = "{ viewer { subject } }";
const LISTED: &str = "{ tokenRevocations { totalCount edges { node { tokenId subject } } } }";
const SHOWN: &str = "revocation { tokenId subject revokedAt keptUntil }";

/// Within a second it is due; on a machine that is busy with other tests, some more.
const DUE: Duration = Duration::from_secs(5);

fn sam(id: &str) -> String {
    Token::supervisor("sam").id(id).sign()
}

async fn accepts(server: &Server, token: &str) -> bool {
    let answer = server.post(token, WHO, json!({})).await;
    let Some(errors) = answer.get("errors") else {
        return true;
    };
    let message = "Not authenticated: the token is not accepted.";
    let expected = json!([{ "message": message, "extensions": { "code": "UNAUTHENTICATED" } }]);
    assert_eq!(*errors, expected);
    false
}

async fn revoke_token(server: &Server, id: &str) -> Value {
    let admin = Token::administrator().sign();
    let input = json!({ "tokenId": id });
    server.done(&admin, "revokeToken", input, SHOWN).await["revocation"].clone()
}

async fn revoke_subject(server: &Server, subject: &str) -> Value {
    let admin = Token::administrator().sign();
    let input = json!({ "subject": subject });
    server.done(&admin, "revokeSubject", input, SHOWN).await["revocation"].clone()
}

async fn listed(server: &Server) -> Value {
    let admin = Token::administrator().sign();
    server.data(&admin, LISTED, json!({})).await["tokenRevocations"].clone()
}

#[tokio::test]
async fn one_token_is_taken_back_and_no_other() {
    for database in Database::all().await {
        let server = Server::on(database).await;
        let (one, other, nameless) = (sam("one"), sam("two"), Token::supervisor("sam").sign());
        // Remembered or not.
        assert!(accepts(&server, &one).await);
        let revocation = revoke_token(&server, "one").await;
        assert_eq!(
            (&revocation["tokenId"], &revocation["subject"]),
            (&json!("one"), &Value::Null)
        );
        assert!(!accepts(&server, &one).await);
        let elsewhere = Token::agent("anna").id("one").sign();
        assert!(
            !accepts(&server, &elsewhere).await,
            "the id is the token's, whoever shows it"
        );
        assert!(accepts(&server, &other).await && accepts(&server, &nameless).await);
    }
}

#[tokio::test]
async fn what_is_taken_back_at_the_same_time_is_listed_page_by_page() {
    for database in Database::all().await {
        let server = Server::on(database).await;
        let names: Vec<String> = (0..12).map(|number| format!("sam-{number:02}")).collect();
        join_all(names.iter().map(|name| revoke_subject(&server, name))).await;
        let admin = Token::administrator().sign();
        let query = "query($after: String) { tokenRevocations(first: 1, after: $after) {
            edges { node { subject } } pageInfo { endCursor hasNextPage } } }";
        let (mut read, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = server.data(&admin, query, json!({ "after": after })).await;
            let page = &page["tokenRevocations"];
            let subject = page["edges"][0]["node"]["subject"].as_str().unwrap();
            read.push(subject.to_owned());
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        read.sort();
        assert_eq!(read, names);
    }
}

#[tokio::test]
async fn a_subjects_tokens_are_taken_back_that_were_issued_before() {
    for database in Database::all().await {
        let server = Server::on(database).await;
        let (one, nameless, anna) = (
            sam("one"),
            Token::supervisor("sam").sign(),
            Token::agent("anna").sign(),
        );
        assert!(accepts(&server, &one).await);
        let revocation = revoke_subject(&server, "sam").await;
        assert_eq!(
            (&revocation["tokenId"], &revocation["subject"]),
            (&Value::Null, &json!("sam"))
        );
        assert!(!accepts(&server, &one).await && !accepts(&server, &nameless).await);
        assert!(accepts(&server, &anna).await);
        // Once an issuer's clock cannot be so far ahead, a token is a new one.
        server.clock.advance(TimeDelta::seconds(31));
        let next = Token::supervisor("sam").lasting(Duration::from_mins(10));
        let next = next.sign_at(server.clock.now());
        assert!(accepts(&server, &next).await);
    }
}

#[tokio::test]
async fn what_runs_by_a_revoked_token_ends() {
    let server = Server::start().await;
    let token = sam("one");
    let mut socket = server.socket(&token).await;
    socket.subscribe(CHANGES, json!({})).await;
    let mut other = server.socket(&sam("two")).await;
    let events = server.events(&token, CHANGES, json!({})).await;
    revoke_token(&server, "one").await;
    let closed = socket.message_within(DUE).await.unwrap();
    assert_eq!(
        (&closed["code"], &closed["reason"]),
        (&json!(4403), &json!("Token revoked"))
    );
    let said = tokio::time::timeout(DUE, events.text()).await;
    let said = said.expect("the event stream goes on").unwrap();
    assert!(
        said.contains("UNAUTHENTICATED")
            && said.contains("Token revoked.")
            && said.contains("event: complete"),
        "{said}"
    );

    let id = other.subscribe(WHO, json!({})).await;
    assert_eq!(other.message().await["id"], json!(id));
}

#[tokio::test]
async fn nothing_starts_by_a_revoked_token_between_two_looks() {
    let server = Server::start().await;
    let mut socket = server.socket(&sam("one")).await;
    revoke_token(&server, "one").await;
    socket.subscribe(WHO, json!({})).await;
    let closed = socket.message().await;
    let told = (&closed["code"], &closed["reason"]);
    assert_eq!(told, (&json!(4403), &json!("Token revoked")));
}

#[tokio::test]
async fn monitor_sessions_end_with_the_token_that_holds_them() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let id = floor.active("WHATSAPP").await;
        let second = floor.active("WHATSAPP").await;
        let olga = Token::supervisor("olga").id("olga's").sign();
        let sam = sam("one");
        for (who, what) in [(&sam, &id), (&sam, &second), (&olga, &id)] {
            floor.act(who, "monitorConversation", what, json!({})).await;
        }
        floor.act(&sam, "joinConversation", &id, json!({})).await;

        revoke_token(&floor.server, "one").await;
        let looks = "joinedSupervisors runningMonitorSessions { supervisor }
            monitorSessions { supervisor endedBy }";
        let seen = floor.see(&floor.admin, &id, looks).await;
        assert_eq!(seen["joinedSupervisors"], json!([]));
        assert_eq!(
            seen["runningMonitorSessions"],
            json!([{ "supervisor": "olga" }])
        );
        let ended = json!({ "supervisor": "sam", "endedBy": "TOKEN_EXPIRED" });
        assert!(
            seen["monitorSessions"].as_array().unwrap().contains(&ended),
            "{seen}"
        );
        let seen = floor.see(&floor.admin, &second, looks).await;
        assert_eq!(seen["monitorSessions"], json!([ended]));

        revoke_subject(&floor.server, "olga").await;
        let seen = floor.see(&floor.admin, &id, looks).await;
        assert_eq!(seen["runningMonitorSessions"], json!([]));
    }
}

#[tokio::test]
async fn a_look_that_a_newer_token_took_over_is_not_the_old_ones() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let day = Duration::from_hours(24);
    let old = Token::supervisor("sam").id("old").lasting(day).sign();
    let new = Token::supervisor("sam").id("new").lasting(2 * day).sign();
    floor.act(&old, "monitorConversation", &id, json!({})).await;
    assert!(accepts(&floor.server, &new).await);
    let until = "runningMonitorSessions { tokenExpiresAt }";
    soon("the new token took over", || async {
        let seen = floor.see(&floor.admin, &id, until).await;
        let ends = seen["runningMonitorSessions"][0]["tokenExpiresAt"].clone();
        let ends: chrono::DateTime<Utc> = ends.as_str().unwrap().parse().unwrap();
        ends - floor.server.clock.now() > TimeDelta::hours(30)
    })
    .await;
    revoke_token(&floor.server, "old").await;
    assert_ne!(
        floor.see(&floor.admin, &id, until).await["runningMonitorSessions"],
        json!([])
    );
    revoke_token(&floor.server, "new").await;
    assert_eq!(
        floor.see(&floor.admin, &id, until).await["runningMonitorSessions"],
        json!([])
    );
}

#[tokio::test]
async fn every_server_of_a_database_refuses_what_one_took_back() {
    for database in Database::all().await {
        let one = Server::on(database.clone()).await;
        let other = Server::at(database, one.clock.clone()).await;
        let token = sam("one");
        assert!(accepts(&other, &token).await);
        let mut socket = other.socket(&token).await;
        revoke_token(&one, "one").await;
        revoke_subject(&one, "bert").await;
        // The second comes with the other server's next look, or with the first.
        let bert = Token::agent("bert").sign();
        soon("the other server knows", || async {
            !accepts(&other, &token).await && !accepts(&other, &bert).await
        })
        .await;
        let closed = socket.message_within(DUE).await.unwrap();
        assert_eq!(closed["code"], 4403);
        assert_eq!(listed(&other).await, listed(&one).await);
    }
}

#[tokio::test]
async fn a_revocation_survives_a_restart_and_goes_when_its_time_is_over() {
    for database in Database::all().await {
        let server = Server::on(database).await;
        let ends = server.clock.now() + TimeDelta::hours(2);
        let admin = Token::administrator().sign();
        let input = json!({ "tokenId": "one", "expiresAt": ends });
        server.done(&admin, "revokeToken", input, "").await;
        // Taken back again for less: it is kept for as long as was said first.
        let less = json!({ "tokenId": "one", "expiresAt": ends - TimeDelta::hours(1) });
        server.done(&admin, "revokeToken", less, "").await;
        revoke_subject(&server, "bert").await;
        let token = sam("one");
        assert!(!accepts(&server, &token).await);

        let server = server.restart().await;
        assert!(!accepts(&server, &token).await);
        assert!(!accepts(&server, &Token::agent("bert").sign()).await);
        let both = json!({ "totalCount": 2, "edges": [
            { "node": { "tokenId": "one", "subject": null } },
            { "node": { "tokenId": null, "subject": "bert" } },
        ] });
        assert_eq!(listed(&server).await, both);

        server.clock.advance(TimeDelta::minutes(90));
        assert!(!accepts(&server, &token).await);
        server.clock.advance(TimeDelta::minutes(31));
        let retention = Retention::default();
        server
            .app
            .store
            .forget(&server.clock, retention)
            .await
            .unwrap();
        assert_eq!(listed(&server).await["totalCount"], 1);
        let server = server.restart().await;
        assert_eq!(listed(&server).await["totalCount"], 1);
        // A subject's is kept for as long as a token may live whose issuer's clock runs ahead.
        server
            .clock
            .advance(TimeDelta::days(31) + TimeDelta::minutes(1));
        server
            .app
            .store
            .forget(&server.clock, retention)
            .await
            .unwrap();
        let server = server.restart().await;
        assert_eq!(listed(&server).await["totalCount"], 0);
    }
}

#[tokio::test]
async fn only_an_administrator_takes_tokens_back_and_the_audit_says_who() {
    let floor = Floor::new().await;
    let audit = "{ auditLog(filter: { actions: [REVOKE_TOKEN, REVOKE_SUBJECT] }) {
        edges { node { subject role action target refusal reason } } } }";
    for token in [&floor.sam, &floor.anna, &floor.gateway] {
        for (mutation, input) in [
            ("revokeToken", json!({ "tokenId": "one" })),
            ("revokeSubject", json!({ "subject": "admin" })),
        ] {
            assert_eq!(
                floor.server.code(token, mutation, input).await,
                "ROLE_REQUIRED"
            );
        }
        let answer = floor.server.post(token, LISTED, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "ROLE_REQUIRED");
    }
    assert_eq!(listed(&floor.server).await["totalCount"], 0);

    let input = json!({ "subject": "sam", "reason": "lost laptop" });
    floor
        .server
        .done(&floor.admin, "revokeSubject", input, "")
        .await;
    let data = floor.server.data(&floor.admin, audit, json!({})).await;
    let edges = data["auditLog"]["edges"].as_array().unwrap();
    assert_eq!(edges.len(), 7);
    let expected = json!({
        "subject": "admin", "role": "ADMINISTRATOR", "action": "REVOKE_SUBJECT",
        "target": "sam", "refusal": null, "reason": "lost laptop",
    });
    assert_eq!(edges[0]["node"], expected);
    assert_eq!(edges[6]["node"]["refusal"], "ROLE_REQUIRED");
}

#[tokio::test]
async fn a_repeat_under_a_key_takes_nothing_back_anew() {
    let floor = Floor::new().await;
    let input = json!({ "subject": "sam", "idempotencyKey": "k" });
    let admin = &floor.admin;
    let first = floor
        .server
        .done(admin, "revokeSubject", input.clone(), SHOWN)
        .await;
    floor.server.clock.advance(TimeDelta::seconds(31));
    let next = Token::supervisor("sam").lasting(Duration::from_mins(10));
    let next = next.sign_at(floor.server.clock.now());
    let again = floor
        .server
        .done(admin, "revokeSubject", input, SHOWN)
        .await;
    assert_eq!(first, again);
    assert!(accepts(&floor.server, &next).await);
    let other = json!({ "subject": "anna", "idempotencyKey": "k" });
    let code = floor.server.code(admin, "revokeSubject", other).await;
    assert_eq!(code, "IDEMPOTENCY_KEY_REUSED");
}

#[tokio::test]
async fn what_is_not_well_formed_takes_nothing_back() {
    let floor = Floor::new().await;
    let past = floor.server.clock.now() - TimeDelta::seconds(1);
    for (mutation, input, path) in [
        ("revokeToken", json!({ "tokenId": " " }), "tokenId"),
        (
            "revokeToken",
            json!({ "tokenId": "x".repeat(256) }),
            "tokenId",
        ),
        (
            "revokeToken",
            json!({ "tokenId": "one", "expiresAt": past }),
            "expiresAt",
        ),
        ("revokeSubject", json!({ "subject": "" }), "subject"),
        (
            "revokeSubject",
            json!({ "subject": "x".repeat(256) }),
            "subject",
        ),
    ] {
        let payload = floor
            .server
            .mutate(&floor.admin, mutation, input, SHOWN)
            .await;
        assert_eq!(payload["errors"][0]["code"], "INVALID_INPUT", "{payload}");
        assert!(
            payload["errors"][0]["path"].to_string().contains(path),
            "{payload}"
        );
        assert_eq!(payload["revocation"], Value::Null);
    }
    assert_eq!(listed(&floor.server).await["totalCount"], 0);
}
