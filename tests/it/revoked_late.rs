//! What a token asked for before it was taken back, and what comes after; tokens of issuers whose clocks
//! run ahead; rows that cannot be read.

use std::sync::Arc;
use std::time::Duration;

use auth::{AuthConfig, Authenticator, Secret, VerifyingKey};
use chrono::{DateTime, TimeDelta, Utc};
use domain::commands;
use domain::{Act, Command, Manage, MonitorSessionId, Refusal, Subject, Viewer};
use engine::app::Terms;
use engine::store::OrderError;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::harness::{Database, SECRET, Server, Token};

const WHO: &str = "{ viewer { subject } }";
const LOOKS: &str = "runningMonitorSessions { supervisor } monitorSessions { endedBy }";

/// Some minutes long, so that it is issued when it is signed.
fn short(subject: &str) -> Token {
    Token::supervisor(subject).lasting(Duration::from_mins(10))
}

fn viewer(token: &str, now: DateTime<Utc>) -> Arc<Viewer> {
    let key = VerifyingKey::secret(&Secret::new(SECRET).unwrap());
    let authenticator = Authenticator::new(AuthConfig::new(key));
    authenticator.authenticate(token, now).unwrap()
}

async fn accepts(server: &Server, token: &str) -> bool {
    let answer = server.post(token, WHO, json!({})).await;
    answer.get("errors").is_none()
}

async fn revoke_subject(server: &Server, subject: &str) -> Value {
    let (admin, input) = (Token::administrator().sign(), json!({ "subject": subject }));
    let shown = "revocation { revokedAt keptUntil }";
    server.done(&admin, "revokeSubject", input, shown).await["revocation"].clone()
}

async fn revoke_token(server: &Server, id: &str) {
    let (admin, input) = (Token::administrator().sign(), json!({ "tokenId": id }));
    server.done(&admin, "revokeToken", input, "").await;
}

fn monitor(id: &str) -> Command {
    Command::Act {
        conversation: id.parse().unwrap(),
        act: Act::Monitor(commands::Monitor {
            session: MonitorSessionId::new(Utc::now()),
        }),
    }
}

async fn is_refused(server: &Server, viewer: &Arc<Viewer>, command: Command) -> bool {
    match server
        .app
        .carry_out(viewer, command, Terms::default())
        .await
    {
        Ok(_) => false,
        Err(OrderError::Refused(refusal)) => *refusal == Refusal::TokenRevoked,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_subjects_token_of_an_issuer_whose_clock_runs_ahead_is_taken_back_too() {
    let server = Server::start().await;
    let ahead = |subject| short(subject).sign_at(server.clock.now() + TimeDelta::seconds(25));
    let (sam, olga) = (ahead("sam"), ahead("olga"));
    assert!(accepts(&server, &sam).await);

    let revocation = revoke_subject(&server, "sam").await;
    assert!(!accepts(&server, &sam).await);
    assert!(accepts(&server, &olga).await);
    // The last that it hits may have been issued by that clock, and live as long as any.
    let at =
        |field: &str| -> DateTime<Utc> { revocation[field].as_str().unwrap().parse().unwrap() };
    let kept = at("keptUntil") - at("revokedAt");
    assert_eq!(kept, TimeDelta::days(31) + TimeDelta::seconds(30));

    // One that is issued when that time is over is a new one, and the old one goes on being none.
    server.clock.advance(TimeDelta::seconds(31));
    assert!(accepts(&server, &short("sam").sign_at(server.clock.now())).await);
    assert!(!accepts(&server, &sam).await);
}

#[tokio::test]
async fn what_a_token_asked_for_before_it_was_taken_back_is_not_carried_out_after() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let one = &floor.server;
        let other = Server::at(database, one.clock.clone()).await;
        let id = floor.active("WHATSAPP").await;
        let token = Token::supervisor("sam")
            .id("one")
            .lasting(Duration::from_hours(48))
            .sign();
        let accepted = viewer(&token, one.clock.now());

        revoke_token(one, "one").await;
        // At once: the other server has not looked.
        assert!(
            is_refused(&other, &accepted, monitor(&id)).await,
            "elsewhere"
        );
        assert!(is_refused(one, &accepted, monitor(&id)).await, "here");
        let seen = floor.see(&floor.admin, &id, LOOKS).await;
        assert_eq!(seen["runningMonitorSessions"], json!([]));
        assert_eq!(seen["monitorSessions"], json!([]));
        // It was an attempt, and the audit says so.
        let audit = "{ auditLog(filter: { actions: [MONITOR_CONVERSATION] }) {
            edges { node { subject refusal } } } }";
        let audit = one.data(&floor.admin, audit, json!({})).await;
        let attempt = json!({ "node": { "subject": "sam", "refusal": "UNAUTHENTICATED" } });
        assert_eq!(audit["auditLog"]["edges"], json!([attempt, attempt]));

        floor
            .act(&floor.sam, "monitorConversation", &id, json!({}))
            .await;
        revoke_subject(one, "sam").await;
        assert!(is_refused(&other, &accepted, monitor(&id)).await);
        let seen = floor.see(&floor.admin, &id, LOOKS).await;
        assert_eq!(seen["runningMonitorSessions"], json!([]));
    }
}

#[tokio::test]
async fn whoever_asks_a_server_that_has_not_heard_gets_the_answer_of_one_that_has() {
    for database in Database::all().await {
        let floor = Floor::on(database.clone()).await;
        let other = Server::at(database, floor.server.clock.clone()).await;
        let id = floor.active("WHATSAPP").await;
        let token = Token::supervisor("sam").id("one").sign();
        assert!(accepts(&other, &token).await);
        let mutation = "mutation($id: ID!) { monitorConversation(input: { conversationId: $id }) {
            errors { code } } }";
        revoke_token(&floor.server, "one").await;
        let answer = other.post(&token, mutation, json!({ "id": id })).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "UNAUTHENTICATED", "{answer}");
        assert_eq!(
            error["message"],
            "Not authenticated: the token is not accepted."
        );
        let seen = floor.see(&floor.admin, &id, LOOKS).await;
        assert_eq!(seen["monitorSessions"], json!([]));
    }
}

#[tokio::test]
async fn orders_that_wait_behind_a_revocation_are_judged_after_it() {
    let floor = Floor::new().await;
    let (server, now) = (&floor.server, floor.server.clock.now());
    let id = floor.active("WHATSAPP").await;
    let second = floor.active("WHATSAPP").await;
    let (admin, sam) = (viewer(&floor.admin, now), viewer(&floor.sam, now));
    let revoke = || {
        Command::Manage(Manage::RevokeSubject(commands::RevokeSubject {
            subject: Subject::new("sam").unwrap(),
            longest_life: TimeDelta::days(31),
        }))
    };
    // In the order in which they are polled first, which is that of the queue.
    let (before, revoked, after) = tokio::join!(
        server.app.carry_out(&sam, monitor(&id), Terms::default()),
        server.app.carry_out(&admin, revoke(), Terms::default()),
        is_refused(server, &sam, monitor(&second)),
    );
    assert!(before.is_ok() && revoked.is_ok() && after);
    let ended = json!([{ "endedBy": "TOKEN_EXPIRED" }]);
    let seen = floor.see(&floor.admin, &id, LOOKS).await;
    assert_eq!(
        (&seen["runningMonitorSessions"], &seen["monitorSessions"]),
        (&json!([]), &ended)
    );
    let seen = floor.see(&floor.admin, &second, LOOKS).await;
    assert_eq!(seen["monitorSessions"], json!([]));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_keeps_no_other_revocation_away() {
    for database in Database::all().await {
        let server = Server::on(database.clone()).await;
        let token = |id: &str| Token::supervisor("sam").id(id).sign();
        for id in ["one", "two"] {
            revoke_token(&server, id).await;
        }
        let direct = sea_orm::Database::connect(&database.url).await.unwrap();
        let spoil = "UPDATE revocations SET kind = 'NOBODY KNOWS' WHERE name = 'one'";
        direct.execute_unprepared(spoil).await.unwrap();

        let server = server.restart().await;
        assert!(!accepts(&server, &token("two")).await);
        revoke_token(&server, "three").await;
        assert!(!accepts(&server, &token("three")).await);
        assert!(accepts(&server, &token("four")).await);
    }
}
