//! What agents are told.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{heard, told};
use crate::harness::{Database, Token, soon};
use crate::stage::{Stage, agent, as_of, assign, on, with};

/// The supervisor asks this agent to take the conversation over.
async fn ask(stage: &Stage, conversation: &str, agent: &str) {
    let input = with(on(conversation), json!({ "agentId": agent }));
    stage
        .server
        .done(&stage.supervisor, "transferConversation", input, "")
        .await;
}

/// The timer of the pending offer acts.
async fn let_it_time_out(stage: &Stage, conversation: &str) {
    stage.server.clock.advance(TimeDelta::seconds(121));
    soon("the offer timed out", || async {
        let now = stage.conversation(conversation, "pendingOffer { id }");
        now.await["pendingOffer"].is_null()
    })
    .await;
}

#[tokio::test]
async fn an_agent_is_told_of_offers_and_of_how_they_end_without_their_answer() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let (anna, id) = (stage.agent_id("anna").await, stage.start("WHATSAPP").await);
        let begin = as_of(&stage.server, &stage.gateway).await;
        stage.assign(&id, &anna).await;
        stage.act(&stage.supervisor, "cancelOffer", &id).await;
        stage.assign(&id, &anna).await;
        let_it_time_out(&stage, &id).await;
        stage.assign(&id, &anna).await;
        stage.act(&agent("anna"), "rejectOffer", &id).await;
        stage.assign(&id, &anna).await;
        stage.act(&stage.gateway, "endByCustomer", &id).await;

        assert_eq!(
            told(&stage, &agent("anna"), &begin).await,
            [
                "OfferReceived ASSIGNMENT",
                "OfferEnded ASSIGNMENT CANCELLED WITHDRAWN anna",
                "OfferReceived ASSIGNMENT",
                "OfferEnded ASSIGNMENT TIMED_OUT anna",
                "OfferReceived ASSIGNMENT",
                "OfferReceived ASSIGNMENT",
                "OfferEnded ASSIGNMENT CANCELLED CUSTOMER_ENDED anna",
            ]
        );
        // Whoever asked is told of every end, also of their own.
        assert_eq!(
            told(&stage, &stage.supervisor, &begin).await,
            [
                "OfferEnded ASSIGNMENT CANCELLED WITHDRAWN anna",
                "OfferEnded ASSIGNMENT TIMED_OUT anna",
                "OfferEnded ASSIGNMENT REJECTED anna",
                "OfferEnded ASSIGNMENT CANCELLED CUSTOMER_ENDED anna",
            ]
        );
        // Nobody else is.
        let nothing: [String; 0] = [];
        let other = Token::supervisor("olga").sign();
        for token in [&other, &stage.admin] {
            assert_eq!(told(&stage, token, &begin).await, nothing);
        }
    }
}

#[tokio::test]
async fn the_end_of_an_offer_is_told_also_to_who_sees_the_conversation_no_more() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let elsewhere = stage.queue("Elsewhere").await;
    let input = json!({ "subject": "carl", "name": "carl", "queueIds": [elsewhere] });
    stage
        .server
        .done(&stage.admin, "createAgent", input, "")
        .await;
    stage.present("carl", "AVAILABLE").await;
    let (carl, id) = (stage.agent_id("carl").await, stage.start("WHATSAPP").await);
    let begin = as_of(&stage.server, &stage.gateway).await;
    let made = stage.assign(&id, &carl).await;
    let_it_time_out(&stage, &id).await;

    let heard_by_carl = heard(&stage, &agent("carl"), &begin).await;
    assert_eq!(heard_by_carl.len(), 2, "{heard_by_carl:#?}");
    let (offered, ended) = (&heard_by_carl[0], &heard_by_carl[1]);
    let then = json!({ "id": id, "state": "ACTIVE" });
    assert_eq!(offered["conversation"], then);
    for notice in [offered, ended] {
        assert_eq!(notice["conversationId"], json!(id));
        assert_eq!(notice["offerId"], made["offer"]["id"]);
        assert_eq!(notice["yourRole"], Value::Null);
    }
    assert_eq!(ended["outcome"], "TIMED_OUT");
    assert_eq!(
        ended["conversation"],
        Value::Null,
        "OPEN, in a queue not theirs"
    );

    // A supervisor who asked, and whose new token has another scope, as well.
    let moved = Token::supervisor("sam").queues(&[&elsewhere]).sign();
    let heard_by_sam = heard(&stage, &moved, &begin).await;
    assert_eq!(heard_by_sam.len(), 1);
    assert_eq!(heard_by_sam[0]["conversation"], Value::Null);
    assert_eq!(heard_by_sam[0]["offerId"], made["offer"]["id"]);
}

#[tokio::test]
async fn everybody_concerned_is_told_how_a_transfer_ends() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna", "bert", "carl"]).await;
        let (bert, id) = (stage.agent_id("bert").await, stage.start("WHATSAPP").await);
        stage.act(&agent("anna"), "pickConversation", &id).await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        ask(&stage, &id, &bert).await;
        stage.act(&agent("bert"), "rejectOffer", &id).await;
        ask(&stage, &id, &bert).await;
        let_it_time_out(&stage, &id).await;
        ask(&stage, &id, &bert).await;
        // Her own doing; that it ends the request is told to her all the same.
        stage.act(&agent("anna"), "setAsideConversation", &id).await;
        stage.act(&agent("anna"), "reopenConversation", &id).await;
        let again = with(
            on(&id),
            json!({ "agentId": bert, "overrideDeclines": true }),
        );
        stage
            .server
            .done(&stage.supervisor, "transferConversation", again, "")
            .await;
        stage.act(&agent("bert"), "acceptOffer", &id).await;

        let ends = [
            "OfferEnded TRANSFER REJECTED bert",
            "OfferEnded TRANSFER TIMED_OUT bert",
            "OfferEnded TRANSFER CANCELLED SET_ASIDE bert",
            "OfferEnded TRANSFER ACCEPTED bert",
        ];
        assert_eq!(told(&stage, &stage.supervisor, &begin).await, ends);
        let asked = "TransferRequested bert";
        assert_eq!(
            told(&stage, &agent("anna"), &begin).await,
            [
                asked, ends[0], asked, ends[1], asked, ends[2], asked, ends[3]
            ]
        );
        let received = "OfferReceived TRANSFER";
        assert_eq!(
            told(&stage, &agent("bert"), &begin).await,
            [received, received, ends[1], received, ends[2], received]
        );
        let nothing: [String; 0] = [];
        assert_eq!(told(&stage, &agent("carl"), &begin).await, nothing);
        // The first agent of an ACTIVE conversation advises from now on.
        let heard = heard(&stage, &agent("anna"), &begin).await;
        let roles: Vec<_> = heard.iter().map(|notice| &notice["yourRole"]).collect();
        assert!(roles[..7].iter().all(|role| *role == "PRIMARY_AGENT"));
        assert_eq!(roles[7], "CONSULTANT");
    }
}

#[tokio::test]
async fn agents_are_told_who_comes_and_goes_and_of_an_end_that_is_not_their_doing() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna", "bert"]).await;
        let (bert, id) = (stage.agent_id("bert").await, stage.start("WHATSAPP").await);
        stage.act(&agent("anna"), "pickConversation", &id).await;
        ask(&stage, &id, &bert).await;
        stage.act(&agent("bert"), "acceptOffer", &id).await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        let sam = &stage.supervisor;
        stage.act(sam, "monitorConversation", &id).await;
        stage.act(sam, "joinConversation", &id).await;
        stage.act(sam, "leaveConversation", &id).await;
        stage.act(sam, "joinConversation", &id).await;
        stage.act(sam, "forceCloseConversation", &id).await;

        let gone = [
            "ParticipantJoined SUPERVISOR sam",
            "ParticipantLeft SUPERVISOR sam",
            "ParticipantJoined SUPERVISOR sam",
            "ConversationEnded CLOSED FORCE_CLOSED_BY_SUPERVISOR",
        ];
        for token in [agent("anna"), agent("bert")] {
            let told = told(&stage, &token, &begin).await;
            assert_eq!(told[..4], gone, "{told:#?}");
            assert!(!told.iter().any(|notice| notice.contains("Monitoring")));
        }
        let nothing: [String; 0] = [];
        assert_eq!(
            told(&stage, sam, &begin).await,
            nothing,
            "all his own doing"
        );

        // What the customer does to it, and what a primary agent does to a consultant.
        let second = stage.start("WHATSAPP").await;
        stage.act(&agent("anna"), "pickConversation", &second).await;
        ask(&stage, &second, &bert).await;
        stage.act(&agent("bert"), "acceptOffer", &second).await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        stage.act(&agent("bert"), "endConversation", &second).await;
        assert_eq!(
            told(&stage, &agent("anna"), &begin).await,
            [
                "ConversationEnded WRAP_UP MOVED_TO_WRAP_UP_BY_AGENT",
                "ParticipantLeft CONSULTANT anna",
            ]
        );
        assert_eq!(told(&stage, &agent("bert"), &begin).await, nothing);

        let third = stage.start("WHATSAPP").await;
        stage.act(&agent("anna"), "pickConversation", &third).await;
        stage
            .act(&agent("anna"), "setAsideConversation", &third)
            .await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        stage.customer_writes(&third, "One more thing").await;
        let heard = heard(&stage, &agent("anna"), &begin).await;
        assert_eq!(
            super::brief(&heard[0]),
            "ParticipantLeft PRIMARY_AGENT anna"
        );
        assert_eq!(heard[0]["yourRole"], Value::Null);
        stage.act(&agent("anna"), "pickConversation", &third).await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        stage.act(&stage.gateway, "endByCustomer", &third).await;
        assert_eq!(
            told(&stage, &agent("anna"), &begin).await,
            ["ConversationEnded WRAP_UP MOVED_TO_WRAP_UP_BY_CUSTOMER"]
        );
    }
}

#[tokio::test]
async fn who_has_several_roles_is_told_each_event_once() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let (anna, id) = (stage.agent_id("anna").await, stage.start("WHATSAPP").await);
    let everything = Token::supervisor("anna")
        .and(domain::Role::Agent)
        .and(domain::Role::CustomerGateway)
        .and(domain::Role::Administrator)
        .every_channel()
        .source("gateway")
        .sign();
    let begin = as_of(&stage.server, &stage.gateway).await;
    // She asks herself, and accepts: the end of what she asked for goes before who joined.
    let made = assign(&stage.server, &everything, &id, &anna, json!({})).await;
    assert_eq!(made["errors"], json!([]));
    stage.act(&everything, "acceptOffer", &id).await;
    stage.act(&everything, "endConversation", &id).await;
    assert_eq!(
        told(&stage, &everything, &begin).await,
        [
            "OfferReceived ASSIGNMENT",
            "OfferEnded ASSIGNMENT ACCEPTED anna",
            "ConversationEnded WRAP_UP MOVED_TO_WRAP_UP_BY_AGENT",
        ],
        "the last as the gateway"
    );
}
