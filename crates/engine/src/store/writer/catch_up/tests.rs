//! A server that others have left behind.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use sea_orm::sea_query::Expr;

use super::*;
use crate::board::{Board, State};
use crate::clock::Clock;
use crate::store::hints::Hints;
use crate::store::writer::{History, Import, look};
use crate::store::{Connections, EventLog, Order, ResumeError, Store, Watch};
use domain::patch::SettingsPatch;
use domain::viewer::Claims;
use domain::{Asker, Command, Manage, Revocations, Role, Scope, Subject, Viewer, commands};
use entity::tables::log_head;

/// A server that stands still, and another that goes on.
struct TestServer {
    store: Store,
    writer: BatchWriter,
    other: Import,
    /// How many statements read events outside of the lock, and under it.
    read: [Arc<AtomicUsize>; 2],
    admin: Arc<Viewer>,
    _folder: tempfile::TempDir,
}

impl TestServer {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("regie.db");
        let url = format!("sqlite://{}?mode=rwc", file.display());
        let mut store = Store::open(&url).await.unwrap();
        let other = Import::begin(&store).await.unwrap();
        let read: [Arc<AtomicUsize>; 2] = Default::default();
        let counts = |read: &Arc<AtomicUsize>| {
            let read = read.clone();
            move |sql: &str| {
                if sql.contains(r#"FROM "events""#) && sql.contains("hash") {
                    assert!(sql.contains("LIMIT"), "{sql}");
                    read.fetch_add(1, Ordering::SeqCst);
                }
            }
        };
        let outside = counts(&read[0]);
        let metric = move |info: &sea_orm::metric::Info<'_>| outside(&info.statement.sql);
        store.read.set_metric_callback(metric);
        store.write.observe(counts(&read[1]));
        #[expect(clippy::disallowed_methods, reason = "a test of its own")]
        let admin = Viewer::of_verified_token(Claims {
            subject: Subject::new("admin").unwrap(),
            roles: [Role::Administrator].into(),
            permissions: [].into(),
            queues: Scope::nothing(),
            channels: Scope::nothing(),
            source: None,
            issued_at: Clock::system().now(),
            expires_at: Clock::system().now() + TimeDelta::days(1),
            token_id: None,
        });
        Self {
            writer: writer(&store).await,
            store,
            other,
            read,
            admin: Arc::new(admin),
            _folder: folder,
        }
    }

    /// The other server commits so many events.
    async fn others_commit(&mut self, events: usize) {
        let before = self.other.world().settings.inactive_after_missed_offer;
        let order = |number: usize| Order {
            asker: Asker::Viewer(self.admin.clone()),
            command: Command::Manage(Manage::UpdateSettings(commands::UpdateSettings(
                SettingsPatch {
                    inactive_after_missed_offer: Some(before == (number % 2 == 1)),
                    ..SettingsPatch::default()
                },
            ))),
            expected_version: None,
            reason: None,
            idempotency: None,
        };
        let orders: Vec<_> = (0..events).map(order).collect();
        let mut done = 0;
        for some in orders.chunks(500) {
            let now = Clock::system().now();
            let answers = self.other.take(some, now, History::Kept).await.unwrap();
            done += answers.iter().filter(|answer| answer.is_ok()).count();
        }
        assert_eq!(done, events);
    }

    fn reads(&self) -> [usize; 2] {
        self.read.each_ref().map(|read| read.load(Ordering::SeqCst))
    }

    /// The board is the one that a start would load, and the log stands there.
    async fn is_at_the_head(&self) {
        let stored = self.store.load().await.unwrap();
        self.writer.board.read(|board: &State| {
            assert_eq!(board.head, stored.head);
            assert_eq!(board.world.settings, stored.world.settings);
            assert_eq!(board.world.queues, stored.world.queues);
            assert_eq!(board.world.workstreams, stored.world.workstreams);
        });
        assert_eq!(self.writer.log.head(), stored.head);
    }

    async fn set_head(&self, column: log_head::Column, value: Expr) {
        log_head::Entity::update_many()
            .col_expr(column, value)
            .exec(&self.store.read)
            .await
            .unwrap();
    }
}

async fn writer(store: &Store) -> BatchWriter {
    let state = store.load().await.unwrap();
    let log = Arc::new(EventLog::new(store.clone(), state.head));
    let board = Arc::new(Board::new(state));
    let clock = Clock::system();
    let grace = TimeDelta::seconds(150);
    BatchWriter {
        hints: Hints::start(store),
        watch: Watch::begin(store).await.unwrap(),
        store: store.clone(),
        connections: Arc::new(Connections::new(board.clone(), clock.clone(), grace)),
        board,
        log,
        clock,
        revocations: Arc::new(Revocations::new(TimeDelta::zero())),
        revoked_to: 0,
        audited_to: Default::default(),
        health: Arc::default(),
    }
}

fn is_other(looked: &Result<(), StoreError>) -> bool {
    matches!(looked, Err(StoreError::OtherLog { .. }))
}

#[tokio::test]
async fn what_is_little_is_read_under_the_lock_and_what_is_more_before_it() {
    let mut server = TestServer::new().await;
    for (events, expected) in [(1, [0, 1]), (3_500, [0, 4]), (6_500, [7, 0])] {
        server.others_commit(events).await;
        let before = server.reads();
        let (transaction, heads) = server.writer.begin().await.unwrap();
        let after = server.reads();
        let read = [after[0] - before[0], after[1] - before[1]];
        assert_eq!(read, expected, "outside and under the lock, of {events}");
        assert_eq!(server.writer.board.head(), heads.log);
        transaction.roll_back().await;
        server.is_at_the_head().await;
        assert!(server.writer.health.is_good());
    }
}

#[tokio::test]
async fn a_server_that_is_far_behind_is_not_ready_until_it_has_caught_up() {
    let mut server = TestServer::new().await;
    server.others_commit(10_100).await;
    let mut moves = server.writer.log.watch();
    let mut pages = vec![moves.borrow_and_update().position];
    let catching_up = async {
        server.writer.catch_up().await.unwrap();
        assert!(!server.writer.health.is_good());
    };
    let following = async {
        while *pages.last().unwrap() < 10_100 {
            moves.changed().await.unwrap();
            pages.push(moves.borrow_and_update().position);
        }
    };
    tokio::join!(following, catching_up);
    // It reads page by page, and whoever follows the log goes on while it does. A watch shows the
    // newest position alone, so a page or two may pass by unseen.
    let [outside, _] = server.reads();
    assert!(outside >= 10_100 / 1_000, "{outside} pages");
    assert!(pages.len() > 2, "{pages:?}");
    assert!(pages.is_sorted_by(|one, next| one < next), "{pages:?}");
    look(&server.writer).await;
    assert!(server.writer.health.is_good());
    server.is_at_the_head().await;
}

#[tokio::test]
async fn where_its_events_are_not_kept_it_takes_the_board_from_the_tables_and_goes_on() {
    let mut server = TestServer::new().await;
    server.others_commit(20).await;
    server.writer.catch_up().await.unwrap();
    let left_at = server.writer.board.head();
    server.others_commit(301).await;
    event::Entity::delete_many()
        .filter(event::Column::Position.lte(320_i64))
        .exec(&server.store.read)
        .await
        .unwrap();
    // Before the head is locked, as well as when it is.
    let (transaction, heads) = server.writer.begin().await.unwrap();
    transaction.roll_back().await;
    assert_eq!(heads.log.position, 321);
    server.is_at_the_head().await;
    // Who follows from before cannot go on, and who follows from there misses nothing.
    let log = server.writer.log.clone();
    let before = log.after(left_at.position).await;
    assert!(matches!(before, Err(ResumeError::Expired)));
    assert!(log.after(321).await.unwrap().is_empty());
    server.others_commit(3).await;
    server.writer.catch_up().await.unwrap();
    let next: Vec<_> = log.recent_after(321).unwrap();
    let next: Vec<_> = next.iter().map(|recent| recent.entry.position).collect();
    assert_eq!(next, [322, 323, 324]);
    server.is_at_the_head().await;
}

#[tokio::test]
async fn a_database_of_another_history_is_refused_as_it_was() {
    let mut server = TestServer::new().await;
    server.others_commit(5).await;
    server.writer.catch_up().await.unwrap();
    let known = server.writer.board.head();
    server.others_commit(5).await;
    let right = server.store.load().await.unwrap().head;

    // By its epoch, by its chain, and by a gap.
    server
        .set_head(log_head::Column::Epoch, Expr::value(uuid::Uuid::nil()))
        .await;
    assert!(is_other(&server.writer.catch_up().await));
    server
        .set_head(log_head::Column::Epoch, Expr::value(right.epoch))
        .await;
    server
        .set_head(log_head::Column::Hash, Expr::value(right.hash ^ 1))
        .await;
    assert!(is_other(&server.writer.catch_up().await));
    server
        .set_head(log_head::Column::Hash, Expr::value(right.hash))
        .await;
    event::Entity::delete_by_id(7_i64)
        .exec(&server.store.read)
        .await
        .unwrap();
    assert!(is_other(&server.writer.catch_up().await));
    assert_eq!(server.writer.board.head(), known);

    // By the audit trail, where the events are not kept.
    event::Entity::delete_many()
        .filter(event::Column::Position.lt(10_i64))
        .exec(&server.store.read)
        .await
        .unwrap();
    server.writer.audited_to = (3, "of another history".to_owned());
    assert!(is_other(&server.writer.catch_up().await));
    assert_eq!(server.writer.board.head(), known);
    server.writer.audited_to = Default::default();
    server.writer.catch_up().await.unwrap();
    server.is_at_the_head().await;
}
