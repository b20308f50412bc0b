//! What somebody with the database in hand does to one row of a table, and how it is named.

use sea_orm::DatabaseConnection;

use super::{lived_in, run, verify};
use crate::harness::Database;

/// A condition for one row, by the word that stands for it in a deed.
const ONE: [(&str, &str, &str); 7] = [
    ("{pending}", "offers", "outcome = 'PENDING'"),
    ("{rejected}", "offers", "outcome = 'REJECTED'"),
    ("{look}", "monitor_sessions", "ended_at IS NULL"),
    ("{past}", "monitor_sessions", "ended_at IS NOT NULL"),
    ("{scored}", "messages", "score IS NOT NULL"),
    (
        "{running}",
        "conversations",
        "state = 'ACTIVE' AND agent_id IS NOT NULL",
    ),
    ("{closed}", "conversations", "state = 'CLOSED'"),
];

/// What is done to a table, and what a line says of it.
const DEEDS: &[(&str, &str, &str)] = &[
    (
        "conversations",
        "UPDATE conversations SET agent_id = NULL WHERE {running}",
        "agent_id is null, and by the log agent_",
    ),
    (
        "conversations",
        "UPDATE conversations SET state = 'CLOSED' WHERE {running}",
        "state is CLOSED, and by the log ACTIVE",
    ),
    (
        "conversations",
        "UPDATE conversations SET state = 'OPEN' WHERE {closed}",
        "state is OPEN, and by the log CLOSED",
    ),
    (
        "conversations",
        "UPDATE conversations SET state = 'LOST' WHERE {running}",
        "cannot be read",
    ),
    (
        "conversations",
        "UPDATE conversations SET position = position - 1 WHERE {running}",
        "position is",
    ),
    (
        "conversations",
        "UPDATE conversations SET version = 99 WHERE {closed}",
        "version is 99",
    ),
    (
        "conversations",
        "UPDATE conversations SET image = replace(image, '\"units\":1', '\"units\":7') WHERE {running}",
        "image.primary is {",
    ),
    (
        "conversations",
        "UPDATE conversations SET image = '{}' WHERE {running}",
        "cannot be read",
    ),
    (
        "participants",
        "DELETE FROM participants WHERE role = 'CONSULTANT'",
        "missing; the log says it is there",
    ),
    (
        "participants",
        "UPDATE participants SET left_at = joined_at WHERE role = 'PRIMARY_AGENT' AND left_at IS NULL",
        "left_at is",
    ),
    (
        "participants",
        "UPDATE participants SET left_at = NULL WHERE role = 'PRIMARY_AGENT'",
        "left_at is null",
    ),
    (
        "participants",
        "UPDATE participants SET who = 'kim' WHERE role = 'SUPERVISOR'",
        "kim",
    ),
    (
        "offers",
        "UPDATE offers SET outcome = 'ACCEPTED' WHERE {pending}",
        "outcome is ACCEPTED, and by the log PENDING",
    ),
    (
        "offers",
        "UPDATE offers SET outcome = 'PENDING' WHERE {rejected}",
        "outcome is PENDING, and by the log REJECTED",
    ),
    (
        "offers",
        "DELETE FROM offers WHERE {rejected}",
        "missing; the log says it is there",
    ),
    (
        "monitor_sessions",
        "UPDATE monitor_sessions SET supervisor = 'kim' WHERE {look}",
        "supervisor is kim",
    ),
    (
        "monitor_sessions",
        "UPDATE monitor_sessions SET ended_by = 'TOKEN_EXPIRED' WHERE {past}",
        "ended_by is TOKEN_EXPIRED",
    ),
    (
        "messages",
        "UPDATE messages SET score = 1 WHERE {scored}",
        "score is 1",
    ),
    (
        "messages",
        "UPDATE messages SET visibility = 'INTERNAL' WHERE {scored}",
        "visibility is INTERNAL",
    ),
    (
        "messages",
        "DELETE FROM messages WHERE {scored}",
        "missing; the log says it is there",
    ),
    (
        "timers",
        "DELETE FROM timers WHERE kind = 'MONITOR_EXPIRY'",
        "MONITOR_EXPIRY: missing",
    ),
    (
        "timers",
        "UPDATE timers SET due_at = '2026-01-01 00:00:00+00:00' WHERE kind = 'OFFER'",
        "due_at is 2026-01-01T00:00:00",
    ),
    (
        "timers",
        "UPDATE timers SET kind = 'CUSTOMER_GRACE' WHERE kind = 'OFFER'",
        "CUSTOMER_GRACE: there, and nothing in the log made it",
    ),
    (
        "agents",
        "UPDATE agents SET name = 'kim' WHERE subject = 'anna'",
        "name is \"kim\", and by the log \"anna\"",
    ),
    (
        "agents",
        "UPDATE agents SET presence = 'AWAY' WHERE subject = 'anna'",
        "presence is \"AWAY\"",
    ),
    (
        "memberships",
        "DELETE FROM memberships WHERE agent_id = (SELECT id FROM agents WHERE subject = 'anna')",
        "queues is []",
    ),
    (
        "queues",
        "UPDATE queues SET name = 'Third' WHERE name = 'Second'",
        "name is \"Third\"",
    ),
    (
        "workstreams",
        "UPDATE workstreams SET units = 5 WHERE name = 'Short'",
        "units is 5, and by the log 1",
    ),
    (
        "supervisors",
        "UPDATE supervisors SET presence = 'AWAY'",
        "supervisors sam: value is \"AWAY\"",
    ),
    (
        "settings",
        "UPDATE settings SET supervisor_assign = (1 = 0)",
        "supervisor_assign is false",
    ),
    (
        "events",
        "UPDATE events SET after = replace(after, 'anna', 'kim') WHERE position = 2",
        "events 2: does not match its hash",
    ),
    (
        "events",
        "UPDATE events SET kind = 'Closed' WHERE position = 3",
        "events 3: kind is not what the event says",
    ),
    (
        "events",
        "UPDATE events SET conversation_id = NULL WHERE position = (SELECT max(position) FROM events)",
        "conversation_id is not what the event says",
    ),
    (
        "events",
        "UPDATE events SET before = NULL WHERE before IS NOT NULL",
        "before is not what the event says",
    ),
    (
        "events",
        "UPDATE events SET after = 'x' WHERE position = 4",
        "events 4: cannot be read",
    ),
    (
        "events",
        "DELETE FROM events WHERE position IN (7, 8)",
        "events 7: missing, up to 8",
    ),
    (
        "events",
        "DELETE FROM events WHERE position = (SELECT max(position) FROM events)",
        "as the last event",
    ),
    (
        "log_head",
        "UPDATE log_head SET position = position + 1",
        "as the last event",
    ),
    (
        "log_head",
        "UPDATE log_head SET hash = hash + 1",
        "hash is not the one that the head names",
    ),
];

/// The statement itself.
fn spelled(sql: &str) -> String {
    ONE.iter()
        .fold(sql.to_owned(), |sql, (word, table, holds)| {
            let row = format!("id = (SELECT id FROM {table} WHERE {holds} ORDER BY id LIMIT 1)");
            sql.replace(word, &row)
        })
}

/// Puts a table back as it was kept; what refers to its rows must stay, so rows are not removed
/// where a column can be set.
async fn put_back(connection: &DatabaseConnection, table: &str) {
    let columns: &[&str] = match table {
        "conversations" => &["agent_id", "state", "position", "version", "image"],
        "agents" => &["name", "presence"],
        "queues" => &["name"],
        "workstreams" => &["units"],
        _ => &[],
    };
    for column in columns {
        let kept = format!("(SELECT k.{column} FROM kept k WHERE k.id = {table}.id)");
        run(connection, &format!("UPDATE {table} SET {column} = {kept}")).await;
    }
    if columns.is_empty() {
        run(connection, &format!("DELETE FROM {table}")).await;
        run(
            connection,
            &format!("INSERT INTO {table} SELECT * FROM kept"),
        )
        .await;
    }
    run(connection, "DROP TABLE kept").await;
}

#[tokio::test]
async fn a_row_that_was_tampered_with_is_found_and_named_in_every_table() {
    for database in Database::all().await {
        let connection = lived_in(&database).await;
        let healthy = verify(&database).await;
        for (table, sql, named) in DEEDS {
            let sql = spelled(sql);
            run(
                &connection,
                &format!("CREATE TABLE kept AS SELECT * FROM {table}"),
            )
            .await;
            run(&connection, &sql).await;
            let (report, lines) = verify(&database).await;
            let place = match table {
                // What the head says shows at the log's end.
                &"log_head" => "events",
                table => table,
            };
            let found = |line: &String| line.starts_with(place) && line.contains(named);
            assert!(report.differences > 0, "{sql}");
            assert!(lines.iter().any(found), "{sql}: {lines:#?}");
            put_back(&connection, table).await;
            assert_eq!(verify(&database).await, healthy, "{sql}");
        }
    }
}

#[tokio::test]
async fn two_primaries_and_two_offers_break_the_rules_also_when_the_log_is_forgotten() {
    for database in Database::all().await {
        let connection = lived_in(&database).await;
        let head = verify(&database).await.0.head;
        run(
            &connection,
            &format!("DELETE FROM events WHERE position < {head}"),
        )
        .await;
        run(
            &connection,
            "UPDATE participants SET left_at = NULL WHERE role = 'PRIMARY_AGENT'",
        )
        .await;
        run(&connection, "UPDATE offers SET outcome = 'PENDING'").await;
        let (_, lines) = verify(&database).await;
        for rule in [
            "more than one primary agent takes part",
            "more than one offer is pending",
        ] {
            let broken =
                |line: &&String| line.starts_with("conversations conv_") && line.ends_with(rule);
            assert_eq!(lines.iter().filter(broken).count(), 1, "{lines:#?}");
        }
    }
}

#[tokio::test]
async fn rows_of_no_conversation_are_found() {
    let database = Database::sqlite();
    let connection = lived_in(&database).await;
    let of_one = "conversation_id = (SELECT conversation_id FROM timers WHERE kind = 'OFFER')";
    let mut alone = sea_orm::ConnectOptions::new(&database.url);
    alone.max_connections(1);
    // Foreign keys are a promise of each connection; whoever has the file can leave them off.
    let careless = sea_orm::Database::connect(alone).await.unwrap();
    run(&careless, "PRAGMA foreign_keys = OFF").await;
    run(&careless, "DELETE FROM conversations WHERE id = (SELECT conversation_id FROM timers WHERE kind = 'OFFER')").await;
    run(
        &connection,
        &format!("DELETE FROM participants WHERE {of_one}"),
    )
    .await;
    let (_, lines) = verify(&database).await;
    for table in ["events", "offers", "messages", "timers"] {
        let found = |line: &String| {
            line.starts_with(&format!("{table} of conv_"))
                && line.ends_with("belongs to no conversation")
        };
        assert!(
            table == "messages" || lines.iter().any(found),
            "{table}: {lines:#?}"
        );
    }
    assert!(
        !lines.iter().any(|line| line.starts_with("participants of")),
        "{lines:#?}"
    );
}
