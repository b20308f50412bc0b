//! `regie migrate`: what is taken back is named first, nobody's server is taken by surprise, and no revoked token
//! is accepted afterwards.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use engine::store::Address;
use entity::tables::revocation;
use sea_orm::sea_query::Expr;
use sea_orm::{DatabaseConnection, EntityTrait as _};
use serde_json::json;

use crate::harness::binary::{Served, output, regie};
use crate::harness::{Database, Server, Token, eventually};
use crate::stage::Stage;

const DOWN: &[&str] = &["migrate", "down", "--yes"];
const LAST: &str = "m20261203_000026_presences";
/// The last migration that made indexes only.
const INDEXES: &str = "m20261201_000010_membership_events";
/// One that made a table.
const TABLE: &str = "m20261122_000008_cursor_keys";

fn run(database: &Database, arguments: &[&str]) -> (bool, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let Output {
        status,
        stdout,
        stderr,
    } = output(&database.url, folder.path(), arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.success(), text(stdout), text(stderr))
}

/// The one line with which a command was refused; whatever it did, it changed nothing.
fn refused(database: &Database, arguments: &[&str]) -> String {
    let before = run(database, &["migrate", "status"]);
    let (done, out, line) = run(database, arguments);
    assert!(!done, "{out}{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    assert_eq!(run(database, &["migrate", "status"]), before);
    line
}

/// How many migrations are applied.
fn applied(database: &Database) -> usize {
    let (done, out, err) = run(database, &["migrate", "status"]);
    assert!(done, "{err}");
    out.lines()
        .filter(|line| line.starts_with("applied"))
        .count()
}

/// Takes migrations back until this one is the last.
fn back_to(database: &Database, step: &str) {
    let last = || {
        let (_, out, _) = run(database, &["migrate", "status"]);
        let mut applied = out.lines().filter(|line| line.starts_with("applied"));
        applied.next_back().unwrap().ends_with(step)
    };
    while !last() {
        let (done, _, err) = run(database, DOWN);
        assert!(done, "{err}");
    }
}

async fn connect(database: &Database) -> DatabaseConnection {
    let address = Address::of(&database.url).unwrap();
    sea_orm::Database::connect(engine::store::options(&address, 1))
        .await
        .unwrap()
}

/// What the newer steps destroy in a new database, the last one first.
const DESTROYED: &[(&str, &[&str])] = &[
    (LAST, &["column agents.presence_since: 0 values"]),
    (
        "000025_insights",
        &[
            "table insight_progress: ",
            "table insight_queue_buckets: ",
            "table insight_agent_buckets: ",
            "table insight_time_buckets: ",
            "table insight_hands: ",
            "column settings.agent_insights: 1 value",
            "column settings.short_abandon_seconds: 1 value",
            "column workstreams.service_level_seconds: ",
        ],
    ),
    ("000024_notices", &["table agent_notices: 0 rows"]),
    (
        "000023_learning",
        &[
            "column messages.score_source: 0 values",
            "table sentiment_adapters: 0 rows",
        ],
    ),
    (
        "000021_hands",
        &[
            "column settings.supervisor_take_over: 1 value",
            "column settings.supervisor_manage_agents: 1 value",
        ],
    ),
    (
        "000020_coaching",
        &[
            "column messages.coached_id: 0 values",
            "column messages.coaching: 0 values",
            "every message that coached an agent",
        ],
    ),
    (
        "000019_understanding",
        &[
            "column workstreams.language: ",
            "column workstreams.escalation_signals: ",
        ],
    ),
    ("000018_intents", &["column messages.intent: 0 values"]),
    (
        "000017_customers",
        &[
            "table customer_sources: 0 rows",
            "column customers.merged_into_id: 0 values",
            "column conversations.disposition: 0 values",
            "column conversations.rating: 0 values",
        ],
    ),
    (
        "000016_reviews",
        &["table earlier_readings: 0 rows", "every review session"],
    ),
    (
        "000015_messages",
        &[
            "table message_states: 0 rows",
            "table message_reactions: 0 rows",
            "table message_revisions: 0 rows",
        ],
    ),
    (
        "000014_past",
        &["column conversations.last_activity_at: 0 values"],
    ),
    (
        "000013_labels",
        &[
            "table conversation_tags: 0 rows",
            "table conversation_attributes: 0 rows",
            "table conversation_notes: 0 rows",
            "table rating_comments: 0 rows",
        ],
    ),
    ("000011_reassessments", &["table reassessments: 0 rows"]),
];

#[tokio::test]
async fn down_names_what_it_destroys_and_asks() {
    for database in Database::all().await {
        run(&database, &["migrate", "up"]);
        let line = refused(&database, &["migrate", "down"]);
        assert!(line.contains("--yes"), "{line}");
        for (step, destroyed) in DESTROYED {
            back_to(&database, step);
            let (_, out, _) = run(&database, &["migrate", "down"]);
            assert!(out.contains(step), "{out}");
            for lost in *destroyed {
                assert!(out.contains(lost), "{lost}: {out}");
            }
        }
        back_to(&database, INDEXES);
        let (_, out, _) = run(&database, &["migrate", "down"]);
        assert!(out.contains(INDEXES), "{out}");
        assert!(out.contains("drops indexes only"), "{out}");
        back_to(&database, TABLE);
        let all = applied(&database);
        let (_, out, _) = run(&database, &["migrate", "down"]);
        assert!(out.contains(TABLE), "{out}");
        assert!(out.contains("table cursor_keys: 0 rows"), "{out}");
        let (done, out, err) = run(&database, DOWN);
        assert!(
            done && out.contains("table cursor_keys: 0 rows"),
            "{out}{err}"
        );
        assert_eq!(applied(&database), all - 1);
        back_to(&database, "000006_administration");
        let (done, out, err) = run(&database, DOWN);
        assert!(done, "{err}");
        for lost in [
            "column agents.deleted_at: 0 values",
            "under another subject",
        ] {
            assert!(out.contains(lost), "{out}");
        }
    }
}

#[tokio::test]
async fn down_counts_the_rows_that_go() {
    for database in Database::all().await {
        let stage = Stage::on(database.clone(), &["anna", "bert"]).await;
        stage.start("LIVE_CHAT").await;
        stage.server.stop().await;
        back_to(&database, "000003_log");
        let (_, out, _) = run(&database, &["migrate", "down"]);
        assert!(out.contains("table log_head: 1 row\n"), "{out}");
        let events = out.lines().find(|line| line.contains("table events: "));
        let rows = events.unwrap().rsplit(' ').nth(1).unwrap();
        assert!(rows.parse::<u32>().unwrap() > 2, "{out}");
    }
}

#[tokio::test]
async fn down_is_refused_while_a_server_is_connected() {
    for database in Database::all().await {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Served::start(&database.url, folder.path());
        let all = applied(&database);
        let line = refused(&database, DOWN);
        assert!(line.contains("stop every server first"), "{line}");
        assert_eq!(applied(&database), all);
        server.kill();
        // PostgreSQL notices in its own time that the process is gone.
        eventually("nobody is connected", || async { run(&database, DOWN).0 }).await;
        assert_eq!(applied(&database), all - 1);
    }
}

#[tokio::test]
async fn down_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!(
        "sqlite://{}?mode=rwc",
        folder.path().join("none.db").display()
    );
    let refused = output(&url, folder.path(), DOWN);
    let line = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && line.lines().count() == 1,
        "{line}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

async fn accepts(server: &Server, token: &str) -> bool {
    let answer = server
        .post(token, "{ viewer { subject } }", json!({}))
        .await;
    answer.get("errors").is_none()
}

#[tokio::test]
async fn no_revoked_token_lives_again_by_down_and_up() {
    for database in Database::all().await {
        let server = Server::on(database.clone()).await;
        let token = Token::supervisor("sam")
            .id("one")
            .lasting(Duration::from_hours(1))
            .sign();
        let admin = Token::administrator().sign();
        assert!(accepts(&server, &token).await);
        let input = json!({ "tokenId": "one" });
        server.done(&admin, "revokeToken", input, "").await;
        server.stop().await;

        back_to(&database, "000007_revocations");
        let line = refused(&database, DOWN);
        let until = revocation::Entity::find()
            .one(&connect(&database).await)
            .await;
        let until = until.unwrap().unwrap().expires_at;
        assert!(
            line.contains(&until.format("%Y-%m-%dT%H:%M").to_string()),
            "{line}"
        );
        assert!(line.contains("1 revocation "), "{line}");
        run(&database, &["migrate", "up"]);
        let server = Server::on(database.clone()).await;
        assert!(!accepts(&server, &token).await);
        server.stop().await;

        // When no token that it hits can be alive, the row is worth nothing.
        let over = Utc::now() - TimeDelta::seconds(1);
        let tables = connect(&database).await;
        revocation::Entity::update_many()
            .col_expr(revocation::Column::ExpiresAt, Expr::value(over))
            .exec(&tables)
            .await
            .unwrap();
        tables.close().await.unwrap();
        back_to(&database, "000007_revocations");
        let (done, out, err) = run(&database, DOWN);
        assert!(
            done && out.contains("table revocations: 1 row\n"),
            "{out}{err}"
        );
    }
}

/// What `migrate down` does at a terminal, where this is typed.
fn typed(database: &Database, answer: &str) -> Option<(bool, String)> {
    let folder = tempfile::tempdir().unwrap();
    let binary = env!("CARGO_BIN_EXE_regie");
    let inner = regie(&database.url, folder.path(), &[]);
    let mut terminal = Command::new("script");
    terminal
        .args(["-qec", &format!("{binary} migrate down"), "/dev/null"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => terminal.env(name, value),
            None => terminal.env_remove(name),
        };
    }
    // A machine without util-linux has no terminal to offer.
    let mut process = terminal.spawn().ok()?;
    let mut keys = process.stdin.take().unwrap();
    keys.write_all(answer.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    drop(keys);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    Some((output.status.success(), shown))
}

#[tokio::test]
async fn at_a_terminal_only_a_yes_takes_it_back() {
    let database = Database::sqlite();
    run(&database, &["migrate", "up"]);
    back_to(&database, TABLE);
    let all = applied(&database);
    for no in ["\n", "n\n", "maybe\n", "\u{4}"] {
        let Some((done, shown)) = typed(&database, no) else {
            return;
        };
        assert!(!done && shown.contains("nothing was changed"), "{shown}");
        assert_eq!(applied(&database), all);
    }
    let (done, shown) = typed(&database, "yes\n").unwrap();
    assert!(
        done && shown.contains("table cursor_keys: 0 rows"),
        "{shown}"
    );
    assert_eq!(applied(&database), all - 1);
}

#[tokio::test]
async fn a_transcript_without_what_coached_is_numbered_without_a_gap_again() {
    for database in Database::all().await {
        let floor = crate::floor::Floor::on(database.clone()).await;
        let id = floor.coached().await;
        let said = json!({ "text": "Hello" });
        let token = floor.anna.clone();
        for _ in 0..2 {
            floor.act(&token, "sendMessage", &id, said.clone()).await;
        }
        let numbers = async || -> Vec<i32> {
            use entity::tables::message::{Column, Entity};
            use sea_orm::{QueryOrder as _, QuerySelect as _};
            let ordered = Entity::find().select_only().column(Column::Number);
            let ordered = ordered.order_by_asc(Column::Number).into_tuple();
            let tables = connect(&database).await;
            let numbers = ordered.all(&tables).await.unwrap();
            tables.close().await.unwrap();
            numbers
        };
        assert_eq!(numbers().await, [1, 2, 3]);
        floor.server.stop().await;
        back_to(&database, "000020_coaching");
        let lost = "column messages.coached_id: 1 value";
        eventually("it says what is lost, once nobody is connected", || async {
            run(&database, &["migrate", "down"]).1.contains(lost)
        })
        .await;
        back_to(&database, "000017_customers");
        assert_eq!(numbers().await, [1, 2]);
    }
}
