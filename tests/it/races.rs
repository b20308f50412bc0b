//! Many at once: whatever the order in which commands arrive, each rule holds once, on both
//! databases (domain.md section 5).

mod deliveries;
mod field;
mod hands;
mod held;
mod limits;
mod transitions;

use std::collections::HashSet;

use entity::tables::audit;
use futures_util::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::harness::cursors::places;
use crate::harness::{Database, Token};
use crate::stage::{Stage, agent, assign, at_once, codes, count, on, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_assigns_exactly_one_wins_and_the_others_learn_who_has_it() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna", "bert", "cora", "dirk"]).await;
        let mut agents = Vec::new();
        for name in ["anna", "bert", "cora", "dirk"] {
            agents.push(stage.agent_id(name).await);
        }
        let supervisors: Vec<String> = ["sam", "sue", "sid", "sol", "sia"]
            .iter()
            .map(|name| Token::supervisor(name).sign())
            .collect();
        let conversation = stage.start("LIVE_CHAT").await;

        let payloads = join_all((0..100).map(|i| {
            let (token, agent) = (&supervisors[i % 5], &agents[i % 4]);
            assign(&stage.server, token, &conversation, agent, json!({}))
        }))
        .await;

        assert_eq!(count(&payloads, "DONE"), 1, "{:?}", codes(&payloads));
        assert_eq!(count(&payloads, "ALREADY_ASSIGNED"), 99);
        let winner = payloads.iter().find(|p| p["errors"] == json!([])).unwrap();
        let chosen = &winner["offer"]["agent"]["id"];
        for loser in payloads.iter().filter(|p| p["errors"] != json!([])) {
            assert_eq!(&loser["errors"][0]["agent"]["id"], chosen);
            assert_eq!(loser["offer"], Value::Null);
        }
        let now = stage
            .conversation(
                &conversation,
                "state version pendingOffer { id agent { id } }",
            )
            .await;
        assert_eq!(now["pendingOffer"]["id"], winner["offer"]["id"]);
        assert_eq!(
            (&now["state"], &now["version"]),
            (&json!("ACTIVE"), &json!(2))
        );
        let mut consumed = 0;
        for name in ["anna", "bert", "cora", "dirk"] {
            consumed += stage.consumed(name).await;
        }
        assert_eq!(consumed, 1);
        assert_eq!(
            stage.kinds(&conversation).await,
            ["ConversationStarted", "AssignedToAgent"]
        );
        let rows = audit::Entity::find()
            .filter(audit::Column::Action.eq("assignConversation"))
            .all(&stage.tables().await)
            .await
            .unwrap();
        assert_eq!(rows.len(), 100);
        assert_eq!(rows.iter().filter(|row| row.refusal.is_none()).count(), 1);
        let hashes: HashSet<_> = rows.iter().map(|row| &row.hash).collect();
        assert_eq!(hashes.len(), 100);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_racing_picks_one_has_it_and_the_others_see_nothing() {
    for database in Database::all().await {
        let names = ["anna", "bert", "cora", "dirk", "elsa"];
        let stage = Stage::on(database, &names).await;
        for _ in 0..5 {
            let conversation = stage.start("WHATSAPP").await;
            let picks = (0..20).map(|i| {
                let token = agent(names[i % 5]);
                (
                    token,
                    "pickConversation",
                    on(&conversation),
                    "conversation { agent { name } }",
                )
            });
            let payloads = at_once(&stage.server, picks).await;
            assert_eq!(count(&payloads, "DONE"), 1, "{:?}", codes(&payloads));
            let winner = payloads.iter().find(|p| p["errors"] == json!([])).unwrap();
            let winner = winner["conversation"]["agent"]["name"].as_str().unwrap();
            for (i, code) in codes(&payloads).iter().enumerate() {
                // It is no longer OPEN in their queue, so they may not know of it; its agent may.
                let expected = if names[i % 5] == winner {
                    "ALREADY_ASSIGNED"
                } else {
                    "NOT_FOUND"
                };
                assert!(
                    code == "DONE" || code == expected,
                    "{} got {code}",
                    names[i % 5]
                );
            }
            assert_eq!(
                stage.kinds(&conversation).await,
                ["ConversationStarted", "Picked"]
            );
            stage
                .act(&agent(winner), "endConversation", &conversation)
                .await;
            stage
                .act(&agent(winner), "closeConversation", &conversation)
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_accept_and_reject_the_first_counts() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let anna = stage.hire("anna", 100).await;
        let mut accepted = 0;
        for round in 0..12 {
            let conversation = stage.start("LIVE_CHAT").await;
            assert_eq!(
                stage.assign(&conversation, &anna).await["errors"],
                json!([])
            );
            let answers = ["acceptOffer", "rejectOffer", "acceptOffer", "rejectOffer"];
            let turn = answers.into_iter().cycle().skip(round % 2).take(4);
            let calls = turn.map(|answer| (agent("anna"), answer, on(&conversation), ""));
            let payloads = at_once(&stage.server, calls).await;
            assert_eq!(count(&payloads, "DONE"), 1, "{:?}", codes(&payloads));
            assert_eq!(count(&payloads, "NO_PENDING_OFFER"), 3);
            let now = stage
                .conversation(&conversation, "state version pendingOffer { id }")
                .await;
            assert_eq!(
                (&now["pendingOffer"], &now["version"]),
                (&Value::Null, &json!(3))
            );
            accepted += i64::from(now["state"] == "ACTIVE");
            assert_eq!(stage.consumed("anna").await, accepted);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_is_never_filled_beyond_capacity_unless_somebody_overrides_it() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let anna = stage.hire("anna", 5).await;
        let conversations = join_all((0..30).map(|_| stage.start("WHATSAPP"))).await;
        let payloads = join_all(conversations.iter().map(|id| stage.assign(id, &anna))).await;
        assert_eq!(count(&payloads, "DONE"), 5, "{:?}", codes(&payloads));
        assert_eq!(count(&payloads, "CAPACITY_EXCEEDED"), 25);
        assert_eq!(stage.consumed("anna").await, 5);

        // Room that is given back and taken again at the same moment is taken once.
        let offered: Vec<&String> = conversations
            .iter()
            .zip(&payloads)
            .filter_map(|(id, payload)| (payload["errors"] == json!([])).then_some(id))
            .collect();
        let waiting = conversations.iter().filter(|id| !offered.contains(id));
        let ((), payloads) = tokio::join!(
            stage.act(&stage.supervisor, "cancelOffer", offered[0]),
            join_all(waiting.clone().map(|id| stage.assign(id, &anna))),
        );
        assert!(count(&payloads, "DONE") <= 1, "{:?}", codes(&payloads));
        assert!(stage.consumed("anna").await <= 5);

        let refused = waiting
            .zip(&payloads)
            .find(|(_, p)| p["errors"] != json!([]));
        let over = json!({ "overrideCapacity": true });
        let (id, _) = refused.unwrap();
        while stage.consumed("anna").await < 5 {
            let more = stage.start("WHATSAPP").await;
            stage.assign(&more, &anna).await;
        }
        let done = assign(&stage.server, &stage.supervisor, id, &anna, over).await;
        assert_eq!(
            (&done["errors"], &done["capacityExceededBy"]),
            (&json!([]), &json!(1))
        );
        assert_eq!(stage.consumed("anna").await, 6);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_commands_that_expect_the_same_version_one_is_done() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let conversation = stage.start("LIVE_CHAT").await;
        let input = with(
            on(&conversation),
            json!({ "consent": "GRANTED", "expectedVersion": 1 }),
        );
        let calls = (0..20).map(|_| (stage.gateway.clone(), "recordConsent", input.clone(), ""));
        let payloads = at_once(&stage.server, calls).await;
        assert_eq!(count(&payloads, "DONE"), 1);
        assert_eq!(count(&payloads, "VERSION_CONFLICT"), 19);
        assert_eq!(
            stage.kinds(&conversation).await,
            ["ConversationStarted", "ConsentRecorded"]
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_at_the_same_moment_is_one_effect_and_one_answer() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let start = json!({
            "channel": "LIVE_CHAT", "queueId": stage.organisation.queue,
            "workstreamId": stage.organisation.workstream, "idempotencyKey": "start",
        });
        let fields = "asOf conversation { id version startedAt }";
        let calls = (0..10).map(|_| {
            (
                stage.gateway.clone(),
                "startConversation",
                start.clone(),
                fields,
            )
        });
        let payloads = at_once(&stage.server, calls).await;
        assert_eq!(count(&payloads, "DONE"), 10);
        assert!(
            payloads
                .iter()
                .all(|payload| places(payload) == places(&payloads[0]))
        );
        let conversation = payloads[0]["conversation"]["id"].as_str().unwrap();

        let text = json!({ "text": "Where is my order?", "idempotencyKey": "hello" });
        let input = with(on(conversation), text);
        let calls = (0..2).map(|_| {
            (
                stage.gateway.clone(),
                "receiveCustomerMessage",
                input.clone(),
                "messageId asOf",
            )
        });
        let payloads = at_once(&stage.server, calls).await;
        assert_eq!(count(&payloads, "DONE"), 2);
        assert_eq!(places(&payloads[0]), places(&payloads[1]));
        assert_eq!(
            stage.kinds(conversation).await,
            ["ConversationStarted", "MessagePosted"]
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_bound_to_who_asked_for_what() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let conversation = stage.start("LIVE_CHAT").await;
        let send = |text: &str| {
            with(
                on(&conversation),
                json!({ "text": text, "idempotencyKey": "k" }),
            )
        };
        let calls = ["one", "two"].map(|text| {
            (
                stage.gateway.clone(),
                "receiveCustomerMessage",
                send(text),
                "",
            )
        });
        let payloads = at_once(&stage.server, calls).await;
        assert_eq!(count(&payloads, "DONE"), 1);
        assert_eq!(count(&payloads, "IDEMPOTENCY_KEY_REUSED"), 1);

        let other = with(on(&conversation), json!({ "idempotencyKey": "k" }));
        let code = stage
            .server
            .code(&stage.gateway, "customerDisconnected", other.clone())
            .await;
        assert_eq!(code, "IDEMPOTENCY_KEY_REUSED");
        // Somebody else's key of the same name is another key.
        stage
            .server
            .done(&agent("anna"), "pickConversation", other, "")
            .await;
        assert_eq!(
            stage.kinds(&conversation).await,
            ["ConversationStarted", "MessagePosted", "Picked"]
        );
    }
}

#[tokio::test]
async fn a_key_is_kept_over_a_restart_and_by_a_command_that_changed_nothing() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let conversation = stage.start("LIVE_CHAT").await;
        let text = json!({ "text": "Where is my order?", "idempotencyKey": "hello" });
        let input = with(on(&conversation), text);
        let first = stage
            .server
            .done(
                &stage.gateway,
                "receiveCustomerMessage",
                input.clone(),
                "messageId asOf",
            )
            .await;
        let available = json!({ "presence": "AVAILABLE", "idempotencyKey": "here" });
        stage
            .server
            .done(&agent("anna"), "setPresence", available.clone(), "")
            .await;
        stage.present("anna", "BUSY").await;

        let stage = stage.restarted().await;
        let again = stage
            .server
            .done(
                &stage.gateway,
                "receiveCustomerMessage",
                input,
                "messageId asOf",
            )
            .await;
        assert_eq!(places(&again), places(&first));
        assert_eq!(
            stage.kinds(&conversation).await,
            ["ConversationStarted", "MessagePosted"]
        );
        // The late repeat of a command that found nothing to do must not do something now.
        stage
            .server
            .done(&agent("anna"), "setPresence", available, "presence")
            .await;
        let me = stage
            .server
            .data(&agent("anna"), "{ viewer { presence } }", json!({}))
            .await;
        assert_eq!(me["viewer"]["presence"], "BUSY");
    }
}

#[tokio::test]
async fn a_refusal_leaves_the_key_free() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let (anna, bert) = (stage.hire("anna", 0).await, stage.hire("bert", 1).await);
        let conversation = stage.start("LIVE_CHAT").await;
        let key = json!({ "idempotencyKey": "mine" });
        let attempt = |agent: String| {
            let (conversation, key, stage) = (&conversation, key.clone(), &stage);
            async move { assign(&stage.server, &stage.supervisor, conversation, &agent, key).await }
        };
        assert_eq!(codes(&[attempt(anna.clone()).await]), ["CAPACITY_EXCEEDED"]);
        assert_eq!(codes(&[attempt(anna.clone()).await]), ["CAPACITY_EXCEEDED"]);
        let first = attempt(bert.clone()).await;
        assert_eq!(codes(std::slice::from_ref(&first)), ["DONE"]);
        assert_eq!(attempt(bert).await, first);
        assert_eq!(codes(&[attempt(anna).await]), ["IDEMPOTENCY_KEY_REUSED"]);
    }
}
