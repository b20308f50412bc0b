//! Which agents a supervisor lists, and how much each has (domain.md section 13).

use serde_json::{Value, json};

use crate::floor::Floor;

const AGENTS: &str =
    "query($filter: AgentFilter, $orderBy: AgentOrder, $first: Int, $after: String) {
    agents(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
        totalCount edges { cursor node { name } } pageInfo { hasNextPage } } }";

async fn names(floor: &Floor, token: &str, variables: Value) -> Vec<String> {
    let data = floor.server.data(token, AGENTS, variables).await;
    let edges = data["agents"]["edges"].as_array().unwrap();
    let name = |edge: &Value| edge["node"]["name"].as_str().unwrap().to_owned();
    edges.iter().map(name).collect()
}

#[allow(clippy::needless_pass_by_value)] // As it is written where it is used.
fn only(filter: Value) -> Value {
    json!({ "filter": filter })
}

#[tokio::test]
async fn agents_are_found_by_queue_presence_capacity_kind_and_name() {
    let floor = Floor::new().await;
    let everybody = names(&floor, &floor.sam, json!({})).await;
    for (filter, expected) in [
        (json!({ "kinds": ["BOT"] }), vec!["robo"]),
        (json!({ "text": "ÀNN" }), vec!["anna"]),
        (json!({ "text": "na" }), vec![]),
        (json!({ "presences": [], "text": "anna" }), vec![]),
        (
            json!({ "queueIds": [floor.queue], "text": "anna" }),
            vec!["anna"],
        ),
    ] {
        let found = names(&floor, &floor.sam, only(filter.clone())).await;
        assert_eq!(found, expected, "{filter}");
    }
    assert_eq!(names(&floor, &floor.sam, only(json!({}))).await, everybody);

    floor.presence(&floor.anna, "BUSY").await;
    let busy = only(json!({ "presences": ["BUSY"] }));
    assert_eq!(names(&floor, &floor.sam, busy).await, ["anna"]);
    let id = floor.active("WHATSAPP").await;
    let seen = floor
        .see(
            &floor.sam,
            &id,
            "agent { name capacity { availableUnits } }",
        )
        .await;
    let available = seen["agent"]["capacity"]["availableUnits"]
        .as_i64()
        .unwrap();
    for (units, has) in [(available, true), (available + 1, false)] {
        let free = only(json!({ "minAvailableUnits": units }));
        let found = names(&floor, &floor.sam, free).await;
        assert_eq!(found.contains(&"anna".to_owned()), has, "{units}");
        // A bot has no capacity.
        assert!(!found.contains(&"robo".to_owned()));
    }
}

#[tokio::test]
async fn agents_are_ordered_and_paged_in_every_order() {
    let floor = Floor::new().await;
    floor.active("WHATSAPP").await;
    let by = |field: &str, direction: &str| json!({ "field": field, "direction": direction });
    let mut by_name = names(&floor, &floor.sam, json!({})).await;
    by_name.sort();
    let ascending = json!({ "orderBy": by("NAME", "ASC") });
    assert_eq!(names(&floor, &floor.sam, ascending).await, by_name);
    for field in ["LOAD", "ACTIVE_CONVERSATIONS"] {
        let most = json!({ "orderBy": by(field, "DESC") });
        assert_eq!(names(&floor, &floor.sam, most).await[0], "anna", "{field}");
    }
    for (field, direction) in [
        ("NAME", "DESC"),
        ("LOAD", "ASC"),
        ("LOAD", "DESC"),
        ("ACTIVE_CONVERSATIONS", "ASC"),
    ] {
        let order = by(field, direction);
        let whole = names(&floor, &floor.sam, json!({ "orderBy": order })).await;
        let (mut paged, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = json!({ "orderBy": order, "first": 2, "after": after });
            let data = floor.server.data(&floor.sam, AGENTS, page).await;
            let edges = data["agents"]["edges"].as_array().unwrap();
            let name = |edge: &Value| edge["node"]["name"].as_str().unwrap().to_owned();
            paged.extend(edges.iter().map(name));
            after = edges.last().unwrap()["cursor"].clone();
            if data["agents"]["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(paged, whole, "{field} {direction}");
        // A cursor is of its order.
        let other = json!({ "orderBy": by("NAME", "ASC"), "after": after });
        let answer = floor.server.post(&floor.sam, AGENTS, other).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "CURSOR_INVALID");
    }
}

#[tokio::test]
async fn what_a_filter_tells_of_agents_is_for_who_leads() {
    let floor = Floor::new().await;
    let load = json!({ "orderBy": { "field": "LOAD", "direction": "ASC" } });
    for (variables, code) in [
        (only(json!({ "queueIds": [floor.queue] })), "ROLE_REQUIRED"),
        (only(json!({ "presences": ["BUSY"] })), "ROLE_REQUIRED"),
        (only(json!({ "minAvailableUnits": 1 })), "ROLE_REQUIRED"),
        (load, "ROLE_REQUIRED"),
    ] {
        let answer = floor.server.post(&floor.anna, AGENTS, variables).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code);
    }
    let named = only(json!({ "text": "robo", "kinds": ["BOT"] }));
    assert_eq!(names(&floor, &floor.anna, named.clone()).await, ["robo"]);
    let answer = floor.server.post(&floor.gateway, AGENTS, named).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "ROLE_REQUIRED");
    for filter in [
        json!({ "minAvailableUnits": -1 }),
        json!({ "text": " " }),
        json!({ "queueIds": ["conv_1"] }),
    ] {
        let answer = floor.server.post(&floor.sam, AGENTS, only(filter)).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_INPUT");
    }
}

#[tokio::test]
async fn the_summary_counts_by_agent_what_each_has_or_is_offered() {
    let floor = Floor::new().await;
    let by_agent = "{ ongoingSummary { totalCount byAgent { agent { name } count } } }";
    let counted = async |token: &str| {
        let data = floor.server.data(token, by_agent, json!({})).await;
        data["ongoingSummary"]["byAgent"].clone()
    };
    assert_eq!(counted(&floor.sam).await, json!([]));
    floor.active("WHATSAPP").await;
    floor.offered("WHATSAPP").await;
    floor.open("WHATSAPP").await;
    let annas = json!([{ "agent": { "name": "anna" }, "count": 2 }]);
    assert_eq!(counted(&floor.sam).await, annas);
    let elsewhere = crate::harness::Token::supervisor("sam");
    let elsewhere = elsewhere.queues(&[&floor.second_queue]).sign();
    assert_eq!(counted(&elsewhere).await, json!([]));
}
