//! What a supervisor gives back to the queue while an agent accepts it, or somebody takes it over.

use serde_json::json;

use super::{Field, both};
use crate::harness::Database;
use crate::races::field::{Outcomes, one_of, picked};
use crate::stage::{agent, codes, count, on, with};

const REQUEUE: &str = "requeueConversation";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_is_accepted_before_it_is_requeued_or_stands_until_it_is_answered() {
    for database in Database::all().await {
        let field = Field::on(database, &["anna"], 100).await;
        let (stage, sam) = (&field.stage, &field.stage.supervisor);
        let mut outcomes = Outcomes::default();
        let mut kept = 0;
        for turn in 0..24 {
            let id = stage.start("WHATSAPP").await;
            let offered = stage.assign(&id, &field.ids[0]).await;
            assert_eq!(offered["errors"], json!([]));
            let mut calls = vec![
                (sam.clone(), REQUEUE, on(&id), ""),
                (agent("anna"), "acceptOffer", on(&id), ""),
            ];
            calls.rotate_left(turn % 2);
            let mut payloads = field.at_once(calls).await;
            payloads.rotate_right(turn % 2);
            let requeued = field.times(&id, "Requeued").await == 1;
            let expected = if requeued {
                ("DONE", "OPEN", None)
            } else {
                ("OFFER_PENDING", "ACTIVE", Some("anna"))
            };
            let (state, primary, _, offered) = field.whose(&id).await;
            assert_eq!(codes(&payloads), [expected.0, "DONE"]);
            assert_eq!(
                (&*state, primary.as_deref(), offered),
                (expected.1, expected.2, None)
            );
            assert_eq!(field.times(&id, "OfferAccepted").await, 1);
            kept += i64::from(!requeued);
            assert_eq!(stage.consumed("anna").await, kept);
            outcomes.add(if requeued { "requeued" } else { "kept" });
        }
        field.holds(&outcomes, "requeue-against-accept").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_that_is_requeued_is_in_the_queue_whoever_had_it_then() {
    for database in Database::all().await {
        let field = Field::on(database, &["anna", "bert"], 100).await;
        let (stage, sam) = (&field.stage, &field.stage.supervisor);
        let mut outcomes = Outcomes::default();
        for (turn, id) in picked(stage, "anna", 24).await.iter().enumerate() {
            let to = with(on(id), json!({ "agentId": field.ids[1] }));
            stage.server.done(sam, "transferConversation", to, "").await;
            let mut calls = vec![
                (sam.clone(), REQUEUE, on(id), ""),
                (agent("bert"), "acceptOffer", on(id), ""),
            ];
            calls.rotate_left(turn % 2);
            let mut payloads = field.at_once(calls).await;
            payloads.rotate_right(turn % 2);
            let ended = one_of(stage, id, &["TransferAccepted", "TransferCancelled"]).await;
            let accept = if ended == "TransferAccepted" {
                "DONE"
            } else {
                "NO_PENDING_OFFER"
            };
            assert_eq!(codes(&payloads), ["DONE", accept], "{ended}");
            let whose = field.whose(id).await;
            assert_eq!(whose, ("OPEN".to_owned(), None, vec![], None));
            assert_eq!(field.times(id, "Requeued").await, 1);
            outcomes.add(&ended);
        }
        assert_eq!(
            (stage.consumed("anna").await, stage.consumed("bert").await),
            (0, 0)
        );
        field.holds(&outcomes, "requeue-against-transfer").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_requeued_and_taken_over_is_in_one_place() {
    for database in Database::all().await {
        let field = Field::on(database, &["anna", "bert"], 100).await;
        let (stage, sam) = (&field.stage, &field.stage.supervisor);
        let mut outcomes = Outcomes::default();
        for (turn, id) in picked(stage, "anna", 24).await.iter().enumerate() {
            let mut calls = vec![
                (sam.clone(), REQUEUE, on(id), ""),
                (both("bert"), "takeOverConversation", on(id), ""),
                (sam.clone(), REQUEUE, on(id), ""),
            ];
            calls.rotate_left(turn % 3);
            let mut payloads = field.at_once(calls).await;
            payloads.rotate_right(turn % 3);
            let all = codes(&payloads);
            let (state, primary, ..) = field.whose(id).await;
            let requeued = field.times(id, "Requeued").await;
            let taken = field.times(id, "TakenOver").await;
            // The last of them leaves it in the queue: once requeued there is nothing to take over.
            assert_eq!((&*state, primary, requeued), ("OPEN", None, 1), "{all:?}");
            assert_eq!(all[1], if taken == 1 { "DONE" } else { "INVALID_STATE" });
            let requeues = [payloads[0].clone(), payloads[2].clone()];
            assert_eq!(count(&requeues, "DONE"), 1);
            assert_eq!(count(&requeues, "INVALID_STATE"), 1);
            outcomes.add(if taken == 1 {
                "taken over first"
            } else {
                "requeued first"
            });
        }
        assert_eq!(
            (stage.consumed("anna").await, stage.consumed("bert").await),
            (0, 0)
        );
        field.holds(&outcomes, "requeue-against-take-over").await;
    }
}
