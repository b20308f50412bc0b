//! Many at once, while agents pick the same.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::Field;
use crate::harness::Database;
use crate::races::field::{Outcomes, one_of, picked};
use crate::stage::{agent, codes, on};

const RESULTS: &str = "results { conversationId refusal { code } }";

fn bulk(field: &Field, ids: &[String], action: &Value, key: &str) -> super::Call {
    let input = json!({ "conversationIds": ids, "action": action, "idempotencyKey": key });
    (field.stage.supervisor.clone(), "bulkAction", input, RESULTS)
}

/// By conversation: its code, or `DONE`.
fn came_of(payload: &Value) -> BTreeMap<String, String> {
    let results = payload["results"].as_array().unwrap().iter();
    let one = |result: &Value| {
        let code = result["refusal"]["code"].as_str().unwrap_or("DONE");
        let id = result["conversationId"].as_str().unwrap();
        (id.to_owned(), code.to_owned())
    };
    results.map(one).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_many_is_assigned_or_picked_and_nobody_is_filled_beyond_capacity() {
    for database in Database::all().await {
        let field = Field::on(database, &["anna", "bert", "cora"], 100).await;
        let stage = &field.stage;
        let few = json!({ "agentId": field.ids[0], "capacity": 5 });
        stage
            .server
            .done(&stage.admin, "updateAgent", few, "")
            .await;
        let mut outcomes = Outcomes::default();
        for round in 0..3 {
            let ids = join_all((0..30).map(|_| stage.start("WHATSAPP"))).await;
            let to = json!({ "assign": { "target": { "agentId": field.ids[0] } } });
            let whole = [
                bulk(&field, &ids, &to, &format!("one {round}")),
                bulk(&field, &ids, &to, &format!("two {round}")),
            ];
            let picks = ids.iter().rev().enumerate().map(|(i, id)| {
                let who = ["bert", "cora"][i % 2];
                (agent(who), "pickConversation", on(id), "")
            });
            let payloads = field.at_once(whole.into_iter().chain(picks)).await;
            let (bulks, picks) = payloads.split_at(2);
            let bulks = [came_of(&bulks[0]), came_of(&bulks[1])];
            let mut assigned = 0;
            for (id, pick) in ids.iter().rev().zip(codes(picks)) {
                let has = one_of(stage, id, &["AssignedToAgent", "Picked"]).await;
                let all = [&*bulks[0][id], &*bulks[1][id]];
                let done = all.iter().filter(|code| **code == "DONE").count();
                let (state, primary, _, offered) = field.whose(id).await;
                assert_eq!(state, "ACTIVE");
                if has == "Picked" {
                    assert_eq!((done, &*pick, offered), (0, "DONE", None), "{all:?}");
                    assert!(primary.is_some());
                } else {
                    assert_eq!((done, &*pick, primary), (1, "NOT_FOUND", None), "{all:?}");
                    assert_eq!(offered.as_deref(), Some("anna"));
                    assigned += 1;
                }
                for code in all.into_iter().filter(|code| *code != "DONE") {
                    let known = ["ALREADY_ASSIGNED", "OFFER_PENDING", "CAPACITY_EXCEEDED"];
                    assert!(known.contains(&code), "{code}");
                    outcomes.add(code);
                }
                outcomes.add(&has);
            }
            assert_eq!(stage.consumed("anna").await, assigned);
            assert!(assigned <= 5);
            let ends = bulk(
                &field,
                &ids,
                &json!({ "forceClose": true }),
                &format!("end {round}"),
            );
            let ended = field.at_once([ends]).await;
            assert!(came_of(&ended[0]).values().all(|code| code == "DONE"));
        }
        field.holds(&outcomes, "bulk-assign-against-pick").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_many_is_requeued_and_picked_by_one_or_by_nobody() {
    for database in Database::all().await {
        let field = Field::on(database, &["anna", "bert", "cora"], 100).await;
        let stage = &field.stage;
        let ids = picked(stage, "anna", 40).await;
        let mut outcomes = Outcomes::default();
        for round in 0..3 {
            // Two of the same key are one; a third takes what was picked in between.
            let requeue = json!({ "requeue": {} });
            let (one, two) = (format!("one {round}"), format!("two {round}"));
            let whole = [&one, &one, &two].map(|key| bulk(&field, &ids, &requeue, key));
            let picks = ids.iter().flat_map(|id| {
                let by = |who| (agent(who), "pickConversation", on(id), "");
                ["bert", "cora"].map(by)
            });
            let payloads = field.at_once(whole.into_iter().chain(picks)).await;
            let (bulks, picks) = payloads.split_at(3);
            let [first, repeat, third] = [0, 1, 2].map(|at| came_of(&bulks[at]));
            assert_eq!(first, repeat, "a key is answered alike");
            for (at, id) in ids.iter().enumerate() {
                let requeued = [&first[id], &third[id]];
                for code in requeued {
                    assert!(["DONE", "INVALID_STATE"].contains(&&**code), "{code}");
                }
                let known = ["DONE", "NOT_FOUND", "ALREADY_ASSIGNED"];
                let picked = codes(&picks[2 * at..2 * at + 2]);
                assert!(
                    picked.iter().all(|code| known.contains(&&**code)),
                    "{picked:?}"
                );
                let back = requeued.iter().filter(|code| **code == "DONE").count();
                let has = picked.iter().filter(|code| *code == "DONE").count();
                let (state, primary, _, offered) = field.whose(id).await;
                assert_eq!(offered, None);
                assert_eq!(
                    (&*state == "OPEN", primary.is_none()),
                    (primary.is_none(), &*state == "OPEN")
                );
                outcomes.add(&format!("requeued {back} times, picked {has} times"));
            }
            // Whatever it was, it is anna's again.
            let again = bulk(
                &field,
                &ids,
                &json!({ "requeue": {} }),
                &format!("back {round}"),
            );
            field.at_once([again]).await;
            let picks = ids
                .iter()
                .map(|id| (agent("anna"), "pickConversation", on(id), ""));
            assert!(
                codes(&field.at_once(picks).await)
                    .iter()
                    .all(|code| code == "DONE")
            );
        }
        // Each event answers one command that was done.
        for id in &ids {
            let (back, has) = (
                field.times(id, "Requeued").await,
                field.times(id, "Picked").await,
            );
            assert_eq!(has, back + 1, "anna has it in the end");
        }
        assert_eq!(stage.consumed("anna").await, 40);
        field.holds(&outcomes, "bulk-requeue-against-pick").await;
    }
}
