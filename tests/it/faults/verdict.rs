//! What is held against the database when a case has ended, and the line that says what came of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::harness::Database;
use crate::harness::binary::{Served, output};
use crate::harness::figures::record;
use crate::proof::board;
use crate::proof::client::Desk;
use crate::proof::ledger::{differences, doubled, is_done, settle};
use crate::proof::load::{Floor, Round};
use crate::proof::tables::Tables;
use crate::proof::watcher::Received;
use crate::stage::position;

/// How many commands that nobody acknowledged are repeated at the next start.
const REPEATED: usize = 8;
/// How many lines of each end of a server's log a failure shows.
const LINES: usize = 15;

/// What was found.
pub struct Held {
    /// Acknowledged, and not in the database as it was answered.
    pub lost: usize,
    pub problems: Vec<String>,
}

/// What a case counted.
pub struct Figures {
    pub fired: String,
    pub acknowledged: usize,
    /// Not acknowledged: failed, or no answer came.
    pub unanswered: usize,
    /// Answered INTERNAL.
    pub failed: usize,
    pub lost: usize,
    /// In which time commands succeeded again; none if they did not.
    pub recovered: Option<Duration>,
}

/// The last event in the database that a subscriber to every conversation must get.
pub async fn last_shown(database: &Database, begun: i64) -> i64 {
    let tables = Tables::open(database).await;
    let shown = Received::all_of(&tables.events(begun).await, begun);
    tables.close().await;
    shown.last().map_or(begun, |event| event.position)
}

/// Holds the answers, and what a subscriber received, against the database.
pub async fn hold(database: &Database, done: &Round, received: &[Received], begun: i64) -> Held {
    let tables = Tables::open(database).await;
    let events = tables.events(0).await;
    let (messages, subjects) = (tables.messages().await, tables.subjects().await);
    let outcomes = tables.outcomes().await;
    tables.close().await;
    let mut lost = differences(&done.answered, &events, &messages);
    let mut ids = BTreeSet::new();
    for (command, payload) in &done.answered {
        if !is_done(payload) || command.mutation != "startConversation" {
            continue;
        }
        let id = payload["conversation"]["id"].as_str().unwrap();
        let subject = command.input["subject"].as_str().unwrap();
        if !ids.insert(id) || subjects.get(subject).is_some_and(|times| *times > 1) {
            lost.push(format!("acknowledged, and there twice: {command:?}"));
        }
        let in_the_log = events.contains_key(&position(&payload["asOf"]));
        if in_the_log && !subjects.contains_key(subject) {
            lost.push(format!("not among the rows: {command:?}"));
        }
    }
    let lost_commands = lost.len();
    let mut problems = Vec::new();
    if let Some(first) = lost.first() {
        problems.push(format!("{lost_commands} acknowledged and lost: {first}"));
    }
    let twice = doubled(&done.in_doubt, &messages, &subjects);
    problems.extend(
        twice
            .into_iter()
            .map(|told| format!("not acknowledged, and there twice: {told}")),
    );
    let half = outcomes
        .iter()
        .filter(|at| **at != 0 && !events.contains_key(at));
    problems.extend(half.map(|at| format!("half a command: {at}")));
    let told = Received::all_of(&events, begun);
    if !told.starts_with(received) {
        let differ = received.iter().zip(&told).find(|(got, is)| got != is);
        problems.push(format!(
            "a subscriber got {} events of which the log has {}; the first that differs: {differ:?}",
            received.len(),
            told.len(),
        ));
    }
    Held {
        lost: lost_commands,
        problems,
    }
}

/// What the commands that operators have say is wrong.
pub fn verify(database: &Database, folder: &Path) -> Vec<String> {
    let mut problems = Vec::new();
    for command in ["board", "audit"] {
        let verified = output(&database.url, folder, &[command, "verify"]);
        if !verified.status.success() {
            let said = String::from_utf8_lossy(&verified.stderr).into_owned();
            problems.push(format!("{command} verify: {said}"));
        }
    }
    problems
}

/// Keeps the case's line, and fails the case if something is wrong.
pub fn report(name: &str, database: &Database, figures: &Figures, problems: &[String], log: &str) {
    let Figures {
        fired,
        acknowledged,
        unanswered,
        failed,
        lost,
        recovered,
    } = figures;
    let recovered = recovered.map_or("not recovered".to_owned(), |time| {
        format!("recovered in {:.1} s", time.as_secs_f64())
    });
    let text = format!(
        "{fired}; commands acknowledged: {acknowledged}, not: {unanswered} (INTERNAL: {failed}), lost: {lost}; {recovered}"
    );
    record(&format!("faults-{}-{name}", database.kind()), &text);
    if std::env::var_os("FAULTS_LOG").is_some() {
        println!("{name}: the server logged\n{log}");
    } else if !problems.is_empty() {
        println!("{name}: the server logged\n{}", shortened(log));
    }
    assert!(problems.is_empty(), "{name}:\n- {}", problems.join("\n- "));
}

/// The first and the last lines, without what a terminal would wrap twice.
fn shortened(log: &str) -> String {
    let lines: Vec<String> = log
        .lines()
        .map(|line| line.chars().take(300).collect())
        .collect();
    if lines.len() <= 2 * LINES {
        return lines.join("\n");
    }
    let left_out = format!("… {} lines …", lines.len() - 2 * LINES);
    let ends = [&lines[..LINES], &[left_out], &lines[lines.len() - LINES..]];
    ends.concat().join("\n")
}

/// The next server on this database: it shows what is stored, and what was in doubt can be repeated.
pub async fn goes_on(database: &Database, floor: &Arc<Floor>, done: &Round) {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(&database.url, folder.path());
    let desk = Desk::new(&served.url);
    let tables = Tables::open(database).await;
    let repeated = &done.in_doubt[..done.in_doubt.len().min(REPEATED)];
    settle(&desk, &tables, repeated).await;
    let token = &floor.cast.supervisors[0].token;
    board::is_the_database(&desk, token, &tables).await;
    tables.close().await;
}
