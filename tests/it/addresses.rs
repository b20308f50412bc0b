//! The database's address: what cannot be read is refused in words of our own, and no password in it reaches
//! a terminal or a log, whatever is wrong and however much is logged.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::harness::Database;
use crate::harness::binary::{output, regie};

/// What must not be seen, nor either part of it.
const PASSWORD: [&str; 2] = ["hunter", "secretly"];

/// Every command that opens the database or reads its address.
const COMMANDS: [&[&str]; 8] = [
    &["serve"],
    &["migrate", "status"],
    &["migrate", "up"],
    &["migrate", "down", "--yes"],
    &["audit", "verify"],
    &["board", "verify"],
    &["backup", "copy.db"],
    &["token", "--sub", "sam", "--role", "administrator"],
];

/// Addresses that cannot be meant as they stand.
const UNREADABLE: [&str; 14] = [
    "postgres://regie:hunter/secretly@db.example/regie",
    "postgres://regie:hunter#secretly@db.example/regie",
    "postgres://regie:hunter?secretly@db.example/regie",
    "postgresql://regie:hunter/secretly@db.example/regie",
    // What stands before the character could be a port.
    "postgres://regie:12/hunter-secretly@db.example/regie",
    "postgres://regie:12#hunter-secretly@db.example/regie",
    "postgres://regie:12?hunter=secretly@db.example/regie",
    "postgres://regie:hunter-secretly@db.example:99999/regie",
    "postgres://regie:hunter-secretly@[::1/regie",
    "postgres://regie:hunter-secretly@db example/regie",
    "postgres://regie:hunter%FFsecretly@db.example/regie",
    "postgres://db.example/regie?user=regie&passwort=hunter-secretly",
    "postgres://regie:hunter-secretly@db.example/regie?sslmode=perhaps",
    "postgres://regie:hunter-secretly@db.example/regie#part",
];

fn shows_nothing(what: &str, output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    let shown = [out, err].map(|bytes| String::from_utf8_lossy(bytes));
    for text in &shown {
        for part in PASSWORD {
            assert!(!text.contains(part), "{what}: {text}");
        }
    }
    shown[1].clone().into_owned()
}

fn run(url: &str, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = regie(url, folder, arguments);
    command.env("REGIE_LOG", "trace").stderr(Stdio::piped());
    command.output().unwrap()
}

#[test]
fn an_address_that_cannot_be_read_is_refused_by_every_command_and_quoted_by_none() {
    let folder = tempfile::tempdir().unwrap();
    for url in UNREADABLE {
        for arguments in COMMANDS {
            let output = run(url, folder.path(), arguments);
            let line = shows_nothing(&format!("{arguments:?} {url}"), &output);
            assert!(!output.status.success(), "{arguments:?} {url}");
            assert_eq!(line.lines().count(), 1, "{arguments:?} {url}: {line}");
            assert!(
                line.starts_with("regie: REGIE_DATABASE_URL: ") && line.contains('('),
                "{arguments:?} {url}: {line}"
            );
        }
    }
}

#[test]
fn an_address_of_a_file_that_cannot_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for url in [
        "sqlite://regie.db?mode=rwx",
        "sqlite://regie.db?mod=rwc",
        "sqlite://regie%FF.db",
    ] {
        let output = output(url, folder.path(), &["migrate", "status"]);
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(line.lines().count(), 1, "{url}: {line}");
        assert!(line.contains("?mode=rwc"), "{url}: {line}");
    }
}

#[test]
fn a_password_is_not_shown_where_nobody_answers() {
    let folder = tempfile::tempdir().unwrap();
    let running: Vec<_> = ["postgres", "postgresql"]
        .into_iter()
        .flat_map(|scheme| COMMANDS.map(|arguments| (scheme, arguments)))
        .filter(|(_, arguments)| arguments[0] != "token")
        .map(|(scheme, arguments)| {
            let url = format!("{scheme}://regie:hunter%2Fsecretly@127.0.0.1:1/regie");
            let mut command = regie(&url, folder.path(), arguments);
            command
                .env("REGIE_LOG", "trace")
                .env("REGIE_LISTEN", "127.0.0.1:0");
            (arguments, command.stderr(Stdio::piped()).spawn().unwrap())
        })
        .collect();
    for (arguments, process) in running {
        let output = process.wait_with_output().unwrap();
        assert!(!output.status.success());
        shows_nothing(&format!("{arguments:?}"), &output);
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_password_is_not_in_the_log_of_a_server_that_runs() {
    let database = Database::postgres().await;
    let folder = tempfile::tempdir().unwrap();
    // The cluster trusts whoever connects, whatever the password.
    let (_, server) = database.url.split_once('@').unwrap();
    let url = format!("postgresql://postgres:hunter%2Fsecretly@{server}");
    let mut command = regie(&url, folder.path(), &["serve"]);
    command
        .env("REGIE_LOG", "trace")
        .env("REGIE_LISTEN", "127.0.0.1:0")
        .stderr(Stdio::piped());
    let process = command.spawn().unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let id = process.id().to_string();
    let ended = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(ended.success());
    let output = process.wait_with_output().unwrap();
    let log = shows_nothing("serve", &output);
    assert!(log.contains("listening on"), "{log:.4000}");
}
