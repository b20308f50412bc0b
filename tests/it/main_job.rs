//! The main job, end to end: a conversation comes in, an agent answers, a supervisor sees and acts.

use serde_json::{Value, json};

use crate::harness::{Server, Token};

/// A small organisation: the default messaging queue and workstream, and some agents.
pub struct Organisation {
    pub queue: String,
    pub workstream: String,
}

pub async fn organise(server: &Server, agents: &[&str]) -> Organisation {
    let admin = Token::administrator().sign();
    let lists = server
        .data(
            &admin,
            "{ queues { edges { node { id kind } } } workstreams { edges { node { id kind } } } }",
            json!({}),
        )
        .await;
    let messaging = |list: &Value| {
        let nodes = list["edges"].as_array().unwrap();
        let node = nodes
            .iter()
            .find(|edge| edge["node"]["kind"] == "MESSAGING")
            .unwrap();
        node["node"]["id"].as_str().unwrap().to_owned()
    };
    let queue = messaging(&lists["queues"]);
    let workstream = messaging(&lists["workstreams"]);
    let settings = json!({
        "supervisorAssign": true, "supervisorTransfer": true, "supervisorForceClose": true,
    });
    server
        .done(&admin, "updateSupervisorSettings", settings, "")
        .await;
    for subject in agents {
        let input = json!({ "subject": subject, "name": subject, "queueIds": [queue] });
        server.done(&admin, "createAgent", input, "").await;
        let token = Token::agent(subject).sign();
        server
            .done(
                &token,
                "setPresence",
                json!({ "presence": "AVAILABLE" }),
                "",
            )
            .await;
    }
    Organisation { queue, workstream }
}

pub async fn start(server: &Server, organisation: &Organisation) -> String {
    let input = json!({
        "channel": "LIVE_CHAT",
        "queueId": organisation.queue,
        "workstreamId": organisation.workstream,
        "customer": { "name": "Ada" },
        "noticeGivenAt": "2026-01-01T00:00:00Z",
    });
    let gateway = Token::gateway().sign();
    let payload = server
        .done(&gateway, "startConversation", input, "conversation { id }")
        .await;
    payload["conversation"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_conversation_comes_in_an_agent_answers_and_a_supervisor_sees_sentiment_move() {
    let server = Server::start().await;
    let organisation = organise(&server, &["anna"]).await;
    let (gateway, anna) = (Token::gateway().sign(), Token::agent("anna").sign());
    let supervisor = Token::supervisor("sam").sign();

    let mut socket = server.socket(&supervisor).await;
    socket
        .subscribe(
            "subscription { sentimentChanges { from to conversation { id } } }",
            json!({}),
        )
        .await;
    let conversation = start(&server, &organisation).await;
    let on = |extra: Value| {
        let mut input = json!({ "conversationId": conversation });
        input
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        input
    };
    server
        .done(&anna, "pickConversation", on(json!({})), "")
        .await;
    let text = "This is the worst service ever, I am furious!";
    server
        .done(
            &gateway,
            "receiveCustomerMessage",
            on(json!({ "text": text })),
            "",
        )
        .await;

    let event = socket.event().await;
    assert_eq!(event["sentimentChanges"]["from"], "NEUTRAL");
    assert_eq!(event["sentimentChanges"]["to"], "VERY_NEGATIVE");
    assert_eq!(
        event["sentimentChanges"]["conversation"]["id"],
        json!(conversation)
    );

    let view = "{ ongoingConversations { totalCount edges { node { id state agent { name } customer { name } sentiment { level } } } } }";
    let (data, statements) = server
        .statements_of(server.data(&supervisor, view, json!({})))
        .await;
    assert_eq!(statements, 0);
    assert_eq!(data["ongoingConversations"]["totalCount"], 1);
    assert_eq!(
        data["ongoingConversations"]["edges"][0]["node"],
        json!({
            "id": conversation, "state": "ACTIVE", "agent": { "name": "anna" },
            "customer": { "name": "Ada" }, "sentiment": { "level": "VERY_NEGATIVE" },
        })
    );

    // Without monitoring there is no transcript; with it there is.
    let transcript = "query($id: ID!) { conversation(id: $id) { transcript { edges { node { text author } } } } }";
    let id = json!({ "id": conversation });
    let data = server.data(&supervisor, transcript, id.clone()).await;
    assert_eq!(data["conversation"]["transcript"], Value::Null);
    server
        .done(
            &supervisor,
            "monitorConversation",
            on(json!({})),
            "session { id }",
        )
        .await;
    let data = server.data(&supervisor, transcript, id).await;
    assert_eq!(
        data["conversation"]["transcript"]["edges"][0]["node"]["text"],
        text
    );

    server
        .done(&supervisor, "joinConversation", on(json!({})), "")
        .await;
    server
        .done(&supervisor, "forceCloseConversation", on(json!({})), "")
        .await;
    assert_eq!(
        server.code(&anna, "endConversation", on(json!({}))).await,
        "CONVERSATION_CLOSED"
    );
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let server = Server::start().await;
    let organisation = organise(&server, &["anna"]).await;
    let conversation = start(&server, &organisation).await;
    let supervisor = Token::supervisor("sam").sign();
    let view = "{ ongoingConversations { edges { node { id version subject customer { name } waitingSince queue { id } } } } agents { edges { node { id name presence capacity { totalUnits consumedUnits } } } } supervisorSettings { supervisorAssign } }";
    let before = server.data(&supervisor, view, json!({})).await;
    assert_eq!(
        before["ongoingConversations"]["edges"][0]["node"]["id"],
        json!(conversation)
    );

    let server = server.restart().await;
    assert_eq!(server.data(&supervisor, view, json!({})).await, before);
}
