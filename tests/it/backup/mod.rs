//! Backup and restore (docs/backup.md): the page's own steps, under load, and what a restore takes back.

mod load;
mod page;
mod refusals;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use engine::store::Address;
use entity::tables::{conversation, message};
use sea_orm::{ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use crate::harness::binary::Served;
use crate::harness::{Database, Socket, Token, figures};
use crate::proof::cast::{Cast, text};
use crate::proof::client::{Came, Desk};
use crate::stage::{CHANGES, Stage, position};
use load::{Acknowledged, Load};
use page::{Shell, block};

const CURSOR: &str = "{ ongoingConversations(first: 1) { asOf } }";

/// One organisation on one server, with what was acknowledged by it and before or after which moment.
struct Trial {
    served: Served,
    desk: Desk,
    cast: Cast,
    /// A cursor of before the backup, and one of after it.
    cursors: [Value; 2],
    began: Instant,
    acknowledged: Vec<Acknowledged>,
}

impl Trial {
    /// Serves, works, and lets the page's steps make a backup meanwhile.
    async fn run(url: &str, folder: &Path, shell: &mut Shell, steps: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let served = Served::start(url, folder);
        let desk = Desk::new(&served.url);
        let cast = Cast::assemble(&desk).await;
        let admin = &cast.admin.token;
        let revoke = |id: &str| json!({ "tokenId": id });
        desk.done(admin, "revokeToken", revoke("before"), "").await;
        let mut load = Load::on(&desk, &cast, "first").await;
        load.more(100).await;
        let before = cursor(&desk, &cast).await;
        load.more(100).await;

        let began = Instant::now();
        tokio::task::block_in_place(|| shell.run(block(steps)));
        let meanwhile = load.count();
        load.more(200).await;
        desk.done(admin, "revokeToken", revoke("after"), "").await;
        let after = cursor(&desk, &cast).await;
        let acknowledged = load.end().await;
        assert!(meanwhile > 200);
        Self {
            served,
            desk,
            cast,
            cursors: [before, after],
            began,
            acknowledged,
        }
    }

    /// What was restored has everything that was acknowledged before, goes on, and knows what it does not know.
    async fn holds(&self, restored: &str, folder: &Path) {
        let address = Address::of(restored).unwrap();
        let tables = sea_orm::Database::connect(engine::store::options(&address, 1));
        let tables = tables.await.unwrap();
        let rows = message::Entity::find().all(&tables).await.unwrap();
        tables.close().await.unwrap();
        let there: BTreeSet<String> = rows.iter().map(|row| row.id.to_string()).collect();
        let (old, new): (Vec<_>, Vec<_>) = self
            .acknowledged
            .iter()
            .partition(|message| message.at < self.began);
        assert!(old.len() >= 200 && new.len() >= 200);
        for message in &old {
            assert!(there.contains(&message.message), "lost: {message:?}");
        }
        let lost = new.iter().filter(|one| !there.contains(&one.message));
        let lost: Vec<_> = lost.collect();
        assert!(!lost.is_empty(), "the backup was taken before the end");

        let served = Served::start(restored, folder);
        let desk = Desk::new(&served.url);
        self.cursors_are_judged(&served, &desk).await;
        self.tokens_are_judged(&desk).await;
        self.keys_are_judged(&desk, old[0], lost[lost.len() - 1])
            .await;
    }

    /// A cursor of before goes on; one of after is expired, also when the log is longer than ever.
    async fn cursors_are_judged(&self, served: &Served, desk: &Desk) {
        let [before, after] = &self.cursors;
        assert!(resumes(served, &self.cast, before).await);
        assert!(!resumes(served, &self.cast, after).await);
        let mut load = Load::on(desk, &self.cast, "second").await;
        while position(&cursor(desk, &self.cast).await) <= position(after) {
            load.more(50).await;
        }
        load.end().await;
        assert!(!resumes(served, &self.cast, after).await);
        assert!(resumes(served, &self.cast, before).await);
    }

    /// What was revoked before is revoked; what was revoked after is accepted, as the page warns.
    async fn tokens_are_judged(&self, desk: &Desk) {
        for (id, accepted) in [("before", false), ("after", true)] {
            let short = Token::supervisor("sam")
                .id(id)
                .lasting(Duration::from_hours(1));
            assert_eq!(accepts(desk, &short.sign()).await, accepted, "{id}");
            assert!(!accepts(&self.desk, &short.sign()).await, "{id}");
        }
    }

    /// A command of before is not carried out again; one of after is, and once.
    async fn keys_are_judged(&self, desk: &Desk, old: &Acknowledged, lost: &Acknowledged) {
        assert_eq!(again(desk, old).await, old.message);
        let done = again(desk, lost).await;
        assert_ne!(done, lost.message);
        assert_eq!(again(desk, lost).await, done);
    }
}

async fn cursor(desk: &Desk, cast: &Cast) -> Value {
    let token = &cast.supervisors[0].token;
    desk.query(token, CURSOR, json!({})).await["ongoingConversations"]["asOf"].clone()
}

async fn resumes(served: &Served, cast: &Cast, after: &Value) -> bool {
    let mut socket = Socket::open(&served.url, &cast.supervisors[0].token).await;
    socket.subscribe(CHANGES, json!({ "after": after })).await;
    let message = socket.message().await;
    let code = &message["payload"][0]["extensions"]["code"];
    assert!(code.is_null() || code == "CURSOR_EXPIRED", "{message}");
    code.is_null()
}

async fn accepts(desk: &Desk, token: &str) -> bool {
    let http = reqwest::Client::new().post(&desk.url).bearer_auth(token);
    let asked = http.json(&json!({ "query": "{ viewer { subject } }" }));
    let answer: Value = asked.send().await.unwrap().json().await.unwrap();
    answer.get("errors").is_none()
}

async fn again(desk: &Desk, message: &Acknowledged) -> String {
    let Came::Answered(payload) = desk.send(&message.command).await else {
        panic!("no answer");
    };
    assert_eq!(payload["errors"], json!([]), "{payload}");
    text(&payload["messageId"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sqlite_database_is_backed_up_and_restored_under_load_as_the_page_says() {
    let folder = tempfile::tempdir().unwrap();
    let url = "sqlite://regie.db?mode=rwc";
    let mut shell = Shell::new(url, folder.path());
    let mut trial = Trial::run(url, folder.path(), &mut shell, "sqlite: back up").await;
    let backup = folder.path().join(shell.variable("backup"));
    let mode = backup.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let beside = std::fs::read_dir(backup.parent().unwrap()).unwrap();
    assert_eq!(beside.count(), 1, "nothing else is left");

    trial.served.kill();
    let shown = shell.run(block("sqlite: restore"));
    assert!(shown.contains("differences    0"), "{shown}");
    // What is compared with needs a server on the old database.
    let old = Served::start("sqlite://before-restore/regie.db?mode=rw", folder.path());
    trial.desk = Desk::new(&old.url);
    let file = folder.path().join("regie.db");
    trial
        .holds(
            &format!("sqlite://{}?mode=rwc", file.display()),
            folder.path(),
        )
        .await;
    figures::record(
        "backup of SQLite under load",
        &format!(
            "{} messages acknowledged, none from before the backup lost",
            trial.acknowledged.len()
        ),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_postgresql_database_is_backed_up_and_restored_under_load_as_the_page_says() {
    let database = Database::postgres().await;
    assert!(page::has_pg_dump(), "pg_dump comes with PostgreSQL");
    let folder = tempfile::tempdir().unwrap();
    let (server, name) = database.url.rsplit_once('/').unwrap();
    let mut shell = Shell::new(&database.url, folder.path());
    shell.run(&format!(
        "server={server}\ndatabase={name}\nrestored={name}_restored"
    ));
    let steps = "postgresql: back up";
    let trial = Trial::run(&database.url, folder.path(), &mut shell, steps).await;
    let backup = folder.path().join(shell.variable("backup"));
    let mode = backup.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let shown = shell.run(block("postgresql: restore"));
    assert!(shown.contains("differences    0"), "{shown}");
    let restored = shell.variable("REGIE_DATABASE_URL");
    trial.holds(&restored, folder.path()).await;
    let admin = sea_orm::Database::connect(format!("{server}/postgres"));
    let admin = admin.await.unwrap();
    let drop = format!("DROP DATABASE {name}_restored WITH (FORCE)");
    admin.execute_unprepared(&drop).await.unwrap();
}

#[tokio::test]
async fn the_file_alone_is_no_backup() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    for _ in 0..200 {
        stage.start("LIVE_CHAT").await;
    }
    let url = stage.database.url.strip_prefix("sqlite://").unwrap();
    let file = Path::new(url.split('?').next().unwrap());
    let copy = file.with_file_name("copy.db");
    std::fs::copy(file, &copy).unwrap();
    let copy = format!("sqlite://{}", copy.display());
    let copy = sea_orm::Database::connect(copy).await.unwrap();
    // What was written last stands in the journal beside it.
    let there = conversation::Entity::find().count(&copy).await;
    assert!(!there.is_ok_and(|there| there == 200));
}
