//! An answer that is told again as it changes: `ongoingSummaryLive` shows what `ongoingSummary` does, at once and
//! then the newest, at most once a second and only where it differs (domain.md section 13).

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use api::graphql::gate::GateOptions;
use api::http::HttpOptions;
use domain::Channel;
use engine::clock::Clock;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Database, Server, Socket, Token};
use crate::stage::{Stage, agent, on};

const LIVE: &str =
    "subscription($filter: OngoingFilter) { ongoingSummaryLive(filter: $filter) { ...S } }";
const NOW: &str = "query($filter: OngoingFilter) { ongoingSummary(filter: $filter) { ...S } }";
const FIELDS: &str = "fragment S on OngoingSummary {
    totalCount unassignedCount longestWaitingSince attentionCount asOf
    byState { state count } byQueue { queue { id name } count } byAgent { agent { id presence } count }
    byChannel { channel count } bySentiment { level count } byAttention { attentionReason count }
}";
/// The count alone, which a message does not change.
const TOTAL: &str = "subscription { ongoingSummaryLive { totalCount } }";
/// Longer than an answer stands.
const LONG: Duration = Duration::from_millis(1_600);

fn whole(operation: &str) -> String {
    format!("{operation} {FIELDS}")
}

/// The counts of the next answer.
async fn next(socket: &mut Socket) -> Value {
    socket.event().await["ongoingSummaryLive"].clone()
}

/// What the query answers, without where it was seen.
async fn queried(server: &Server, token: &str, filter: &Value) -> Value {
    let variables = json!({ "filter": filter });
    let data = server.data(token, &whole(NOW), variables).await;
    without_place(data["ongoingSummary"].clone())
}

fn without_place(mut summary: Value) -> Value {
    summary.as_object_mut().unwrap().remove("asOf");
    summary
}

/// Somebody who follows the counts, and has them.
async fn following(server: &Server, token: &str, query: &str) -> (Socket, Value) {
    let mut socket = server.socket(token).await;
    socket.subscribe(query, json!({})).await;
    let first = next(&mut socket).await;
    (socket, first)
}

/// Answers until they are as the query's, and how many there were.
async fn until_queried(socket: &mut Socket, server: &Server, token: &str) -> usize {
    let wanted = queried(server, token, &Value::Null).await;
    for answers in 1.. {
        if without_place(next(socket).await) == wanted {
            return answers;
        }
    }
    0
}

#[tokio::test]
async fn it_begins_with_what_the_query_answers_and_goes_on_with_that() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        stage.start("WHATSAPP").await;
        let mut sockets = Vec::new();
        let filter = json!({ "channels": ["SMS"] });
        for (token, filter) in [
            (stage.supervisor.clone(), Value::Null),
            (stage.admin.clone(), Value::Null),
            (stage.gateway.clone(), Value::Null),
            (agent("anna"), Value::Null),
            (stage.supervisor.clone(), filter),
        ] {
            let mut socket = stage.server.socket(&token).await;
            let variables = json!({ "filter": filter });
            socket.subscribe(&whole(LIVE), variables).await;
            let first = without_place(next(&mut socket).await);
            assert_eq!(first, queried(&stage.server, &token, &filter).await);
            sockets.push((socket, token, filter));
        }
        let id = stage.start("SMS").await;
        for (socket, ..) in &mut sockets {
            assert!(next(socket).await["totalCount"].as_i64() > Some(0));
        }
        tokio::time::sleep(LONG).await;
        stage.act(&agent("anna"), "pickConversation", &id).await;
        for (mut socket, token, filter) in sockets {
            let told = without_place(next(&mut socket).await);
            assert_eq!(told, queried(&stage.server, &token, &filter).await);
            assert_eq!(told["byAgent"][0]["count"], 1, "{told}");
        }
    }
}

#[tokio::test]
async fn nothing_comes_while_nothing_that_was_selected_changes() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let id = stage.start("WHATSAPP").await;
    let seen = "subscription { ongoingSummaryLive { place: asOf totalCount asOf } }";
    let mut all = Vec::new();
    for token in [&stage.supervisor, &stage.gateway, &agent("anna")] {
        all.push(following(&stage.server, token, TOTAL).await.0);
        all.push(following(&stage.server, token, seen).await.0);
    }
    // The log moves, and nothing else.
    for _ in 0..8 {
        stage.customer_writes(&id, "Hello?").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let silent = all.iter_mut().map(|socket| socket.message_within(LONG));
    assert_eq!(join_all(silent).await, [const { None }; 6]);
    stage.start("WHATSAPP").await;
    for socket in &mut all {
        assert_eq!(next(socket).await["totalCount"], 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_is_an_answer_a_second_and_the_last_is_what_the_query_answers() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let (mut together, _) = following(&stage.server, &stage.supervisor, &whole(LIVE)).await;
        let anna = agent("anna");
        let (mut alone, _) = following(&stage.server, &anna, &whole(LIVE)).await;
        let begun = Instant::now();
        for _ in 0..10 {
            join_all((0..20).map(|_| stage.start("WHATSAPP"))).await;
        }
        for (socket, token) in [(&mut together, &stage.supervisor), (&mut alone, &anna)] {
            let answers = until_queried(socket, &stage.server, token).await;
            let most = begun.elapsed().as_secs() + 1;
            assert!(answers as u64 <= most, "{answers} in {most} seconds");
        }
        assert_eq!(together.message_within(LONG).await, None, "that was all");
    }
}

/// The texts by which a gateway is shown where in the log something was seen differ with each execution.
#[tokio::test]
async fn who_asks_the_same_with_the_same_access_shares_one_execution() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let query = "subscription { ongoingSummaryLive { totalCount asOf } }";
    let mut sockets = Vec::new();
    for number in 0..20 {
        let token = Token::gateway_of(&format!("gateway{number}"))
            .channels(&[Channel::WhatsApp])
            .sign();
        sockets.push(following(&stage.server, &token, query).await);
    }
    let first = &sockets[0].1["asOf"].clone();
    assert!(sockets.iter().all(|(_, told)| told["asOf"] == *first));
    for expected in 1..=3 {
        stage.start("WHATSAPP").await;
        let told = join_all(sockets.iter_mut().map(|(socket, _)| next(socket))).await;
        assert_eq!(told[0]["totalCount"], expected);
        let texts: BTreeSet<_> = told.iter().map(|told| told["asOf"].as_str()).collect();
        assert_eq!(texts.len(), 1, "one execution");
    }
}

#[tokio::test]
async fn whoever_comes_later_has_the_counts_at_once_though_nothing_happens() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let (_first, told) = following(&stage.server, &stage.supervisor, &whole(LIVE)).await;
    tokio::time::sleep(LONG).await;
    let begun = Instant::now();
    let (mut late, same) = following(&stage.server, &stage.supervisor, &whole(LIVE)).await;
    assert!(begun.elapsed() < Duration::from_millis(700));
    assert_eq!(same, told);
    assert_eq!(late.message_within(LONG).await, None, "once");
}

#[tokio::test]
async fn everybody_counts_what_they_see_and_is_told_of_that_alone() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let other = stage.queue("Other").await;
    let there = Token::supervisor("there").queues(&[&other]).sign();
    let here = Token::supervisor("here")
        .queues(&[&stage.organisation.queue])
        .sign();
    let (mut there, none) = following(&stage.server, &there, &whole(LIVE)).await;
    let (mut here, _) = following(&stage.server, &here, &whole(LIVE)).await;
    assert_eq!(none["totalCount"], 0);
    let id = stage.start("WHATSAPP").await;
    assert_eq!(next(&mut here).await["totalCount"], 1);
    stage
        .customer_writes(&id, "This is the worst service ever!")
        .await;
    assert_eq!(there.message_within(LONG).await, None);
}

/// A membership is a right too, which no token says.
#[tokio::test]
async fn a_lost_membership_narrows_the_counts_within_a_second() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    stage.start("WHATSAPP").await;
    let (mut anna, first) = following(&stage.server, &agent("anna"), TOTAL).await;
    assert_eq!(first["totalCount"], 1);
    tokio::time::sleep(LONG).await;
    let input =
        json!({ "agentId": stage.agent_id("anna").await, "queueId": stage.organisation.queue });
    let remove = stage
        .server
        .done(&stage.admin, "removeQueueMember", input, "");
    remove.await;
    let told = anna.message_within(Duration::from_secs(1)).await.unwrap();
    let summary = &told["payload"]["data"]["ongoingSummaryLive"];
    assert_eq!(summary["totalCount"], 0);
}

#[tokio::test]
async fn another_token_is_told_what_it_sees_if_that_is_something_else() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let other = stage.queue("Other").await;
    stage.start("WHATSAPP").await;
    let offer = async |socket: &mut Socket, token: String| {
        let payload = json!({ "token": token });
        socket
            .send(json!({ "type": "ping", "payload": payload }))
            .await;
        assert_eq!(socket.pong().await["payload"], json!({ "accepted": true }));
    };
    let (mut socket, first) = following(&stage.server, &stage.supervisor, TOTAL).await;
    assert_eq!(first["totalCount"], 1);
    offer(&mut socket, Token::supervisor("sam").sign()).await;
    assert_eq!(socket.message_within(LONG).await, None, "it sees the same");
    offer(
        &mut socket,
        Token::supervisor("sam").queues(&[&other]).sign(),
    )
    .await;
    let told = socket.message_within(Duration::from_secs(1)).await.unwrap();
    let summary = &told["payload"]["data"]["ongoingSummaryLive"];
    assert_eq!(summary["totalCount"], 0);
    stage.start("WHATSAPP").await;
    assert_eq!(socket.message_within(LONG).await, None, "by the new token");
    offer(&mut socket, Token::supervisor("sam").sign()).await;
    assert_eq!(next(&mut socket).await["totalCount"], 2);
}

#[tokio::test]
async fn after_a_restart_it_begins_and_goes_on_as_before() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    stage.start("WHATSAPP").await;
    let (before, _) = following(&stage.server, &stage.supervisor, &whole(LIVE)).await;
    drop(before);
    let stage = stage.restarted().await;
    let (mut socket, first) = following(&stage.server, &stage.supervisor, &whole(LIVE)).await;
    let wanted = queried(&stage.server, &stage.supervisor, &Value::Null).await;
    assert_eq!(without_place(first), wanted);
    stage.start("WHATSAPP").await;
    assert_eq!(next(&mut socket).await["totalCount"], 2);
}

/// Where nothing can be kept ready, each executes it: as seldom, and nothing else.
#[tokio::test]
async fn where_no_answer_can_be_kept_ready_everybody_has_it_all_the_same() {
    let gate = GateOptions {
        ready_bytes: 1,
        ..GateOptions::default()
    };
    let (database, options) = (Database::sqlite(), HttpOptions::default());
    let mut stage = Stage::on(database.clone(), &["anna"]).await;
    stage.server = Server::with(database, Clock::system(), gate, options).await;
    let mut sockets = Vec::new();
    for _ in 0..3 {
        sockets.push(following(&stage.server, &stage.supervisor, TOTAL).await.0);
    }
    let begun = Instant::now();
    for _ in 0..30 {
        stage.start("WHATSAPP").await;
    }
    for socket in &mut sockets {
        let mut answers = 1;
        while next(socket).await["totalCount"] != 30 {
            answers += 1;
        }
        let most = begun.elapsed().as_secs() + 1;
        assert!(answers <= most, "{answers} in {most} seconds");
        assert_eq!(socket.message_within(LONG).await, None);
    }
}

/// `viewerCan` and the like are asked of nobody by these counts; an agent's own acknowledgement is.
#[tokio::test]
async fn what_depends_on_who_asks_is_executed_for_each() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let id = stage.start("WHATSAPP").await;
    stage.act(&agent("anna"), "pickConversation", &id).await;
    let query = "subscription { ongoingSummaryLive {
        totalCount byAgent { agent { monitoringNoticeAcknowledgedAt } } } }";
    let notice = "{ viewer { monitoringNotice { version } } }";
    let notice = stage.server.data(&agent("anna"), notice, json!({})).await;
    let input = json!({ "version": notice["viewer"]["monitoringNotice"]["version"] });
    let acknowledge = "acknowledgeMonitoringNotice";
    stage
        .server
        .done(&agent("anna"), acknowledge, input, "")
        .await;
    let (mut supervisor, theirs) = following(&stage.server, &stage.supervisor, query).await;
    let (mut admin, all) = following(&stage.server, &stage.admin, query).await;
    assert_eq!(
        theirs["byAgent"][0]["agent"]["monitoringNoticeAcknowledgedAt"],
        Value::Null
    );
    assert!(all["byAgent"][0]["agent"]["monitoringNoticeAcknowledgedAt"].is_string());
    stage.act(&agent("anna"), "endConversation", &id).await;
    let mut input = on(&id);
    input["reason"] = json!("done");
    let anna = agent("anna");
    stage
        .server
        .done(&anna, "closeConversation", input, "")
        .await;
    for socket in [&mut supervisor, &mut admin] {
        while next(socket).await["totalCount"] != 0 {}
    }
}

/// Nobody but supervisors learns by an answer, or by its coming, that somebody watches.
#[tokio::test]
async fn a_silent_supervisor_brings_no_answer() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let id = stage.start("WHATSAPP").await;
    stage.act(&agent("anna"), "pickConversation", &id).await;
    let mut all = Vec::new();
    for token in [&agent("anna"), &stage.gateway] {
        all.push(following(&stage.server, token, &whole(LIVE)).await.0);
    }
    for _ in 0..3 {
        stage
            .act(&stage.supervisor, "monitorConversation", &id)
            .await;
        stage.act(&stage.supervisor, "stopMonitoring", &id).await;
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    let silent = all.iter_mut().map(|socket| socket.message_within(LONG));
    assert_eq!(join_all(silent).await, [None, None]);
}
