//! One execution for many: subscribers with the same question get the same payload, answers of the
//! view are kept while the board stands still, and nothing that depends on who asks is ever shared.

use domain::Permission;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Database, Socket, Token};
use crate::stage::{Stage, agent, on, position};

const WATCH: &str = "subscription($after: LogCursor) { conversationChanges(after: $after) {
    __typename
    ... on ConversationChangeEvent { cursor emittedAt change { __typename } conversation { id version } }
    ... on ConversationLeftScope { cursor emittedAt conversationId }
} }";

/// The same, with a field that depends on who asks.
const PERSONAL: &str = "subscription($after: LogCursor) { conversationChanges(after: $after) {
    ... on ConversationChangeEvent {
        cursor conversation { viewerCan { assign { allowed code } } runningMonitorSessions { id } }
    }
} }";

async fn events(socket: &mut Socket, count: usize) -> Vec<Value> {
    let mut events = Vec::new();
    while events.len() < count {
        events.push(socket.event().await["conversationChanges"].clone());
    }
    events
}

async fn head(stage: &Stage) -> String {
    crate::stage::as_of(&stage.server, &stage.supervisor).await
}

#[tokio::test]
async fn twenty_supervisors_with_one_scope_share_one_execution() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let mut sockets = Vec::new();
    for number in 0..20 {
        let token = Token::supervisor(&format!("sup{number}")).sign();
        let mut socket = stage.server.socket(&token).await;
        socket
            .subscribe(WATCH, json!({ "after": head(&stage).await }))
            .await;
        sockets.push(socket);
    }
    let conversation = stage.start("LIVE_CHAT").await;
    stage
        .act(&agent("anna"), "pickConversation", &conversation)
        .await;
    let seen = join_all(sockets.iter_mut().map(|socket| events(socket, 2))).await;
    assert_eq!(seen[0][1]["change"]["__typename"], "Picked");
    for other in &seen {
        assert_eq!(
            other, &seen[0],
            "the instant of emission too: it is one execution"
        );
    }
}

#[tokio::test]
async fn whoever_resumes_from_before_the_group_gets_everything_once_and_then_shares() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let before = head(&stage).await;
    let conversation = stage.start("LIVE_CHAT").await;
    let mut first = stage.server.socket(&stage.supervisor).await;
    first
        .subscribe(WATCH, json!({ "after": head(&stage).await }))
        .await;
    stage
        .act(&agent("anna"), "pickConversation", &conversation)
        .await;
    events(&mut first, 1).await;
    let mut late = stage.server.socket(&stage.supervisor).await;
    late.subscribe(WATCH, json!({ "after": before })).await;
    let mut seen = events(&mut late, 2).await;
    let mut shared = Vec::new();
    for text in ["one", "two", "three"] {
        stage.customer_writes(&conversation, text).await;
        seen.extend(events(&mut late, 1).await);
        shared = events(&mut first, 1).await;
    }
    let places: Vec<i64> = seen
        .iter()
        .map(|event| position(&event["cursor"]))
        .collect();
    assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
    assert_eq!(places.len(), 5);
    assert_eq!(seen.last(), shared.last(), "it shares by then");
}

#[tokio::test]
async fn a_field_that_depends_on_who_asks_is_executed_for_each() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let may = Token::supervisor("may").sign();
    let may_not = Token::supervisor("may-not")
        .permissions(&[Permission::Monitor])
        .sign();
    let after = json!({ "after": head(&stage).await });
    let (mut a, mut b) = (
        stage.server.socket(&may).await,
        stage.server.socket(&may_not).await,
    );
    a.subscribe(PERSONAL, after.clone()).await;
    b.subscribe(PERSONAL, after).await;
    for _ in 0..3 {
        stage.start("LIVE_CHAT").await;
    }
    for event in events(&mut a, 3).await {
        assert_eq!(
            event["conversation"]["viewerCan"]["assign"]["allowed"],
            true
        );
    }
    for event in events(&mut b, 3).await {
        assert_eq!(
            event["conversation"]["viewerCan"]["assign"]["code"],
            "PERMISSION_MISSING"
        );
    }
}

#[tokio::test]
async fn scopes_do_not_share_and_see_only_their_own() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let other = stage.queue("Other").await;
    let elsewhere = Token::supervisor("else").queues(&[&other]).sign();
    let after = json!({ "after": head(&stage).await });
    let (mut all, mut few) = (
        stage.server.socket(&stage.supervisor).await,
        stage.server.socket(&elsewhere).await,
    );
    all.subscribe(WATCH, after.clone()).await;
    few.subscribe(WATCH, after).await;
    let conversation = stage.start("LIVE_CHAT").await;
    let move_to = json!({ "target": { "queueId": other } });
    let input = crate::stage::with(on(&conversation), move_to);
    stage
        .server
        .done(&stage.supervisor, "assignConversation", input, "")
        .await;
    assert_eq!(
        events(&mut all, 2).await[1]["change"]["__typename"],
        "AssignedToQueue"
    );
    let first = events(&mut few, 1).await;
    assert_eq!(
        first[0]["change"]["__typename"], "AssignedToQueue",
        "the start was not theirs"
    );
}

/// The view as this token sees it, with what a desk shows.
async fn view(stage: &Stage, token: &str, extra: &str) -> Value {
    let query = format!(
        "{{ ongoingConversations(first: 50) {{ totalCount asOf edges {{ node {{
            id state waitingSince queue {{ name }} agent {{ name }} customer {{ name }}
            sentiment {{ level }} {extra}
        }} }} }} }}"
    );
    stage.server.data(token, &query, json!({})).await["ongoingConversations"].clone()
}

#[tokio::test]
async fn an_answer_of_the_view_is_kept_until_something_changes_and_never_longer() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let conversation = stage.start("LIVE_CHAT").await;
    let first = view(&stage, &stage.supervisor, "").await;
    // Less than anything waits for.
    stage.server.clock.advance(chrono::TimeDelta::minutes(4));
    assert_eq!(
        view(&stage, &stage.supervisor, "").await,
        first,
        "time alone changes nothing"
    );
    stage
        .act(&agent("anna"), "pickConversation", &conversation)
        .await;
    let after = view(&stage, &stage.supervisor, "").await;
    assert_eq!(after["edges"][0]["node"]["agent"]["name"], "anna");
    assert_ne!(after["asOf"], first["asOf"]);
}

#[tokio::test]
async fn each_writer_reads_its_own_writes_while_others_write() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let writer = |number: usize| {
        let stage = &stage;
        async move {
            let token = Token::supervisor(&format!("sup{number}")).sign();
            for _ in 0..10 {
                let conversation = stage.start("LIVE_CHAT").await;
                let seen = view(stage, &token, "").await;
                let edges = seen["edges"].as_array().unwrap();
                assert!(
                    edges
                        .iter()
                        .any(|edge| edge["node"]["id"] == json!(conversation))
                );
            }
        }
    };
    join_all((0..4).map(writer)).await;
}

#[tokio::test]
async fn answers_are_kept_for_an_access_never_for_another() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let other = stage.queue("Other").await;
    stage.start("LIVE_CHAT").await;
    let elsewhere = Token::supervisor("else").queues(&[&other]).sign();
    assert_eq!(view(&stage, &stage.supervisor, "").await["totalCount"], 1);
    assert_eq!(view(&stage, &elsewhere, "").await["totalCount"], 0);
    assert_eq!(view(&stage, &agent("anna"), "").await["totalCount"], 1);
    assert_eq!(view(&stage, &stage.admin, "").await["totalCount"], 1);
    let may_not = Token::supervisor("no")
        .permissions(&[Permission::Assign])
        .sign();
    let can = "viewerCan { forceClose { allowed } assign { code } monitor { code } }";
    let one = view(&stage, &stage.supervisor, can).await["edges"][0]["node"]["viewerCan"].clone();
    let two = view(&stage, &may_not, can).await["edges"][0]["node"]["viewerCan"].clone();
    assert_eq!(one["monitor"]["code"], "INVALID_STATE");
    assert_eq!(two["monitor"]["code"], "PERMISSION_MISSING");
}

/// The very bytes that were answered a moment ago: who sends them is asked all the same.
#[tokio::test]
async fn a_request_that_came_before_is_answered_only_to_who_may_ask() {
    const VIEW: &str = "{ ongoingConversations(first: 50) { totalCount } }";
    let stage = Stage::on(Database::sqlite(), &[]).await;
    stage.start("LIVE_CHAT").await;
    let ask = async |token: &str| stage.server.post(token, VIEW, json!({})).await;
    let sam = Token::supervisor("sam").sign();
    for _ in 0..2 {
        let seen = ask(&sam).await;
        assert_eq!(seen["data"]["ongoingConversations"]["totalCount"], 1);
    }
    let refused = ask("nobody's").await;
    assert_eq!(
        refused["errors"][0]["extensions"]["code"],
        "UNAUTHENTICATED"
    );
    assert!(refused.get("data").is_none(), "{refused}");
    let nothing = Token::supervisor("none").queues(&[]).sign();
    let seen = ask(&nothing).await;
    assert_eq!(seen["data"]["ongoingConversations"]["totalCount"], 0);
    stage.server.clock.advance(chrono::TimeDelta::days(30));
    let late = ask(&sam).await;
    assert_eq!(late["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_transcript_is_never_kept_for_somebody_else() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let conversation = stage.start("LIVE_CHAT").await;
    stage
        .act(&agent("anna"), "pickConversation", &conversation)
        .await;
    stage
        .customer_writes(&conversation, "Only for who watches")
        .await;
    stage
        .act(&stage.supervisor, "monitorConversation", &conversation)
        .await;
    let text = "transcript { edges { node { text } } }";
    let watching = view(&stage, &stage.supervisor, text).await;
    assert_eq!(
        watching["edges"][0]["node"]["transcript"]["edges"][0]["node"]["text"],
        "Only for who watches"
    );
    let other = Token::supervisor("other").sign();
    let not_watching = view(&stage, &other, text).await;
    assert_eq!(not_watching["edges"][0]["node"]["transcript"], Value::Null);
}
