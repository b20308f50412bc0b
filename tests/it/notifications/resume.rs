//! However often a connection breaks, and wherever: nothing missing, nothing twice.

use serde_json::json;

use super::{NOTIFICATIONS, delivered, heard};
use crate::harness::cursors::places;
use crate::harness::{Database, Token};
use crate::stage::{CHANGES, Stage, agent, as_of, on, with};

/// Cut at each event, what comes before and what a resume brings are the uncut stream.
async fn is_whole_wherever_it_is_cut(
    stage: &Stage,
    token: &str,
    query: &str,
    field: &str,
    after: &str,
) {
    let whole = delivered(stage, token, query, field, after).await;
    assert!(whole.len() > 2, "there is something to cut: {whole:#?}");
    for (at, event) in whole.iter().enumerate() {
        let cursor = event["cursor"].as_str().unwrap();
        let rest = delivered(stage, token, query, field, cursor).await;
        let expected = json!(whole[at + 1..]);
        assert_eq!(places(&json!(rest)), places(&expected), "cut after {at}");
    }
}

#[tokio::test]
async fn notifications_resume_at_every_event_for_every_audience() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna", "bert"]).await;
        let (sam, bert) = (&stage.supervisor, stage.agent_id("bert").await);
        let id = stage.start("WHATSAPP").await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        stage.act(&agent("anna"), "pickConversation", &id).await;
        stage.act(sam, "monitorConversation", &id).await;
        stage.act(sam, "joinConversation", &id).await;
        for _ in 0..2 {
            let ask = with(on(&id), json!({ "agentId": bert }));
            stage
                .server
                .done(sam, "transferConversation", ask, "")
                .await;
            stage.act(sam, "cancelTransfer", &id).await;
        }
        let hello = with(on(&id), json!({ "text": "Hello" }));
        stage
            .server
            .done(&agent("anna"), "sendMessage", hello, "")
            .await;
        stage.act(&agent("anna"), "endConversation", &id).await;
        for token in [sam, &agent("anna"), &agent("bert"), &stage.gateway] {
            let field = "notifications";
            is_whole_wherever_it_is_cut(&stage, token, NOTIFICATIONS, field, &begin).await;
        }
    }
}

#[tokio::test]
async fn what_was_missed_while_away_is_told_after_a_restart_and_live_after_that() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let (anna, id) = (stage.agent_id("anna").await, stage.start("WHATSAPP").await);
    let begin = as_of(&stage.server, &stage.gateway).await;
    stage.assign(&id, &anna).await;
    let stage = stage.restarted().await;
    let mut socket = stage.server.socket(&agent("anna")).await;
    socket
        .subscribe(NOTIFICATIONS, json!({ "after": begin }))
        .await;
    let first = socket.event().await["notifications"].clone();
    assert_eq!(first["__typename"], "OfferReceivedNotice");
    stage.act(&stage.supervisor, "cancelOffer", &id).await;
    let second = socket.event().await["notifications"].clone();
    assert_eq!(second["cancelReason"], "WITHDRAWN");
    let cursor = first["cursor"].as_str().unwrap();
    let again = heard(&stage, &agent("anna"), cursor).await;
    assert_eq!(places(&json!(again)), places(&json!([second])));
}

#[tokio::test]
async fn what_leaves_with_a_membership_resumes_between_any_two() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        for _ in 0..4 {
            stage.start("WHATSAPP").await;
        }
        let begin = as_of(&stage.server, &stage.gateway).await;
        let anna = stage.agent_id("anna").await;
        let away = json!({ "agentId": anna, "queueId": stage.organisation.queue });
        stage
            .server
            .done(&stage.admin, "removeQueueMember", away, "")
            .await;
        stage.start("WHATSAPP").await;
        let field = "conversationChanges";
        let token = agent("anna");
        is_whole_wherever_it_is_cut(&stage, &token, CHANGES, field, &begin).await;
        // Also when nothing of it is in memory any more, and the event is the newest there is.
        let stage = stage.restarted().await;
        is_whole_wherever_it_is_cut(&stage, &token, CHANGES, field, &begin).await;
        // Any other subscription goes on from such a cursor as well.
        let whole = delivered(&stage, &token, CHANGES, field, &begin).await;
        let cursor = whole[1]["cursor"].as_str().unwrap();
        let heard = heard(&stage, &token, cursor).await;
        let notices: Vec<_> = heard.iter().map(|notice| &notice["__typename"]).collect();
        assert_eq!(notices, ["QueueMembershipNotice"], "of that event");
        let everybody = Token::supervisor("sue").sign();
        let seen = delivered(&stage, &everybody, CHANGES, field, cursor).await;
        assert_eq!(seen.len(), 1, "what was started after it: {seen:#?}");
    }
}
