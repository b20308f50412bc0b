//! The next agent (domain.md section 11): what the primary agent reads of the customer's earlier conversations.

use domain::{Channel, Role};
use serde_json::{Value, json};

use super::REVIEW;
use crate::floor::{Floor, merged, on, text};
use crate::harness::{Database, Token};

const TRANSCRIPTS: &str =
    "earlierConversations { id transcript(first: 10) { edges { node { text } } } }";

/// A conversation of the customer with this key that anna has, in this queue.
async fn contact(floor: &Floor, gateway: &str, key: &str, queue: &str) -> String {
    let own = json!({ "queueId": queue, "customer": { "key": key } });
    let input = merged(floor.start_input("WHATSAPP"), own);
    let made = floor
        .server
        .done(gateway, "startConversation", input, "conversation { id }")
        .await;
    text(&made["conversation"]["id"])
}

/// What was said in one that anna had and closed: by the customer, to the customer, and in the house.
async fn earlier(floor: &Floor, gateway: &str, key: &str, said: &str) -> String {
    let id = contact(floor, gateway, key, &floor.queue).await;
    floor
        .act(&floor.anna, "pickConversation", &id, json!({}))
        .await;
    let hello = json!({ "text": said });
    floor
        .act(gateway, "receiveCustomerMessage", &id, hello)
        .await;
    let aside = json!({ "text": format!("{said} (aside)"), "visibility": "INTERNAL" });
    floor.act(&floor.anna, "sendMessage", &id, aside).await;
    for mutation in ["endConversation", "closeConversation"] {
        floor.act(&floor.anna, mutation, &id, json!({})).await;
    }
    id
}

/// The texts of each earlier conversation that this viewer is shown, latest first.
async fn read(floor: &Floor, token: &str, id: &str) -> Value {
    let seen = floor.see(token, id, TRANSCRIPTS).await;
    let Some(all) = seen["earlierConversations"].as_array() else {
        return Value::Null;
    };
    let texts = all.iter().map(|one| {
        let edges = one["transcript"]["edges"].as_array().unwrap();
        let texts = edges.iter().map(|edge| edge["node"]["text"].clone());
        Value::Array(texts.collect())
    });
    Value::Array(texts.collect())
}

/// Who read what as the primary agent of what, newest first.
async fn readings(floor: &Floor, id: &str) -> Vec<Value> {
    let trail =
        "audit { edges { node { subject role action target before { state } after { state } } } }";
    let seen = floor.see(&floor.admin, id, trail).await;
    let edges = seen["audit"]["edges"].as_array().unwrap();
    let entries = edges.iter().map(|edge| edge["node"].clone());
    entries
        .filter(|entry| entry["action"] == "READ_EARLIER_CONVERSATION")
        .collect()
}

async fn adds_bert_to(floor: &Floor, queue: &str, adds: bool) {
    let input = json!({ "agentId": floor.agent("bert"), "queueId": queue });
    let mutation = if adds {
        "addQueueMember"
    } else {
        "removeQueueMember"
    };
    floor.server.done(&floor.admin, mutation, input, "").await;
}

#[tokio::test]
async fn the_primary_agent_reads_what_the_customer_said_before_and_nobody_else_does() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let gateway = &floor.gateway;
        let first = earlier(&floor, gateway, "ada", "First").await;
        let second = earlier(&floor, gateway, "ada", "Second").await;
        earlier(&floor, gateway, "bob", "Other").await;
        adds_bert_to(&floor, &floor.queue, false).await;
        adds_bert_to(&floor, &floor.second_queue, true).await;
        let id = contact(&floor, gateway, "ada", &floor.second_queue).await;
        assert_eq!(read(&floor, &floor.bert, &id).await, Value::Null, "not his");
        assert_eq!(floor.see(&floor.bert, &first, "id").await, Value::Null);
        let offer = merged(floor.to("bert"), json!({ "overrideCapacity": true }));
        floor
            .act(&floor.sam, "assignConversation", &id, offer)
            .await;
        assert_eq!(read(&floor, &floor.bert, &id).await, Value::Null, "offered");
        floor.act(&floor.bert, "acceptOffer", &id, json!({})).await;
        // PUBLIC alone: he is no member of the queue where they ended.
        let public = json!([["Second"], ["First"]]);
        assert_eq!(read(&floor, &floor.bert, &id).await, public);
        for token in [&floor.anna, gateway, &floor.sam, &floor.admin] {
            assert_eq!(read(&floor, token, &id).await, Value::Null);
        }
        adds_bert_to(&floor, &floor.queue, true).await;
        let all = json!([["Second", "Second (aside)"], ["First", "First (aside)"]]);
        assert_eq!(read(&floor, &floor.bert, &id).await, all);

        // By its id, and nothing else of it.
        let header =
            "state transcript { edges { node { text } } } closingNote participants { role }
            runningReviewSessions { id } attributes { key }";
        let seen = floor.see(&floor.bert, &first, header).await;
        assert_eq!(
            seen["transcript"]["edges"].as_array().map(Vec::len),
            Some(2)
        );
        assert_eq!(seen["participants"], json!([]));
        for hidden in ["closingNote", "runningReviewSessions", "attributes"] {
            assert_eq!(seen[hidden], Value::Null, "{hidden}");
        }
        // Once a conversation, however often they read.
        for earlier in [&first, &second] {
            let expected = json!({ "subject": "bert", "role": "AGENT", "action": "READ_EARLIER_CONVERSATION",
                "target": id, "before": null, "after": null });
            assert_eq!(readings(&floor, earlier).await, [expected]);
        }

        floor
            .act(&floor.bert, "releaseConversation", &id, json!({}))
            .await;
        assert_eq!(read(&floor, &floor.bert, &id).await, Value::Null);
        assert_eq!(floor.see(&floor.bert, &first, "id").await, Value::Null);
        assert_eq!(floor.texts(&floor.bert, &first).await, None);
        // The next one is another conversation's primary agent, and another reading.
        floor
            .act(&floor.bert, "pickConversation", &id, json!({}))
            .await;
        assert_eq!(read(&floor, &floor.bert, &id).await, all);
        assert_eq!(readings(&floor, &first).await.len(), 1, "of the same one");
        for mutation in ["endConversation", "closeConversation"] {
            floor.act(&floor.bert, mutation, &id, json!({})).await;
        }
        assert_eq!(floor.texts(&floor.bert, &first).await, None);
    }
}

#[tokio::test]
async fn previous_is_found_and_read_by_the_next_agent() {
    let floor = Floor::new().await;
    let before = earlier(&floor, &floor.gateway, "ada", "First").await;
    let continued = json!({ "previousConversationId": before, "customer": { "key": "ada" } });
    let id = floor.start_with("WHATSAPP", continued).await;
    let previous = "previous { id transcript { edges { node { text } } } }";
    let seen = floor.see(&floor.bert, &id, previous).await;
    assert_eq!(seen["previous"], Value::Null);
    floor
        .act(&floor.bert, "pickConversation", &id, json!({}))
        .await;
    let seen = floor.see(&floor.bert, &id, previous).await;
    assert_eq!(seen["previous"]["id"], json!(before));
    let edges = seen["previous"]["transcript"]["edges"].as_array();
    assert_eq!(edges.map(Vec::len), Some(2));
    assert_eq!(readings(&floor, &before).await.len(), 1);
}

#[tokio::test]
async fn customers_who_were_merged_have_one_past() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let gateway = &floor.gateway;
        let first = earlier(&floor, gateway, "ada", "First").await;
        let second = earlier(&floor, gateway, "bob", "Second").await;
        let before = contact(&floor, gateway, "ada", &floor.queue).await;
        floor
            .act(&floor.bert, "pickConversation", &before, json!({}))
            .await;
        assert_eq!(
            read(&floor, &floor.bert, &before).await,
            json!([["First", "First (aside)"]])
        );
        assert_eq!(floor.see(&floor.bert, &second, "id").await, Value::Null);

        let mut ids = Vec::new();
        for id in [&first, &second] {
            let seen = floor.see(&floor.admin, id, "customer { id }").await;
            ids.push(text(&seen["customer"]["id"]));
        }
        let input = json!({ "mergedId": ids[0], "survivingId": ids[1] });
        let merge = floor.server.done(&floor.admin, "mergeCustomers", input, "");
        merge.await;

        // Of the one that goes on under the merged id, of one that starts by its key, and of one by the survivor's.
        let both = json!([["Second", "Second (aside)"], ["First", "First (aside)"]]);
        assert_eq!(read(&floor, &floor.bert, &before).await, both);
        assert_eq!(readings(&floor, &second).await.len(), 1);
        floor
            .act(&floor.bert, "releaseConversation", &before, json!({}))
            .await;
        assert_eq!(floor.see(&floor.bert, &second, "id").await, Value::Null);
        for key in ["ada", "bob"] {
            let id = contact(&floor, gateway, key, &floor.queue).await;
            floor
                .act(&floor.bert, "pickConversation", &id, json!({}))
                .await;
            assert_eq!(read(&floor, &floor.bert, &id).await, both, "{key}");
            for earlier in [&first, &second] {
                let by_id = floor.texts(&floor.bert, earlier).await;
                assert_eq!(by_id.map(|texts| texts.len()), Some(2), "{key}");
            }
            floor
                .act(&floor.bert, "releaseConversation", &id, json!({}))
                .await;
        }
        assert_eq!(floor.see(&floor.bert, &first, "id").await, Value::Null);
    }
}

#[tokio::test]
async fn the_last_contact_of_a_merged_customer_is_continued() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let mut ids = Vec::new();
        let mut last = String::new();
        for key in ["ada", "bob"] {
            last = earlier(&floor, &floor.gateway, key, "Hello").await;
            let seen = floor.see(&floor.admin, &last, "customer { id }").await;
            ids.push(text(&seen["customer"]["id"]));
        }
        // Bob's was the last, and becomes one of Ada's.
        let input = json!({ "mergedId": ids[1], "survivingId": ids[0] });
        let merge = floor.server.done(&floor.admin, "mergeCustomers", input, "");
        merge.await;
        let received = floor.server.done(
            &floor.gateway,
            "receiveFromCustomer",
            floor.receive_input("WHATSAPP", "ada"),
            "conversation { id previous { id } }",
        );
        let received = received.await;
        assert_eq!(received["conversation"]["previous"], json!({ "id": last }));
        let id = text(&received["conversation"]["id"]);
        floor
            .act(&floor.bert, "pickConversation", &id, json!({}))
            .await;
        let previous = "previous { id transcript { edges { node { text } } } }";
        let seen = floor.see(&floor.bert, &id, previous).await;
        assert_eq!(seen["previous"]["id"], json!(last));
        let edges = seen["previous"]["transcript"]["edges"].as_array();
        assert_eq!(edges.map(Vec::len), Some(2));
    }
}

#[tokio::test]
async fn another_source_has_no_part_in_it() {
    let floor = Floor::new().await;
    let other = Token::gateway_of("other").source("other").sign();
    earlier(&floor, &other, "ada", "Elsewhere").await;
    let here = earlier(&floor, &floor.gateway, "ada", "Here").await;
    let id = contact(&floor, &floor.gateway, "ada", &floor.queue).await;
    floor
        .act(&floor.bert, "pickConversation", &id, json!({}))
        .await;
    let seen = floor
        .see(&floor.bert, &id, "earlierConversations { id }")
        .await;
    assert_eq!(seen["earlierConversations"], json!([{ "id": here }]));
}

#[tokio::test]
async fn the_workstream_says_whether_they_are_read() {
    let floor = Floor::new().await;
    let before = earlier(&floor, &floor.gateway, "ada", "First").await;
    let id = contact(&floor, &floor.gateway, "ada", &floor.queue).await;
    floor
        .act(&floor.bert, "pickConversation", &id, json!({}))
        .await;
    let switched = async |on: bool| {
        let input = json!({ "workstreamId": floor.workstream, "earlierTranscripts": on });
        let fields = "workstream { earlierTranscripts }";
        let done = floor
            .server
            .done(&floor.admin, "updateWorkstream", input, fields)
            .await;
        assert_eq!(done["workstream"]["earlierTranscripts"], json!(on));
    };
    switched(false).await;
    assert_eq!(read(&floor, &floor.bert, &id).await, Value::Null);
    assert_eq!(floor.see(&floor.bert, &before, "id").await, Value::Null);
    switched(true).await;
    assert_ne!(read(&floor, &floor.bert, &id).await, Value::Null);
    let made = json!({ "earlierTranscripts": false });
    let own = floor.create_workstream(made).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Workstream { earlierTranscripts } } }";
    let data = floor
        .server
        .data(&floor.admin, query, json!({ "id": own }))
        .await;
    assert_eq!(data["node"]["earlierTranscripts"], json!(false));
}

#[tokio::test]
async fn they_are_the_twenty_that_closed_last() {
    let floor = Floor::new().await;
    let mut all = Vec::new();
    for _ in 0..22 {
        let id = contact(&floor, &floor.gateway, "ada", &floor.queue).await;
        floor
            .act(&floor.gateway, "endByCustomer", &id, json!({}))
            .await;
        all.push(id);
    }
    let id = contact(&floor, &floor.gateway, "ada", &floor.queue).await;
    floor
        .act(&floor.bert, "pickConversation", &id, json!({}))
        .await;
    let seen = floor
        .see(&floor.bert, &id, "earlierConversations { id }")
        .await;
    let latest = all.iter().rev().take(20).map(|id| json!({ "id": id }));
    assert_eq!(seen["earlierConversations"], Value::Array(latest.collect()));
    assert_eq!(floor.texts(&floor.bert, &all[2]).await, Some(vec![]));
    assert_eq!(floor.texts(&floor.bert, &all[1]).await, None);
    assert_eq!(floor.see(&floor.bert, &all[1], "id").await, Value::Null);
}

#[tokio::test]
async fn many_readings_at_once_are_one_entry() {
    for database in Database::all().await {
        let floor = Floor::on(database).await;
        let before = earlier(&floor, &floor.gateway, "ada", "First").await;
        let id = contact(&floor, &floor.gateway, "ada", &floor.queue).await;
        floor
            .act(&floor.bert, "pickConversation", &id, json!({}))
            .await;
        let reads = (0..8).map(|_| read(&floor, &floor.bert, &id));
        for texts in futures_util::future::join_all(reads).await {
            assert_eq!(texts, json!([["First", "First (aside)"]]));
        }
        assert_eq!(readings(&floor, &before).await.len(), 1);
    }
}

#[tokio::test]
async fn a_review_of_one_that_an_agent_reads_too_is_by_itself() {
    let floor = Floor::new().await;
    let before = earlier(&floor, &floor.gateway, "ada", "First").await;
    let whatsapp = Token::of("bert", Role::Agent).channels(&[Channel::WhatsApp]);
    let id = contact(&floor, &floor.gateway, "ada", &floor.queue).await;
    floor
        .act(&floor.bert, "pickConversation", &id, json!({}))
        .await;
    floor.act(&floor.sam, REVIEW, &before, json!({})).await;
    floor
        .server
        .done(&floor.sam, "stopReview", on(&before, json!({})), "")
        .await;
    assert_eq!(floor.texts(&floor.sam, &before).await, None);
    let texts = floor.texts(&whatsapp.sign(), &before).await;
    assert_eq!(texts.map(|texts| texts.len()), Some(2));
}
