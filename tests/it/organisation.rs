//! `organisationChanges`: what changes in the organisation, for who may see its subject (domain.md section 7).

use std::time::Duration;

use domain::{Permission, Role};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Database, Socket, Token};
use crate::stage::{Stage, agent, as_of, position};

const CHANGES: &str = "subscription($after: LogCursor) { organisationChanges(after: $after) {
    __typename cursor committedAt emittedAt actor { kind subject agent { name } }
    ... on AgentPresenceChanged { presence agent { name presence capacity { totalUnits } } }
    ... on AgentChanged { edit agent { name monitoringNoticeAcknowledgedAt } }
    ... on QueueChanged { edit queue { id name deletedAt members { name } } }
    ... on WorkstreamChanged { edit workstream { name units } }
    ... on MembershipChanged { isMember agent { name } queue { id } }
    ... on SupervisorSettingsChanged { settings { supervisorAssign } }
} }";

/// The same, without what depends on who asks.
const SHARED: &str = "subscription($after: LogCursor) { organisationChanges(after: $after) {
    __typename cursor emittedAt ... on AgentPresenceChanged { presence agent { name } }
} }";

/// The types of event that each of them hears of.
const EVERYBODY: [&str; 5] = ["anna", "bert", "here", "there", "root"];

async fn following(stage: &Stage, token: &str, query: &str, after: &Value) -> Socket {
    let mut socket = stage.server.socket(token).await;
    socket.subscribe(query, json!({ "after": after })).await;
    socket
}

/// Everything that comes, until nothing does.
async fn heard(socket: &mut Socket) -> Vec<Value> {
    let mut heard = Vec::new();
    while let Some(message) = socket.next_unless_silent().await {
        assert_eq!(message["type"], "next", "{message}");
        assert!(message["payload"].get("errors").is_none(), "{message}");
        heard.push(message["payload"]["data"]["organisationChanges"].clone());
    }
    heard
}

fn types(heard: &[Value]) -> Vec<&str> {
    let types = heard.iter().map(|event| &event["__typename"]);
    types.map(|of| of.as_str().unwrap()).collect()
}

/// Agents anna and bert of the messaging queue; supervisors of that queue, and of another; an administrator.
fn people(stage: &Stage, other: &str) -> Vec<(&'static str, String)> {
    let here = [stage.organisation.queue.as_str()];
    let supervisor = |subject, queues: &[&str]| Token::supervisor(subject).queues(queues).sign();
    vec![
        ("anna", agent("anna")),
        ("bert", agent("bert")),
        ("here", supervisor("here", &here)),
        ("there", supervisor("there", &[other])),
        ("root", stage.admin.clone()),
    ]
}

/// Something that an administrator does, and what it must be in the stream.
struct Doing {
    mutation: &'static str,
    input: Value,
    event: &'static str,
    hears: Vec<&'static str>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_change_reaches_who_may_see_its_subject_and_nobody_else() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna", "bert"]).await;
        let other = stage.queue("Other").await;
        let (anna, queue) = (stage.agent_id("anna").await, &stage.organisation.queue);
        let workstream = &stage.organisation.workstream;
        let leaders = ["here", "there", "root"];
        let doing = |mutation, input, event, hears: &[&'static str]| Doing {
            mutation,
            input,
            event,
            hears: hears.to_vec(),
        };
        let all = [
            doing(
                "updateAgent",
                json!({ "agentId": anna, "name": "Anna" }),
                "AgentChanged",
                &EVERYBODY,
            ),
            doing(
                "updateAgent",
                json!({ "agentId": anna, "capacity": 9 }),
                "AgentChanged",
                &["anna", "here", "there", "root"],
            ),
            doing(
                "removeQueueMember",
                json!({ "agentId": anna, "queueId": queue }),
                "MembershipChanged",
                &["anna", "here", "root"],
            ),
            doing(
                "addQueueMember",
                json!({ "agentId": anna, "queueId": other }),
                "MembershipChanged",
                &["anna", "there", "root"],
            ),
            doing(
                "updateQueue",
                json!({ "queueId": queue, "name": "Here" }),
                "QueueChanged",
                &["anna", "bert", "here", "root"],
            ),
            doing(
                "updateWorkstream",
                json!({ "workstreamId": workstream, "name": "Contact" }),
                "WorkstreamChanged",
                &EVERYBODY,
            ),
            doing(
                "updateWorkstream",
                json!({ "workstreamId": workstream, "units": 2 }),
                "WorkstreamChanged",
                &leaders,
            ),
            doing(
                "updateSupervisorSettings",
                json!({ "supervisorTransfer": false }),
                "SupervisorSettingsChanged",
                &leaders,
            ),
            doing(
                "createQueue",
                json!({ "name": "New" }),
                "QueueChanged",
                &["anna", "bert", "root"],
            ),
        ];
        let after = json!(as_of(&stage.server, &stage.supervisor).await);
        let begin = after.clone();
        let mut listening = Vec::new();
        for (name, token) in people(&stage, &other) {
            let now = as_of(&stage.server, &token).await;
            listening.push((name, following(&stage, &token, CHANGES, &json!(now)).await));
        }
        for doing in &all {
            let (mutation, input) = (doing.mutation, doing.input.clone());
            stage.server.done(&stage.admin, mutation, input, "").await;
        }
        stage.present("anna", "AWAY").await;
        let mut expected: Vec<(&str, Vec<&str>)> = all
            .iter()
            .map(|doing| (doing.event, doing.hears.clone()))
            .collect();
        expected.push((
            "AgentPresenceChanged",
            vec!["anna", "here", "there", "root"],
        ));
        for (name, mut socket) in listening {
            let heard = heard(&mut socket).await;
            let theirs = expected.iter().filter(|(_, hears)| hears.contains(&name));
            let theirs: Vec<_> = theirs.map(|(event, _)| *event).collect();
            assert_eq!(types(&heard), theirs, "{name}");
            shows_what_they_may_know(name, &heard);
        }
        let mut late = following(&stage, &stage.admin, CHANGES, &begin).await;
        let again = heard(&mut late).await;
        assert_eq!(types(&again).len(), expected.len(), "from the cursor on");
    }
}

/// The actor's name is for leaders, an agent's figures for leaders and the agent.
fn shows_what_they_may_know(name: &str, heard: &[Value]) {
    let leads = ["here", "there", "root"].contains(&name);
    for event in heard {
        let actor = &event["actor"];
        if event["__typename"] == "AgentPresenceChanged" {
            assert_eq!(actor["kind"], "AGENT");
            assert_eq!(actor["agent"]["name"], "Anna", "as it is now");
            assert_eq!(event["presence"], "AWAY");
            assert_eq!(event["agent"]["capacity"]["totalUnits"], 9);
        } else {
            assert_eq!(actor["kind"], "ADMINISTRATOR");
            assert_eq!(actor["subject"].is_string(), leads, "{name}: {event}");
        }
        if event["__typename"] == "QueueChanged" {
            assert_eq!(
                event["queue"]["members"].is_array(),
                leads,
                "{name}: {event}"
            );
        }
        if event["__typename"] == "WorkstreamChanged" {
            assert_eq!(
                event["workstream"]["units"].is_number(),
                leads,
                "{name}: {event}"
            );
        }
    }
}

#[tokio::test]
async fn that_an_agent_has_read_the_notice_is_told_to_administrators_and_the_agent() {
    let stage = Stage::on(Database::sqlite(), &["anna", "bert"]).await;
    let other = stage.queue("Other").await;
    let mut listening = Vec::new();
    for (name, token) in people(&stage, &other) {
        let now = as_of(&stage.server, &token).await;
        listening.push((name, following(&stage, &token, CHANGES, &json!(now)).await));
    }
    let notice = "{ viewer { monitoringNotice { version } } }";
    let notice = stage.server.data(&agent("anna"), notice, json!({})).await;
    let input = json!({ "version": notice["viewer"]["monitoringNotice"]["version"] });
    let acknowledge = "acknowledgeMonitoringNotice";
    let anna = agent("anna");
    stage.server.done(&anna, acknowledge, input, "").await;
    for (name, mut socket) in listening {
        let heard = heard(&mut socket).await;
        let hears = ["anna", "root"].contains(&name);
        assert_eq!(
            types(&heard),
            ["AgentChanged"][..usize::from(hears)],
            "{name}"
        );
        for event in heard {
            let at = &event["agent"]["monitoringNoticeAcknowledgedAt"];
            assert!(at.is_string(), "{event}");
        }
    }
}

#[tokio::test]
async fn it_goes_on_from_a_cursor_after_a_restart_and_misses_and_repeats_nothing() {
    for database in Database::all().await {
        let mut stage = Stage::on(database, &["anna"]).await;
        let before = json!(as_of(&stage.server, &stage.supervisor).await);
        for presence in ["BUSY", "AWAY", "AVAILABLE"] {
            stage.present("anna", presence).await;
            stage.start("WHATSAPP").await;
        }
        let mut socket = following(&stage, &stage.supervisor, CHANGES, &before).await;
        let first = socket.event().await["organisationChanges"].clone();
        assert_eq!(first["presence"], "BUSY");
        assert_eq!(first["agent"]["presence"], "AVAILABLE", "as it is now");
        drop(socket);
        stage = stage.restarted().await;
        let mut socket = following(&stage, &stage.supervisor, CHANGES, &first["cursor"]).await;
        stage.present("anna", "BUSY").await;
        let rest = heard(&mut socket).await;
        let presences: Vec<_> = rest
            .iter()
            .map(|event| event["presence"].as_str().unwrap())
            .collect();
        assert_eq!(presences, ["AWAY", "AVAILABLE", "BUSY"]);
        let places: Vec<_> = rest
            .iter()
            .map(|event| position(&event["cursor"]))
            .collect();
        assert!(places.is_sorted_by(|a, b| a < b));
    }
}

#[tokio::test]
async fn gateways_and_strangers_are_refused_at_once() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    for (token, code) in [
        (stage.gateway.clone(), "ROLE_REQUIRED"),
        (agent("stranger"), "AGENT_UNKNOWN"),
        (
            Token::of("program", Role::ApiAccess).sign(),
            "ROLE_REQUIRED",
        ),
    ] {
        let mut socket = stage.server.socket(&token).await;
        socket.subscribe(CHANGES, json!({})).await;
        let refused = socket.message().await;
        assert_eq!(refused["type"], "error", "{refused}");
        assert_eq!(refused["payload"][0]["extensions"]["code"], code);
    }
}

#[tokio::test]
async fn a_right_that_is_lost_ends_or_narrows_it() {
    let stage = Stage::on(Database::sqlite(), &["anna", "bert"]).await;
    let other = stage.queue("Other").await;
    let (mut sam, mut bert) = (
        following(&stage, &stage.supervisor, CHANGES, &Value::Null).await,
        following(&stage, &agent("bert"), CHANGES, &Value::Null).await,
    );
    let rename = async |queue: &str, name: &str| {
        let input = json!({ "queueId": queue, "name": name });
        stage
            .server
            .done(&stage.admin, "updateQueue", input, "")
            .await;
    };
    let offer = async |socket: &mut Socket, token: String| {
        let payload = json!({ "token": token });
        socket
            .send(json!({ "type": "ping", "payload": payload }))
            .await;
        assert_eq!(socket.pong().await["payload"], json!({ "accepted": true }));
    };
    rename(&other, "Others").await;
    for socket in [&mut sam, &mut bert] {
        assert_eq!(types(&heard(socket).await), ["QueueChanged"]);
    }
    let here = [stage.organisation.queue.as_str()];
    offer(&mut sam, Token::supervisor("sam").queues(&here).sign()).await;
    rename(&other, "Out of scope").await;
    assert_eq!(types(&heard(&mut sam).await), [] as [&str; 0]);
    rename(here[0], "In scope").await;
    assert_eq!(types(&heard(&mut sam).await), ["QueueChanged"]);
    offer(&mut sam, Token::of("sam", Role::CustomerGateway).sign()).await;
    let ended = sam.message_within(Duration::from_secs(1)).await.unwrap();
    assert_eq!(ended["payload"][0]["extensions"]["code"], "ROLE_REQUIRED");
    // Who is no agent any more hears of nothing more.
    assert_eq!(types(&heard(&mut bert).await).len(), 2);
    let id = stage.agent_id("bert").await;
    stage
        .server
        .done(&stage.admin, "deleteAgent", json!({ "agentId": id }), "")
        .await;
    rename(&other, "Later").await;
    assert_eq!(types(&heard(&mut bert).await), [] as [&str; 0]);
}

#[tokio::test]
async fn twenty_supervisors_with_one_scope_share_one_execution_of_it() {
    let stage = Stage::on(Database::sqlite(), &["anna"]).await;
    let mut sockets = Vec::new();
    for number in 0..20 {
        let token = Token::supervisor(&format!("sup{number}"))
            .permissions(&[Permission::Monitor])
            .sign();
        sockets.push(following(&stage, &token, SHARED, &Value::Null).await);
    }
    for presence in ["BUSY", "AWAY"] {
        stage.present("anna", presence).await;
        let all = sockets
            .iter_mut()
            .map(|socket| async { socket.event().await["organisationChanges"].clone() });
        let all = join_all(all).await;
        assert_eq!(all[0]["presence"], presence);
        assert!(
            all.iter().all(|one| one == &all[0]),
            "the instant of emission too"
        );
    }
}
