//! Attention through the API: reasons that come and go, with time too, where they are shown, and the
//! settings that act on them (domain.md section 6).

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::words::TimerKind;
use entity::tables::{conversation as conversations, timer, workstream};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde_json::{Value, json};

use crate::harness::{Database, Server, Token, soon};
use crate::stage::{Stage, agent, as_of, on, with};

mod many;
mod settings;

const ATTENTION: &str = "attention { attentionReason since }";

const CHANGES: &str =
    "subscription($after: LogCursor, $filter: ConversationChangeFilter) { conversationChanges(after: $after, filter: $filter) {
    ... on ConversationChangeEvent {
        actor { __typename }
        change { __typename ... on AttentionChanged { type added { attentionReason since } removed } }
        conversation { id version attention { attentionReason since } }
    }
} }";

/// The reasons that a conversation has now, without since when.
async fn reasons(stage: &Stage, id: &str) -> Vec<String> {
    let now = stage.conversation(id, ATTENTION).await;
    let held = now["attention"].as_array().unwrap().iter();
    held.map(|one| one["attentionReason"].as_str().unwrap().to_owned())
        .collect()
}

async fn becomes(stage: &Stage, id: &str, expected: &[&str]) {
    soon(&format!("{expected:?}"), || async {
        reasons(stage, id).await == expected
    })
    .await;
}

fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(700)).await;
}

/// A customer's message with a score of the gateway's own.
async fn feels(stage: &Stage, id: &str, score: f64) {
    let score = json!({ "score": score, "confidence": 1.0, "scorer": "own", "scorerVersion": "1" });
    let input = with(on(id), json!({ "text": "hm", "score": score }));
    let server = &stage.server;
    server
        .done(&stage.gateway, "receiveCustomerMessage", input, "")
        .await;
}

async fn set(stage: &Stage, settings: Value) {
    let server = &stage.server;
    server
        .done(&stage.admin, "updateSupervisorSettings", settings, "")
        .await;
}

async fn attention_timers(stage: &Stage) -> usize {
    let rows = timer::Entity::find().filter(timer::Column::Kind.eq(TimerKind::Attention));
    rows.all(&stage.tables().await).await.unwrap().len()
}

#[tokio::test]
async fn a_reason_that_comes_with_time_appears_when_it_is_due_and_changes_nothing_else() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let id = stage.start("WHATSAPP").await;
        let facts = "version state statusReason lastActivityAt autoCloseAt waitingSince";
        let before = stage.conversation(&id, facts).await;
        stage.server.clock.advance(TimeDelta::seconds(280));
        a_moment().await;
        assert_eq!(reasons(&stage, &id).await, Vec::<String>::new());
        stage.server.clock.advance(TimeDelta::seconds(20));
        becomes(&stage, &id, &["WAITING_FOR_AGENT_TOO_LONG"]).await;
        let waited = stage
            .between(&id, "ConversationStarted", "AttentionChanged")
            .await;
        assert!(waited >= TimeDelta::seconds(300), "early: {waited}");
        assert_eq!(stage.conversation(&id, facts).await, before);
        assert_eq!(attention_timers(&stage).await, 0);
        a_moment().await;
        let told = ["ConversationStarted", "AttentionChanged"];
        assert_eq!(stage.kinds(&id).await, told, "once");
        stage.act(&agent("anna"), "pickConversation", &id).await;
        assert_eq!(reasons(&stage, &id).await, Vec::<String>::new());
        assert_eq!(attention_timers(&stage).await, 1);
        stage.server.clock.advance(TimeDelta::seconds(1_800));
        becomes(&stage, &id, &["HANDLED_TOO_LONG"]).await;
    }
}

#[tokio::test]
async fn what_came_due_while_the_server_was_down_is_a_reason_since_then() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let id = stage.start("WHATSAPP").await;
        stage.act(&agent("anna"), "pickConversation", &id).await;
        stage.customer_writes(&id, "Hello?").await;
        let fields = "unansweredSince attention { since }";
        let clock = stage.server.clock.clone();
        let Stage {
            server,
            database,
            supervisor,
            ..
        } = stage;
        drop(server);
        clock.advance(TimeDelta::seconds(500));
        let server = Server::at(database, clock).await;
        let look = || crate::stage::conversation(&server, &supervisor, &id, fields);
        soon("the reason of before the restart", || async {
            look().await["attention"] != json!([])
        })
        .await;
        let now = look().await;
        let waited = instant(&now["attention"][0]["since"]) - instant(&now["unansweredSince"]);
        assert_eq!(
            waited,
            TimeDelta::seconds(120),
            "since it was due, not since it was seen"
        );
    }
}

#[tokio::test]
async fn whoever_sees_the_conversation_is_told_what_appeared_and_what_went() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let id = stage.start("LIVE_CHAT").await;
    stage.act(&agent("anna"), "pickConversation", &id).await;
    let begin = as_of(&stage.server, &stage.gateway).await;
    let filter = json!({ "after": begin, "filter": { "types": ["ATTENTION_CHANGED"] } });
    let mut sockets = Vec::new();
    for token in [
        &stage.supervisor,
        &agent("anna"),
        &stage.gateway,
        &stage.admin,
    ] {
        let mut socket = stage.server.socket(token).await;
        socket.subscribe(CHANGES, filter.clone()).await;
        sockets.push(socket);
    }
    stage.act(&stage.gateway, "customerDisconnected", &id).await;
    let away = stage.conversation(&id, "version customerAwaySince").await;
    stage.act(&stage.gateway, "customerReconnected", &id).await;
    let held =
        json!([{ "attentionReason": "CUSTOMER_DISCONNECTED", "since": away["customerAwaySince"] }]);
    for socket in &mut sockets {
        let event = socket.event().await["conversationChanges"].clone();
        let change = json!({ "__typename": "AttentionChanged", "type": "ATTENTION_CHANGED", "added": held, "removed": [] });
        assert_eq!(event["change"], change);
        let then = json!({ "id": id, "version": away["version"], "attention": held });
        assert_eq!(event["conversation"], then);
        let event = socket.event().await["conversationChanges"].clone();
        assert_eq!(event["change"]["added"], json!([]));
        assert_eq!(event["change"]["removed"], json!(["CUSTOMER_DISCONNECTED"]));
        assert_eq!(event["conversation"]["attention"], json!([]));
    }
}

#[tokio::test]
async fn it_is_a_filter_an_order_and_counts_of_the_ongoing_view() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let step = || stage.server.clock.advance(TimeDelta::seconds(10));
    let calm = stage.start("WHATSAPP").await;
    let first = stage.start("WHATSAPP").await;
    feels(&stage, &first, -0.9).await;
    step();
    let second = stage.start("WHATSAPP").await;
    feels(&stage, &second, -0.9).await;
    step();
    let both = stage.start("LIVE_CHAT").await;
    feels(&stage, &both, -0.9).await;
    stage
        .act(&stage.gateway, "customerDisconnected", &both)
        .await;
    step();
    let away = stage.start("LIVE_CHAT").await;
    stage
        .act(&stage.gateway, "customerDisconnected", &away)
        .await;
    let page = |filter: Value, direction: &'static str| {
        let query = "query($filter: OngoingFilter, $order: OngoingOrder) {
            ongoingConversations(filter: $filter, orderBy: $order) { edges { cursor node { id } } } }";
        let order = json!({ "field": "ATTENTION", "direction": direction });
        let variables = json!({ "filter": filter, "order": order });
        let (server, token) = (&stage.server, &stage.supervisor);
        async move {
            let data = server.data(token, query, variables).await;
            let edges = data["ongoingConversations"]["edges"]
                .as_array()
                .unwrap()
                .clone();
            let ids = edges
                .iter()
                .map(|edge| edge["node"]["id"].as_str().unwrap().to_owned());
            ids.collect::<Vec<_>>()
        }
    };
    let [calm, first, second, both, away] =
        [&calm, &first, &second, &both, &away].map(Clone::clone);
    let all = json!({});
    let most = [&both, &first, &second, &away, &calm].map(Clone::clone);
    assert_eq!(
        page(all.clone(), "DESC").await,
        most,
        "most reasons, then longest since"
    );
    let fewest = [&away, &second, &first, &both, &calm].map(Clone::clone);
    assert_eq!(
        page(all, "ASC").await,
        fewest,
        "without a reason last either way"
    );
    let low = json!({ "attention": ["SENTIMENT_AT_OR_BELOW_THRESHOLD"] });
    assert_eq!(page(low, "DESC").await, [both.clone(), first, second]);
    let either = json!({ "attention": ["CUSTOMER_DISCONNECTED", "HANDLED_TOO_LONG"] });
    assert_eq!(page(either, "DESC").await, [both, away]);
    assert_eq!(
        page(json!({ "needsAttention": true }), "DESC").await.len(),
        4
    );
    assert_eq!(
        page(json!({ "needsAttention": false }), "DESC").await,
        [calm]
    );
    let summary =
        "{ ongoingSummary { totalCount attentionCount byAttention { attentionReason count } } }";
    let data = stage
        .server
        .data(&stage.supervisor, summary, json!({}))
        .await;
    let by = json!([
        { "attentionReason": "SENTIMENT_AT_OR_BELOW_THRESHOLD", "count": 3 },
        { "attentionReason": "CUSTOMER_DISCONNECTED", "count": 2 },
    ]);
    let counts = json!({ "totalCount": 5, "attentionCount": 4, "byAttention": by });
    assert_eq!(data["ongoingSummary"], counts);
}

#[tokio::test]
async fn a_page_of_the_order_goes_on_where_the_last_one_ended() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    for score in [-0.9, 0.0, -0.9, 0.0, -0.9] {
        let id = stage.start("WHATSAPP").await;
        feels(&stage, &id, score).await;
        stage.server.clock.advance(TimeDelta::seconds(1));
    }
    let query =
        "query($first: Int, $after: String) { ongoingConversations(first: $first, after: $after,
        orderBy: { field: ATTENTION, direction: DESC }) { edges { cursor node { id } } } }";
    let page = |variables: Value| async {
        let data = stage.server.data(&stage.supervisor, query, variables).await;
        data["ongoingConversations"]["edges"]
            .as_array()
            .unwrap()
            .clone()
    };
    let whole = page(json!({ "first": 10 })).await;
    let mut paged: Vec<Value> = Vec::new();
    loop {
        let after = paged.last().map(|edge| edge["cursor"].clone());
        let next = page(json!({ "first": 2, "after": after })).await;
        if next.is_empty() {
            break;
        }
        paged.extend(next);
    }
    assert_eq!((whole.len(), &paged), (5, &whole));
}

#[tokio::test]
async fn a_conversation_tells_when_and_how_fast_its_customer_was_answered() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let anna = agent("anna");
    let id = stage.start("WHATSAPP").await;
    stage.act(&anna, "pickConversation", &id).await;
    let fields = "firstRespondedAt averageResponseSeconds unansweredSince";
    let nothing = json!({ "firstRespondedAt": null, "averageResponseSeconds": null, "unansweredSince": null });
    assert_eq!(stage.conversation(&id, fields).await, nothing);
    let answers = || async {
        let input = with(on(&id), json!({ "text": "Yes." }));
        let fields = "message { postedAt }";
        let sent = stage.server.done(&anna, "sendMessage", input, fields).await;
        sent["message"]["postedAt"].clone()
    };
    stage.customer_writes(&id, "Hello?").await;
    let asked = stage.conversation(&id, fields).await;
    stage.server.clock.advance(TimeDelta::seconds(30));
    let first = answers().await;
    stage.customer_writes(&id, "And?").await;
    let waiting = stage.conversation(&id, fields).await;
    assert!(waiting["unansweredSince"].is_string());
    stage.server.clock.advance(TimeDelta::seconds(90));
    assert_eq!(
        stage.conversation(&id, fields).await,
        waiting,
        "time alone changes nothing"
    );
    let second = answers().await;
    let now = stage.conversation(&id, fields).await;
    assert_eq!(
        (&now["firstRespondedAt"], &now["unansweredSince"]),
        (&first, &Value::Null)
    );
    let average = now["averageResponseSeconds"].as_f64().unwrap();
    let waits = [(&asked, &first), (&waiting, &second)].map(|(asked, answered)| {
        (instant(answered) - instant(&asked["unansweredSince"])).as_seconds_f64()
    });
    assert!(waits[0] >= 30.0 && waits[1] >= 90.0, "{waits:?}");
    let expected = f64::midpoint(waits[0], waits[1]);
    assert!((average - expected).abs() < 0.01, "{average} {expected}");
}

#[tokio::test]
async fn images_from_before_there_was_attention_still_load() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let id = stage.start("WHATSAPP").await;
        feels(&stage, &id, -0.9).await;
        let tables = stage.tables().await;
        let row = conversations::Entity::find()
            .one(&tables)
            .await
            .unwrap()
            .unwrap();
        let mut image: Value = serde_json::from_str(&row.image).unwrap();
        for field in ["clocks", "attention", "declined", "responses"] {
            image.as_object_mut().unwrap().remove(field);
        }
        let mut row = row.into_active_model();
        row.image = Set(image.to_string());
        row.update(&tables).await.unwrap();
        let stage = stage.restarted().await;
        assert_eq!(reasons(&stage, &id).await, Vec::<String>::new());
        stage.customer_writes(&id, "Hello?").await;
        assert_eq!(
            reasons(&stage, &id).await,
            ["SENTIMENT_AT_OR_BELOW_THRESHOLD"]
        );
        stage.server.clock.advance(TimeDelta::seconds(300));
        let late = [
            "SENTIMENT_AT_OR_BELOW_THRESHOLD",
            "WAITING_FOR_AGENT_TOO_LONG",
            "CUSTOMER_UNANSWERED_TOO_LONG",
        ];
        becomes(&stage, &id, &late).await;
    }
}

#[tokio::test]
async fn who_does_not_see_the_conversation_is_told_nothing() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let elsewhere = Token::supervisor("olga")
        .queues(&[&stage.queue("Other").await])
        .sign();
    let mut socket = stage.server.socket(&elsewhere).await;
    let begin = as_of(&stage.server, &elsewhere).await;
    socket.subscribe(CHANGES, json!({ "after": begin })).await;
    let id = stage.start("LIVE_CHAT").await;
    stage.act(&stage.gateway, "customerDisconnected", &id).await;
    assert_eq!(socket.next_unless_silent().await, None);
}

#[tokio::test]
async fn a_look_that_begins_does_not_show_as_the_actor_of_what_everybody_sees() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let id = stage.start("WHATSAPP").await;
    stage.act(&agent("anna"), "pickConversation", &id).await;
    stage.customer_writes(&id, "Hello?").await;
    // Due by now: the look may be what finds it, or the timer may.
    stage.server.clock.advance(TimeDelta::seconds(121));
    stage
        .act(&stage.supervisor, "monitorConversation", &id)
        .await;
    becomes(&stage, &id, &["CUSTOMER_UNANSWERED_TOO_LONG"]).await;
    let told = stage.events().await;
    let told = told.iter().find(|event| event.kind == "AttentionChanged");
    let actor: Value = serde_json::from_str(&told.unwrap().actor).unwrap();
    assert_eq!(actor, json!({ "as": "SYSTEM" }));
}
