//! Servers are killed while they count figures, and while they join them: what is counted in the end is what the log says.
//! Nothing of the log is deleted meanwhile, so that figures counted again are those of an untouched log.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use engine::clock::Clock;
use entity::tables::{insight_progress, log_head};
use rand::RngExt as _;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use sea_orm::{DatabaseConnection, EntityTrait as _};

use super::{KILLS, seed};
use crate::harness::binary::{Served, output};
use crate::harness::{Database, Server, cursors, eventually, figures};
use crate::insights::stored::verified;
use crate::proof::cast::Cast;
use crate::proof::client::Desk;
use crate::proof::load::{self, Floor};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_twenty_times_while_it_counts_counts_everything_once() {
    Trial::run(Database::sqlite(), 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn two_servers_that_are_killed_twenty_times_while_they_count_count_everything_once() {
    Trial::run(Database::postgres().await, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_crashes_twenty_times_while_it_joins_joins_everything_once() {
    joining(Database::sqlite(), 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn two_servers_that_crash_twenty_times_while_they_join_join_everything_once() {
    joining(Database::postgres().await, 2).await;
}

/// How far figures and log are.
async fn places(tables: &DatabaseConnection) -> (i64, i64) {
    let progress = insight_progress::Entity::find().one(tables).await.unwrap();
    let head = log_head::Entity::find().one(tables).await.unwrap();
    (
        progress.map_or(-1, |row| row.position),
        head.unwrap().position,
    )
}

/// One database's twenty kills.
struct Trial {
    database: Database,
    folder: tempfile::TempDir,
    served: Vec<Served>,
    tables: DatabaseConnection,
    floor: Arc<Floor>,
    behind: Vec<i64>,
}

impl Trial {
    async fn run(database: Database, servers: usize) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let seed = seed();
        let mut rng = StdRng::seed_from_u64(seed.0);
        let mut trial = Self::set(database, servers).await;
        for kill in 0..KILLS {
            trial.round(seed.0.wrapping_add(kill), &mut rng).await;
        }
        trial.end(seed.0).await;
    }

    async fn set(database: Database, servers: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let served: Vec<_> = (0..servers)
            .map(|_| Served::start(&database.url, folder.path()))
            .collect();
        cursors::keep_of(&database).await;
        let cast = Cast::assemble(&Desk::new(&served[0].url)).await;
        Self {
            tables: sea_orm::Database::connect(&database.url).await.unwrap(),
            floor: Arc::new(Floor::new(cast)),
            database,
            folder,
            served,
            behind: Vec::new(),
        }
    }

    /// Load on the server that is killed, as soon as figures have moved since it began.
    async fn round(&mut self, seed: u64, rng: &mut StdRng) {
        let which = rng.random_range(0..self.served.len());
        let desk = Desk::new(&self.served[which].url);
        let (begun, _) = places(&self.tables).await;
        let floor = self.floor.clone();
        let loading = tokio::spawn(async move { load::load(&floor, &desk, seed).await });
        eventually("figures are counted again", || async {
            places(&self.tables).await.0 > begun
        })
        .await;
        tokio::time::sleep(Duration::from_millis(rng.random_range(0..600))).await;
        self.served[which].kill();
        let (position, head) = places(&self.tables).await;
        self.behind.push(head - position);
        loading.await.unwrap();
        self.served[which] = Served::start(&self.database.url, self.folder.path());
    }

    async fn end(mut self, seed: u64) {
        eventually("everything is counted", || async {
            let (position, head) = places(&self.tables).await;
            position == head
        })
        .await;
        for served in &mut self.served {
            served.stop_within(Duration::from_secs(30)).await.unwrap();
        }
        let (report, lines) = verified(&self.database).await;
        assert_eq!(lines, Vec::<String>::new());
        let rebuilt = output(
            &self.database.url,
            self.folder.path(),
            &["insights", "rebuild"],
        );
        let rebuilt = String::from_utf8(rebuilt.stdout).unwrap();
        assert!(rebuilt.ends_with("replaced       0\n"), "{rebuilt}");
        let late = self.behind.iter().filter(|behind| **behind > 0).count();
        assert!(late > 0, "no kill came while something was to be counted");
        let text = format!(
            "{KILLS} kills with {} servers, {late} of them with events that were not counted (at most {}), {} events, \
             {} rows of figures as a rebuild makes them; seed {seed}",
            self.served.len(),
            self.behind.iter().max().unwrap(),
            report.counted_to.unwrap(),
            report.rows,
        );
        figures::record(&format!("figures-killed-{}", self.database.kind()), &text);
    }
}

/// Servers of this process, whose tasks end anywhere, and a clock that brings the ends of quarters and of days.
async fn joining(database: Database, servers: usize) {
    let seed = seed();
    let mut rng = StdRng::seed_from_u64(seed.0);
    let clock = Clock::system();
    let mut floor =
        crate::floor::Floor::at(Server::at(database.clone(), clock.clone()).await).await;
    let mut others = Vec::new();
    for _ in 1..servers {
        others.push(Server::at(database.clone(), clock.clone()).await);
    }
    for _ in 0..KILLS {
        for _ in 0..3 {
            floor.closed("WHATSAPP").await;
            floor.open("SMS").await;
            clock.advance(TimeDelta::minutes(rng.random_range(1..40)));
        }
        clock.advance(TimeDelta::hours(rng.random_range(1..8)));
        tokio::time::sleep(Duration::from_millis(rng.random_range(0..1_200))).await;
        let whichever = rng.random_range(0..servers);
        if whichever == 0 {
            floor.server = floor.server.restart_by(clock.clone()).await;
        } else {
            let crashed = others.remove(whichever - 1);
            others.push(crashed.restart_by(clock.clone()).await);
        }
    }
    let days = clock.now() - Clock::system().now();
    // A day later all that was before is joined.
    clock.advance(TimeDelta::days(1));
    floor.open("SMS").await;
    crate::insights::all_counted(&floor).await;
    let (report, lines) = verified(&database).await;
    assert_eq!(lines, Vec::<String>::new());
    let text = format!(
        "{KILLS} crashes with {servers} servers in {} hours of figures, {} rows of them as a rebuild makes them; seed {}",
        days.num_hours(),
        report.rows,
        seed.0,
    );
    figures::record(&format!("figures-crashed-{}", database.kind()), &text);
}
