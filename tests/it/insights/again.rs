//! Figures held against the log that is kept, and counted again from it: `regie insights verify` and `rebuild`.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use engine::clock::Clock;
use engine::store::{Retention, Store};
use entity::tables::{conversation, event};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, QueryOrder as _};

use super::all_counted;
use super::stored::{dump, execute, lived, verified};
use crate::floor::Floor;
use crate::harness::binary::{Served, output};
use crate::harness::{Database, Server, Token, soon};

/// The exit code of a command, what it printed, and what it said went wrong.
fn run(database: &Database, command: &str) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let run = output(&database.url, folder.path(), &["insights", command]);
    let said = |bytes| String::from_utf8(bytes).unwrap();
    (
        run.status.code().unwrap(),
        said(run.stdout),
        said(run.stderr),
    )
}

#[tokio::test]
async fn figures_agree_with_the_log_beside_a_server_and_after_a_restart() {
    for database in Database::all().await {
        let mut floor = Floor::on(database.clone()).await;
        lived(&mut floor).await;
        all_counted(&floor).await;
        let (report, lines) = verified(&database).await;
        assert_eq!(lines, Vec::<String>::new());
        assert!(report.rows > 50, "{report:?}");
        assert_eq!((report.first, report.from), (Some(1), None));
        let clock = floor.server.clock.clone();
        let server = std::mem::replace(&mut floor.server, Server::start().await);
        server.stop().await;
        floor.server = Server::at(database.clone(), clock).await;
        // Two days later, in longer buckets.
        floor.server.clock.advance(TimeDelta::days(2));
        floor.active("SMS").await;
        all_counted(&floor).await;
        assert_eq!(verified(&database).await.1, Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_command_tells_each_difference_changes_nothing_and_says_so_by_its_exit_code() {
    for database in Database::all().await {
        let (code, out, _) = {
            Store::open(&database.url).await.unwrap().close().await;
            run(&database, "verify")
        };
        assert_eq!(
            (code, out.as_str()),
            (0, "nothing is counted yet: a server does that\n")
        );
        let mut floor = Floor::on(database.clone()).await;
        lived(&mut floor).await;
        all_counted(&floor).await;
        let position = floor.server.app.log.head().position;
        floor.server.stop().await;
        let (code, out, error) = run(&database, "verify");
        assert_eq!((code, error.as_str()), (0, ""), "{out}");
        assert!(
            out.starts_with(&format!("events         1 to {position}\n")),
            "{out}"
        );
        assert!(out.ends_with("differences    0\n"), "{out}");

        let before = dump(&database).await;
        execute(
            &database,
            &[
                r#"UPDATE insight_queue_buckets SET figures = '{"mo":9}' WHERE minutes = 15 AND figures LIKE '%"mo"%'"#,
                r#"UPDATE insight_hands SET hand = REPLACE(hand, '"AWAY"', '"BUSY"')"#,
            ],
        )
        .await;
        let altered = dump(&database).await;
        assert_ne!(altered, before);
        let (code, out, error) = run(&database, "verify");
        assert_eq!(code, 1, "{out}");
        let bucket = out.lines().next().unwrap();
        assert!(
            bucket.starts_with("insight_queue_buckets 15 min from "),
            "{bucket}"
        );
        assert!(
            bucket.contains(r#": {"mo":9} is stored, and by the log it is {"bs":2,"mo":1,"#),
            "{bucket}"
        );
        let hand = out.lines().nth(1).unwrap();
        assert!(hand.starts_with("insight_hands agent_"), "{hand}");
        assert!(out.ends_with("differences    2\n"), "{out}");
        assert_eq!(
            error,
            "regie: insights: the figures are not what the log says: 2 differences \
             (regie insights rebuild replaces them)\n"
        );
        assert_eq!(dump(&database).await, altered);

        let (code, out, error) = run(&database, "rebuild");
        assert_eq!((code, error.as_str()), (0, ""), "{out}");
        assert!(out.ends_with("replaced       2\n"), "{out}");
        assert_eq!(dump(&database).await, before);
        let (code, out, _) = run(&database, "rebuild");
        assert_eq!(
            (code, out.ends_with("replaced       0\n")),
            (0, true),
            "{out}"
        );
        assert_eq!(dump(&database).await, before);
        // Whatever is not asked for is a wrong command line.
        assert_eq!(run(&database, "repair").0, 2);
    }
}

#[tokio::test]
async fn a_rebuild_of_a_file_waits_for_no_server_and_says_so() {
    let database = Database::sqlite();
    let mut floor = Floor::on(database.clone()).await;
    lived(&mut floor).await;
    all_counted(&floor).await;
    floor.server.stop().await;
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(&database.url, folder.path());
    let before = dump(&database).await;
    let (code, out, error) = run(&database, "rebuild");
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        error.starts_with("regie: insights: a server counts figures: "),
        "{error}"
    );
    assert!(error.ends_with("; stop it, and try again\n"), "{error}");
    assert_eq!(dump(&database).await.len(), before.len());
    // To look is no harm.
    assert_eq!(run(&database, "verify").0, 0);
    drop(served);
    assert_eq!(run(&database, "rebuild").0, 0);
}

/// Up to when minutes are joined.
async fn joined_to(database: &Database) -> DateTime<Utc> {
    let store = Store::connect(&database.url).await.unwrap();
    let progress = store.insight_progress().await.unwrap().unwrap();
    store.close().await;
    progress.state.quarters_to
}

/// The instant of the first event that is kept.
async fn first_kept(database: &Database) -> DateTime<Utc> {
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    let first = event::Entity::find().order_by_asc(event::Column::Position);
    let first = first.one(&tables).await.unwrap().unwrap();
    tables.close().await.unwrap();
    first.at
}

#[tokio::test]
async fn a_rebuild_replaces_what_lies_wholly_within_the_kept_log_and_no_byte_of_what_is_older() {
    const DAYS: i64 = 30;
    for database in Database::all().await {
        let mut floor = Floor::on(database.clone()).await;
        let months = |token: Token| token.lasting(Duration::from_hours(60 * 24)).sign();
        floor.gateway = months(Token::gateway());
        floor.anna = months(Token::agent("anna"));
        let clock = floor.server.clock.clone();
        let midnight = |at: DateTime<Utc>| at.duration_trunc(TimeDelta::days(1)).unwrap();
        // At a time of the day at which nothing but this happens within an hour of its end.
        clock.advance(midnight(clock.now()) + TimeDelta::hours(36) - clock.now());
        for _ in 0..DAYS {
            floor.closed("WHATSAPP").await;
            floor.active("SMS").await;
            all_counted(&floor).await;
            clock.advance(TimeDelta::days(1));
        }
        floor.closed("WHATSAPP").await;
        clock.advance(TimeDelta::hours(20));
        floor.open("SMS").await;
        all_counted(&floor).await;
        let today = midnight(clock.now());
        soon("the days before are joined", || async {
            let progress = floor.server.app.store.insight_progress().await.unwrap();
            progress.unwrap().state.days_to == today
        })
        .await;
        let position = floor.server.app.log.head().position;
        floor.server.stop().await;
        let store = Store::connect(&database.url).await.unwrap();
        let retention = Retention {
            events: TimeDelta::days(1),
            ..Retention::default()
        };
        store.forget(&clock, retention).await.unwrap();
        store.close().await;
        assert_eq!(verified(&database).await.1, Vec::<String>::new());

        let joined_to = joined_to(&database).await;
        let before = dump(&database).await;
        let all = [
            "insight_queue_buckets",
            "insight_agent_buckets",
            "insight_time_buckets",
        ];
        for table in all {
            let altered =
                format!("UPDATE {table} SET figures = '{{\"bs\":7,\"av\":7}}' WHERE minutes > 0");
            execute(&database, &[&altered]).await;
        }
        let altered = dump(&database).await;
        let (code, out, error) = run(&database, "rebuild");
        assert_eq!((code, error.as_str()), (0, ""), "{out}");
        let quarter = TimeDelta::minutes(15);
        let from = first_kept(&database).await.duration_trunc(quarter).unwrap() + quarter;
        let said = from.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        assert!(out.contains(&format!("from           {said}\n")), "{out}");
        assert!(out.contains(&format!(" to {position}\n")), "{out}");
        assert_eq!(verified(&database).await.1, Vec::<String>::new());

        let after = dump(&database).await;
        let (mut kept, mut replaced) = (BTreeSet::new(), 0);
        for (key, (start, minutes, figures)) in &altered {
            if *minutes == 0 {
                continue;
            }
            let is_within = *start >= from;
            // Minutes of days that are over are not looked at, and what is being joined is joined again.
            let is_over = *minutes == 1 && *start < today;
            let is_joined_next = *minutes == 15 && *start >= joined_to;
            if is_within && (is_over || is_joined_next) {
                continue;
            }
            let (_, _, now) = &after[key];
            if is_within {
                replaced += 1;
                assert_eq!(Some(&before[key]), after.get(key), "{key}");
            } else {
                kept.insert(midnight(*start));
                assert_eq!(now, figures, "{key}");
            }
        }
        assert!(replaced > 100, "{replaced}");
        assert_eq!(
            i64::try_from(kept.len()).unwrap(),
            DAYS + 2,
            "with the days of the first command and of the first event that is kept"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_rebuild_beside_servers_counts_alone_and_they_go_on() {
    let database = Database::postgres().await;
    let mut floor = Floor::on(database.clone()).await;
    let other = Server::at(database.clone(), floor.server.clock.clone()).await;
    lived(&mut floor).await;
    all_counted(&floor).await;
    execute(
        &database,
        &["UPDATE insight_queue_buckets SET figures = '{\"mo\":9}'"],
    )
    .await;
    // The servers' clock is ahead: whoever takes the lease from them asks nobody.
    let clock: Clock = floor.server.clock.clone();
    let store = Store::connect(&database.url).await.unwrap();
    let report = store.rebuild_insights(&clock).await.unwrap();
    store.close().await;
    assert!(report.differences > 0);
    for _ in 0..5 {
        floor.active("SMS").await;
    }
    all_counted(&floor).await;
    assert_eq!(verified(&database).await.1, Vec::<String>::new());
    drop(other);
}

/// Takes away from this JSON what versions without figures did not write.
fn forget_course(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(fields) => {
            fields.remove("course");
            fields.values_mut().for_each(forget_course);
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(forget_course),
        _ => {}
    }
}

/// Makes of a database one of a version without figures: nothing is counted, and images have no course.
async fn before_figures(database: &Database) {
    let tables = sea_orm::Database::connect(&database.url).await.unwrap();
    let old = |text: &str| {
        let mut json = serde_json::from_str(text).unwrap();
        forget_course(&mut json);
        Set(json.to_string())
    };
    for row in event::Entity::find().all(&tables).await.unwrap() {
        let (after, row) = (old(&row.after), row.into_active_model());
        event::ActiveModel { after, ..row }
            .update(&tables)
            .await
            .unwrap();
    }
    for row in conversation::Entity::find().all(&tables).await.unwrap() {
        let (image, row) = (old(&row.image), row.into_active_model());
        conversation::ActiveModel { image, ..row }
            .update(&tables)
            .await
            .unwrap();
    }
    tables.close().await.unwrap();
    for table in [
        "progress",
        "hands",
        "queue_buckets",
        "agent_buckets",
        "time_buckets",
    ] {
        execute(database, &[&format!("DELETE FROM insight_{table}")]).await;
    }
}

#[tokio::test]
async fn what_was_before_an_upgrade_is_counted_again_as_long_as_all_of_it_is_there() {
    for database in Database::all().await {
        let mut floor = Floor::on(database.clone()).await;
        let clock = floor.server.clock.clone();
        floor.open("SMS").await;
        clock.advance(TimeDelta::hours(5));
        lived(&mut floor).await;
        let elsewhere = Server::start().await;
        std::mem::replace(&mut floor.server, elsewhere).stop().await;
        before_figures(&database).await;
        clock.advance(TimeDelta::hours(1));
        floor.server = Server::at(database.clone(), clock.clone()).await;
        let upgraded = clock.now();
        floor.active("SMS").await;
        clock.advance(TimeDelta::hours(2));
        floor.active("WHATSAPP").await;
        all_counted(&floor).await;
        let (report, lines) = verified(&database).await;
        assert_eq!((lines, report.from), (vec![], None));
        let store = Store::connect(&database.url).await.unwrap();
        let kept = Retention {
            events: TimeDelta::hours(6),
            ..Retention::default()
        };
        store.forget(&clock, kept).await.unwrap();
        store.close().await;
        assert!(first_kept(&database).await < upgraded);
        let (report, lines) = verified(&database).await;
        assert_eq!(lines, Vec::<String>::new());
        let quarter = TimeDelta::minutes(15);
        let after = upgraded.duration_trunc(quarter).unwrap() + quarter;
        assert_eq!(report.from, Some(after));
        floor.server.stop().await;
    }
}
