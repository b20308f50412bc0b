//! What a server does when the database, or another server's host, is gone without a word: it waits for a
//! bounded time, says that it is not ready, and goes on by itself; nothing is done twice.

mod files;
mod line;

use futures_util::future::join_all;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as Connection, DatabaseTransaction, TransactionTrait,
};
use serde_json::json;

use crate::harness::{Database, Server, eventually};
use crate::stage::{Stage, on, with};
use crate::store::{board_is_what_is_stored, log_is_consecutive};
use line::Line;

/// The log's head, held by somebody who says nothing more.
async fn hold_the_head(options: ConnectOptions) -> DatabaseTransaction {
    let connection = Connection::connect(options).await.unwrap();
    let transaction = connection.begin().await.unwrap();
    transaction
        .execute_unprepared("SELECT * FROM log_head FOR UPDATE")
        .await
        .unwrap();
    transaction
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_server_that_is_gone_in_the_middle_of_a_batch_holds_up_no_other_for_long() {
    let database = Database::postgres().await;
    let stage = Stage::on(database.clone(), &[]).await;
    let address = engine::store::Address::of(&database.url).unwrap();
    let gone = hold_the_head(engine::store::options_of_writer(&address)).await;
    // It waits, and is carried out.
    let id = stage.start("WHATSAPP").await;
    let state = stage.conversation(&id, "state").await;
    assert_eq!(state["state"], "OPEN");
    assert!(stage.server.app.is_ready());
    drop(gone);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn while_the_log_cannot_be_written_commands_fail_and_the_server_is_not_ready() {
    let database = Database::postgres().await;
    let stage = Stage::on(database.clone(), &[]).await;
    let id = stage.start("WHATSAPP").await;
    let events = stage.events().await.len();
    let holder = hold_the_head(ConnectOptions::new(&database.url)).await;
    let writes = "mutation($input: ReceiveCustomerMessageInput!) { receiveCustomerMessage(input: $input) { errors { code } } }";
    let input = with(on(&id), json!({ "text": "Hello?" }));
    let variables = json!({ "input": input });
    let answer = stage.server.post(&stage.gateway, writes, variables).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL");
    assert!(!stage.server.app.is_ready());
    // What is known is still shown.
    let seen = stage.conversation(&id, "state").await;
    assert_eq!(seen["state"], "OPEN");
    assert_eq!(stage.events().await.len(), events);
    holder.rollback().await.unwrap();
    eventually("it is ready again", || async {
        stage.server.app.is_ready()
    })
    .await;
    stage.customer_writes(&id, "Hello?").await;
    log_is_consecutive(&stage).await;
    board_is_what_is_stored(&stage.server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_commit_that_takes_place_unheard_is_known_to_have() {
    let database = Database::postgres().await;
    let stage = Stage::on(database.clone(), &[]).await;
    let id = stage.start("WHATSAPP").await;
    let line = Line::to(&database.url).await;
    let far = Server::at(database.at(line.url.clone()), stage.server.clock.clone()).await;
    for others in [0, 3] {
        level(&stage, &far).await;
        let before = messages(&stage, &id).await;
        line.cut_at_the_next_commit();
        let text = |number: usize| with(on(&id), json!({ "text": format!("{others} {number}") }));
        let unheard = far.done(&stage.gateway, "receiveCustomerMessage", text(0), "");
        // Others wait for the head by then, so they go on from what the commit left before it is looked at.
        let meanwhile = async {
            eventually("it commits", || async { line.is_cut() }).await;
            join_all((1..=others).map(|number| {
                let server = &stage.server;
                server.done(&stage.gateway, "receiveCustomerMessage", text(number), "")
            }))
            .await;
        };
        tokio::join!(unheard, meanwhile);
        assert_eq!(
            messages(&stage, &id).await,
            before + 1 + others,
            "each once"
        );
    }
    log_is_consecutive(&stage).await;
    level(&stage, &far).await;
    for server in [&stage.server, &far] {
        board_is_what_is_stored(server).await;
    }
}

/// Makes every event that is written wait and fail, and counts the tries; a sequence keeps its count when a
/// transaction is rolled back.
const EVERY_EVENT_FAILS: &str = "
    CREATE SEQUENCE tries;
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM nextval('tries');
            PERFORM pg_sleep(3);
            RAISE EXCEPTION 'no event is written';
        END $$;
    CREATE TRIGGER fails BEFORE INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION fail()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_batch_that_fails_slowly_is_taken_apart_for_a_bounded_time() {
    let database = Database::postgres().await;
    let stage = Stage::on(database.clone(), &[]).await;
    let id = stage.start("WHATSAPP").await;
    let events = stage.events().await.len();
    let other = Connection::connect(&database.url).await.unwrap();
    other.execute_unprepared(EVERY_EVENT_FAILS).await.unwrap();
    let tries = async || {
        let row = sea_orm::Statement::from_string(
            sea_orm::DbBackend::Postgres,
            "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM tries",
        );
        let row = other.query_one_raw(row).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    };
    let writes = "mutation($input: ReceiveCustomerMessageInput!) { receiveCustomerMessage(input: $input) { errors { code } } }";
    let write = |number: usize| {
        let input = with(on(&id), json!({ "text": format!("Hello {number}?") }));
        stage
            .server
            .post(&stage.gateway, writes, json!({ "input": input }))
    };
    // The first is a batch of its own; the others wait for it, and are one.
    let (first, others) = tokio::join!(write(0), async {
        eventually("the first is tried", || async { tries().await == 1 }).await;
        join_all((1..=15).map(write)).await
    });
    for answer in others.iter().chain([&first]) {
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL");
    }
    // The first, the batch, and at three seconds each what fits into ten.
    assert!(tries().await <= 2 + 4, "{} tries", tries().await);
    other
        .execute_unprepared("DROP TRIGGER fails ON events")
        .await
        .unwrap();
    assert_eq!(stage.events().await.len(), events);
    stage.customer_writes(&id, "Hello?").await;
    log_is_consecutive(&stage).await;
    board_is_what_is_stored(&stage.server).await;
}

/// Waits until both boards show everything that is in the log.
async fn level(stage: &Stage, far: &Server) {
    let last = stage.events().await.last().unwrap().position;
    eventually("both are level", || async {
        let there = [&stage.server, far].map(|server| server.app.board.head().position);
        there == [last, last]
    })
    .await;
}

/// How many messages there are of this conversation.
async fn messages(stage: &Stage, id: &str) -> usize {
    let kinds = stage.kinds(id).await;
    kinds.iter().filter(|kind| *kind == "MessagePosted").count()
}
