//! A log whose old end was forgotten: what is left still fits, and still shows what does not.

use super::{lived_in, run, verify};
use crate::harness::Database;

#[tokio::test]
async fn wherever_retention_cut_the_log_the_rest_agrees() {
    for database in Database::all().await {
        let connection = lived_in(&database).await;
        let head = verify(&database).await.0.head;
        for last in (1..head).chain([head]) {
            run(
                &connection,
                &format!("DELETE FROM events WHERE position <= {last}"),
            )
            .await;
            if last == head {
                // The newest event always stays; without it the log is not whole.
                continue;
            }
            let (report, lines) = verify(&database).await;
            assert_eq!(lines, Vec::<String>::new(), "cut after {last} of {head}");
            assert_eq!(report.first, Some(last + 1));
            assert_eq!(report.by_events + report.by_image, 8);
        }
        let (_, lines) = verify(&database).await;
        assert_eq!(
            lines,
            [format!(
                "events 0: the log ends here, and the head names {head} as the last event"
            )]
        );
    }
}

#[tokio::test]
async fn without_its_events_a_conversation_is_held_against_its_own_image() {
    for database in Database::all().await {
        let connection = lived_in(&database).await;
        let head = verify(&database).await.0.head;
        run(
            &connection,
            &format!("DELETE FROM events WHERE position < {head}"),
        )
        .await;
        for (table, change, column, named) in [
            (
                "conversations",
                "version = version + 1",
                "version",
                "version is",
            ),
            (
                "offers",
                "units = 9",
                "units",
                "units is 9, and by the log 1",
            ),
            (
                "offers",
                "outcome = 'ACCEPTED'",
                "outcome",
                "outcome is ACCEPTED",
            ),
            (
                "monitor_sessions",
                "supervisor = 'kim'",
                "supervisor",
                "supervisor is kim",
            ),
            (
                "monitor_sessions",
                "ended_at = started_at",
                "ended_at",
                "ended_at is",
            ),
            ("participants", "left_at = joined_at", "left_at", "missing"),
            (
                "participants",
                "left_at = NULL",
                "left_at",
                "nothing in the log made it",
            ),
            (
                "messages",
                "number = number + 7",
                "number",
                "number 1: missing",
            ),
            (
                "timers",
                "due_at = '2026-01-01 00:00:00+00:00'",
                "due_at",
                "due_at is",
            ),
        ] {
            run(
                &connection,
                &format!("CREATE TABLE kept AS SELECT * FROM {table}"),
            )
            .await;
            run(&connection, &format!("UPDATE {table} SET {change}")).await;
            let (_, lines) = verify(&database).await;
            let found = |line: &String| line.starts_with(table) && line.contains(named);
            assert!(lines.iter().any(found), "{table} {change}: {lines:#?}");
            let key = match table {
                "participants" => {
                    "(k.conversation_id, k.role, k.who, k.joined_position) = (participants.conversation_id, participants.role, participants.who, participants.joined_position)"
                }
                "timers" => "(k.conversation_id, k.kind) = (timers.conversation_id, timers.kind)",
                _ => &format!("k.id = {table}.id"),
            };
            let back = format!(
                "UPDATE {table} SET {column} = (SELECT k.{column} FROM kept k WHERE {key})"
            );
            run(&connection, &back).await;
            run(&connection, "DROP TABLE kept").await;
            assert_eq!(
                verify(&database).await.1,
                Vec::<String>::new(),
                "{table} {change}"
            );
        }
    }
}
