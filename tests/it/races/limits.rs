//! Many who want the same: capacity, presence, one pending request and one effect a key hold at every
//! moment, on one server and on two (domain.md sections 4 and 5).

use futures_util::future::join_all;
use serde_json::json;

use super::field::{Outcomes, one_of, picked, staffed};
use super::held;
use crate::harness::cursors::places;
use crate::harness::{Database, Server, Token};
use crate::stage::{agent, assign, at_once, codes, on, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn assigns_and_transfers_together_never_fill_an_agent_beyond_capacity() {
    for database in Database::all().await {
        let (stage, _) = staffed(database, &["anna"], 20).await;
        let few = json!({ "subject": "cora", "name": "cora", "capacity": 4, "queueIds": [stage.organisation.queue] });
        let made = stage
            .server
            .done(&stage.admin, "createAgent", few, "agent { id }")
            .await;
        let cora = &made["agent"]["id"];
        stage.present("cora", "AVAILABLE").await;
        let mut outcomes = Outcomes::default();
        for _ in 0..3 {
            let running = picked(&stage, "anna", 8).await;
            let open = join_all((0..12).map(|_| stage.start("SMS"))).await;
            let sam = &stage.supervisor;
            let transfers = running.iter().map(|id| {
                let to = with(on(id), json!({ "agentId": cora }));
                (sam.clone(), "transferConversation", to, "")
            });
            let assigns = open.iter().map(|id| {
                let to = with(on(id), json!({ "target": { "agentId": cora } }));
                (sam.clone(), "assignConversation", to, "")
            });
            let calls = transfers.clone().chain(assigns.clone());
            let payloads = at_once(&stage.server, calls).await;
            for code in codes(&payloads) {
                assert!(["DONE", "CAPACITY_EXCEEDED"].contains(&&*code), "{code}");
                outcomes.add(&code);
            }
            assert_eq!(stage.consumed("cora").await, 4);
            // Answers, withdrawals and more of both, all at the same moment.
            let all = running.iter().chain(&open);
            let answers = all.clone().enumerate().map(|(i, id)| {
                let deed = ["acceptOffer", "rejectOffer"][i % 2];
                (agent("cora"), deed, on(id), "")
            });
            let back = open
                .iter()
                .map(|id| (sam.clone(), "cancelOffer", on(id), ""));
            let calls = answers.chain(assigns).chain(back).chain(transfers);
            at_once(&stage.server, calls).await;
            assert!(stage.consumed("cora").await <= 4);
            let ends = all.map(|id| (sam.clone(), "forceCloseConversation", on(id), ""));
            at_once(&stage.server, ends).await;
            assert_eq!(stage.consumed("cora").await, 0);
        }
        let events = held::throughout(&stage).await;
        outcomes.record("capacity", &stage, events);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_assigned_to_in_a_presence_that_is_not_allowed_then() {
    for database in Database::all().await {
        let (stage, ids) = staffed(database, &["anna"], 100).await;
        let mut outcomes = Outcomes::default();
        for round in 0..4 {
            let open = join_all((0..12).map(|_| stage.start("SMS"))).await;
            let comings = (0..12).map(|i| {
                let presence = ["AWAY", "AVAILABLE", "OFFLINE", "BUSY"][(i + round) % 4];
                (
                    agent("anna"),
                    "setPresence",
                    json!({ "presence": presence }),
                    "",
                )
            });
            let assigns = open.iter().map(|id| {
                let to = with(on(id), json!({ "target": { "agentId": ids[0] } }));
                (stage.supervisor.clone(), "assignConversation", to, "")
            });
            let calls = assigns
                .zip(comings)
                .flat_map(|(assign, comes)| [assign, comes]);
            let payloads = at_once(&stage.server, calls).await;
            for code in codes(&payloads).into_iter().step_by(2) {
                assert!(["DONE", "PRESENCE_NOT_ALLOWED"].contains(&&*code), "{code}");
                outcomes.add(&code);
            }
        }
        // The log says with which presence each was assigned.
        let events = held::throughout(&stage).await;
        outcomes.record("presence-against-assign", &stage, events);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_transfers_at_once_one_is_pending_and_the_others_learn_of_it() {
    for database in Database::all().await {
        let names = ["anna", "bert", "cora", "dirk"];
        let (stage, ids) = staffed(database, &names, 100).await;
        let sams = ["sam", "sue", "sid", "sol"].map(|name| Token::supervisor(name).sign());
        let mut outcomes = Outcomes::default();
        for id in &picked(&stage, "anna", 12).await {
            let calls = (0..12).map(|i| {
                let to = with(on(id), json!({ "agentId": ids[1 + i % 3] }));
                (sams[i % 4].clone(), "transferConversation", to, "")
            });
            let payloads = at_once(&stage.server, calls).await;
            for code in codes(&payloads) {
                assert!(["DONE", "OFFER_PENDING"].contains(&&*code), "{code}");
                outcomes.add(&code);
            }
            assert_eq!(
                one_of(&stage, id, &["TransferRequested"]).await,
                "TransferRequested"
            );
        }
        let reserved = join_all(names[1..].iter().map(|name| stage.consumed(name))).await;
        assert_eq!(reserved.iter().sum::<i64>(), 12);
        let events = held::throughout(&stage).await;
        outcomes.record("transfer-against-transfer", &stage, events);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_twice_at_the_same_moment_is_done_once_whatever_it_asks() {
    for database in Database::all().await {
        let (stage, ids) = staffed(database, &["anna", "bert"], 100).await;
        let mut outcomes = Outcomes::default();
        for turn in 0..8 {
            let (open, running) = (stage.start("SMS").await, picked(&stage, "anna", 1).await);
            let running = &running[0];
            let start = json!({
                "channel": "SMS", "queueId": stage.organisation.queue,
                "workstreamId": stage.organisation.workstream,
            });
            let assign = with(on(&open), json!({ "target": { "agentId": ids[0] } }));
            let transfer = with(on(running), json!({ "agentId": ids[1] }));
            let words = with(on(running), json!({ "text": "Hello" }));
            let presence = json!({ "presence": (["BUSY", "AVAILABLE"][turn % 2]) });
            let sam = &stage.supervisor;
            let deeds = [
                (
                    stage.gateway.clone(),
                    "startConversation",
                    start,
                    "ConversationStarted",
                ),
                (sam.clone(), "assignConversation", assign, "AssignedToAgent"),
                (
                    sam.clone(),
                    "transferConversation",
                    transfer,
                    "TransferRequested",
                ),
                (agent("anna"), "sendMessage", words, "MessagePosted"),
                (
                    agent("bert"),
                    "setPresence",
                    presence,
                    "AgentPresenceChanged",
                ),
            ];
            for (token, mutation, input, kind) in deeds {
                let before = stage.events().await.len();
                let key = json!({ "idempotencyKey": format!("{mutation} {turn}") });
                let call = (token, mutation, with(input, key), "asOf");
                let payloads = at_once(&stage.server, [call.clone(), call]).await;
                assert_eq!(codes(&payloads), ["DONE", "DONE"], "{payloads:?}");
                assert_eq!(places(&payloads[0]), places(&payloads[1]));
                let events = stage.events().await;
                let kinds: Vec<_> = events[before..].iter().map(|event| &*event.kind).collect();
                assert_eq!(kinds, [kind]);
                outcomes.add("done once");
            }
        }
        let events = held::throughout(&stage).await;
        outcomes.record("same-key", &stage, events);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn two_servers_together_keep_what_one_keeps() {
    let database = Database::postgres().await;
    let (stage, ids) = staffed(database, &["anna", "bert"], 4).await;
    let other = Server::at(stage.database.clone(), stage.server.clock.clone()).await;
    let servers = [&stage.server, &other];
    let mut outcomes = Outcomes::default();
    for _ in 0..4 {
        let open = join_all((0..16).map(|_| stage.start("SMS"))).await;
        let assigns = join_all(open.iter().enumerate().map(|(i, id)| {
            let target = &ids[i % 2];
            assign(servers[i / 2 % 2], &stage.supervisor, id, target, json!({}))
        }))
        .await;
        for code in codes(&assigns) {
            outcomes.add(&code);
        }
        assert_eq!(
            codes(&assigns)
                .iter()
                .filter(|code| *code == "DONE")
                .count(),
            8
        );
        // Accepted on one server and withdrawn on the other.
        join_all(open.iter().enumerate().map(|(i, id)| {
            let (stage, servers) = (&stage, servers);
            async move {
                let (anna, bert) = (agent("anna"), agent("bert"));
                tokio::join!(
                    servers[i % 2].mutate([&anna, &bert][i % 2], "acceptOffer", on(id), ""),
                    servers[(i + 1) % 2].mutate(&stage.supervisor, "cancelOffer", on(id), ""),
                );
            }
        }))
        .await;
        let ends = open.iter().map(|id| {
            (
                stage.supervisor.clone(),
                "forceCloseConversation",
                on(id),
                "",
            )
        });
        at_once(&other, ends).await;
    }
    let events = held::throughout(&stage).await;
    outcomes.record("two-servers", &stage, events);
}
