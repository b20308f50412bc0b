//! Searches over names and subjects: as people type them, not as they were entered (domain.md sections 10 and 11).

use serde_json::json;

use crate::floor::{Floor, text};

/// Names, and ways of typing them that find each.
pub const NAMES: [(&str, &[&str]); 13] = [
    ("Chloë Möbius", &["chloe", "MOBIUS", "mo\u{308}bius chl"]),
    ("Rene\u{301}e Faßbinder", &["renée", "FASSBINDER"]),
    ("İlkay Kılıç", &["ilkay", "KILIÇ", "kilic"]),
    ("Voß", &["VOSS", "voß"]),
    ("Kees  van\u{a0}Dam", &["kees van dam", "dam kees"]),
    ("Ｂｏｒｉｓ", &["boris", "ｂｏｒ"]),
    ("An\u{200d}na\u{200b}bel Nul", &["annabel", "nul ann"]),
    ("Søren Ægir", &["søren", "ÆGIR"]),
    ("Αχιλλέας", &["ΑΧΙΛΛΕΑΣ", "αχιλλεας"]),
    ("Željko Ćosić", &["zeljko", "COSIC"]),
    ("Oﬃong Ⅷ", &["offiong", "viii"]),
    ("Niamh O\u{2019}Dwyer-Roe", &["dwyer", "ROE niamh"]),
    ("박서준", &["박", "\u{1107}\u{1161}\u{11a8}서"]),
];

async fn found(floor: &Floor, query: &str, text_asked: &str) -> Vec<String> {
    let data = floor
        .server
        .data(&floor.sam, query, json!({ "text": text_asked }))
        .await;
    let edges = data["list"]["edges"].as_array().unwrap();
    let name = |edge: &serde_json::Value| text(&edge["node"]["customer"]["name"]);
    edges.iter().map(name).collect()
}

#[tokio::test]
async fn a_customer_is_found_however_the_name_is_typed() {
    let floor = Floor::new().await;
    for (name, _) in NAMES {
        let customer = json!({ "customer": { "name": name } });
        floor.start_with("SMS", customer).await;
    }
    let query =
        "query($text: String) { list: ongoingConversations(filter: { text: $text }, first: 100) {
        edges { node { customer { name } } } } }";
    let ways = NAMES
        .iter()
        .flat_map(|(name, ways)| ways.iter().map(move |way| (*name, *way)));
    let mut missed = Vec::new();
    for (name, way) in ways {
        let names = found(&floor, query, way).await;
        if !names.contains(&name.to_owned()) {
            missed.push((name, way));
        }
    }
    assert!(missed.is_empty(), "{}: {missed:?}", missed.len());
    assert_eq!(found(&floor, query, "dam").await, ["Kees  van\u{a0}Dam"]);
    assert!(found(&floor, query, "wyer").await.is_empty());
    assert!(found(&floor, query, "kees nul").await.is_empty());
}

#[tokio::test]
async fn words_may_be_of_the_subject_and_of_the_name() {
    let floor = Floor::new().await;
    let extra = json!({ "customer": { "name": "Renée" }, "subject": "Überfällige Rechnung" });
    floor.start_with("SMS", extra).await;
    let query = "query($text: String) { list: ongoingConversations(filter: { text: $text }) {
        edges { node { customer { name } } } } }";
    assert_eq!(found(&floor, query, "uberfallig RENEE").await, ["Renée"]);
}

#[tokio::test]
async fn an_agent_and_a_queue_are_found_however_their_names_are_typed() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let query = "query($id: ID!, $text: String) { conversation(id: $id) {
        assignableAgents(search: $text) { edges { node { agent { name } } } }
        assignableQueues(search: $text) { edges { node { name } } } } }";
    for (name, ways) in NAMES {
        let input = json!({ "agentId": floor.agent("anna"), "name": name });
        floor
            .server
            .done(&floor.admin, "updateAgent", input, "")
            .await;
        let input = json!({ "queueId": floor.second_queue, "name": name });
        floor
            .server
            .done(&floor.admin, "updateQueue", input, "")
            .await;
        for way in ways {
            let asked = json!({ "id": id, "text": way });
            let data = floor.server.data(&floor.sam, query, asked).await;
            let conversation = &data["conversation"];
            let agents = json!([{ "node": { "agent": { "name": name } } }]);
            assert_eq!(conversation["assignableAgents"]["edges"], agents, "{way}");
            let queues = json!([{ "node": { "name": name } }]);
            assert_eq!(conversation["assignableQueues"]["edges"], queues, "{way}");
        }
    }
}

#[tokio::test]
async fn what_shows_nothing_is_no_name_and_no_message() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    for blank in ["\u{200b}", " \u{ad}\u{feff}\n", "\u{7}\u{a0}", "\u{3164}"] {
        let input = json!({ "subject": "eva", "name": blank, "kind": "HUMAN", "queueIds": [] });
        let refused = floor
            .server
            .mutate(&floor.admin, "createAgent", input, "")
            .await;
        assert_eq!(refused["errors"][0]["code"], "INVALID_INPUT", "{blank:?}");
        let code = floor
            .code(&floor.anna, "sendMessage", &id, json!({ "text": blank }))
            .await;
        assert_eq!(code, "INVALID_INPUT", "{blank:?}");
    }
}
