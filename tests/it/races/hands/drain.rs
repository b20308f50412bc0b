//! An agent whose work is taken while they accept, and while others give them more.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::Field;
use crate::harness::Database;
use crate::races::field::{Outcomes, picked};
use crate::stage::{agent, codes, on, with};

const DRAINED: &str = "agent { presence } withdrawn results { conversationId refusal { code } }";

/// Whether a payload of `drainAgent` says that this was taken: withdrawn, and requeued.
fn taken(payload: &Value, id: &str) -> (bool, Option<String>) {
    let withdrawn = payload["withdrawn"].as_array().unwrap();
    let mut results = payload["results"].as_array().unwrap().iter();
    let requeued = results.find(|one| one["conversationId"] == *id);
    let code = |one: &Value| one["refusal"]["code"].as_str().unwrap_or("DONE").to_owned();
    (withdrawn.contains(&json!(id)), requeued.map(code))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_drained_has_nothing_whatever_they_accept_or_are_given_meanwhile() {
    for database in Database::all().await {
        let field = Field::on(database, &["anna"], 100).await;
        let (stage, sam) = (&field.stage, &field.stage.supervisor);
        let drain = json!({ "agentId": field.ids[0], "goOffline": true });
        let mut outcomes = Outcomes::default();
        for round in 0..4 {
            stage.present("anna", "AVAILABLE").await;
            let offered = join_all((0..10).map(|_| stage.start("WHATSAPP"))).await;
            for id in &offered {
                assert_eq!(stage.assign(id, &field.ids[0]).await["errors"], json!([]));
            }
            let open = join_all((0..10).map(|_| stage.start("WHATSAPP"))).await;
            let accepts = offered
                .iter()
                .map(|id| (agent("anna"), "acceptOffer", on(id), ""));
            let to = json!({ "target": { "agentId": field.ids[0] } });
            let assigns = open.iter().map(|id| {
                (
                    sam.clone(),
                    "assignConversation",
                    with(on(id), to.clone()),
                    "",
                )
            });
            let mut calls: Vec<_> = accepts
                .zip(assigns)
                .flat_map(|(one, other)| [one, other])
                .collect();
            let at = [0, 7, 13, 20][round];
            calls.insert(at, (sam.clone(), "drainAgent", drain.clone(), DRAINED));
            let mut payloads = field.at_once(calls).await;
            let drained = payloads.remove(at);
            assert_eq!(drained["errors"], json!([]));
            assert_eq!(drained["agent"]["presence"], "OFFLINE");
            let all = offered
                .iter()
                .zip(&open)
                .flat_map(|(one, other)| [one, other]);
            for ((number, id), code) in all.enumerate().zip(codes(&payloads)) {
                let whose = field.whose(id).await;
                assert_eq!(whose, ("OPEN".to_owned(), None, vec![], None), "{code}");
                let (withdrawn, requeued) = taken(&drained, id);
                let expected = match (&*code, number % 2) {
                    // Accepted, so it was theirs when they were drained.
                    ("DONE", 0) => (false, Some("DONE".to_owned())),
                    ("NO_PENDING_OFFER", 0) | ("DONE", 1) => (true, None),
                    ("PRESENCE_NOT_ALLOWED", 1) => (false, None),
                    _ => panic!("{number} {code}"),
                };
                assert_eq!((withdrawn, requeued), expected, "{number} {code}");
                let deed = ["accept", "assign"][number % 2];
                outcomes.add(&format!("{deed} {code}"));
            }
            assert_eq!(stage.consumed("anna").await, 0);
            let all = offered.iter().chain(&open);
            let ends = all.map(|id| (sam.clone(), "forceCloseConversation", on(id), ""));
            field.at_once(ends).await;
        }
        field
            .holds(&outcomes, "drain-against-accept-and-assign")
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_drains_at_once_take_each_conversation_once() {
    for database in Database::all().await {
        let field = Field::on(database, &["anna", "bert"], 100).await;
        let (stage, sam) = (&field.stage, &field.stage.supervisor);
        let ids = picked(stage, "anna", 20).await;
        let drain = || {
            let input = json!({ "agentId": field.ids[0] });
            (sam.clone(), "drainAgent", input, DRAINED)
        };
        let payloads = field.at_once([drain(), drain(), drain()]).await;
        let mut outcomes = Outcomes::default();
        for id in &ids {
            assert_eq!(field.times(id, "Requeued").await, 1);
            let each = payloads.iter().map(|payload| taken(payload, id));
            let mut done = 0;
            for (withdrawn, requeued) in each {
                assert!(!withdrawn);
                // One that comes later finds it in the queue, or not with the agent at all.
                let known = ["DONE", "INVALID_STATE"];
                assert!(requeued.as_deref().is_none_or(|code| known.contains(&code)));
                done += usize::from(requeued.as_deref() == Some("DONE"));
                outcomes.add(requeued.as_deref().unwrap_or("not theirs any more"));
            }
            assert_eq!(done, 1);
        }
        assert_eq!(stage.consumed("anna").await, 0);
        field.holds(&outcomes, "drain-against-drain").await;
    }
}
