//! Who may know which supervisor it was, and the figures behind a conversation: by the conversation's
//! scope, never by the token's role alone (domain.md sections 1, 3 and 4).

use domain::Role;
use serde_json::{Value, json};

use super::delivered;
use crate::harness::{Database, Token};
use crate::stage::{Stage, agent, as_of, conversation, on, with};

const ACTORS: &str = "subscription($after: LogCursor) { conversationChanges(after: $after) {
    ... on ConversationChangeEvent { cursor actor { kind subject } change { __typename
        ... on AssignedToAgent { units capacityExceededBy }
        ... on TransferRequested { units capacityExceededBy }
    } }
} }";

/// The subjects of supervisors that this token is shown, by the type of the change.
async fn actors(stage: &Stage, token: &str, after: &str) -> Vec<(String, Value)> {
    let events = delivered(stage, token, ACTORS, "conversationChanges", after).await;
    let by_supervisors = events
        .iter()
        .filter(|event| event["actor"]["kind"] == "SUPERVISOR");
    by_supervisors
        .map(|event| {
            let name = event["change"]["__typename"].as_str().unwrap();
            (name.to_owned(), event["actor"]["subject"].clone())
        })
        .collect()
}

/// Anna, who also supervises another queue; a token of the same person as agent and gateway.
async fn annas(stage: &Stage) -> Vec<String> {
    let elsewhere = stage.queue("Elsewhere").await;
    let other_queue = Token::supervisor("anna").queues(&[&elsewhere]);
    vec![agent("anna"), other_queue.and(Role::Agent).sign()]
}

#[tokio::test]
async fn a_supervisor_is_known_to_who_leads_the_conversation_and_to_its_agents_while_taking_part() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna", "bert"]).await;
        let (sam, id) = (&stage.supervisor, stage.start("WHATSAPP").await);
        let bert = stage.agent_id("bert").await;
        let annas = annas(&stage).await;
        stage.act(&agent("anna"), "pickConversation", &id).await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        let ask = async || {
            let input = with(on(&id), json!({ "agentId": bert }));
            stage
                .server
                .done(sam, "transferConversation", input, "")
                .await;
        };
        ask().await;
        let made_by = async |token: &str| {
            let fields = "pendingOffer { madeBy } joinedSupervisors";
            conversation(&stage.server, token, &id, fields).await
        };
        let hidden = json!({ "pendingOffer": { "madeBy": null }, "joinedSupervisors": [] });
        for token in annas.iter().chain([&stage.gateway]) {
            assert_eq!(made_by(token).await, hidden);
        }
        let shown = json!({ "pendingOffer": { "madeBy": "sam" }, "joinedSupervisors": [] });
        for token in [sam, &Token::supervisor("olga").sign(), &stage.admin] {
            assert_eq!(made_by(token).await, shown);
        }
        stage.act(sam, "cancelTransfer", &id).await;
        stage.act(sam, "monitorConversation", &id).await;
        stage.act(sam, "joinConversation", &id).await;
        ask().await;
        let met = json!({ "pendingOffer": { "madeBy": "sam" }, "joinedSupervisors": ["sam"] });
        for token in &annas {
            assert_eq!(made_by(token).await, met, "he takes part");
        }
        assert_eq!(made_by(&stage.gateway).await, hidden);
        stage.act(sam, "leaveConversation", &id).await;
        stage.act(sam, "cancelTransfer", &id).await;

        let (sam_is, nobody) = (json!("sam"), Value::Null);
        let seen = |subject: [&Value; 8]| -> Vec<(String, Value)> {
            let names = [
                "TransferRequested",
                "TransferCancelled",
                "SupervisorJoined",
                "MessagePosted",
                "TransferRequested",
                "SupervisorLeft",
                "MessagePosted",
                "TransferCancelled",
            ];
            let pairs = names.iter().zip(subject);
            pairs.map(|(n, s)| ((*n).to_owned(), s.clone())).collect()
        };
        let to_agents = seen([
            &nobody, &nobody, &sam_is, &sam_is, &sam_is, &sam_is, &nobody, &nobody,
        ]);
        for token in &annas {
            assert_eq!(actors(&stage, token, &begin).await, to_agents);
        }
        let to_gateways = seen([&nobody; 8]);
        assert_eq!(actors(&stage, &stage.gateway, &begin).await, to_gateways);
        let mut to_leaders = actors(&stage, sam, &begin).await;
        to_leaders.retain(|(name, _)| !name.starts_with("Monitoring"));
        assert_eq!(to_leaders, seen([&sam_is; 8]));
    }
}

#[tokio::test]
async fn participants_and_authors_are_known_inside_and_not_to_the_gateway() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let (sam, id) = (&stage.supervisor, stage.start("WHATSAPP").await);
    stage.act(&agent("anna"), "pickConversation", &id).await;
    stage.act(sam, "monitorConversation", &id).await;
    stage.act(sam, "joinConversation", &id).await;
    let hello = with(on(&id), json!({ "text": "Hello", "visibility": "PUBLIC" }));
    stage.server.done(sam, "sendMessage", hello, "").await;
    let fields =
        "participants { role supervisor } transcript { edges { node { supervisor number } } }";
    // An agent of no queue, whose token is also a gateway's, sees it for the customer only.
    let carl = Token::gateway_of("carl").and(Role::Agent).sign();
    for (token, subject) in [
        (&agent("anna"), json!("sam")),
        (sam, json!("sam")),
        (&stage.gateway, Value::Null),
        (&carl, Value::Null),
    ] {
        let seen = conversation(&stage.server, token, &id, fields).await;
        let people = seen["participants"].as_array().unwrap();
        let supervisor = people.iter().find(|who| who["role"] == "SUPERVISOR");
        assert_eq!(supervisor.unwrap()["supervisor"], subject);
        let said = &seen["transcript"]["edges"][1]["node"];
        assert_eq!(said["supervisor"], subject);
        assert_eq!(said["number"].is_null(), subject.is_null());
    }
}

#[tokio::test]
async fn figures_are_for_supervisors_administrators_and_the_agent_whose_they_are() {
    let stage = Stage::on(Database::sqlite(), &["anna", "bert"]).await;
    let (sam, id) = (&stage.supervisor, stage.start("WHATSAPP").await);
    let (anna, begin) = (
        stage.agent_id("anna").await,
        as_of(&stage.server, &stage.gateway).await,
    );
    stage.assign(&id, &anna).await;
    let fields = "pendingOffer { units capacityExceededBy dueAt } workstream { name kind units
        allowedPresences offerTimeoutSeconds monitoringNotice customerGraceSeconds
        autoClose { openSeconds } }";
    let nothing = json!({
        "units": null, "allowedPresences": null, "offerTimeoutSeconds": null,
        "monitoringNotice": null, "customerGraceSeconds": null, "autoClose": null,
    });
    for (token, leads, own) in [
        (&agent("anna"), false, true),
        (&stage.gateway, false, false),
        (sam, true, true),
        (&stage.admin, true, true),
    ] {
        let seen = conversation(&stage.server, token, &id, fields).await;
        assert!(seen["workstream"]["name"].is_string());
        assert!(seen["pendingOffer"]["dueAt"].is_string());
        for (field, hidden) in nothing.as_object().unwrap() {
            let shown = &seen["workstream"][field];
            assert_eq!(shown != hidden, leads, "{field}: {shown}");
        }
        let units = if own { json!(1) } else { Value::Null };
        assert_eq!(seen["pendingOffer"]["units"], units);
        let exceeded = if own { json!(0) } else { Value::Null };
        assert_eq!(seen["pendingOffer"]["capacityExceededBy"], exceeded);
        let events = delivered(&stage, token, ACTORS, "conversationChanges", &begin).await;
        let change = &events[0]["change"];
        assert_eq!(change["__typename"], "AssignedToAgent");
        assert_eq!(
            (&change["units"], &change["capacityExceededBy"]),
            (&units, &exceeded)
        );
    }
    let names = "{ workstreams { edges { node { name units } } } }";
    let data = stage.server.data(&agent("anna"), names, json!({})).await;
    for edge in data["workstreams"]["edges"].as_array().unwrap() {
        assert!(edge["node"]["name"].is_string());
        assert_eq!(edge["node"]["units"], Value::Null);
    }
}
