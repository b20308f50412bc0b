//! Deleting while others use it: whoever is decided first wins, and nothing ongoing is ever left in what is gone.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Database, Server, soon};
use crate::stage::{Stage, assign, count, with};
use crate::store::{board_is_what_is_stored, log_is_consecutive, rows_are_what_the_log_says};

/// What of the organisation ongoing conversations refer to, and whether it is there.
async fn nothing_is_in_what_is_gone(server: &Server) {
    let stored = server.app.store.load().await.unwrap();
    let world = &stored.world;
    for conversation in world.conversations.values() {
        assert!(
            world.queues.contains_key(&conversation.queue),
            "{conversation:?}"
        );
        assert!(world.workstreams.contains_key(&conversation.workstream));
        let agents = conversation.assigned_agent().into_iter();
        for agent in agents.chain(conversation.consultants.iter().copied()) {
            assert!(world.agents.contains_key(&agent), "{conversation:?}");
        }
    }
}

async fn start(server: &Server, stage: &Stage, queue: &str) -> Value {
    let input = json!({
        "channel": "WHATSAPP", "queueId": queue, "workstreamId": stage.organisation.workstream,
    });
    server
        .mutate(&stage.gateway, "startConversation", input, "")
        .await
}

async fn delete(server: &Server, stage: &Stage, mutation: &str, input: Value) -> Value {
    server.mutate(&stage.admin, mutation, input, "").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_conversation_is_ever_in_a_deleted_queue() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let server = &stage.server;
        for round in 0..10 {
            let queue = stage.queue("Doomed").await;
            let input = json!({ "queueId": queue });
            let starts = async { join_all((0..8).map(|_| start(server, &stage, &queue))).await };
            let waiting = stage.start("WHATSAPP").await;
            let moves = async {
                let input = json!({ "conversationId": waiting, "target": { "queueId": queue } });
                server
                    .mutate(&stage.supervisor, "assignConversation", input, "")
                    .await
            };
            let gone = delete(server, &stage, "deleteQueue", input);
            // Whoever is asked first is first in the queue, as a rule.
            let (started, moved, deleted) = if round % 2 == 0 {
                tokio::join!(starts, moves, gone)
            } else {
                let (deleted, started, moved) = tokio::join!(gone, starts, moves);
                (started, moved, deleted)
            };
            let used = count(&started, "DONE") + count(&[moved], "DONE");
            if count(std::slice::from_ref(&deleted), "DONE") == 1 {
                assert_eq!(used, 0, "{started:?}");
                assert_eq!(count(&started, "TARGET_NOT_FOUND"), 8);
            } else {
                assert_eq!(deleted["errors"][0]["code"], "RESOURCE_IN_USE");
                assert!(used > 0);
            }
            nothing_is_in_what_is_gone(server).await;
            board_is_what_is_stored(server).await;
        }
        log_is_consecutive(&stage).await;
        rows_are_what_the_log_says(&stage).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_agent_is_deleted_with_an_offer() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let server = &stage.server;
        for round in 0..10 {
            let agent = stage.hire(&format!("agent {round}"), 3).await;
            let id = stage.start("WHATSAPP").await;
            let input = json!({ "agentId": agent });
            let offer = assign(server, &stage.supervisor, &id, &agent, json!({}));
            let gone = delete(server, &stage, "deleteAgent", input);
            let (offered, deleted) = if round % 2 == 0 {
                tokio::join!(offer, gone)
            } else {
                let (deleted, offered) = tokio::join!(gone, offer);
                (offered, deleted)
            };
            assert_eq!(
                count(&[offered.clone(), deleted.clone()], "DONE"),
                1,
                "{offered} {deleted}"
            );
            let other =
                count(&[offered], "TARGET_NOT_FOUND") + count(&[deleted], "RESOURCE_IN_USE");
            assert_eq!(other, 1);
            nothing_is_in_what_is_gone(server).await;
            board_is_what_is_stored(server).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn two_servers_agree_on_what_is_gone() {
    let database = Database::postgres().await;
    let stage = Stage::on(database.clone(), &["anna"]).await;
    let other = Server::at(database, stage.server.clock.clone()).await;
    for _ in 0..10 {
        let queue = stage.queue("Doomed").await;
        let starts = join_all((0..4).map(|_| start(&other, &stage, &queue)));
        let gone = delete(
            &stage.server,
            &stage,
            "deleteQueue",
            json!({ "queueId": queue }),
        );
        let (started, deleted) = tokio::join!(starts, gone);
        let won = count(&[deleted], "DONE") == 1;
        assert_eq!(won, count(&started, "DONE") == 0, "{started:?}");
        nothing_is_in_what_is_gone(&stage.server).await;
    }
    let anna = stage.agent_id("anna").await;
    delete(
        &stage.server,
        &stage,
        "deleteAgent",
        json!({ "agentId": anna }),
    )
    .await;
    let again = json!({ "subject": "anna", "name": "anna" });
    let again = with(again, json!({ "queueIds": [stage.organisation.queue] }));
    other.done(&stage.admin, "createAgent", again, "").await;
    let view = "{ viewer { agent { id } } }";
    let now = || async {
        let data = stage
            .server
            .data(&crate::stage::agent("anna"), view, json!({}))
            .await;
        data["viewer"]["agent"]["id"].as_str().map(str::to_owned)
    };
    soon("the first server knows the second anna", || async {
        now().await.is_some_and(|id| id != anna)
    })
    .await;
    nothing_is_in_what_is_gone(&other).await;
    board_is_what_is_stored(&other).await;
}
