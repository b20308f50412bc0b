//! What a state ends is gone with the change that comes into it; the events after it only tell, and
//! rows keep their reasons (domain.md sections 2, 4 and 7).

use domain::words::{CancelReason, MonitoringEnd, OfferOutcome, ParticipantRole};
use entity::tables::{monitor_session, offer, participant};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::harness::{Database, Token, soon};
use crate::stage::{Stage, agent, as_of, on, with};

const CHANGES: &str = "subscription($after: LogCursor) { conversationChanges(after: $after) {
    __typename
    ... on ConversationChangeEvent {
        change { __typename }
        conversation { id state pendingOffer { id } consultants { id } joinedSupervisors runningMonitorSessions { id } }
    }
    ... on ConversationLeftScope { conversationId }
} }";

/// bert has it and anna advises, sam has joined and olga watches, and carl is asked to take it over.
async fn in_company(stage: &Stage) -> String {
    let on_switch = json!({ "supervisorTransfer": true, "supervisorForceClose": true });
    stage
        .server
        .done(&stage.admin, "updateSupervisorSettings", on_switch, "")
        .await;
    let id = stage.start("WHATSAPP").await;
    stage.act(&agent("anna"), "pickConversation", &id).await;
    let ask = |who: String| with(on(&id), json!({ "agentId": who }));
    let bert = ask(stage.agent_id("bert").await);
    let (server, sam) = (&stage.server, &stage.supervisor);
    server.done(sam, "transferConversation", bert, "").await;
    stage.act(&agent("bert"), "acceptOffer", &id).await;
    stage.act(sam, "monitorConversation", &id).await;
    stage.act(sam, "joinConversation", &id).await;
    let olga = Token::supervisor("olga").sign();
    stage.act(&olga, "monitorConversation", &id).await;
    let carl = ask(stage.agent_id("carl").await);
    server.done(sam, "transferConversation", carl, "").await;
    id
}

/// The types of this many events, as they come.
async fn told(socket: &mut crate::harness::Socket, count: usize) -> Vec<Value> {
    let mut events = Vec::new();
    for _ in 0..count {
        events.push(socket.event().await["conversationChanges"].clone());
    }
    events
}

#[tokio::test]
async fn a_closing_change_shows_nothing_of_what_it_ended_and_who_advised_until_then_is_told_of_it()
{
    let stage = Stage::on(Database::sqlite(), &["anna", "bert", "carl"]).await;
    let id = in_company(&stage).await;
    let here = json!({ "after": as_of(&stage.server, &stage.gateway).await });
    let mut sockets = Vec::new();
    for token in [&stage.supervisor, &agent("anna"), &agent("carl")] {
        let mut socket = stage.server.socket(token).await;
        socket.subscribe(CHANGES, here.clone()).await;
        sockets.push(socket);
    }
    stage
        .act(&stage.supervisor, "forceCloseConversation", &id)
        .await;
    let events = told(&mut sockets[0], 7).await;
    let types: Vec<_> = events
        .iter()
        .map(|event| &event["change"]["__typename"])
        .collect();
    let expected = [
        "MessagePosted",
        "ForceClosed",
        "TransferCancelled",
        "SupervisorLeft",
        "ConsultantLeft",
        "MonitoringStopped",
        "MonitoringStopped",
    ];
    assert_eq!(types, expected);
    for event in &events[1..] {
        let nothing = json!({ "id": id, "state": "CLOSED", "pendingOffer": null, "consultants": [],
            "joinedSupervisors": [], "runningMonitorSessions": [] });
        assert_eq!(event["conversation"], nothing);
    }
    for socket in &mut sockets[1..] {
        let events = told(socket, 2).await;
        assert_eq!(events[0]["change"]["__typename"], "MessagePosted");
        let left = json!({ "__typename": "ConversationLeftScope", "conversationId": id });
        assert_eq!(events[1], left);
    }
}

#[tokio::test]
async fn what_a_state_ended_keeps_its_reason_in_the_rows() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna", "bert", "carl"]).await;
        let id = in_company(&stage).await;
        stage.act(&agent("bert"), "endConversation", &id).await;
        soon("the contact ended", || async {
            stage.conversation(&id, "state").await["state"] == "WRAP_UP"
        })
        .await;
        let tables = stage.tables().await;
        let offers = offer::Entity::find().all(&tables).await.unwrap();
        let mut outcomes: Vec<_> = offers
            .iter()
            .map(|row| (row.outcome, row.cancel_reason))
            .collect();
        outcomes.sort_unstable();
        let ended = (OfferOutcome::Cancelled, Some(CancelReason::EndedByAgent));
        assert_eq!(outcomes, [(OfferOutcome::Accepted, None), ended]);
        let sessions = monitor_session::Entity::find().all(&tables).await.unwrap();
        assert!(
            sessions
                .iter()
                .all(|row| row.joined_at.is_none() && row.ended_at.is_none())
        );
        stage.act(&agent("bert"), "closeConversation", &id).await;
        let sessions = monitor_session::Entity::find().all(&tables).await.unwrap();
        assert_eq!(sessions.len(), 2);
        for row in sessions {
            assert_eq!(row.ended_by, Some(MonitoringEnd::StateChanged));
            assert!(row.ended_at.is_some());
        }
        let stays = participant::Entity::find().all(&tables).await.unwrap();
        let gone = stays.iter().filter(|row| row.left_at.is_some());
        let mut roles: Vec<_> = gone.map(|row| row.role).collect();
        roles.sort_unstable();
        let left = [
            ParticipantRole::PrimaryAgent,
            ParticipantRole::Consultant,
            ParticipantRole::Supervisor,
        ];
        assert_eq!(roles, left);
    }
}

#[tokio::test]
async fn an_event_names_agents_and_queues_as_they_are_now() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let (server, admin) = (&stage.server, &stage.admin);
    let second = stage.queue("Second").await;
    let id = stage.start("WHATSAPP").await;
    let begin = as_of(server, admin).await;
    stage.act(&agent("anna"), "pickConversation", &id).await;
    stage.act(&agent("anna"), "releaseConversation", &id).await;
    let there = with(on(&id), json!({ "target": { "queueId": second } }));
    server
        .done(&stage.supervisor, "assignConversation", there, "")
        .await;
    let anna = json!({ "agentId": stage.agent_id("anna").await, "name": "Anna B." });
    server.done(admin, "updateAgent", anna, "").await;
    let renamed = json!({ "queueId": second, "name": "Afterwards" });
    server.done(admin, "updateQueue", renamed, "").await;

    let mut socket = server.socket(&stage.supervisor).await;
    let changes = "subscription($after: LogCursor) { conversationChanges(after: $after) {
        ... on ConversationChangeEvent { actor { agent { name } } change {
            ... on Picked { agent { name } } ... on AssignedToQueue { to { name } } } }
    } }";
    socket.subscribe(changes, json!({ "after": begin })).await;
    let events = told(&mut socket, 3).await;
    assert_eq!(events[0]["actor"]["agent"]["name"], "Anna B.");
    assert_eq!(events[0]["change"]["agent"]["name"], "Anna B.");
    assert_eq!(events[2]["change"]["to"]["name"], "Afterwards");
}
