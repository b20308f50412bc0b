//! The ongoing view: filters, orders, pages, counts; and that invisible is answered like unknown.

mod lookup;
pub mod names;
mod order;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::floor::{Floor, text};

/// Conversations of every kind: nine ongoing and a closed one.
pub struct Scene {
    pub floor: Floor,
    pub open: String,
    pub second: String,
    pub offered: String,
    pub active: String,
    pub requested: String,
    pub waiting: String,
    pub wrap_up: String,
    pub voice: String,
    pub bots: String,
}

impl Scene {
    pub async fn set() -> Self {
        let floor = Floor::new().await;
        let open = floor
            .start_with("SMS", json!({ "subject": "Broken Kettle" }))
            .await;
        let customer =
            json!({ "customer": { "name": "Grace Hopper" }, "subject": "İstanbul 100%" });
        let second = floor.start_with("WHATSAPP", customer).await;
        let queue = json!({ "target": { "queueId": floor.second_queue } });
        floor
            .act(&floor.sam, "assignConversation", &second, queue)
            .await;
        let offered = floor.offered("WHATSAPP").await;
        let active = floor.active("LIVE_CHAT").await;
        let requested = floor.requested("TEAMS").await;
        let waiting = floor.waiting().await;
        let wrap_up = floor.wrap_up("SMS").await;
        let voice = floor.active("VOICE").await;
        let bots = floor.open("SMS").await;
        floor
            .act(&floor.robo, "pickConversation", &bots, json!({}))
            .await;
        floor.closed("SMS").await;
        for (id, score) in [(&open, -1.0), (&active, -0.5), (&voice, 1.0), (&bots, 0.5)] {
            let score =
                json!({ "score": score, "confidence": 1.0, "scorer": "own", "scorerVersion": "1" });
            let message = json!({ "text": "hm", "score": score });
            floor
                .act(&floor.gateway, "receiveCustomerMessage", id, message)
                .await;
        }
        Self {
            floor,
            open,
            second,
            offered,
            active,
            requested,
            waiting,
            wrap_up,
            voice,
            bots,
        }
    }

    /// The ids that this filter leaves, and `totalCount`.
    async fn filtered(&self, filter: &Value) -> BTreeSet<String> {
        let query = "query($filter: OngoingFilter) {
            ongoingConversations(filter: $filter, first: 100) { totalCount edges { node { id } } }
            ongoingSummary(filter: $filter) { totalCount } }";
        let data = self
            .floor
            .server
            .data(&self.floor.sam, query, json!({ "filter": filter }))
            .await;
        let edges = data["ongoingConversations"]["edges"].as_array().unwrap();
        let ids: BTreeSet<String> = edges.iter().map(|edge| text(&edge["node"]["id"])).collect();
        assert_eq!(ids.len(), edges.len(), "no row twice");
        assert_eq!(data["ongoingConversations"]["totalCount"], ids.len());
        assert_eq!(data["ongoingSummary"]["totalCount"], ids.len());
        ids
    }

    async fn expect(&self, filter: Value, expected: &[&String]) {
        let expected: BTreeSet<String> = expected.iter().map(|id| (*id).clone()).collect();
        assert_eq!(self.filtered(&filter).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn each_filter_leaves_what_it_names_and_several_leave_what_all_of_them_do() {
    let scene = Scene::set().await;
    let Scene {
        floor,
        open,
        second,
        offered,
        active,
        requested,
        waiting,
        wrap_up,
        voice,
        bots,
    } = &scene;
    let all = [
        open, second, offered, active, requested, waiting, wrap_up, voice, bots,
    ];
    scene.expect(json!({}), &all).await;
    scene
        .expect(json!({ "states": ["OPEN"] }), &[open, second])
        .await;
    scene
        .expect(
            json!({ "states": ["WAITING", "WRAP_UP"] }),
            &[waiting, wrap_up],
        )
        .await;
    scene.expect(json!({ "states": ["CLOSED"] }), &[]).await;
    scene.expect(json!({ "states": [] }), &[]).await;
    scene.expect(json!({ "states": null }), &all).await;
    scene
        .expect(
            json!({ "channels": ["SMS", "VOICE"] }),
            &[open, wrap_up, voice, bots],
        )
        .await;
    scene
        .expect(json!({ "queueIds": [floor.second_queue] }), &[second])
        .await;
    scene
        .expect(
            json!({ "queueIds": [floor.second_queue, floor.voice_queue] }),
            &[second, voice],
        )
        .await;
    // What is offered to anna is hers to answer; what bert is asked to take over is anna's still.
    let annas = [offered, active, requested, waiting, wrap_up, voice];
    scene
        .expect(json!({ "agentIds": [floor.agent("anna")] }), &annas)
        .await;
    scene
        .expect(json!({ "agentIds": [floor.agent("bert")] }), &[])
        .await;
    scene
        .expect(
            json!({ "agentIds": [floor.agent("robo"), floor.agent("bert")] }),
            &[bots],
        )
        .await;
    scene
        .expect(json!({ "unassigned": true }), &[open, second])
        .await;
    scene
        .expect(
            json!({ "unassigned": false }),
            &[offered, active, requested, waiting, wrap_up, voice, bots],
        )
        .await;
    scene
        .expect(
            json!({ "sentiments": ["VERY_NEGATIVE", "VERY_POSITIVE"] }),
            &[open, voice],
        )
        .await;
    scene
        .expect(
            json!({ "channels": ["SMS"], "states": ["OPEN"], "unassigned": true }),
            &[open],
        )
        .await;
    scene
        .expect(json!({ "channels": ["VOICE"], "states": ["OPEN"] }), &[])
        .await;
}

#[tokio::test]
async fn text_is_sought_in_subject_and_customer_name_and_never_in_messages() {
    let scene = Scene::set().await;
    let Scene { open, second, .. } = &scene;
    scene.expect(json!({ "text": "kettle" }), &[open]).await;
    scene.expect(json!({ "text": "  KETTLE " }), &[open]).await;
    scene.expect(json!({ "text": "hopper" }), &[second]).await;
    scene.expect(json!({ "text": "100%" }), &[second]).await;
    scene.expect(json!({ "text": "%" }), &[]).await;
    scene.expect(json!({ "text": "_" }), &[]).await;
    // The beginning of a word, not what is within one.
    scene.expect(json!({ "text": "ettle" }), &[]).await;
    scene.expect(json!({ "text": "ket bro" }), &[open]).await;
    scene.expect(json!({ "text": "hm" }), &[]).await;
    scene
        .expect(json!({ "text": "grace", "states": ["ACTIVE"] }), &[])
        .await;
    scene.expect(json!({ "text": "istanbul" }), &[second]).await;
    scene.expect(json!({ "text": "İstanbul" }), &[second]).await;
}

#[tokio::test]
async fn a_filter_that_cannot_be_is_refused() {
    let floor = Floor::new().await;
    for filter in [
        json!({ "text": "" }),
        json!({ "text": " " }),
        json!({ "text": " \u{200b}" }),
        json!({ "text": "t".repeat(201) }),
        json!({ "queueIds": ["nowhere"] }),
        json!({ "agentIds": [floor.queue] }),
        json!({ "states": ["GONE"] }),
        json!({ "unassigned": "yes" }),
    ] {
        for field in ["ongoingConversations", "ongoingSummary"] {
            let query = format!(
                "query($filter: OngoingFilter) {{ {field}(filter: $filter) {{ totalCount }} }}"
            );
            let response = floor
                .server
                .post(&floor.sam, &query, json!({ "filter": filter }))
                .await;
            assert_eq!(
                response["errors"][0]["extensions"]["code"], "INVALID_INPUT",
                "{filter}: {response}"
            );
        }
    }
}

#[tokio::test]
async fn the_summary_counts_what_the_view_lists() {
    let scene = Scene::set().await;
    let floor = &scene.floor;
    let query = "{ ongoingSummary { totalCount unassignedCount longestWaitingSince asOf
        byState { state count } byQueue { queue { id } count } byChannel { channel count } bySentiment { level count } }
        ongoingConversations { asOf } }";
    let data = floor.server.data(&floor.sam, query, json!({})).await;
    let summary = &data["ongoingSummary"];
    assert_eq!(
        (&summary["totalCount"], &summary["unassignedCount"]),
        (&json!(9), &json!(2))
    );
    assert_eq!(summary["asOf"], data["ongoingConversations"]["asOf"]);
    let waits = floor.see(&floor.sam, &scene.open, "waitingSince").await;
    assert_eq!(summary["longestWaitingSince"], waits["waitingSince"]);
    let counts = |list: &str, key: &dyn Fn(&Value) -> String| {
        let list = summary[list].as_array().unwrap();
        list.iter()
            .map(|row| (key(row), row["count"].as_u64().unwrap()))
            .collect::<BTreeSet<_>>()
    };
    let set = |rows: &[(&str, u64)]| {
        rows.iter()
            .map(|(key, count)| ((*key).to_owned(), *count))
            .collect()
    };
    let states: BTreeSet<_> = set(&[("OPEN", 2), ("ACTIVE", 5), ("WAITING", 1), ("WRAP_UP", 1)]);
    assert_eq!(counts("byState", &|row| text(&row["state"])), states);
    let channels: BTreeSet<_> = set(&[
        ("SMS", 3),
        ("WHATSAPP", 3),
        ("LIVE_CHAT", 1),
        ("TEAMS", 1),
        ("VOICE", 1),
    ]);
    assert_eq!(counts("byChannel", &|row| text(&row["channel"])), channels);
    let queues: BTreeSet<_> = set(&[
        (&floor.queue, 7),
        (&floor.second_queue, 1),
        (&floor.voice_queue, 1),
    ]);
    assert_eq!(counts("byQueue", &|row| text(&row["queue"]["id"])), queues);
    let levels = summary["bySentiment"].as_array().unwrap();
    assert_eq!(
        levels.first().unwrap()["level"],
        "VERY_NEGATIVE",
        "worst first"
    );
    assert_eq!(
        levels
            .iter()
            .map(|row| row["count"].as_u64().unwrap())
            .sum::<u64>(),
        9
    );
}

#[tokio::test]
async fn an_empty_view_is_empty_in_every_way() {
    let floor = Floor::new().await;
    let query = "{ ongoingConversations { totalCount edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
        ongoingSummary { totalCount unassignedCount longestWaitingSince byState { count } byQueue { count } } }";
    let data = floor.server.data(&floor.sam, query, json!({})).await;
    assert_eq!(
        data,
        json!({
            "ongoingConversations": {
                "totalCount": 0, "edges": [],
                "pageInfo": { "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null },
            },
            "ongoingSummary": {
                "totalCount": 0, "unassignedCount": 0, "longestWaitingSince": null, "byState": [], "byQueue": [],
            },
        })
    );
}
