//! A bulk of five hundred whose server is killed in the middle: the repeat under its key finishes it, and each item was done
//! once (domain.md section 13).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use entity::tables::audit;
use futures_util::{StreamExt as _, stream};
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::{Value, json};

use crate::harness::binary::Served;
use crate::harness::{Database, cursors, figures};
use crate::proof;
use crate::proof::cast::{Cast, text};
use crate::proof::client::Desk;
use crate::proof::tables::Tables;

/// As many as a bulk takes.
const ITEMS: usize = 500;
/// The server is killed when so many events are in the log that were not when the bulk was sent.
const KILLS: [i64; 2] = [100, 150];
/// A machine that stalls may do all of them before the kill; then others are tried.
const TRIES: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_that_a_kill_interrupts_is_finished_by_its_repeat() {
    interrupted(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_bulk_that_a_kill_interrupts_is_finished_by_its_repeat_on_postgresql() {
    interrupted(Database::postgres().await).await;
}

async fn interrupted(database: Database) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut trial = Trial::set(database).await;
    for number in 0..TRIES {
        let done = trial.play(number).await;
        if done.iter().any(|done| (1..ITEMS).contains(done)) {
            let name = format!("bulk-killed-{}", trial.database.kind());
            figures::record(
                &name,
                &format!("{ITEMS} items, done at each kill: {done:?}"),
            );
            return;
        }
    }
    panic!("no kill came in the middle of a bulk");
}

struct Trial {
    database: Database,
    folder: tempfile::TempDir,
    served: Served,
    cast: Cast,
}

impl Trial {
    async fn set(database: Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let served = Served::start(&database.url, folder.path());
        cursors::keep_of(&database).await;
        let cast = Cast::assemble(&Desk::new(&served.url)).await;
        Self {
            database,
            folder,
            served,
            cast,
        }
    }

    /// One bulk; how many of its items were done at each kill.
    async fn play(&mut self, number: usize) -> Vec<usize> {
        let ids = self.conversations().await;
        let tables = Tables::open(&self.database).await;
        let begun = tables.head().await;
        tables.close().await;
        let input = json!({
            "conversationIds": ids, "action": { "requeue": {} }, "reason": "went home",
            "idempotencyKey": format!("bulk {number}"),
        });
        let mut done = Vec::new();
        for events in KILLS {
            self.killed_in(&input, events).await;
            proof::agrees(&self.database.url).await;
            let requeued = self.requeued(begun).await;
            assert!(requeued.values().all(|times| *times == 1), "{requeued:?}");
            self.served = Served::start(&self.database.url, self.folder.path());
            self.one_is_picked(&ids, &requeued).await;
            done.push(requeued.len());
        }
        let desk = Desk::new(&self.served.url);
        let made = self.bulk(&desk, &input).await;
        self.each_was_done_once(&ids, &made, begun).await;
        // Once more changes nothing, and answers the same.
        let tables = Tables::open(&self.database).await;
        let before = tables.asked_for(begun).await;
        let again = self.bulk(&desk, &input).await;
        assert_eq!(outcomes(&again), outcomes(&made));
        assert_eq!(tables.asked_for(begun).await, before);
        tables.close().await;
        self.each_was_done_once(&ids, &again, begun).await;
        proof::agrees(&self.database.url).await;
        done
    }

    /// As many as there are items, each somebody's.
    async fn conversations(&self) -> Vec<String> {
        let desk = &Desk::new(&self.served.url);
        let cast = &self.cast;
        let one = |number: usize| async move {
            let input = json!({
                "channel": "WHATSAPP", "queueId": cast.queues[0], "workstreamId": cast.workstreams[0],
                "noticeGivenAt": "2026-01-01T00:00:00Z",
            });
            let token = &cast.gateway.token;
            let made = desk
                .done(token, "startConversation", input, "conversation { id }")
                .await;
            let id = text(&made["conversation"]["id"]);
            let on = json!({ "conversationId": id });
            let agent = &cast.agents[number % cast.agents.len()];
            desk.done(&agent.token, "pickConversation", on, "").await;
            id
        };
        let all = stream::iter((0..ITEMS).map(one)).buffer_unordered(32);
        all.collect().await
    }

    async fn bulk(&self, desk: &Desk, input: &Value) -> Value {
        let fields = "results { conversationId refusal { code } }";
        let sam = &self.cast.supervisors[0].token;
        desk.done(sam, "bulkAction", input.clone(), fields).await
    }

    /// Sends the bulk, and kills the server when so many events came of it.
    async fn killed_in(&mut self, input: &Value, events: i64) {
        let tables = Tables::open(&self.database).await;
        let before = tables.head().await;
        let url = self.served.url.clone();
        let sam = self.cast.supervisors[0].token.clone();
        let input = json!({ "query": "mutation($input: BulkActionInput!) { bulkAction(input: $input) { asOf } }",
            "variables": { "input": input } });
        let sent = tokio::spawn(async move {
            let request = reqwest::Client::new().post(url).bearer_auth(sam);
            request.json(&input).send().await.map(drop)
        });
        while tables.head().await < before + events && !sent.is_finished() {
            tokio::task::yield_now().await;
        }
        self.served.kill();
        let _ = tokio::time::timeout(Duration::from_secs(20), sent)
            .await
            .expect("it is answered, or its connection is gone");
        if self.database.kind() == "postgres" {
            tables.quiet().await;
        }
        tables.close().await;
    }

    /// How often each conversation was requeued since.
    async fn requeued(&self, since: i64) -> BTreeMap<String, usize> {
        let tables = Tables::open(&self.database).await;
        let events = tables.events(since).await;
        tables.close().await;
        let mut times = BTreeMap::new();
        for event in events.values().filter(|event| event.kind == "Requeued") {
            *times
                .entry(event.conversation.unwrap().to_string())
                .or_default() += 1;
        }
        times
    }

    /// An agent takes one that was done already: the repeat must leave it with them.
    async fn one_is_picked(&self, ids: &[String], requeued: &BTreeMap<String, usize>) {
        let desk = Desk::new(&self.served.url);
        let done = ids.iter().filter(|id| requeued.contains_key(*id));
        let state = "query($id: ID!) { conversation(id: $id) { state } }";
        let sam = &self.cast.supervisors[0].token;
        for id in done {
            let seen = desk.query(sam, state, json!({ "id": id })).await;
            if seen["conversation"]["state"] == "OPEN" {
                let on = json!({ "conversationId": id });
                let anna = &self.cast.agents[0].token;
                desk.done(anna, "pickConversation", on, "").await;
                return;
            }
        }
    }

    async fn each_was_done_once(&self, ids: &[String], made: &Value, begun: i64) {
        let done: Vec<_> = ids.iter().map(|id| (id.clone(), Value::Null)).collect();
        assert_eq!(
            outcomes(made),
            done,
            "in the order in which they were named"
        );
        let expected: BTreeMap<_, _> = ids.iter().map(|id| (id.clone(), 1)).collect();
        assert_eq!(self.requeued(begun).await, expected);
        let connection = sea_orm::Database::connect(&self.database.url)
            .await
            .unwrap();
        let rows = audit::Entity::find()
            .order_by_asc(audit::Column::Number)
            .all(&connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        let theirs: BTreeSet<_> = ids.iter().collect();
        let mut times = BTreeMap::new();
        for row in rows
            .iter()
            .filter(|row| row.action == "requeueConversation")
        {
            let id = row.conversation_id.unwrap().to_string();
            if theirs.contains(&id) {
                assert_eq!(row.refusal, None);
                assert_eq!(row.reason.as_deref(), Some("went home"));
                *times.entry(id).or_default() += 1;
            }
        }
        assert_eq!(times, expected);
        // What two repeats found begun already is the same order.
        let wholes = rows.iter().filter(|row| row.action == "bulkAction");
        let refused = wholes.clone().filter(|row| row.refusal.is_some()).count();
        assert_eq!(refused, 0);
    }
}

/// What came of each item, in order: the code of its refusal, or null.
fn outcomes(made: &Value) -> Vec<(String, Value)> {
    let results = made["results"].as_array().unwrap().iter();
    let one = |result: &Value| {
        let code = result["refusal"]["code"].clone();
        (text(&result["conversationId"]), code)
    };
    results.map(one).collect()
}
