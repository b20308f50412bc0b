//! Two servers on one `PostgreSQL`: one truth, whichever is asked (design.md section 4). Ignored
//! where no server is asked for (`.ci/run`).

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::harness::cursors::places;
use crate::harness::{Database, Server, soon};
use crate::stage::{
    CHANGES, Stage, agent, as_of, assign, codes, conversation, count, on, position, read_until,
    with,
};
use crate::store::{board_is_what_is_stored, log_is_consecutive};

/// Two servers on a database of their own and by one clock.
pub async fn pair(agents: &[&str]) -> (Stage, Server) {
    let database = Database::postgres().await;
    let stage = Stage::on(database.clone(), agents).await;
    let clock = stage.server.clock.clone();
    (stage, Server::at(database, clock).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn what_one_server_did_the_other_shows_and_tells_within_a_second() {
    let (stage, other) = pair(&["anna"]).await;
    let mut socket = other.socket(&stage.supervisor).await;
    let after = as_of(&other, &stage.supervisor).await;
    socket.subscribe(CHANGES, json!({ "after": after })).await;
    let input = json!({
        "channel": "LIVE_CHAT", "queueId": stage.organisation.queue, "subject": "A lamp",
        "workstreamId": stage.organisation.workstream, "customer": { "key": "ada", "name": "Ada" },
    });
    let start = |input: Value| async {
        let payload = stage
            .server
            .done(
                &stage.gateway,
                "startConversation",
                input,
                "conversation { id }",
            )
            .await;
        payload["conversation"]["id"].as_str().unwrap().to_owned()
    };
    let id = start(input.clone()).await;
    // The ongoing view is the server's own board; one conversation might be read from the database.
    let seen = async |id: &str| {
        let view = "{ ongoingConversations(first: 100) { edges { node { id subject customer { name } } } } }";
        let data = other.data(&stage.supervisor, view, json!({})).await;
        let edges = data["ongoingConversations"]["edges"].as_array().unwrap();
        let edge = edges.iter().find(|edge| edge["node"]["id"] == id);
        edge.map(|edge| edge["node"]["customer"]["name"].clone())
    };
    let named = |name: &str| Some(json!(name));
    soon("the other server shows it", || async {
        seen(&id).await == named("Ada")
    })
    .await;
    let event = socket.event().await;
    let event = &event["conversationChanges"];
    assert_eq!(event["conversation"]["id"], json!(id));

    // The customer comes back by another name, and then without one.
    start(with(
        input.clone(),
        json!({ "customer": { "key": "ada", "name": "Ada L." } }),
    ))
    .await;
    soon("the other name is shown", || async {
        seen(&id).await == named("Ada L.")
    })
    .await;
    let third = start(with(input, json!({ "customer": { "key": "ada" } }))).await;
    soon("the third is shown", || async {
        seen(&third).await == named("Ada L.")
    })
    .await;
    board_is_what_is_stored(&stage.server).await;
    board_is_what_is_stored(&other).await;
}

/// Twenty events, each awaited at the other server before the next: by the poll alone, once a second,
/// most would take about a second. Of the twenty the median counts, since a machine may stall.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn servers_tell_each_other_what_they_committed() {
    let (stage, other) = pair(&[]).await;
    let mut socket = other.socket(&stage.supervisor).await;
    let after = as_of(&stage.server, &stage.supervisor).await;
    socket.subscribe(CHANGES, json!({ "after": after })).await;
    let mut took = Vec::new();
    for _ in 0..20 {
        let since = std::time::Instant::now();
        let id = stage.start("WHATSAPP").await;
        let event = socket.event().await;
        took.push(since.elapsed());
        assert_eq!(
            event["conversationChanges"]["conversation"]["id"],
            json!(id)
        );
    }
    took.sort_unstable();
    assert!(took[10] < Duration::from_millis(500), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_cursor_of_one_server_goes_on_at_the_other_at_once() {
    let (stage, other) = pair(&[]).await;
    let id = stage.start("WHATSAPP").await;
    let text = with(on(&id), json!({ "text": "Hello?" }));
    for _ in 0..10 {
        let said = || {
            let (server, token) = (&stage.server, &stage.gateway);
            server.done(token, "receiveCustomerMessage", text.clone(), "asOf")
        };
        let done = said().await;
        let mut socket = other.socket(&stage.supervisor).await;
        socket
            .subscribe(CHANGES, json!({ "after": done["asOf"] }))
            .await;
        let next = said().await;
        let seen = read_until(&mut socket, "conversationChanges", position(&next["asOf"])).await;
        assert_eq!(seen[0].0, position(&done["asOf"]) + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn of_assigns_at_two_servers_one_wins_and_a_key_binds_at_both() {
    let (stage, other) = pair(&["anna", "bert"]).await;
    let agents = [stage.agent_id("anna").await, stage.agent_id("bert").await];
    let servers = [&stage.server, &other];
    for _ in 0..3 {
        let id = stage.start("LIVE_CHAT").await;
        let payloads = join_all((0..40).map(|i| {
            let (server, agent) = (servers[i % 2], &agents[i / 2 % 2]);
            assign(server, &stage.supervisor, &id, agent, json!({}))
        }))
        .await;
        assert_eq!(count(&payloads, "DONE"), 1, "{:?}", codes(&payloads));
        assert_eq!(count(&payloads, "ALREADY_ASSIGNED"), 39);
        assert_eq!(
            stage.kinds(&id).await,
            ["ConversationStarted", "AssignedToAgent"]
        );
    }
    let id = stage.start("LIVE_CHAT").await;
    let text = with(
        on(&id),
        json!({ "text": "Where is my order?", "idempotencyKey": "hello" }),
    );
    let payloads = join_all((0..6).map(|i| {
        let fields = "messageId asOf";
        servers[i % 2].done(
            &stage.gateway,
            "receiveCustomerMessage",
            text.clone(),
            fields,
        )
    }))
    .await;
    assert!(
        payloads
            .iter()
            .all(|payload| places(payload) == places(&payloads[0]))
    );
    assert_eq!(
        stage.kinds(&id).await,
        ["ConversationStarted", "MessagePosted"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn capacity_holds_across_servers() {
    let (stage, other) = pair(&[]).await;
    let anna = stage.hire("anna", 7).await;
    let ids = join_all((0..40).map(|_| stage.start("WHATSAPP"))).await;
    let payloads = join_all(ids.iter().enumerate().map(|(i, id)| {
        let server = [&stage.server, &other][i % 2];
        assign(server, &stage.supervisor, id, &anna, json!({}))
    }))
    .await;
    assert_eq!(count(&payloads, "DONE"), 7, "{:?}", codes(&payloads));
    assert_eq!(count(&payloads, "CAPACITY_EXCEEDED"), 33);
    assert_eq!(stage.consumed("anna").await, 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn writers_at_both_make_one_log_that_subscribers_at_both_see_alike() {
    let (stage, other) = pair(&["anna"]).await;
    let begin = as_of(&stage.server, &stage.supervisor).await;
    let mut sockets = Vec::new();
    for server in [&stage.server, &other] {
        let mut socket = server.socket(&stage.supervisor).await;
        socket.subscribe(CHANGES, json!({ "after": begin })).await;
        sockets.push(socket);
    }
    let ids = join_all((0..4).map(|_| stage.start("WHATSAPP"))).await;
    join_all((0..160).map(|i| {
        let text = with(on(&ids[i % 4]), json!({ "text": format!("Number {i}") }));
        let server = [&stage.server, &other][i / 4 % 2];
        server.done(&stage.gateway, "receiveCustomerMessage", text, "")
    }))
    .await;
    log_is_consecutive(&stage).await;
    let last = stage.events().await.last().unwrap().position;
    let mut seen = Vec::new();
    for socket in &mut sockets {
        seen.push(read_until(socket, "conversationChanges", last).await);
    }
    assert_eq!(seen[0], seen[1]);
    let positions: Vec<i64> = seen[0].iter().map(|(position, _)| *position).collect();
    assert_eq!(
        positions,
        (position(&json!(begin)) + 1..=last).collect::<Vec<_>>()
    );
    board_is_what_is_stored(&stage.server).await;
    board_is_what_is_stored(&other).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_timer_acts_once_whoever_brings_it_and_when_one_server_died() {
    let (stage, other) = pair(&[]).await;
    let anna = stage.hire("anna", 100).await;
    let ids = join_all((0..20).map(|_| stage.start("LIVE_CHAT"))).await;
    let all_open = |server| {
        let (ids, token) = (&ids, &stage.supervisor);
        async move {
            let now = join_all(
                ids.iter()
                    .map(|id| conversation(server, token, id, "state")),
            );
            now.await.iter().all(|now| now["state"] == "OPEN")
        }
    };
    for round in 1..=2 {
        join_all(
            ids.iter()
                .map(|id| assign(&other, &stage.supervisor, id, &anna, json!({}))),
        )
        .await;
        stage.server.clock.advance(TimeDelta::seconds(121));
        soon("every offer times out", || all_open(&other)).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        for id in &ids {
            let kinds = stage.kinds(id).await;
            let times = kinds.iter().filter(|kind| *kind == "OfferTimedOut").count();
            assert_eq!(times, round);
        }
    }
    // The other one alone goes on.
    let Stage {
        server, supervisor, ..
    } = stage;
    let clock = server.clock.clone();
    drop(server);
    assign(&other, &supervisor, &ids[0], &anna, json!({})).await;
    clock.advance(TimeDelta::seconds(121));
    soon("the offer times out", || async {
        conversation(&other, &supervisor, &ids[0], "state").await["state"] == "OPEN"
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn servers_that_start_together_on_an_empty_database_both_come_up() {
    let database = Database::postgres().await;
    let start = || Server::on(database.clone());
    let (one, _two, _three) = tokio::join!(start(), start(), start());
    let organisation = crate::main_job::organise(&one, &["anna"]).await;
    let id = crate::main_job::start(&one, &organisation).await;
    one.done(&agent("anna"), "pickConversation", on(&id), "")
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn a_server_whose_connections_were_cut_goes_on() {
    let (stage, other) = pair(&["anna"]).await;
    let anna = stage.agent_id("anna").await;
    let id = stage.start("LIVE_CHAT").await;
    let mut socket = other.socket(&stage.supervisor).await;
    let now = as_of(&stage.server, &stage.supervisor).await;
    socket.subscribe(CHANGES, json!({ "after": now })).await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for round in 0..3 {
        stage.tables().await.execute_unprepared(cut).await.unwrap();
        let text = json!({ "text": format!("Where is my order {round}?"), "idempotencyKey": format!("{round}") });
        let text = with(on(&id), text);
        // A command may fail with the connection it was on; its repeat is safe, and done.
        let query = "mutation($input: ReceiveCustomerMessageInput!) {
            receiveCustomerMessage(input: $input) { errors { code } }
        }";
        let mut failures = 0;
        loop {
            let variables = json!({ "input": text });
            let response = stage.server.post(&stage.gateway, query, variables).await;
            if response.get("errors").is_none() {
                break;
            }
            assert_eq!(response["errors"][0]["extensions"]["code"], "INTERNAL");
            failures += 1;
            assert!(failures < 5, "{response}");
        }
        let event = socket.event().await["conversationChanges"].clone();
        assert_eq!(event["change"]["__typename"], "MessagePosted");
    }
    assert_eq!(stage.assign(&id, &anna).await["errors"], json!([]));
    stage.tables().await.execute_unprepared(cut).await.unwrap();
    stage.server.clock.advance(TimeDelta::seconds(121));
    soon("the offer times out", || async {
        stage.conversation(&id, "state").await["state"] == "OPEN"
    })
    .await;
    board_is_what_is_stored(&stage.server).await;
}
