//! What leaves an agent's sight when the agent ceases to be a member of a queue (domain.md section 7).

use domain::Role;
use serde_json::{Value, json};

use super::delivered;
use crate::harness::cursors::places;
use crate::harness::{Database, Token};
use crate::stage::{CHANGES, Stage, agent, as_of};

const FIELD: &str = "conversationChanges";

async fn leaves(stage: &Stage, subject: &str) {
    let id = stage.agent_id(subject).await;
    let input = json!({ "agentId": id, "queueId": stage.organisation.queue });
    stage
        .server
        .done(&stage.admin, "removeQueueMember", input, "")
        .await;
}

fn left(events: &[Value]) -> Vec<String> {
    let of = |event: &Value| {
        assert_eq!(event["__typename"], "ConversationLeftScope", "{event}");
        event["conversationId"].as_str().unwrap().to_owned()
    };
    let mut ids: Vec<_> = events.iter().map(of).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn an_agent_who_leaves_a_queue_is_told_what_leaves_their_list_and_nobody_else_is() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna", "bert"]).await;
        let mut open = Vec::new();
        for _ in 0..3 {
            open.push(stage.start("WHATSAPP").await);
        }
        let own = stage.start("WHATSAPP").await;
        stage.act(&agent("anna"), "pickConversation", &own).await;
        let taken = stage.start("WHATSAPP").await;
        stage.act(&agent("bert"), "pickConversation", &taken).await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        let mut live = stage.server.socket(&agent("anna")).await;
        live.subscribe(CHANGES, json!({ "after": begin })).await;
        leaves(&stage, "anna").await;

        let anna = delivered(&stage, &agent("anna"), CHANGES, FIELD, &begin).await;
        open.sort_unstable();
        assert_eq!(
            left(&anna),
            open,
            "not her own, nor what was not hers to see"
        );
        for event in &anna {
            let told = live.event().await[FIELD].clone();
            assert_eq!(places(&told), places(event));
        }
        assert_eq!(live.next_unless_silent().await, None);
        let list = "{ ongoingConversations { edges { node { id } } } }";
        let data = stage.server.data(&agent("anna"), list, json!({})).await;
        let still = json!([{ "node": { "id": own } }]);
        assert_eq!(data["ongoingConversations"]["edges"], still);
        for token in [
            &agent("bert"),
            &stage.supervisor,
            &stage.admin,
            &stage.gateway,
        ] {
            let heard = delivered(&stage, token, CHANGES, FIELD, &begin).await;
            assert_eq!(heard, Vec::<Value>::new());
        }
    }
}

#[tokio::test]
async fn what_an_agent_sees_through_another_role_does_not_leave() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let id = stage.start("WHATSAPP").await;
    let begin = as_of(&stage.server, &stage.gateway).await;
    leaves(&stage, "anna").await;
    let both = Token::supervisor("anna").and(Role::Agent).sign();
    let carries = Token::gateway_of("anna").and(Role::Agent).sign();
    for token in [both, carries] {
        let heard = delivered(&stage, &token, CHANGES, FIELD, &begin).await;
        assert_eq!(heard, Vec::<Value>::new());
    }
    // Whoever is a member again by the time they hear of it, still has it on their list.
    let anna = stage.agent_id("anna").await;
    let back = json!({ "agentId": anna, "queueId": stage.organisation.queue });
    let told = delivered(&stage, &agent("anna"), CHANGES, FIELD, &begin).await;
    assert_eq!(left(&told), [id]);
    stage
        .server
        .done(&stage.admin, "addQueueMember", back, "")
        .await;
    let told = delivered(&stage, &agent("anna"), CHANGES, FIELD, &begin).await;
    assert_eq!(told, Vec::<Value>::new());
}

#[tokio::test]
async fn a_filter_by_queue_or_conversation_holds_for_what_leaves_too() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let (one, _) = (stage.start("WHATSAPP").await, stage.start("WHATSAPP").await);
    let elsewhere = stage.queue("Elsewhere").await;
    let begin = as_of(&stage.server, &stage.gateway).await;
    leaves(&stage, "anna").await;
    for (filter, count) in [
        (json!({ "conversationIds": [one] }), 1),
        (json!({ "queueIds": [stage.organisation.queue] }), 2),
        (json!({ "queueIds": [elsewhere] }), 0),
        (json!({ "types": ["PICKED"] }), 2),
    ] {
        let mut socket = stage.server.socket(&agent("anna")).await;
        let variables = json!({ "after": begin, "filter": filter });
        socket.subscribe(CHANGES, variables).await;
        for _ in 0..count {
            let event = socket.event().await[FIELD].clone();
            assert_eq!(event["__typename"], "ConversationLeftScope");
        }
        let more = socket.next_unless_silent().await;
        assert_eq!(more, None, "{filter}");
    }
}
