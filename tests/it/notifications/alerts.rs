//! Sentiment alerts: once, to supervisors in scope who could be reached (domain.md section 6).

use serde_json::{Value, json};

use super::delivered;
use crate::harness::{Database, Token};
use crate::stage::{Stage, agent, as_of};

const ALERTS: &str = "subscription($after: LogCursor, $filter: SentimentAlertFilter) {
    sentimentAlerts(after: $after, filter: $filter) {
        cursor committedAt level threshold conversation { id sentiment { level } }
    }
}";
const FIELD: &str = "sentimentAlerts";
const FURIOUS: &str = "This is the worst service ever, I am furious! Terrible, I hate it!";
const DELIGHTED: &str = "Thank you so much, that is wonderful, I am very happy!";

async fn alerts(stage: &Stage, token: &str, after: &str) -> Vec<Value> {
    delivered(stage, token, ALERTS, FIELD, after).await
}

/// The customer writes this often enough for the level to come round.
async fn customer_is(stage: &Stage, conversation: &str, text: &str) {
    for _ in 0..6 {
        stage.customer_writes(conversation, text).await;
    }
}

#[tokio::test]
async fn an_alert_is_raised_once_and_again_only_after_a_recovery() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        let id = stage.start("WHATSAPP").await;
        customer_is(&stage, &id, FURIOUS).await;
        let first = alerts(&stage, &stage.supervisor, &begin).await;
        assert_eq!(first.len(), 1, "{first:#?}");
        assert_eq!(first[0]["threshold"], "NEGATIVE");
        assert_eq!(first[0]["conversation"]["id"], json!(id));
        assert_eq!(
            first[0]["conversation"]["sentiment"]["level"],
            first[0]["level"]
        );
        customer_is(&stage, &id, DELIGHTED).await;
        customer_is(&stage, &id, FURIOUS).await;
        let both = alerts(&stage, &stage.supervisor, &begin).await;
        assert_eq!((both.len(), &both[0]), (2, &first[0]));
        // Wherever it is cut, the rest comes, once.
        let cursor = both[0]["cursor"].as_str().unwrap();
        assert_eq!(alerts(&stage, &stage.supervisor, cursor).await, both[1..]);
        let cursor = both[1]["cursor"].as_str().unwrap();
        let none = alerts(&stage, &stage.supervisor, cursor).await;
        assert_eq!(none, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn who_was_not_available_or_busy_then_is_not_told_later_either() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        let people = [
            ("sue", "AVAILABLE", 1),
            ("sid", "BUSY", 1),
            ("sal", "BUSY_DO_NOT_DISTURB", 0),
            ("stan", "AWAY", 0),
            ("sven", "OFFLINE", 0),
        ];
        let presence = async |name: &str, presence: &str| {
            let input = json!({ "presence": presence });
            let token = Token::supervisor(name).sign();
            stage.server.done(&token, "setPresence", input, "").await;
        };
        for (name, now, _) in people {
            presence(name, now).await;
        }
        let id = stage.start("WHATSAPP").await;
        customer_is(&stage, &id, FURIOUS).await;
        for (name, _, _) in people {
            presence(name, "AVAILABLE").await;
        }
        for (name, was, count) in people {
            let told = alerts(&stage, &Token::supervisor(name).sign(), &begin).await;
            assert_eq!(told.len(), count, "{name} was {was}");
        }
        // Whoever never set a presence is AVAILABLE.
        assert_eq!(alerts(&stage, &stage.supervisor, &begin).await.len(), 1);
    }
}

#[tokio::test]
async fn alerts_are_for_supervisors_in_scope() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let elsewhere = stage.queue("Elsewhere").await;
    let begin = as_of(&stage.server, &stage.gateway).await;
    let id = stage.start("WHATSAPP").await;
    stage.act(&agent("anna"), "pickConversation", &id).await;
    customer_is(&stage, &id, FURIOUS).await;
    let outside = Token::supervisor("sid").queues(&[&elsewhere]);
    let administrates = Token::supervisor("sid")
        .queues(&[&elsewhere])
        .and(domain::Role::Administrator);
    let handles = Token::supervisor("anna")
        .queues(&[&elsewhere])
        .and(domain::Role::Agent);
    for token in [outside, administrates, handles] {
        let told = alerts(&stage, &token.sign(), &begin).await;
        assert_eq!(told, Vec::<Value>::new(), "out of scope");
    }
    for token in [&agent("anna"), &stage.gateway, &stage.admin] {
        let mut socket = stage.server.socket(token).await;
        socket.subscribe(ALERTS, json!({ "after": begin })).await;
        let message = socket.message().await;
        assert_eq!(message["type"], "error", "{message}");
        let code = &message["payload"][0]["extensions"]["code"];
        assert_eq!(code, "ROLE_REQUIRED");
    }
}

#[tokio::test]
async fn a_filter_narrows_alerts() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let begin = as_of(&stage.server, &stage.gateway).await;
    let elsewhere = stage.queue("Elsewhere").await;
    let (one, two) = (stage.start("WHATSAPP").await, stage.start("WHATSAPP").await);
    for id in [&one, &two] {
        customer_is(&stage, id, FURIOUS).await;
    }
    let queue = &stage.organisation.queue;
    let level = alerts(&stage, &stage.supervisor, &begin).await[0]["level"].clone();
    for (filter, count) in [
        (json!({ "conversationIds": [two] }), 1),
        (json!({ "queueIds": [queue] }), 2),
        (json!({ "queueIds": [elsewhere] }), 0),
        (json!({ "levels": [level] }), 2),
        (json!({ "levels": ["NEUTRAL"] }), 0),
    ] {
        let mut socket = stage.server.socket(&stage.supervisor).await;
        let variables = json!({ "after": begin, "filter": filter });
        socket.subscribe(ALERTS, variables).await;
        for _ in 0..count {
            socket.event().await;
        }
        let more = socket.next_unless_silent().await;
        assert_eq!(more, None, "{filter}");
    }
}

/// What customers write in the demo's Dutch dialogues, one list for each.
fn dutch_customers() -> Vec<Vec<&'static str>> {
    let file = include_str!("../../../crates/tools/src/demo/dialogues/dutch.txt");
    let dialogues = file.split("\n\n").map(|dialogue| {
        let turns = dialogue.lines().filter_map(|line| line.strip_prefix("C: "));
        turns.collect()
    });
    dialogues.collect()
}

#[tokio::test]
async fn dutch_conversations_of_the_demo_raise_alerts_by_their_words_alone() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        let begin = as_of(&stage.server, &stage.gateway).await;
        for customer in dutch_customers() {
            let id = stage.start("WHATSAPP").await;
            for text in customer {
                stage.customer_writes(&id, text).await;
            }
        }
        let raised = alerts(&stage, &stage.supervisor, &begin).await;
        assert!(raised.len() >= 3, "{raised:#?}");
        for alert in raised {
            let id = &alert["conversation"]["id"];
            let query = "query($id: ID!) { conversation(id: $id) {
                sentiment { language scorer } } }";
            let seen = stage
                .server
                .data(&stage.supervisor, query, json!({ "id": id }))
                .await;
            let sentiment = &seen["conversation"]["sentiment"];
            assert_eq!(
                *sentiment,
                json!({ "language": "nl", "scorer": "regie-linear" })
            );
        }
    }
}
