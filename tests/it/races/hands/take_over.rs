//! Who takes over, when others do or when the first agent gives it away.

use serde_json::json;

use super::{Field, both};
use crate::harness::Database;
use crate::races::field::{Outcomes, one_of, picked};
use crate::stage::{agent, codes, conversation, count, on, with};

const TAKE_OVER: &str = "takeOverConversation";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_supervisors_who_take_over_what_they_saw_one_has_it() {
    for database in Database::all().await {
        let field = Field::on(database, &["anna", "bert", "cora"], 100).await;
        let mut outcomes = Outcomes::default();
        let mut won = [0, 0];
        for (turn, id) in picked(&field.stage, "anna", 16).await.iter().enumerate() {
            let seen = field.stage.conversation(id, "version").await["version"].clone();
            let seen = with(on(id), json!({ "expectedVersion": seen }));
            let calls = (0..8).map(|i| {
                let who = ["bert", "cora"][(turn + i / 2) % 2];
                (
                    both(who),
                    TAKE_OVER,
                    seen.clone(),
                    "conversation { agent { name } }",
                )
            });
            let payloads = field.at_once(calls).await;
            assert_eq!(count(&payloads, "DONE"), 1, "{:?}", codes(&payloads));
            assert_eq!(count(&payloads, "VERSION_CONFLICT"), 7);
            let done = payloads.iter().find(|one| one["errors"] == json!([]));
            let winner = done.unwrap()["conversation"]["agent"]["name"].clone();
            let (state, primary, consultants, offered) = field.whose(id).await;
            assert_eq!((&*state, offered), ("ACTIVE", None));
            assert_eq!((json!(primary), consultants), (winner, vec!["anna".into()]));
            assert_eq!(field.times(id, "TakenOver").await, 1);
            won[usize::from(primary.as_deref() == Some("cora"))] += 1;
            outcomes.add(&format!("taken by {}", primary.unwrap()));
        }
        for (name, held) in ["anna", "bert", "cora"]
            .into_iter()
            .zip([0, won[0], won[1]])
        {
            assert_eq!(field.stage.consumed(name).await, held, "{name}");
        }
        field.holds(&outcomes, "take-over-against-take-over").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supervisors_who_take_over_whatever_it_is_have_it_one_after_the_other() {
    for database in Database::all().await {
        let field = Field::on(database, &["anna", "bert", "cora"], 100).await;
        let mut outcomes = Outcomes::default();
        for (turn, id) in picked(&field.stage, "anna", 16).await.iter().enumerate() {
            let calls = (0..6).map(|i| {
                let who = ["bert", "cora"][usize::midpoint(turn, i) % 2];
                (both(who), TAKE_OVER, on(id), "")
            });
            let payloads = field.at_once(calls).await;
            let (done, had) = (
                count(&payloads, "DONE"),
                count(&payloads, "ALREADY_PRIMARY"),
            );
            assert_eq!(done + had, 6, "{:?}", codes(&payloads));
            assert_eq!(field.times(id, "TakenOver").await, done);
            assert!(done >= 2, "each had it once: {:?}", codes(&payloads));
            let (_, primary, consultants, _) = field.whose(id).await;
            let primary = primary.unwrap();
            let first = if primary == "bert" { "cora" } else { "bert" };
            assert_eq!(consultants, ["anna", first]);
            outcomes.add(&format!("taken {done} times"));
        }
        let consumed = [
            field.stage.consumed("anna").await,
            field.stage.consumed("bert").await + field.stage.consumed("cora").await,
        ];
        assert_eq!(consumed, [0, 16]);
        field.holds(&outcomes, "take-overs-in-turn").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_is_accepted_before_it_is_taken_over_or_not_at_all() {
    for database in Database::all().await {
        let field = Field::on(database, &["anna", "bert", "cora"], 100).await;
        let mut outcomes = Outcomes::default();
        for (turn, id) in picked(&field.stage, "anna", 24).await.iter().enumerate() {
            let to = with(on(id), json!({ "agentId": field.ids[1] }));
            let sam = &field.stage.supervisor;
            let server = &field.stage.server;
            server.done(sam, "transferConversation", to, "").await;
            let mut calls = vec![
                (both("cora"), TAKE_OVER, on(id), ""),
                (agent("bert"), "acceptOffer", on(id), ""),
            ];
            calls.rotate_left(turn % 2);
            let mut payloads = field.at_once(calls).await;
            payloads.rotate_right(turn % 2);
            let ended = one_of(&field.stage, id, &["TransferAccepted", "TransferCancelled"]).await;
            let expected = match &*ended {
                "TransferAccepted" => ("DONE", vec!["anna", "bert"]),
                // What is neither his nor offered to him any more he does not see.
                _ => ("NOT_FOUND", vec!["anna"]),
            };
            let (state, primary, consultants, offered) = field.whose(id).await;
            assert_eq!(codes(&payloads), ["DONE", expected.0], "{ended}");
            assert_eq!(
                (&*state, primary.as_deref(), offered),
                ("ACTIVE", Some("cora"), None)
            );
            assert_eq!(consultants, expected.1);
            outcomes.add(&ended);
        }
        for (name, held) in [("anna", 0), ("bert", 0), ("cora", 24)] {
            assert_eq!(field.stage.consumed(name).await, held, "{name}");
        }
        field.holds(&outcomes, "take-over-against-accept").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_accepts_and_takes_over_at_once_has_it_once() {
    for database in Database::all().await {
        let field = Field::on(database, &["anna", "bert"], 100).await;
        let mut outcomes = Outcomes::default();
        for (turn, id) in picked(&field.stage, "anna", 24).await.iter().enumerate() {
            let to = with(on(id), json!({ "agentId": field.ids[1] }));
            let sam = &field.stage.supervisor;
            let server = &field.stage.server;
            server.done(sam, "transferConversation", to, "").await;
            let mut calls = vec![
                (both("bert"), TAKE_OVER, on(id), ""),
                (both("bert"), "acceptOffer", on(id), ""),
            ];
            calls.rotate_left(turn % 2);
            let mut payloads = field.at_once(calls).await;
            payloads.rotate_right(turn % 2);
            let has = one_of(&field.stage, id, &["TransferAccepted", "TakenOver"]).await;
            let expected = match &*has {
                "TransferAccepted" => ["ALREADY_PRIMARY", "DONE"],
                _ => ["DONE", "NO_PENDING_OFFER"],
            };
            assert_eq!(codes(&payloads), expected, "{has}");
            let seen = conversation(server, sam, id, "agent { name } pendingOffer { id }").await;
            let expected = json!({ "agent": { "name": "bert" }, "pendingOffer": null });
            assert_eq!(seen, expected);
            outcomes.add(&has);
        }
        assert_eq!(field.stage.consumed("bert").await, 24);
        field.holds(&outcomes, "take-over-by-who-accepts").await;
    }
}
