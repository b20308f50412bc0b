//! What a supervisor sees of agents who also work in queues that they do not lead.

use serde_json::{Value, json};

use super::mirror::{Mirror, kinds};
use super::{list, next, plain, standing, update};
use crate::floor::Floor;
use crate::harness::{Database, Token};
use crate::insights::scope::{History, two};

fn leads(queues: &[&str]) -> String {
    Token::supervisor("pia").queues(queues).sign()
}

#[tokio::test]
async fn figures_come_from_queues_in_scope_and_units_are_told_where_all_of_the_agents_are() {
    let floor = standing().await;
    // Anna is a member of three; two supervisors lead one of them each, one leads the three, one everything.
    let tokens = [
        leads(&[&floor.queue]),
        leads(&[&floor.voice_queue]),
        leads(&[&floor.queue, &floor.voice_queue, &floor.record_queue]),
        floor.admin.clone(),
    ];
    let mut lists = Vec::new();
    for token in &tokens {
        lists.push(list(&floor, token).await);
    }
    let row = |list: &Mirror, field: &str| list.shown.of("anna")[field].clone();
    let units = |list: &Mirror| !row(list, "capacity").is_null();
    assert_eq!(
        lists.iter().map(units).collect::<Vec<_>>(),
        [false, false, true, true]
    );

    // In the first's queue: the second hears nothing.
    let chat = floor.active("WHATSAPP").await;
    for number in [0, 2, 3] {
        assert_eq!(next(&mut lists[number]).await, ["Updated 0"], "{number}");
        assert_eq!(row(&lists[number], "activeConversations"), 1);
    }
    // In the second's.
    floor.active("VOICE").await;
    for (number, conversations) in [(1, 1), (2, 2), (3, 2)] {
        assert_eq!(next(&mut lists[number]).await, ["Updated 0"], "{number}");
        assert_eq!(row(&lists[number], "activeConversations"), conversations);
    }
    floor
        .act(&floor.anna, "endConversation", &chat, json!({}))
        .await;
    for (number, handled) in [(0, 1), (2, 1), (3, 1)] {
        assert_eq!(next(&mut lists[number]).await, ["Updated 0"], "{number}");
        assert_eq!(row(&lists[number], "handledToday"), handled);
    }
    assert_eq!(row(&lists[0], "longestHandleSince"), Value::Null);
    assert_ne!(row(&lists[1], "longestHandleSince"), Value::Null);
    assert_eq!(row(&lists[1], "handledToday"), 0);

    // In a queue of nobody's: it weighs on her units, and is no conversation of theirs.
    let before = row(&lists[2], "capacity");
    let elsewhere = json!({ "queueId": floor.second_queue });
    let id = floor.start_with("SMS", elsewhere).await;
    let input = json!({ "target": { "agentId": floor.agent("anna") }, "overrideCapacity": true });
    floor
        .act(&floor.sam, "assignConversation", &id, input)
        .await;
    for (number, conversations) in [(2, 2), (3, 3)] {
        assert_eq!(next(&mut lists[number]).await, ["Updated 0"], "{number}");
        assert_ne!(row(&lists[number], "capacity"), before);
        assert_eq!(row(&lists[number], "activeConversations"), conversations);
    }
    // Taking it changes no units: those who do not lead the queue hear nothing.
    floor.act(&floor.anna, "acceptOffer", &id, json!({})).await;
    floor
        .act(&floor.anna, "requestHelp", &id, json!({ "note": "?" }))
        .await;
    assert_eq!(next(&mut lists[3]).await, ["Updated 0"]);
    assert_eq!(row(&lists[3], "openHelpRequests"), 1);

    // The next that any of them hears is this.
    floor.presence(&floor.bert, "BUSY").await;
    for list in &mut lists {
        let told = next(list).await;
        assert_eq!(told, ["Updated 1"]);
    }
    for (token, list) in tokens.iter().zip(&lists) {
        super::agrees(&floor, token, list, &plain(&floor)).await;
    }
}

#[tokio::test]
async fn an_agent_comes_into_sight_and_leaves_it_by_their_queues() {
    let floor = standing().await;
    let mut pia = list(&floor, &leads(&[&floor.second_queue])).await;
    assert_eq!(pia.shown.names(), Vec::<&str>::new());
    let there = json!({ "agentId": floor.agent("carl"), "queueId": floor.second_queue });
    update(&floor, "addQueueMember", there.clone()).await;
    let message = pia.next().await;
    assert_eq!(
        (kinds(&message), &message["totalCount"]),
        (vec!["Entered 0".to_owned()], &json!(1))
    );
    assert!(pia.shown.of("carl")["capacity"].is_object());
    // One more queue, out of scope: what belongs to no queue is not told any more.
    let other = json!({ "agentId": floor.agent("carl"), "queueId": floor.queue });
    update(&floor, "addQueueMember", other.clone()).await;
    assert_eq!(next(&mut pia).await, ["Updated 0"]);
    assert_eq!(pia.shown.of("carl")["capacity"], Value::Null);
    update(&floor, "removeQueueMember", other).await;
    assert_eq!(next(&mut pia).await, ["Updated 0"]);
    assert!(pia.shown.of("carl")["capacity"].is_object());
    update(&floor, "removeQueueMember", there).await;
    assert_eq!(next(&mut pia).await, ["Left NO_LONGER_VISIBLE"]);
    // Somebody else's presence is not theirs to hear of.
    floor.presence(&floor.anna, "BUSY").await;
    assert_eq!(pia.next_unless_silent().await, None);
}

#[tokio::test]
async fn another_token_goes_on_where_it_sees_the_same_and_begins_again_where_not() {
    let floor = standing().await;
    let mut sam = list(&floor, &floor.sam).await;
    let longer = Token::supervisor("sam").lasting(std::time::Duration::from_hours(9));
    sam.replace(&longer.sign()).await;
    floor.presence(&floor.anna, "BUSY").await;
    assert_eq!(next(&mut sam).await, ["Updated 0"], "the list goes on");
    sam.replace(&longer.queues(&[&floor.second_queue]).sign())
        .await;
    let message = sam.next().await;
    assert_eq!(
        (&message["snapshotReason"], &message["totalCount"]),
        (&json!("SIGHT_CHANGED"), &json!(0))
    );
}

/// Every message, but for where in the log it is and when it was sent.
async fn told(list: &mut Mirror) -> Vec<Value> {
    let mut told = Vec::new();
    while let Some(mut message) = list.next_unless_silent().await {
        let message_fields = message.as_object_mut().unwrap();
        message_fields.remove("cursor");
        message_fields.remove("emittedAt");
        told.push(message);
    }
    told
}

#[tokio::test]
async fn what_happens_in_other_queues_changes_no_byte_of_what_a_supervisor_is_told() {
    for database in Database::all().await {
        let mut floor = Floor::on(database.clone()).await;
        let queues = vec![floor.queue.clone()];
        floor.add_agent("dora", "HUMAN", queues).await;
        let (one, other) = two(floor, &database).await;
        let mut stories = Vec::new();
        for (floor, with_others) in [(one, false), (other, true)] {
            let of = plain(&floor);
            let mut lists = Vec::new();
            for token in [leads(&[&floor.queue]), floor.sam.clone()] {
                lists.push(Mirror::subscribed(&floor.server, &token, &of).await);
            }
            // The first message of each is the list.
            let mut story = Vec::new();
            for list in &mut lists {
                story.push(told(list).await);
            }
            History::of(floor, with_others).live().await;
            for (list, story) in lists.iter_mut().zip(&mut story) {
                story.extend(told(list).await);
            }
            stories.push(story);
        }
        let [(pia, sam), (pia_with, sam_with)] =
            [&stories[0], &stories[1]].map(|story| (&story[0], &story[1]));
        assert_eq!(pia, pia_with);
        let changes = |story: &Vec<Value>| story.len() - 1;
        assert!(changes(pia) >= 5, "there is something to tell: {pia:#?}");
        assert_ne!(sam, sam_with, "who leads all queues sees the difference");
    }
}
