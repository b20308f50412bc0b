//! What was OPEN in an agent's queues was theirs to see as a member at the event, also where they hear
//! of it when their memberships are others (domain.md section 7).

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use super::delivered;
use crate::harness::cursors::places;
use crate::harness::{Database, Server};
use crate::servers::pair;
use crate::stage::{CHANGES, Stage, agent, as_of};

const FIELD: &str = "conversationChanges";

async fn member(stage: &Stage, mutation: &str, subject: &str) {
    let id = stage.agent_id(subject).await;
    let input = json!({ "agentId": id, "queueId": stage.organisation.queue });
    stage.server.done(&stage.admin, mutation, input, "").await;
}

async fn heard(stage: &Stage, subject: &str, after: &str) -> Vec<Value> {
    delivered(stage, &agent(subject), CHANGES, FIELD, after).await
}

/// What is on an agent's list, oldest first.
async fn list(server: &Server, subject: &str) -> Vec<String> {
    let list = "{ ongoingConversations(first: 100) { edges { node { id } } } }";
    let data = server.data(&agent(subject), list, json!({})).await;
    let edges = data["ongoingConversations"]["edges"].as_array().unwrap();
    let id = |edge: &Value| edge["node"]["id"].as_str().unwrap().to_owned();
    let mut ids: Vec<_> = edges.iter().map(id).collect();
    ids.sort_unstable();
    ids
}

/// What that list becomes by these events.
fn applied(mut list: Vec<String>, events: &[Value]) -> Vec<String> {
    for event in events {
        match event["conversationId"].as_str() {
            Some(left) => list.retain(|id| id != left),
            None => list.push(event["conversation"]["id"].as_str().unwrap().to_owned()),
        }
    }
    list.sort_unstable();
    list.dedup();
    list
}

fn left(id: &str) -> Value {
    json!({ "__typename": "ConversationLeftScope", "conversationId": id })
}

/// The events without their cursors.
fn bare(events: &[Value]) -> Vec<Value> {
    let mut events = events.to_vec();
    for event in &mut events {
        event.as_object_mut().unwrap().remove("cursor");
    }
    events
}

#[tokio::test]
async fn what_left_an_agents_queue_before_the_agent_did_leaves_their_list_too() {
    for database in Database::all().await {
        let mut stage = Stage::on(database, &["anna", "bert", "carl"]).await;
        let elsewhere = stage.queue("Elsewhere").await;
        let (picked, moved) = (stage.start("WHATSAPP").await, stage.start("WHATSAPP").await);
        let open = stage.start("WHATSAPP").await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        let before = list(&stage.server, "anna").await;
        assert_eq!(before.len(), 3);

        stage.act(&agent("bert"), "pickConversation", &picked).await;
        let target = json!({ "conversationId": moved, "target": { "queueId": elsewhere } });
        let server = &stage.server;
        server
            .done(&stage.supervisor, "assignConversation", target, "")
            .await;
        member(&stage, "removeQueueMember", "anna").await;
        // Nothing that was theirs to see: it came when they had left.
        let late = stage.start("WHATSAPP").await;
        stage.act(&agent("bert"), "pickConversation", &late).await;

        for restarted in [false, true] {
            if restarted {
                stage = stage.restarted().await;
            }
            let told = heard(&stage, "anna", &begin).await;
            let told_of = [left(&picked), left(&moved), left(&open)];
            assert_eq!(bare(&told), told_of, "restarted: {restarted}");
            let now = list(&stage.server, "anna").await;
            assert_eq!((applied(before.clone(), &told), now), (vec![], vec![]));
            // From between the two it is the rest, and the same.
            let cursor = told[0]["cursor"].as_str().unwrap();
            let rest = heard(&stage, "anna", cursor).await;
            assert_eq!(places(&json!(rest)), places(&json!(told[1..])));
            // Carl is a member still, and sees what is new as well.
            let carl = applied(before.clone(), &heard(&stage, "carl", &begin).await);
            assert_eq!(carl, std::slice::from_ref(&open));
        }
        // One who never was a member is told nothing.
        let input = json!({ "subject": "dora", "name": "dora", "capacity": 3, "queueIds": [] });
        let server = &stage.server;
        server.done(&stage.admin, "createAgent", input, "").await;
        assert_eq!(heard(&stage, "dora", &begin).await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn what_left_a_deleted_agents_queue_before_leaves_their_list_too() {
    let stage = Stage::on(Database::sqlite(), &["anna", "bert"]).await;
    let (picked, open) = (stage.start("WHATSAPP").await, stage.start("WHATSAPP").await);
    let begin = as_of(&stage.server, &stage.gateway).await;
    stage.act(&agent("bert"), "pickConversation", &picked).await;
    let input = json!({ "agentId": stage.agent_id("anna").await });
    let server = &stage.server;
    server.done(&stage.admin, "deleteAgent", input, "").await;
    let told = heard(&stage, "anna", &begin).await;
    assert_eq!(bare(&told), [left(&picked), left(&open)]);
    // Another agent with the same name at the door was nobody then.
    stage.hire("anna", 3).await;
    let told = heard(&stage, "anna", &begin).await;
    assert_eq!(
        bare(&told),
        [left(&picked)],
        "the other is on the new one's list"
    );
    assert_eq!(list(&stage.server, "anna").await, [open]);
}

#[tokio::test]
async fn who_becomes_a_member_is_told_nothing_of_what_happened_before() {
    let mut stage = Stage::on(Database::sqlite(), &["bert"]).await;
    let input = json!({ "subject": "anna", "name": "anna", "capacity": 3, "queueIds": [] });
    let server = &stage.server;
    server.done(&stage.admin, "createAgent", input, "").await;
    let gone = stage.start("WHATSAPP").await;
    let begin = as_of(&stage.server, &stage.gateway).await;
    let (brief, open) = (stage.start("WHATSAPP").await, stage.start("WHATSAPP").await);
    stage.act(&agent("bert"), "pickConversation", &gone).await;
    stage.act(&agent("bert"), "pickConversation", &brief).await;
    let added = as_of(&stage.server, &stage.gateway).await;
    member(&stage, "addQueueMember", "anna").await;
    stage.customer_writes(&open, "Is anybody there?").await;

    for restarted in [false, true] {
        if restarted {
            stage = stage.restarted().await;
        }
        let told = heard(&stage, "anna", &begin).await;
        assert!(!told.is_empty());
        let since = heard(&stage, "anna", &added).await;
        assert_eq!(places(&json!(told)), places(&json!(since)));
        assert_eq!(applied(vec![], &told), std::slice::from_ref(&open));
        let about = |event: &Value| event["conversation"]["id"] == json!(open);
        assert!(told.iter().all(about), "{told:?}");
    }
    // Nor, when they are none again, of more than what they saw.
    member(&stage, "removeQueueMember", "anna").await;
    let told = heard(&stage, "anna", &begin).await;
    assert_eq!(bare(&told), [left(&open)]);
}

#[tokio::test]
async fn who_is_a_member_again_keeps_what_is_open_and_loses_what_went_meanwhile() {
    let stage = Stage::on(Database::sqlite(), &["anna", "bert"]).await;
    let (open, gone) = (stage.start("WHATSAPP").await, stage.start("WHATSAPP").await);
    let begin = as_of(&stage.server, &stage.gateway).await;
    let before = list(&stage.server, "anna").await;
    member(&stage, "removeQueueMember", "anna").await;
    stage.act(&agent("bert"), "pickConversation", &gone).await;
    member(&stage, "addQueueMember", "anna").await;
    let told = heard(&stage, "anna", &begin).await;
    assert_eq!(bare(&told), [left(&gone)]);
    let now = list(&stage.server, "anna").await;
    assert_eq!(
        (applied(before, &told), now),
        (vec![open.clone()], vec![open])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run by .ci/postgres"]
async fn another_server_knows_who_was_a_member_too() {
    let (mut stage, other) = pair(&["anna", "bert"]).await;
    let picked = stage.start("WHATSAPP").await;
    let begin = as_of(&stage.server, &stage.gateway).await;
    stage.act(&agent("bert"), "pickConversation", &picked).await;
    member(&stage, "removeQueueMember", "anna").await;
    let told = heard(&stage, "anna", &begin).await;
    assert_eq!(bare(&told), [left(&picked)]);
    stage.server = other;
    crate::harness::soon("the other server has it", || async {
        list(&stage.server, "anna").await.is_empty()
    })
    .await;
    let there = heard(&stage, "anna", &begin).await;
    assert_eq!(places(&json!(there)), places(&json!(told)));
}

/// A moment: where in the log it is, and what is on Anna's list there.
struct Moment {
    at: String,
    list: Vec<String>,
}

async fn moment(stage: &Stage) -> Moment {
    let list = list(&stage.server, "anna").await;
    let at = as_of(&stage.server, &stage.gateway).await;
    Moment { at, list }
}

/// What Anna is told from this moment on, her list by it, and where she is then.
async fn follow(stage: &Stage, from: &Moment) -> (Vec<Value>, Moment) {
    let told = heard(stage, "anna", &from.at).await;
    let last = told.last().map(|event| &event["cursor"]);
    let at = last.map_or(from.at.clone(), |cursor| {
        cursor.as_str().unwrap().to_owned()
    });
    let list = applied(from.list.clone(), &told);
    (told, Moment { at, list })
}

#[tokio::test]
async fn whatever_happens_no_list_keeps_a_stale_row_and_nobody_is_told_what_they_never_saw() {
    let stage = Stage::on(Database::sqlite(), &["anna", "bert"]).await;
    let elsewhere = stage.queue("Elsewhere").await;
    let mut dice = StdRng::seed_from_u64(7);
    let (mut open, mut picked, mut is_member) = (Vec::new(), Vec::new(), true);
    let (mut moments, mut followed) = (vec![moment(&stage).await], Vec::new());
    for step in 0..60 {
        match dice.random_range(0..8) {
            0..3 => open.push(stage.start("WHATSAPP").await),
            3 if !open.is_empty() => {
                let id = open.swap_remove(dice.random_range(0..open.len()));
                stage.act(&agent("bert"), "pickConversation", &id).await;
                picked.push(id);
            }
            4 if !picked.is_empty() => {
                let id = picked.swap_remove(dice.random_range(0..picked.len()));
                stage.act(&agent("bert"), "releaseConversation", &id).await;
                open.push(id);
            }
            5 if !open.is_empty() => {
                let id = open.swap_remove(dice.random_range(0..open.len()));
                let input = json!({ "conversationId": id, "target": { "queueId": elsewhere } });
                let server = &stage.server;
                server
                    .done(&stage.supervisor, "assignConversation", input, "")
                    .await;
            }
            _ => {
                let mutation = if is_member {
                    "removeQueueMember"
                } else {
                    "addQueueMember"
                };
                member(&stage, mutation, "anna").await;
                is_member = !is_member;
            }
        }
        moments.push(moment(&stage).await);
        // Now and then she comes from somewhere before and goes again.
        if step % 8 == 7 {
            let from = dice.random_range(0..moments.len());
            let (_, there) = follow(&stage, &moments[from]).await;
            followed.push((from, there));
        }
    }
    let now = moments.last().unwrap().list.clone();
    for from in (0..moments.len()).step_by(5) {
        let (told, there) = follow(&stage, &moments[from]).await;
        let stale = |id: &&String| !now.contains(id);
        assert_eq!(there.list.iter().find(stale), None, "from {from}");
        let seen: Vec<_> = moments[from..].iter().flat_map(|m| &m.list).collect();
        for event in &told {
            let id = event["conversationId"].as_str();
            let id = id.or(event["conversation"]["id"].as_str()).unwrap();
            assert!(seen.iter().any(|seen| *seen == id), "from {from}: {event}");
        }
    }
    for (from, there) in followed {
        let (_, list) = follow(&stage, &there).await;
        let stale = list.list.iter().find(|id| !now.contains(id));
        assert_eq!(stale, None, "from {from}, once interrupted");
    }
}
