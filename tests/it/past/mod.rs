//! All conversations, closed ones included, as a list (domain.md section 11): against a slow, separate computation over
//! the rows, and by hand.

mod expected;
mod finding;
mod words;

use chrono::{SecondsFormat, TimeDelta};
use domain::{Channel, Role};
use serde_json::{Value, json};

use crate::floor::text;
use crate::harness::{Database, Server, Token};
use crate::mixture::{AGENTS, Mixture};
use crate::stage::{Stage, agent, on};
use expected::{FIELDS, Past};

const PAGE: &str = "query($filter: ConversationFilter, $orderBy: ConversationOrder, $first: Int, $last: Int,
        $after: String, $before: String) {
    conversations(filter: $filter, orderBy: $orderBy, first: $first, last: $last, after: $after, before: $before) {
        totalCount totalCountIsExact edges { cursor node { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }";

/// A page.
async fn page(server: &Server, token: &str, arguments: Value) -> Value {
    server.data(token, PAGE, arguments).await["conversations"].clone()
}

fn ids(page: &Value) -> Vec<String> {
    let edges = page["edges"].as_array().unwrap();
    edges.iter().map(|edge| text(&edge["node"]["id"])).collect()
}

/// The whole list, read from both ends in pages of so many; it must be the same.
async fn whole(server: &Server, token: &str, asked: &Value, size: usize) -> Vec<String> {
    let (mut forth, mut back) = (Vec::new(), Vec::new());
    let mut arguments = asked.clone();
    arguments["first"] = json!(size);
    loop {
        let page = page(server, token, arguments.clone()).await;
        forth.extend(ids(&page));
        let given = !arguments["after"].is_null();
        assert_eq!(page["pageInfo"]["hasPreviousPage"], json!(given));
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], json!(forth.len()), "{asked}");
            assert_eq!(page["totalCountIsExact"], true);
            break;
        }
        arguments["after"] = page["pageInfo"]["endCursor"].clone();
    }
    let mut arguments = asked.clone();
    arguments["last"] = json!(size);
    loop {
        let page = page(server, token, arguments.clone()).await;
        back.splice(0..0, ids(&page));
        if page["pageInfo"]["hasPreviousPage"] == false {
            break;
        }
        arguments["before"] = page["pageInfo"]["startCursor"].clone();
    }
    assert_eq!(forth, back, "{asked}");
    forth
}

/// Who looks.
fn viewers(stage: &Stage) -> Vec<(&'static str, Token)> {
    let queue = &stage.organisation.queue[..];
    vec![
        ("supervisor", Token::supervisor("sam")),
        ("of one queue", Token::supervisor("sue").queues(&[queue])),
        ("administrator", Token::administrator()),
        ("gateway", Token::gateway().channels(&[Channel::Sms])),
        ("agent", Token::agent("anna")),
        (
            "agent, supervisor of one queue",
            Token::agent("bert").and(Role::Supervisor).queues(&[queue]),
        ),
        (
            "agent, gateway",
            Token::agent("cora")
                .and(Role::CustomerGateway)
                .channels(&[Channel::WhatsApp])
                .source("gateway"),
        ),
        ("nobody", Token::of("nobody", Role::ApiAccess)),
        ("no agent", Token::agent("nobody")),
    ]
}

fn asked_for(stage: &Stage, past: &Past) -> Vec<Value> {
    let at = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let (early, late) = past.times();
    let range = json!({ "from": at(early), "to": at(late) });
    vec![
        json!({}),
        json!({ "states": ["CLOSED"] }),
        json!({ "states": ["OPEN", "ACTIVE", "WAITING"] }),
        json!({ "states": [] }),
        json!({ "channels": ["SMS", "WHATSAPP"], "states": ["CLOSED", "OPEN"] }),
        json!({ "queueIds": [stage.organisation.queue] }),
        json!({ "queueIds": past.queues(), "sentiments": ["VERY_NEGATIVE", "NEGATIVE", "NEUTRAL"] }),
        json!({ "agentId": past.agent("anna") }),
        json!({ "agentId": past.agent("bert"), "states": ["CLOSED"] }),
        json!({ "customerId": past.some_customer() }),
        json!({ "customerId": past.some_customer(), "agentId": past.agent("cora") }),
        json!({ "statusReasons": ["FORCE_CLOSED_BY_SUPERVISOR", "IN_CONVERSATION"] }),
        json!({ "tags": ["VIP", "réfund"] }),
        json!({ "tags": ["refund"], "states": ["CLOSED"], "text": "about" }),
        json!({ "tags": ["refund"], "agentId": past.agent("anna") }),
        json!({ "tags": [] }),
        json!({ "dispositionCodes": ["SOLVED", "MOVED"] }),
        json!({ "dispositionCodes": ["SOLVED"], "ratings": [1, 2, 3] }),
        json!({ "ratings": [5] }),
        json!({ "ratings": [1, 5], "states": ["CLOSED"], "tags": ["vip"] }),
        json!({ "text": "nam" }),
        json!({ "text": "about 1" }),
        json!({ "text": "7 ABOUT som", "states": ["CLOSED"] }),
        json!({ "text": "bout" }),
        json!({ "text": "somebody", "agentId": past.agent("anna") }),
        json!({ "started": range }),
        json!({ "closed": range }),
        json!({ "closed": { "from": null, "to": at(late) } }),
        json!({ "lastActivity": range }),
        json!({ "lastActivity": { "from": at(late) }, "started": { "to": at(late) } }),
    ]
}

#[tokio::test]
async fn every_page_is_what_the_policy_and_the_filter_say_of_each_conversation() {
    for database in Database::all().await {
        let stage = Stage::on(database.clone(), &AGENTS).await;
        let mut mixture = Mixture::new(&stage, 20_261_202).await;
        for round in 0..25 {
            mixture.round(&stage, 20).await;
            stage.server.clock.advance(TimeDelta::seconds(round % 3));
            if round % 4 == 3 {
                let list = page(&stage.server, &stage.supervisor, json!({ "first": 2 })).await;
                for id in ids(&list) {
                    let force = "forceCloseConversation";
                    let input = on(&id);
                    stage
                        .server
                        .mutate(&stage.supervisor, force, input, "")
                        .await;
                }
            }
        }
        let past = Past::read(&database).await;
        let mut shown = 0;
        for (who, token) in viewers(&stage) {
            let signed = token.sign();
            for filter in asked_for(&stage, &past) {
                for field in FIELDS {
                    for direction in ["ASC", "DESC"] {
                        let order = json!({ "field": field, "direction": direction });
                        let asked = json!({ "filter": filter, "orderBy": order });
                        let expected = past.list(who, &stage, &filter, field, direction);
                        let is = whole(&stage.server, &signed, &asked, 7).await;
                        assert_eq!(is, expected, "{who}: {asked}");
                        shown += is.len();
                    }
                }
            }
        }
        assert!(shown > 1_000, "the play was too short: {shown}");
    }
}

#[tokio::test]
async fn an_agent_finds_what_they_handled_and_not_what_others_did() {
    let stage = Stage::on(Database::sqlite(), &["anna", "bert"]).await;
    let id = stage.start("WHATSAPP").await;
    let mine = || async { ids(&page(&stage.server, &agent("anna"), json!({})).await) };
    assert!(mine().await.is_empty());
    let done = |token: String, mutation: &'static str, input: Value| {
        let server = &stage.server;
        async move { server.done(&token, mutation, input, "").await }
    };
    done(agent("anna"), "pickConversation", on(&id)).await;
    assert_eq!(mine().await, [&id[..]]);
    // Released, it is an ongoing one of somebody else.
    done(agent("anna"), "releaseConversation", on(&id)).await;
    assert!(mine().await.is_empty());
    done(agent("bert"), "pickConversation", on(&id)).await;
    assert!(mine().await.is_empty());
    done(stage.supervisor.clone(), "forceCloseConversation", on(&id)).await;
    assert_eq!(mine().await, [&id[..]]);
}
