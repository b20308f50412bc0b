//! What gateways are told: what their customers are to read and to know, and nothing more.

use domain::Channel;
use serde_json::{Value, json};

use super::{heard, told};
use crate::harness::{Database, Token};
use crate::stage::{Stage, agent, as_of, on, with};

async fn says(stage: &Stage, token: &str, id: &str, text: &str, visibility: &str) {
    let input = with(on(id), json!({ "text": text, "visibility": visibility }));
    stage.server.done(token, "sendMessage", input, "").await;
}

#[tokio::test]
async fn replies_and_signals_reach_the_customer_through_the_gateway_and_nothing_else_does() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna", "bert"]).await;
        let (sam, anna) = (&stage.supervisor, agent("anna"));
        let begin = as_of(&stage.server, &stage.gateway).await;
        let id = stage.start("WHATSAPP").await;
        stage.customer_writes(&id, "Hello?").await;
        stage.act(&anna, "pickConversation", &id).await;
        says(&stage, &anna, &id, "Good morning", "PUBLIC").await;
        says(&stage, &anna, &id, "a difficult one", "INTERNAL").await;
        stage.act(sam, "monitorConversation", &id).await;
        says(&stage, sam, &id, "be kind", "INTERNAL").await;
        stage.act(sam, "joinConversation", &id).await;
        says(&stage, sam, &id, "I am here to help", "PUBLIC").await;
        stage.act(sam, "leaveConversation", &id).await;
        stage.act(sam, "stopMonitoring", &id).await;
        let video = with(on(&id), json!({ "mode": "VIDEO" }));
        stage
            .server
            .done(&stage.gateway, "changeMode", video, "")
            .await;
        stage.act(&anna, "endConversation", &id).await;
        stage.act(&anna, "closeConversation", &id).await;

        assert_eq!(
            told(&stage, &stage.gateway, &begin).await,
            [
                "ParticipantJoined PRIMARY_AGENT anna",
                "Message \"Good morning\"",
                "ParticipantJoined SUPERVISOR",
                "Message \"A supervisor has joined the conversation.\"",
                "Message \"I am here to help\"",
                "ParticipantLeft SUPERVISOR",
                "Message \"A supervisor has left the conversation.\"",
                "ModeChanged VIDEO",
                "ConversationEnded WRAP_UP MOVED_TO_WRAP_UP_BY_AGENT",
                "ConversationEnded CLOSED ENDED_BY_AGENT",
            ]
        );
        let other = Token::gateway().channels(&[Channel::Sms]).sign();
        let nothing: [String; 0] = [];
        assert_eq!(told(&stage, &other, &begin).await, nothing);
        let heard = heard(&stage, &stage.gateway, &begin).await;
        for notice in &heard {
            assert_eq!(notice["yourRole"], Value::Null);
            assert_eq!(notice["conversation"]["id"], json!(id));
            assert_eq!(notice["supervisor"], Value::Null);
            assert_eq!(notice["message"]["supervisor"], Value::Null);
            assert_eq!(notice["message"]["number"], Value::Null);
        }
        // Regie itself speaks Dutch where it is asked to; people are not translated.
        let dutch: Vec<_> = heard
            .iter()
            .filter_map(|notice| notice["message"]["dutch"].as_str())
            .collect();
        assert_eq!(
            dutch,
            [
                "Good morning",
                "Een supervisor neemt deel aan het gesprek.",
                "I am here to help",
                "Een supervisor heeft het gesprek verlaten.",
            ]
        );
    }
}

#[tokio::test]
async fn a_gateway_is_told_who_has_the_conversation_and_of_a_force_close() {
    let stage = Stage::on(Database::sqlite(), &["anna", "bert"]).await;
    let (sam, bert) = (&stage.supervisor, stage.agent_id("bert").await);
    let id = stage.start("WHATSAPP").await;
    let begin = as_of(&stage.server, &stage.gateway).await;
    let anna_id = stage.agent_id("anna").await;
    stage.assign(&id, &anna_id).await;
    stage.act(&agent("anna"), "acceptOffer", &id).await;
    let ask = with(on(&id), json!({ "agentId": bert }));
    stage
        .server
        .done(sam, "transferConversation", ask, "")
        .await;
    stage.act(&agent("bert"), "acceptOffer", &id).await;
    stage.act(&agent("anna"), "leaveConversation", &id).await;
    stage.act(&agent("bert"), "releaseConversation", &id).await;
    stage.act(sam, "forceCloseConversation", &id).await;
    assert_eq!(
        told(&stage, &stage.gateway, &begin).await,
        [
            "ParticipantJoined PRIMARY_AGENT anna",
            "ParticipantJoined PRIMARY_AGENT bert",
            "ParticipantLeft CONSULTANT anna",
            "ParticipantLeft PRIMARY_AGENT bert",
            "Message \"A supervisor has ended the conversation.\"",
            "ConversationEnded CLOSED FORCE_CLOSED_BY_SUPERVISOR",
        ]
    );
}

#[tokio::test]
async fn text_that_was_erased_is_empty_and_stops_nothing() {
    use entity::tables::message::{Column, Entity};
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let begin = as_of(&stage.server, &stage.gateway).await;
    let id = stage.start("WHATSAPP").await;
    stage.act(&agent("anna"), "pickConversation", &id).await;
    says(&stage, &agent("anna"), &id, "Your name is Ada", "PUBLIC").await;
    says(&stage, &agent("anna"), &id, "Goodbye", "PUBLIC").await;
    Entity::update_many()
        .col_expr(Column::Text, Expr::value(Option::<String>::None))
        .filter(Column::Text.eq("Your name is Ada"))
        .exec(&stage.tables().await)
        .await
        .unwrap();
    assert_eq!(
        told(&stage, &stage.gateway, &begin).await[1..],
        ["Message \"\"", "Message \"Goodbye\""]
    );
}
