//! What somebody with the database in hand does to the trail, and how it shows.

use std::fmt::Write as _;

use engine::store::{AuditFault, Store};
use entity::tables::{audit, log_head};
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{
    ActiveModelTrait as _, ConnectionTrait as _, DatabaseConnection, EntityTrait as _,
    IntoActiveModel as _, QueryOrder as _,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::picked;
use crate::harness::{Database, Server, Token};
use crate::main_job::organise;

/// A trail of seven entries, of every kind, and no server.
async fn trail(database: &Database) -> DatabaseConnection {
    let server = Server::on(database.clone()).await;
    let organisation = organise(&server, &["anna"]).await;
    let conversation = picked(&server, &organisation).await;
    let sam = Token::supervisor("sam").sign();
    let on = json!({ "conversationId": conversation, "reason": "To see." });
    for mutation in [
        "monitorConversation",
        "joinConversation",
        "forceCloseConversation",
    ] {
        server.done(&sam, mutation, on.clone(), "").await;
    }
    for mutation in ["stopMonitoring", "monitorConversation"] {
        server.code(&sam, mutation, on.clone()).await;
    }
    drop(server);
    sea_orm::Database::connect(&database.url).await.unwrap()
}

async fn fault(database: &Database, expect: Option<&str>) -> Option<AuditFault> {
    let store = Store::connect(&database.url).await.unwrap();
    store.verify_audit(expect).await.unwrap().fault
}

async fn run(connection: &DatabaseConnection, sql: &str) {
    connection.execute_unprepared(sql).await.unwrap();
}

async fn rows(connection: &DatabaseConnection) -> Vec<audit::Model> {
    let rows = audit::Entity::find().order_by_asc(audit::Column::Number);
    rows.all(connection).await.unwrap()
}

async fn set_head(connection: &DatabaseConnection, row: &audit::Model) {
    let head = log_head::ActiveModel {
        id: Unchanged(1),
        audit_number: Set(row.number),
        audit_hash: Set(row.hash.clone()),
        ..Default::default()
    };
    head.update(connection).await.unwrap();
}

/// The chain as `docs/audit.md` describes it.
fn hash(before: &str, row: &audit::Model) -> String {
    let conversation = row.conversation_id.map(|id| id.to_string());
    let columns = [
        Some(before.to_owned()),
        Some(row.number.to_string()),
        Some(row.at.timestamp_micros().to_string()),
        Some(row.subject.clone()),
        Some(row.role.as_str().to_owned()),
        Some(row.action.clone()),
        conversation,
        row.target.clone(),
        row.refusal.clone(),
        row.reason.clone(),
        Some(row.overrides.clone()),
        row.before.clone(),
        row.after.clone(),
    ];
    let mut hasher = Sha256::new();
    for column in columns {
        let length = column.as_ref().map_or(u64::MAX, |text| text.len() as u64);
        hasher.update(length.to_be_bytes());
        hasher.update(column.unwrap_or_default());
    }
    let digest = hasher.finalize();
    digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[tokio::test]
async fn an_untouched_trail_is_whole_and_has_every_hash_that_was_noted() {
    for database in Database::all().await {
        let connection = trail(&database).await;
        let store = Store::connect(&database.url).await.unwrap();
        let report = store.verify_audit(None).await.unwrap();
        let rows = rows(&connection).await;
        assert_eq!(report.fault, None);
        assert_eq!((report.entries, rows.len()), (7, 7));
        assert_eq!(report.hash, rows[6].hash);
        for row in &rows {
            assert_eq!(fault(&database, Some(&row.hash)).await, None);
        }
        // A customer's data can be erased without breaking the trail.
        run(&connection, "UPDATE messages SET text = NULL").await;
        run(&connection, "UPDATE customers SET name = NULL").await;
        run(&connection, "UPDATE conversations SET subject = NULL").await;
        assert_eq!(fault(&database, Some(&report.hash)).await, None);
    }
}

#[tokio::test]
async fn an_altered_entry_is_found_whatever_was_altered() {
    for database in Database::all().await {
        let connection = trail(&database).await;
        let kept = rows(&connection).await[3].clone();
        for change in [
            "subject = 'kim'",
            "role = 'ADMINISTRATOR'",
            "role = 'KING'",
            "action = 'stopMonitoring'",
            "conversation_id = NULL",
            "target = NULL",
            "refusal = 'NOT_FOUND'",
            "reason = NULL",
            "reason = 'To see!'",
            "overrides = '[\"CAPACITY\"]'",
            "before = NULL",
            "after = before",
            "at = '2026-01-01 00:00:00+00:00'",
            "hash = ''",
        ] {
            run(
                &connection,
                &format!("UPDATE audit SET {change} WHERE number = 4"),
            )
            .await;
            assert_eq!(
                fault(&database, None).await,
                Some(AuditFault::Altered(4)),
                "{change}"
            );
            let row = kept.clone().into_active_model().reset_all();
            row.update(&connection).await.unwrap();
            assert_eq!(fault(&database, None).await, None, "{change}");
        }
        // With its own hash made to fit, the entry after it no longer does.
        let before = rows(&connection).await[2].hash.clone();
        let mut row = kept;
        row.subject = "kim".into();
        row.hash = hash(&before, &row);
        row.into_active_model()
            .reset_all()
            .update(&connection)
            .await
            .unwrap();
        assert_eq!(fault(&database, None).await, Some(AuditFault::Altered(5)));
    }
}

#[tokio::test]
async fn a_removed_and_an_added_entry_are_found() {
    for database in Database::all().await {
        let connection = trail(&database).await;
        let all = rows(&connection).await;
        for number in [1_usize, 4] {
            run(
                &connection,
                &format!("DELETE FROM audit WHERE number = {number}"),
            )
            .await;
            let missing = AuditFault::Missing(i64::try_from(number).unwrap());
            assert_eq!(fault(&database, None).await, Some(missing));
            let row = all[number - 1].clone().into_active_model().reset_all();
            row.insert(&connection).await.unwrap();
            assert_eq!(fault(&database, None).await, None);
        }
        // Moving the later ones up does not hide it.
        run(&connection, "DELETE FROM audit WHERE number = 4").await;
        run(
            &connection,
            "UPDATE audit SET number = number - 100 WHERE number > 4",
        )
        .await;
        run(
            &connection,
            "UPDATE audit SET number = number + 99 WHERE number < 0",
        )
        .await;
        assert_eq!(fault(&database, None).await, Some(AuditFault::Altered(4)));

        run(&connection, "DELETE FROM audit").await;
        for row in &all {
            row.clone()
                .into_active_model()
                .reset_all()
                .insert(&connection)
                .await
                .unwrap();
        }
        for (number, found) in [
            (8, AuditFault::BeyondHead { first: 8, head: 7 }),
            (0, AuditFault::Added(0)),
        ] {
            let mut extra = all[6].clone();
            extra.number = number;
            extra.hash = hash(&all[6].hash, &extra);
            extra
                .into_active_model()
                .reset_all()
                .insert(&connection)
                .await
                .unwrap();
            assert_eq!(fault(&database, None).await, Some(found));
            run(
                &connection,
                &format!("DELETE FROM audit WHERE number = {number}"),
            )
            .await;
        }
        assert_eq!(fault(&database, None).await, None);
    }
}

#[tokio::test]
async fn a_tail_that_was_cut_is_found_by_the_head_and_with_the_head_by_a_noted_hash() {
    for database in Database::all().await {
        let connection = trail(&database).await;
        let all = rows(&connection).await;
        run(&connection, "DELETE FROM audit WHERE number > 5").await;
        let cut = AuditFault::CutOff { first: 6, head: 7 };
        assert_eq!(fault(&database, None).await, Some(cut));

        // Whoever also sets the head back leaves a chain that is whole in itself.
        set_head(&connection, &all[4]).await;
        assert_eq!(fault(&database, None).await, None);
        assert_eq!(fault(&database, Some(&all[4].hash)).await, None);
        let hash = all[6].hash.clone();
        let found = fault(&database, Some(&hash)).await;
        assert_eq!(
            found,
            Some(AuditFault::NotExpected {
                last: 5,
                hash: hash.clone()
            })
        );

        run(&connection, "DELETE FROM audit").await;
        run(
            &connection,
            "UPDATE log_head SET audit_number = 0, audit_hash = ''",
        )
        .await;
        assert_eq!(fault(&database, None).await, None);
        let found = fault(&database, Some(&hash)).await;
        assert_eq!(found, Some(AuditFault::NotExpected { last: 0, hash }));
    }
}

#[tokio::test]
async fn a_chain_that_was_rewritten_with_its_head_is_found_by_a_noted_hash() {
    for database in Database::all().await {
        let connection = trail(&database).await;
        let noted = rows(&connection).await[6].hash.clone();
        let mut before = String::new();
        for mut row in rows(&connection).await {
            if row.number == 3 {
                row.subject = "kim".into();
            }
            row.hash = hash(&before, &row);
            before = row.hash.clone();
            row.into_active_model()
                .reset_all()
                .update(&connection)
                .await
                .unwrap();
        }
        assert_eq!(
            fault(&database, None).await,
            Some(AuditFault::NotTheHead(7))
        );
        set_head(&connection, &rows(&connection).await[6]).await;
        assert_eq!(fault(&database, None).await, None);
        let found = fault(&database, Some(&noted)).await;
        assert!(
            matches!(found, Some(AuditFault::NotExpected { last: 7, .. })),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn the_command_prints_the_head_and_fails_with_one_line_that_names_the_entry() {
    for database in Database::all().await {
        let connection = trail(&database).await;
        let folder = tempfile::tempdir().unwrap();
        let verify = |arguments: &[&str]| {
            std::process::Command::new(env!("CARGO_BIN_EXE_regie"))
                .args(["audit", "verify"])
                .args(arguments)
                .current_dir(folder.path())
                .env("REGIE_DATABASE_URL", &database.url)
                .env_remove("REGIE_TEST_POSTGRES_URL")
                .output()
                .unwrap()
        };
        let head = rows(&connection).await[6].hash.clone();
        let good = verify(&["--expect", &head]);
        let printed = String::from_utf8(good.stdout).unwrap();
        assert_eq!(printed, format!("entries  7\nhead     {head}\n"));
        assert_eq!(good.status.code(), Some(0));

        run(
            &connection,
            "UPDATE audit SET subject = 'kim' WHERE number = 2",
        )
        .await;
        let bad = verify(&[]);
        assert_eq!((bad.status.code(), bad.stdout.len()), (Some(1), 0));
        let line = "regie: audit: entry 2 does not match its hash: it was altered, or the entry before it was\n";
        assert_eq!(String::from_utf8(bad.stderr).unwrap(), line);
        assert_eq!(verify(&["--expect", "abc"]).status.code(), Some(2));
    }
}

#[tokio::test]
async fn verifying_beside_a_server_that_writes_finds_nothing() {
    for database in Database::all().await {
        let server = Server::on(database.clone()).await;
        let admin = Token::administrator().sign();
        let written = std::cell::Cell::new(false);
        let writes = async {
            for _ in 0..40 {
                let input = json!({ "supervisorAssign": true });
                server
                    .done(&admin, "updateSupervisorSettings", input, "")
                    .await;
            }
            written.set(true);
        };
        let verifies = async {
            let store = Store::connect(&database.url).await.unwrap();
            let mut seen = 0;
            loop {
                let all = written.get();
                let report = store.verify_audit(None).await.unwrap();
                assert_eq!(report.fault, None);
                assert!(report.entries >= seen);
                seen = report.entries;
                if all {
                    break seen;
                }
            }
        };
        // All but the first change nothing, and are entries all the same.
        let ((), seen) = tokio::join!(writes, verifies);
        assert_eq!(seen, 40);
    }
}
