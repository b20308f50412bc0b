//! What is done to agents as such, told to them with the name of who did it (domain.md section 13).

use engine::store::Retention;
use entity::tables::{agent_notice, event};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use super::delivered;
use crate::harness::{Database, Token};
use crate::stage::{Stage, agent, as_of};

const NOTICES: &str = "subscription($after: LogCursor) { notifications(after: $after) {
    __typename conversationId conversation { id } yourRole
    ... on PresenceSetNotice { presence by }
    ... on QueueMembershipNotice { queue { name } isMember by }
    ... on AgentsNotifiedNotice { noticeId text by }
} }";

/// What a token is told after this cursor: the type, and what the notice itself says.
async fn told(stage: &Stage, token: &str, after: &str) -> Vec<Value> {
    let mut heard = delivered(stage, token, NOTICES, "notifications", after).await;
    for notice in &mut heard {
        let notice = notice.as_object_mut().unwrap();
        for none in ["conversationId", "conversation", "yourRole"] {
            assert_eq!(notice.remove(none), Some(Value::Null), "{none}");
        }
    }
    heard
}

async fn notify(stage: &Stage, input: Value) -> Value {
    let fields = "noticeId notified asOf";
    let sam = &stage.supervisor;
    stage.server.done(sam, "notifyAgents", input, fields).await
}

#[tokio::test]
async fn agents_are_told_what_a_supervisor_says_and_by_whom() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna", "bert"]).await;
        let anna = stage.agent_id("anna").await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        let input = json!({ "to": { "agentIds": [anna] }, "text": "Lunch at one", "idempotencyKey": "lunch" });
        let made = notify(&stage, input.clone()).await;
        assert_eq!(made["notified"], 1);
        assert_eq!(
            notify(&stage, input).await,
            made,
            "a repeat tells nobody again"
        );
        let queue = stage.organisation.queue.clone();
        let all = json!({ "to": { "queueId": queue }, "text": "Fire drill" });
        let to_all = notify(&stage, all).await;
        assert_eq!(to_all["notified"], 2);

        let lunch = json!({
            "__typename": "AgentsNotifiedNotice", "noticeId": made["noticeId"], "text": "Lunch at one", "by": "sam",
        });
        let drill = json!({
            "__typename": "AgentsNotifiedNotice", "noticeId": to_all["noticeId"], "text": "Fire drill", "by": "sam",
        });
        assert_eq!(
            told(&stage, &agent("anna"), &begin).await,
            [lunch, drill.clone()]
        );
        assert_eq!(told(&stage, &agent("bert"), &begin).await, [drill]);
        for other in [&stage.supervisor, &stage.admin, &stage.gateway] {
            assert_eq!(told(&stage, other, &begin).await, [] as [Value; 0]);
        }
        // The text stands in its row alone, and goes with it after a time.
        let tables = sea_orm::Database::connect(&stage.database.url)
            .await
            .unwrap();
        let events = event::Entity::find().all(&tables).await.unwrap();
        let events = format!("{events:?}");
        assert!(!events.contains("Lunch at one") && !events.contains("Fire drill"));
        let store = engine::store::Store::open(&stage.database.url)
            .await
            .unwrap();
        let clock = &stage.server.clock;
        store.forget(clock, Retention::default()).await.unwrap();
        let rows = agent_notice::Entity::find();
        assert_eq!(rows.clone().all(&tables).await.unwrap().len(), 2);
        let at_once = Retention {
            agent_notices: chrono::TimeDelta::seconds(-1),
            ..Retention::default()
        };
        store.forget(clock, at_once).await.unwrap();
        assert!(rows.all(&tables).await.unwrap().is_empty());
        let heard = told(&stage, &agent("bert"), &begin).await;
        assert_eq!(heard[0]["text"], Value::Null);
        assert_eq!(heard[0]["by"], "sam");
    }
}

#[tokio::test]
async fn who_may_not_be_told_leaves_nobody_told() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let queue = &stage.organisation.queue;
    let elsewhere = stage.queue("Elsewhere").await;
    let bot = json!({ "subject": "robo", "name": "robo", "kind": "BOT", "queueIds": [queue] });
    let made = stage
        .server
        .done(&stage.admin, "createAgent", bot, "agent { id }");
    let robo = made.await["agent"]["id"].clone();
    let far = json!({ "subject": "carl", "name": "carl", "queueIds": [elsewhere] });
    let made = stage
        .server
        .done(&stage.admin, "createAgent", far, "agent { id }");
    let carl = made.await["agent"]["id"].clone();
    let anna = stage.agent_id("anna").await;
    let begin = as_of(&stage.server, &stage.gateway).await;
    let here = Token::supervisor("sam").queues(&[queue]).sign();
    let own = Token::supervisor("anna").queues(&[queue]).sign();
    let may_not = Token::supervisor("sam").permissions(&[]).sign();
    let agents = |ids: &[&Value]| json!({ "to": { "agentIds": ids }, "text": "Hello" });
    let anna = json!(anna);
    let absent = json!("agent_00000000000070008000000000000000");
    for (token, input, code) in [
        (&here, agents(&[&anna, &carl]), "OUT_OF_SCOPE"),
        (&here, agents(&[&anna, &robo]), "TARGET_IS_BOT"),
        (&own, agents(&[&anna]), "OUT_OF_SCOPE"),
        (&here, agents(&[&anna, &absent]), "TARGET_NOT_FOUND"),
        (&here, agents(&[&anna, &anna]), "INVALID_INPUT"),
        (&here, agents(&[]), "INVALID_INPUT"),
        (
            &here,
            json!({ "to": { "queueId": elsewhere }, "text": "Hello" }),
            "OUT_OF_SCOPE",
        ),
        (
            &here,
            json!({ "to": { "agentIds": [anna] }, "text": " " }),
            "INVALID_INPUT",
        ),
        (
            &here,
            json!({ "to": { "agentIds": [anna] }, "text": "x".repeat(1_001) }),
            "INVALID_INPUT",
        ),
        (&may_not, agents(&[&anna]), "PERMISSION_MISSING"),
        (&stage.admin, agents(&[&anna]), "ROLE_REQUIRED"),
        (&agent("anna"), agents(&[&anna]), "ROLE_REQUIRED"),
    ] {
        let refused = stage
            .server
            .code(token, "notifyAgents", input.clone())
            .await;
        assert_eq!(refused, code, "{input}");
    }
    let off = json!({ "supervisorManageAgents": false });
    let settings = "updateSupervisorSettings";
    stage.server.done(&stage.admin, settings, off, "").await;
    let refused = stage.server.code(&here, "notifyAgents", agents(&[&anna]));
    assert_eq!(refused.await, "SETTING_DISABLED");
    assert_eq!(told(&stage, &agent("anna"), &begin).await, [] as [Value; 0]);
}

#[tokio::test]
async fn an_agent_is_told_who_set_their_presence_and_who_moved_them() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let anna = stage.agent_id("anna").await;
        let elsewhere = stage.queue("Elsewhere").await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        let away = json!({ "agentId": anna, "presence": "AWAY" });
        let there = json!({ "agentId": anna, "queueId": elsewhere });
        for (token, mutation, input) in [
            (&stage.supervisor, "setPresence", away.clone()),
            // What is so already is nothing to tell.
            (&stage.supervisor, "setPresence", away),
            (&stage.supervisor, "addQueueMember", there.clone()),
            (&stage.admin, "removeQueueMember", there),
        ] {
            stage.server.done(token, mutation, input, "").await;
        }
        // What they do themselves they know.
        stage.present("anna", "AVAILABLE").await;
        let moved = |is_member: bool, by: &str| {
            json!({
                "__typename": "QueueMembershipNotice", "queue": { "name": "Elsewhere" }, "isMember": is_member, "by": by,
            })
        };
        let expected = [
            json!({ "__typename": "PresenceSetNotice", "presence": "AWAY", "by": "sam" }),
            moved(true, "sam"),
            moved(false, "admin"),
        ];
        assert_eq!(told(&stage, &agent("anna"), &begin).await, expected);
        let nobody = told(&stage, &stage.supervisor, &begin).await;
        assert_eq!(nobody, [] as [Value; 0]);
    }
}
