//! `regie export insights`: figures of a time, on standard output.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{all_counted, figures};
use crate::floor::Floor;
use crate::harness::Database;
use crate::harness::binary::output;

/// The exit code of a run, what it printed, and what it said went wrong.
fn run(database: &Database, arguments: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let all: Vec<&str> = ["export", "insights"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let run = output(&database.url, folder.path(), &all);
    let said = |bytes| String::from_utf8(bytes).unwrap();
    (
        run.status.code().unwrap(),
        said(run.stdout),
        said(run.stderr),
    )
}

/// The rows of a run, which must have succeeded.
fn rows(database: &Database, arguments: &[&str]) -> Vec<Value> {
    let arguments: Vec<&str> = arguments
        .iter()
        .chain(&["--format", "jsonl"])
        .copied()
        .collect();
    let (code, out, error) = run(database, &arguments);
    assert_eq!((code, error.as_str()), (0, ""), "{arguments:?}");
    let parse = |line: &str| serde_json::from_str(line).unwrap();
    out.lines().map(parse).collect()
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// The sum of a column of counts.
fn sum(rows: &[Value], column: &str) -> i64 {
    let count = |row: &Value| {
        let count = row[column].as_i64();
        count.unwrap_or_else(|| panic!("{column}: {row}"))
    };
    rows.iter().map(count).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exported_figures_are_those_of_the_api_in_whatever_parts() {
    for database in Database::all().await {
        let mut floor = Floor::on(database.clone()).await;
        super::stored::lived(&mut floor).await;
        all_counted(&floor).await;
        let day = floor
            .server
            .clock
            .now()
            .duration_trunc(TimeDelta::days(1))
            .unwrap();
        let (from, to) = (text(day), text(day + TimeDelta::days(2)));
        let time = ["--from", from.as_str(), "--to", to.as_str()];
        let told = figures(&floor, &floor.admin, json!({ "group": "QUEUE" })).await;
        let totals = &told["totals"]["figures"];
        let visits = &totals["visits"];
        let of = |value: &Value| value.as_i64().unwrap();
        for interval in ["quarter-hour", "hour", "day", "week", "month", "whole"] {
            let mut arguments = time.to_vec();
            arguments.extend(["--interval", interval, "--time-zone", "Europe/Amsterdam"]);
            let rows = rows(&database, &arguments);
            for (column, expected) in [
                ("visits_begun", of(&visits["begun"])),
                ("visits_ended", of(&visits["ended"])),
                ("accepted_count", of(&visits["accepted"])),
                ("abandoned_count", of(&visits["abandoned"])),
                ("accepted_in_time", of(&visits["serviceLevel"]["within"])),
                ("closed", of(&totals["closed"])),
            ] {
                assert_eq!(sum(&rows, column), expected, "{column} by {interval}");
            }
            // What goes on is told at the end of each part; of the last one that has begun it is what goes on now.
            let ends = rows.iter().map(|row| row["to"].as_str().unwrap());
            let last = ends.max().unwrap().to_owned();
            let now: Vec<_> = rows
                .iter()
                .filter(|row| row["to"] == last.as_str())
                .cloned()
                .collect();
            assert_eq!(sum(&now, "ongoing"), of(&totals["ongoing"]), "{interval}");
            assert_eq!(
                sum(&now, "visits_waiting"),
                of(&visits["waiting"]),
                "{interval}"
            );
        }
        // By agent: work in queues, and times in rows without.
        let mut arguments = time.to_vec();
        arguments.extend(["--interval", "whole", "--by", "agent"]);
        let by_agent = rows(&database, &arguments);
        let (times, work): (Vec<_>, Vec<_>) = by_agent
            .into_iter()
            .partition(|row| row["queue_id"].is_null());
        assert_eq!(sum(&work, "accepted_count"), of(&visits["accepted"]));
        let available = times
            .iter()
            .map(|row| row["available_seconds"].as_f64().unwrap());
        assert!(available.sum::<f64>() > 3_600.0);
        assert!(times.iter().all(|row| row["visits_begun"].is_null()));
        assert!(work.iter().all(|row| row["available_seconds"].is_null()));
        // Twice is the same, and no text is in it.
        let csv = |more: &[&str]| {
            let mut arguments = time.to_vec();
            arguments.extend(["--interval", "hour", "--format", "csv"]);
            arguments.extend(more);
            run(&database, &arguments).1
        };
        let plain = csv(&[]);
        assert_eq!(csv(&[]), plain);
        assert!(
            plain.starts_with("from,to,queue_id,channel,workstream_id,ongoing,"),
            "{plain}"
        );
        assert!(
            !plain.contains("Ada") && !plain.contains("terrible"),
            "{plain}"
        );
        assert_ne!(csv(&["--service-level-seconds", "5"]), plain);

        floor.set(json!({ "agentInsights": false })).await;
        let mut arguments = time.to_vec();
        arguments.extend(["--interval", "whole", "--by", "agent", "--format", "csv"]);
        let (code, _, error) = run(&database, &arguments);
        assert_eq!(
            (code, error.as_str()),
            (
                1,
                "regie: export: the setting agentInsights is off: there are no figures by agent\n"
            )
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_is_said_in_a_line() {
    let database = Database::sqlite();
    let floor = Floor::on(database.clone()).await;
    all_counted(&floor).await;
    let day = [
        "--from",
        "2026-01-01T00:00:00Z",
        "--to",
        "2026-01-02T00:00:00Z",
        "--format",
        "csv",
    ];
    let with = |more: &[&'static str]| -> Vec<&str> { day.iter().chain(more).copied().collect() };
    for (arguments, problem) in [
        (with(&[]), "insights needs --interval"),
        (
            with(&["--interval", "day", "--with-texts"]),
            "figures have no texts: leave --with-texts out",
        ),
        (
            with(&["--interval", "day", "--time-zone", "Atlantis"]),
            "--time-zone: write a name of the IANA database, as in Europe/Amsterdam",
        ),
        (
            vec![
                "--from",
                "2026-01-01T00:07:00Z",
                "--to",
                "2026-01-02T00:00:00Z",
                "--format",
                "csv",
                "--interval",
                "day",
            ],
            "--from and --to of insights must be full quarters of an hour",
        ),
        (
            vec![
                "--from",
                "2024-01-01T00:00:00Z",
                "--to",
                "2026-01-02T00:00:00Z",
                "--format",
                "csv",
                "--interval",
                "day",
            ],
            "--from and --to of insights may be 400 days apart at most",
        ),
    ] {
        let (code, out, error) = run(&database, &arguments);
        assert_eq!((code, out.as_str()), (1, ""), "{arguments:?}");
        assert_eq!(error, format!("regie: export: {problem}\n"));
    }
    assert_eq!(run(&database, &with(&["--interval", "fortnight"])).0, 2);
    let (code, _, error) = run(
        &database,
        &with(&["--interval", "day", "--service-level-seconds", "21"]),
    );
    assert_eq!(code, 2);
    assert!(error.contains("write one of 5, 10, 15, 20"), "{error}");
    // And what is of figures is of nothing else.
    let folder = tempfile::tempdir().unwrap();
    let mut audit = vec!["export", "audit"];
    audit.extend(with(&["--interval", "day"]));
    let refused = output(&database.url, folder.path(), &audit);
    assert_eq!(refused.status.code(), Some(1));
    // Nothing was counted in that time.
    let (code, out, _) = run(&database, &with(&["--interval", "day"]));
    assert_eq!((code, out.lines().count()), (0, 1), "{out}");
}
