//! Two things that exclude each other at the same moment: one of them is done, the other is told, and
//! nothing is left half between them (domain.md sections 2, 4 and 5).

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::field::{Outcomes, one_of, picked, staffed};
use super::held;
use crate::harness::Database;
use crate::stage::{agent, at_once, codes, on, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_is_accepted_or_times_out_and_never_both() {
    for database in Database::all().await {
        let (stage, ids) = staffed(database, &["anna"], 100).await;
        let mut outcomes = Outcomes::default();
        let mut taken = 0;
        for _ in 0..3 {
            let offered = join_all((0..16).map(|_| stage.start("LIVE_CHAT"))).await;
            for id in &offered {
                assert_eq!(stage.assign(id, &ids[0]).await["errors"], json!([]));
            }
            stage.server.clock.advance(TimeDelta::seconds(120));
            // The timer acts within 200 ms; some accept before, some after, some while it does.
            let answers = join_all(offered.iter().enumerate().map(|(i, id)| {
                let stage = &stage;
                async move {
                    tokio::time::sleep(Duration::from_millis(20 * i as u64)).await;
                    let input = on(id);
                    stage
                        .server
                        .mutate(&agent("anna"), "acceptOffer", input, "")
                        .await
                }
            }))
            .await;
            for (id, code) in offered.iter().zip(codes(&answers)) {
                let kinds = ["OfferAccepted", "OfferTimedOut"];
                let ended = one_of(&stage, id, &kinds).await;
                // What timed out is OPEN in their queue again, so that they see it without an offer.
                let expected = match &*ended {
                    "OfferAccepted" => ("DONE", "ACTIVE"),
                    _ => ("NO_PENDING_OFFER", "OPEN"),
                };
                assert_eq!(code, expected.0, "{ended}");
                assert_eq!(stage.conversation(id, "state").await["state"], expected.1);
                taken += i64::from(code == "DONE");
                outcomes.add(&ended);
            }
            assert_eq!(stage.consumed("anna").await, taken);
        }
        let events = held::throughout(&stage).await;
        outcomes.record("accept-against-time-out", &stage, events);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forced_close_ends_what_is_being_transferred_whichever_comes_first() {
    for database in Database::all().await {
        let (stage, ids) = staffed(database, &["anna", "bert"], 30).await;
        let mut outcomes = Outcomes::default();
        for (turn, id) in picked(&stage, "anna", 24).await.iter().enumerate() {
            let sam = &stage.supervisor;
            let transfer = with(on(id), json!({ "agentId": ids[1] }));
            let mut calls = vec![
                (sam.clone(), "transferConversation", transfer, ""),
                (sam.clone(), "forceCloseConversation", on(id), ""),
                (agent("bert"), "acceptOffer", on(id), ""),
                (agent("anna"), "endConversation", on(id), ""),
            ];
            calls.rotate_left(turn % 4);
            at_once(&stage.server, calls).await;
            let now = stage
                .conversation(id, "state statusReason pendingOffer { id }")
                .await;
            assert_eq!(
                now,
                json!({
                    "state": "CLOSED", "statusReason": "FORCE_CLOSED_BY_SUPERVISOR", "pendingOffer": null,
                })
            );
            let kinds = stage.kinds(id).await;
            let times = |kind: &str| kinds.iter().filter(|one| *one == kind).count();
            assert_eq!(times("ForceClosed"), 1);
            let answered = times("TransferAccepted") + times("TransferCancelled");
            assert_eq!(times("TransferRequested"), answered, "{kinds:?}");
            outcomes.add(
                match (times("TransferAccepted"), times("TransferCancelled")) {
                    (1, 0) => "transferred before it was closed",
                    (0, 1) => "transfer cancelled by the close",
                    _ => "closed before the transfer",
                },
            );
        }
        assert_eq!(
            (stage.consumed("anna").await, stage.consumed("bert").await),
            (0, 0)
        );
        let events = held::throughout(&stage).await;
        outcomes.record("transfer-against-force-close", &stage, events);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_loses_membership_has_accepted_the_transfer_before_or_never_gets_it() {
    for database in Database::all().await {
        let (stage, ids) = staffed(database, &["anna", "bert"], 100).await;
        let member = json!({ "agentId": ids[1], "queueId": stage.organisation.queue });
        let mut outcomes = Outcomes::default();
        let mut moved = 0;
        for (turn, id) in picked(&stage, "anna", 24).await.iter().enumerate() {
            let transfer = with(on(id), json!({ "agentId": ids[1] }));
            let sam = &stage.supervisor;
            stage
                .server
                .done(sam, "transferConversation", transfer, "")
                .await;
            let mut calls = vec![
                (stage.admin.clone(), "removeQueueMember", member.clone(), ""),
                (agent("bert"), "acceptOffer", on(id), ""),
            ];
            calls.rotate_left(turn % 2);
            at_once(&stage.server, calls).await;
            let kinds = ["TransferAccepted", "TransferCancelled"];
            let ended = one_of(&stage, id, &kinds).await;
            let primary = if ended == "TransferAccepted" {
                "bert"
            } else {
                "anna"
            };
            let fields = "state agent { name } pendingOffer { id }";
            assert_eq!(
                stage.conversation(id, fields).await,
                json!({ "state": "ACTIVE", "agent": { "name": primary }, "pendingOffer": null })
            );
            moved += i64::from(primary == "bert");
            assert_eq!(stage.consumed("bert").await, moved);
            outcomes.add(&ended);
            stage
                .server
                .done(&stage.admin, "addQueueMember", member.clone(), "")
                .await;
        }
        let events = held::throughout(&stage).await;
        outcomes.record("membership-against-accept", &stage, events);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_is_assigned_or_picked_or_leaves_with_its_customer() {
    for database in Database::all().await {
        let (stage, ids) = staffed(database, &["anna", "bert"], 100).await;
        let mut outcomes = Outcomes::default();
        for turn in 0..24 {
            let id = stage.start("WHATSAPP").await;
            let to = with(on(&id), json!({ "target": { "agentId": ids[0] } }));
            let mut calls = vec![
                (stage.supervisor.clone(), "assignConversation", to, ""),
                (agent("bert"), "pickConversation", on(&id), ""),
                (
                    stage.gateway.clone(),
                    "receiveCustomerMessage",
                    with(on(&id), json!({ "text": "Hello" })),
                    "",
                ),
                (agent("anna"), "pickConversation", on(&id), ""),
            ];
            calls.rotate_left(turn % 4);
            at_once(&stage.server, calls).await;
            let has = one_of(&stage, &id, &["AssignedToAgent", "Picked"]).await;
            let now = stage
                .conversation(&id, "state agent { id } pendingOffer { id }")
                .await;
            assert_eq!(now["state"], "ACTIVE");
            assert_ne!(
                now["agent"].is_null(),
                now["pendingOffer"].is_null(),
                "{now}"
            );
            outcomes.add(&has);
        }
        let events = held::throughout(&stage).await;
        outcomes.record("assign-against-pick", &stage, events);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_reopened_by_its_agent_or_goes_back_to_the_queue_with_its_customer() {
    for database in Database::all().await {
        let (stage, ids) = staffed(database, &["anna", "bert"], 100).await;
        let mut outcomes = Outcomes::default();
        for (turn, id) in picked(&stage, "anna", 24).await.iter().enumerate() {
            stage.act(&agent("anna"), "setAsideConversation", id).await;
            let words = with(on(id), json!({ "text": "I am back" }));
            let to = with(on(id), json!({ "agentId": ids[1] }));
            let mut calls = vec![
                (agent("anna"), "reopenConversation", on(id), ""),
                (stage.gateway.clone(), "receiveCustomerMessage", words, ""),
                (stage.supervisor.clone(), "transferConversation", to, ""),
            ];
            calls.rotate_left(turn % 3);
            let payloads = at_once(&stage.server, calls).await;
            one_of(&stage, id, &["Reactivated"]).await;
            let now = stage
                .conversation(id, "state agent { name } pendingOffer { id }")
                .await;
            match now["state"].as_str() {
                Some("ACTIVE") => assert_eq!(now["agent"]["name"], "anna"),
                Some("OPEN") => assert_eq!(
                    (&now["agent"], &now["pendingOffer"]),
                    (&Value::Null, &Value::Null)
                ),
                _ => panic!("{now} {payloads:?}"),
            }
            outcomes.add(now["state"].as_str().unwrap());
        }
        let events = held::throughout(&stage).await;
        outcomes.record("reopen-against-customer", &stage, events);
    }
}
