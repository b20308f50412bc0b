//! What `regie backup` refuses, and that nothing is left of it.

use std::path::Path;
use std::process::{Command, Stdio};

use sea_orm::ConnectionTrait as _;

use crate::harness::Database;
use crate::harness::binary::{output, regie};
use crate::stage::Stage;

/// The one line with which it is refused.
fn refused(url: &str, folder: &Path, file: &str) -> String {
    let output = output(url, folder, &["backup", file]);
    let line = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && output.stdout.is_empty(),
        "{line}"
    );
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string();
    entries.map(|entry| name(entry).unwrap()).collect()
}

async fn a_database() -> Database {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    for _ in 0..20 {
        stage.start("LIVE_CHAT").await;
    }
    let database = stage.database.clone();
    stage.server.stop().await;
    database
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_is_made_in_no_folder_that_is_not_there() {
    let database = a_database().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("there.db"), "precious").unwrap();
    let line = refused(&database.url, folder.path(), "there.db");
    assert!(line.contains("overwritten"), "{line}");
    let line = refused(&database.url, folder.path(), "none/copy.db");
    assert!(line.contains("folder"), "{line}");
    assert_eq!(names(folder.path()), ["there.db"]);
    let kept = std::fs::read_to_string(folder.path().join("there.db")).unwrap();
    assert_eq!(kept, "precious");
}

#[test]
fn what_is_no_database_is_not_made_and_not_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    let line = refused("sqlite://none.db?mode=rwc", folder.path(), "copy.db");
    assert!(line.contains("no database"), "{line}");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn of_postgresql_it_says_what_does_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgres://regie:secret@127.0.0.1:1/regie";
    let line = refused(url, folder.path(), "copy.db");
    assert!(
        line.contains("pg_dump") && line.contains("docs/backup.md"),
        "{line}"
    );
    assert_eq!(names(folder.path()), [""; 0]);
}

#[tokio::test]
async fn a_copy_that_does_not_hold_is_no_backup() {
    let folder = tempfile::tempdir().unwrap();
    for (tampered, said) in [
        ("UPDATE audit SET reason = 'another'", "audit trail"),
        (
            "UPDATE conversations SET version = version + 1",
            "do not agree",
        ),
        (
            "DELETE FROM seaql_migrations WHERE version LIKE '%7_revocations'",
            "another version",
        ),
    ] {
        let database = a_database().await;
        let tables = sea_orm::Database::connect(&database.url).await.unwrap();
        tables.execute_unprepared(tampered).await.unwrap();
        tables.close().await.unwrap();
        let line = refused(&database.url, folder.path(), "copy.db");
        assert!(line.contains(said), "{line}");
        assert_eq!(names(folder.path()), [""; 0]);
    }
}

/// `regie backup` in a shell that does this first.
fn after(prepared: &str, url: &str, folder: &Path) -> Option<String> {
    let settings = regie(url, folder, &[]);
    let binary = env!("CARGO_BIN_EXE_regie");
    let mut command = Command::new("bash");
    command
        .args([
            "-c",
            &format!("{prepared} || exit 77; exec {binary} backup copies/copy.db"),
        ])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    for (name, value) in settings.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let output = command.output().unwrap();
    if output.status.code() == Some(77) {
        return None;
    }
    assert!(!output.status.success());
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    Some(line)
}

#[tokio::test]
async fn a_disk_that_fails_leaves_nothing_behind() {
    let database = a_database().await;
    for blocks in [40, 100, 200] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("copies")).unwrap();
        let limited = format!("trap '' XFSZ && ulimit -f {blocks}");
        let line = after(&limited, &database.url, folder.path()).unwrap();
        assert!(line.contains("room"), "{line}");
        assert_eq!(names(&folder.path().join("copies")), [""; 0]);
    }
}

#[tokio::test]
#[ignore = "mounts a filesystem: run by .ci/run"]
async fn a_disk_that_is_full_leaves_nothing_behind() {
    let database = a_database().await;
    let folder = tempfile::tempdir().unwrap();
    let copies = folder.path().join("copies");
    std::fs::create_dir(&copies).unwrap();
    // A filesystem of its own, in a namespace of its own; what is left there is listed before it goes.
    let script = format!(
        "mount -t tmpfs -o size=100k none copies || exit 77; {} backup copies/copy.db; ls -A copies; exit 1",
        env!("CARGO_BIN_EXE_regie")
    );
    let settings = regie(&database.url, folder.path(), &[]);
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "bash", "-c", &script]);
    for (name, value) in settings.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let output = command.current_dir(folder.path()).output().unwrap();
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{line}");
    assert!(line.contains("room") && line.lines().count() == 1, "{line}");
    assert!(output.stdout.is_empty(), "{:?}", output.stdout);
}
