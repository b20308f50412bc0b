//! Settings that concern every conversation, where these are many: they are looked at a number at a time, with other
//! commands in between, and each of them once, whatever comes in the middle.

use std::collections::BTreeMap;

use domain::patch::SettingsPatch;
use domain::{Asker, Command, Manage, SentimentLevel, commands};
use engine::store::{History, Import, Order, Store};
use entity::tables::reassessment;
use futures_util::future::join_all;

use super::*;
use crate::batches::viewer;
use crate::harness::eventually;
use crate::servers::pair;
use crate::store::{board_is_what_is_stored, log_is_consecutive, rows_are_what_the_log_says};

/// More than are looked at in three steps.
const MANY: usize = 1_600;

/// So many conversations, each with a level.
async fn many(stage: &Stage) -> Vec<String> {
    let mut ids = Vec::new();
    while ids.len() < MANY {
        ids.extend(join_all((0..100).map(|_| stage.start("SMS"))).await);
    }
    ids
}

/// What is left to do, as it is stored.
async fn left(stage: &Stage) -> Option<reassessment::Model> {
    let row = reassessment::Entity::find();
    row.one(&stage.tables().await).await.unwrap()
}

async fn is_done(stage: &Stage) {
    eventually("every conversation was looked at", || async {
        left(stage).await.is_none()
    })
    .await;
}

/// How many events of this kind each conversation has, of those that have any.
async fn counted(stage: &Stage, kind: &str) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for event in stage.events().await {
        if event.kind == kind {
            let id = event.conversation_id.unwrap().to_string();
            *counted.entry(id).or_default() += 1;
        }
    }
    counted
}

/// No conversation has a level, and each of these lost it once.
async fn each_lost_its_level_once(stage: &Stage, ids: &[String]) {
    let expected: BTreeMap<_, _> = ids.iter().map(|id| (id.clone(), 1)).collect();
    assert_eq!(counted(stage, "SentimentChanged").await, expected);
    stage.server.app.board.read(|board| {
        let mut all = board.world.conversations.values();
        assert!(all.all(|c| c.sentiment.level == SentimentLevel::NotAvailable));
    });
    log_is_consecutive(stage).await;
    board_is_what_is_stored(&stage.server).await;
    rows_are_what_the_log_says(stage).await;
}

fn change(patch: SettingsPatch) -> Order {
    let command = Manage::UpdateSettings(commands::UpdateSettings(patch));
    let asker = Asker::Viewer(viewer(&Token::administrator()));
    order(asker, Command::Manage(command))
}

fn order(asker: Asker, command: Command) -> Order {
    Order {
        asker,
        command,
        expected_version: None,
        reason: None,
        idempotency: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_commands_are_carried_out_between() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let ids = many(&stage).await;
        set(&stage, json!({ "sentimentAnalysis": false })).await;
        let mut started = Vec::new();
        while left(&stage).await.is_some() {
            started.push(stage.start("SMS").await);
        }
        let events = stage.events().await;
        let since = events
            .iter()
            .rposition(|event| event.kind == "SupervisorSettingsChanged");
        let kinds: Vec<_> = events[since.unwrap() + 1..]
            .iter()
            .map(|event| event.kind.as_str())
            .collect();
        let runs = kinds.chunk_by(|one, next| one == next);
        let runs: Vec<_> = runs.map(|run| (run[0], run.len())).collect();
        let steps = runs.iter().filter(|(kind, _)| *kind == "SentimentChanged");
        assert!(steps.count() > 1, "nothing came between: {runs:?}");
        assert!(!started.is_empty());
        each_lost_its_level_once(&stage, &ids).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crash_left_half_done_is_done_after_the_restart() {
    for database in Database::all().await {
        let mut stage = Stage::on(database, &[]).await;
        let ids = many(&stage).await;
        let clock = stage.server.clock.clone();
        stage.server.stop().await;
        let store = Store::connect(&stage.database.url).await.unwrap();
        let mut import = Import::begin(&store).await.unwrap();
        let off = change(SettingsPatch {
            sentiment_analysis: Some(false),
            ..SettingsPatch::default()
        });
        let step = order(Asker::System, Command::Reassess { after: None });
        let orders = [off, step.clone(), step];
        let taken = import.take(&orders, clock.now(), History::Kept).await;
        assert!(taken.unwrap().iter().all(Result::is_ok));
        store.close().await;

        stage.server = Server::at(stage.database.clone(), clock).await;
        let lost = counted(&stage, "SentimentChanged").await;
        assert!(lost.len() >= 500, "the first step was taken");
        is_done(&stage).await;
        each_lost_its_level_once(&stage, &ids).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_change_begins_with_the_first_conversation_again() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    many(&stage).await;
    let Stage {
        server, database, ..
    } = stage;
    server.stop().await;
    let store = Store::connect(&database.url).await.unwrap();
    let mut import = Import::begin(&store).await.unwrap();
    let threshold = |threshold| {
        change(SettingsPatch {
            sentiment_alert_threshold: Some(threshold),
            ..SettingsPatch::default()
        })
    };
    let place = async || {
        let row = reassessment::Entity::find();
        let tables = sea_orm::Database::connect(&database.url).await.unwrap();
        row.one(&tables).await.unwrap().map(|row| row.after_id)
    };
    let step = |after| order(Asker::System, Command::Reassess { after });
    let first = threshold(domain::AlertThreshold::VeryNegative);
    let now = chrono::Utc::now();
    let mut take = async |orders: &[Order]| {
        let taken = import.take(orders, now, History::Kept).await;
        assert!(taken.unwrap().iter().all(Result::is_ok));
    };
    take(&[first, step(None)]).await;
    let reached = place().await.unwrap();
    assert!(reached.is_some());
    let second = threshold(domain::AlertThreshold::SlightlyNegative);
    // The step that was on its way when it changed is overtaken.
    take(&[second, step(reached)]).await;
    assert_eq!(place().await, Some(None));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn with_two_servers_each_step_is_taken_once() {
    let (stage, other) = pair(&[]).await;
    let ids = many(&stage).await;
    set(&stage, json!({ "sentimentAnalysis": false })).await;
    is_done(&stage).await;
    each_lost_its_level_once(&stage, &ids).await;
    soon("the other server has it too", || async {
        other.app.board.head() == stage.server.app.board.head()
    })
    .await;
    board_is_what_is_stored(&other).await;
}
