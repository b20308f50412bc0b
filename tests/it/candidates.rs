//! Lists of whom, and of where to, a conversation can be given (domain.md section 4).

use serde_json::{Value, json};

use crate::floor::{Floor, merged, text, with_api_access};
use crate::harness::Token;

const AGENT: &str = "agent { name } presence totalUnits consumedUnits availableUnits requiredUnits
    capacityExceededBy activeConversations declines
    needsPresenceOverride needsCapacityOverride needsDeclinesOverride";

/// A list as this viewer gets it, with these arguments; null when they get none.
async fn list(floor: &Floor, viewer: &str, id: &str, list: &str, fields: &str) -> Value {
    let fields = format!(
        "{list} {{ totalCount edges {{ cursor node {{ {fields} }} }} pageInfo {{ hasNextPage hasPreviousPage }} }}"
    );
    let seen = floor.see(viewer, id, &fields).await;
    let name = list.split('(').next().unwrap();
    seen[name].clone()
}

fn nodes(list: &Value) -> Vec<Value> {
    let edges = list["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"].clone()).collect()
}

/// The names of the agents or queues that sam is shown.
async fn names(floor: &Floor, id: &str, of: &str) -> Vec<String> {
    let queues = of.starts_with("assignableQueues");
    let fields = if queues { "name" } else { "agent { name }" };
    let shown = list(floor, &floor.sam, id, of, fields).await;
    let name = |node: &Value| {
        text(if queues {
            &node["name"]
        } else {
            &node["agent"]["name"]
        })
    };
    nodes(&shown).iter().map(name).collect()
}

#[tokio::test]
async fn agents_are_listed_with_what_giving_them_the_conversation_would_take() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    // Of three units each, anna has none left and bert two; carl is away.
    let total = 3;
    for _ in 0..total {
        floor.active("WHATSAPP").await;
    }
    let berts = floor.open("WHATSAPP").await;
    floor
        .act(&floor.bert, "pickConversation", &berts, json!({}))
        .await;
    floor.presence(&floor.carl, "AWAY").await;

    let (shown, statements) = floor
        .server
        .statements_of(list(&floor, &floor.sam, &id, "assignableAgents", AGENT))
        .await;
    assert_eq!(statements, 0);
    let bert = json!({
        "agent": { "name": "bert" }, "presence": "AVAILABLE", "totalUnits": total,
        "consumedUnits": 1, "availableUnits": total - 1, "requiredUnits": 1,
        "capacityExceededBy": 0, "activeConversations": 1, "declines": 0,
        "needsPresenceOverride": false, "needsCapacityOverride": false,
        "needsDeclinesOverride": false,
    });
    let anna = json!({
        "agent": { "name": "anna" }, "presence": "AVAILABLE", "totalUnits": total,
        "consumedUnits": total, "availableUnits": 0, "requiredUnits": 1,
        "capacityExceededBy": 1, "activeConversations": total, "declines": 0,
        "needsPresenceOverride": false, "needsCapacityOverride": true,
        "needsDeclinesOverride": false,
    });
    assert_eq!(nodes(&shown), [bert, anna], "carl is away, robo a bot");

    let everybody = "assignableAgents(includePresenceOverride: true)";
    assert_eq!(
        names(&floor, &id, everybody).await,
        ["bert", "carl", "anna"]
    );
    let shown = list(&floor, &floor.sam, &id, everybody, AGENT).await;
    assert_eq!(nodes(&shown)[1]["needsPresenceOverride"], true);

    // What is marked is what the mutation asks for.
    let code = floor
        .code(&floor.sam, "assignConversation", &id, floor.to("carl"))
        .await;
    assert_eq!(code, "PRESENCE_NOT_ALLOWED");
    let input = merged(floor.to("carl"), json!({ "overridePresence": true }));
    floor
        .act(&floor.sam, "assignConversation", &id, input)
        .await;
    let assigned = list(&floor, &floor.sam, &id, "assignableAgents", AGENT).await;
    assert_eq!(assigned, Value::Null, "it has an agent now");
}

#[tokio::test]
async fn a_conversation_is_transferred_to_members_of_its_queue_who_are_present() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let of = "transferableAgents";
    assert_eq!(
        names(&floor, &id, of).await,
        ["bert"],
        "anna has it, carl is no member, robo a bot"
    );
    let declined = async || {
        let shown = list(&floor, &floor.sam, &id, of, AGENT).await;
        let bert = &nodes(&shown)[0];
        (
            bert["declines"].clone(),
            bert["needsDeclinesOverride"].clone(),
        )
    };
    for declines in 0..3 {
        assert_eq!(declined().await, (json!(declines), json!(false)));
        let target = json!({ "agentId": floor.agent("bert") });
        floor
            .act(&floor.sam, "transferConversation", &id, target)
            .await;
        let pending = list(&floor, &floor.sam, &id, of, AGENT).await;
        assert_eq!(pending, Value::Null, "one request at a time");
        floor.act(&floor.bert, "rejectOffer", &id, json!({})).await;
    }
    assert_eq!(declined().await, (json!(3), json!(true)));
    floor.presence(&floor.bert, "OFFLINE").await;
    assert!(names(&floor, &id, of).await.is_empty());
}

#[tokio::test]
async fn queues_are_those_of_the_fitting_kind_but_the_current_one() {
    let floor = Floor::new().await;
    floor.create_queue("another", "MESSAGING").await;
    floor.create_queue("Calls", "VOICE").await;
    let id = floor.open("WHATSAPP").await;
    assert_eq!(
        names(&floor, &id, "assignableQueues").await,
        ["another", "Second"]
    );
    assert_eq!(
        names(&floor, &id, "assignableQueues(search: \"SEC\")").await,
        ["Second"]
    );
    let call = floor.open("VOICE").await;
    assert_eq!(names(&floor, &call, "assignableQueues").await, ["Calls"]);
    let record = floor.open("RECORD").await;
    let none = list(&floor, &floor.sam, &record, "assignableQueues", "name").await;
    assert_eq!(none, Value::Null, "a record is not assigned");
}

#[tokio::test]
async fn whoever_may_not_assign_or_transfer_gets_no_list() {
    let floor = Floor::new().await;
    let (open, active) = (floor.open("WHATSAPP").await, floor.active("WHATSAPP").await);
    let bare = Token::supervisor("sam").permissions(&[]).sign();
    for viewer in [&floor.anna, &floor.admin, &floor.gateway, &bare] {
        for of in ["assignableAgents", "assignableQueues"] {
            assert_eq!(
                list(&floor, viewer, &open, of, "__typename").await,
                Value::Null
            );
        }
        let of = "transferableAgents";
        assert_eq!(
            list(&floor, viewer, &active, of, "__typename").await,
            Value::Null
        );
    }
    let program = with_api_access();
    let of = "assignableAgents";
    assert_eq!(
        list(&floor, &program, &open, of, "__typename").await,
        Value::Null
    );
    floor.settings(false).await;
    assert_eq!(
        list(&floor, &floor.sam, &open, of, "__typename").await,
        Value::Null
    );
}

#[tokio::test]
async fn a_list_is_searched_and_paged_while_people_come_and_go() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    assert_eq!(
        names(&floor, &id, "assignableAgents(search: \" CAR\")").await,
        ["carl"]
    );
    assert_eq!(
        names(&floor, &id, "assignableAgents(search: \" \")").await,
        ["anna", "bert", "carl"]
    );

    let first = list(
        &floor,
        &floor.sam,
        &id,
        "assignableAgents(first: 1)",
        "agent { name }",
    )
    .await;
    assert_eq!(first["totalCount"], 3);
    assert_eq!(
        first["pageInfo"],
        json!({ "hasNextPage": true, "hasPreviousPage": false })
    );
    assert_eq!(nodes(&first), [json!({ "agent": { "name": "anna" } })]);
    // A page cursor is a place: it means the same when the one who stood there has gone.
    floor.presence(&floor.anna, "OFFLINE").await;
    let cursor = text(&first["edges"][0]["cursor"]);
    let rest = format!("assignableAgents(after: \"{cursor}\")");
    assert_eq!(names(&floor, &id, &rest).await, ["bert", "carl"]);
    let last = list(
        &floor,
        &floor.sam,
        &id,
        "assignableAgents(last: 1)",
        "agent { name }",
    )
    .await;
    assert_eq!(nodes(&last), [json!({ "agent": { "name": "carl" } })]);

    for (arguments, code) in [
        ("after: \"nonsense\"".to_owned(), "CURSOR_INVALID"),
        ("first: 1, last: 1".to_owned(), "INVALID_INPUT"),
        (format!("search: \"{}\"", "x".repeat(201)), "INVALID_INPUT"),
    ] {
        let query = format!(
            "{{ conversation(id: \"{id}\") {{ assignableAgents({arguments}) {{ totalCount }} }} }}"
        );
        let answer = floor.server.post(&floor.sam, &query, json!({})).await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], code,
            "{answer:#}"
        );
    }
}
