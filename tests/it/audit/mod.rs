//! The audit trail through the API: what is recorded, who sees it, and how it is found.

mod pages;
mod tampering;

use api::domain::{Permission, Role};
use serde_json::{Value, json};

use crate::harness::{Server, Token};
use crate::main_job::{Organisation, organise, start};

/// Everything that an entry says, but for when and the hash.
const ENTRY: &str = "number subject role action conversationId conversation { id } target refusal \
    reason overrides before { ...S } after { ...S }";
const SNAPSHOT: &str =
    "fragment S on AuditSnapshot { state statusReason version queue { id } agent { name } }";

/// The nodes of the audit log, newest first.
async fn log(server: &Server, token: &str, filter: Value) -> Vec<Value> {
    let query = format!(
        "query($filter: AuditFilter) {{ auditLog(filter: $filter, first: 100) {{ edges {{ node {{ {ENTRY} }} }} }} }} {SNAPSHOT}"
    );
    let data = server
        .data(token, &query, json!({ "filter": filter }))
        .await;
    let edges = data["auditLog"]["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"].clone()).collect()
}

/// The newest entry.
async fn latest(server: &Server, filter: Value) -> Value {
    let admin = Token::administrator().sign();
    log(server, &admin, filter).await.swap_remove(0)
}

async fn count(server: &Server) -> u64 {
    let admin = Token::administrator().sign();
    let data = server
        .data(&admin, "{ auditLog(first: 0) { totalCount } }", json!({}))
        .await;
    data["auditLog"]["totalCount"].as_u64().unwrap()
}

/// A conversation that anna has in conversation.
async fn picked(server: &Server, organisation: &Organisation) -> String {
    let conversation = start(server, organisation).await;
    let input = json!({ "conversationId": conversation });
    let anna = Token::agent("anna").sign();
    server.done(&anna, "pickConversation", input, "").await;
    conversation
}

async fn agent_id(server: &Server, name: &str) -> String {
    let admin = Token::administrator().sign();
    let query = "{ agents { edges { node { id name } } } }";
    let data = server.data(&admin, query, json!({})).await;
    let mut nodes = data["agents"]["edges"].as_array().unwrap().iter();
    let node = nodes.find(|edge| edge["node"]["name"] == name).unwrap();
    node["node"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn supervisors_see_their_own_actions_and_administrators_all() {
    let server = Server::start().await;
    let organisation = organise(&server, &["anna"]).await;
    let conversation = picked(&server, &organisation).await;
    let input = json!({ "conversationId": conversation });
    let (sam, kim) = (
        Token::supervisor("sam").sign(),
        Token::supervisor("kim").sign(),
    );
    for token in [&sam, &kim] {
        server
            .done(token, "monitorConversation", input.clone(), "")
            .await;
    }

    let own = log(&server, &sam, json!(null)).await;
    assert_eq!(own.len(), 1);
    assert_eq!(own[0]["subject"], "sam");
    assert!(
        log(&server, &sam, json!({ "subject": "kim" }))
            .await
            .is_empty()
    );
    let admin = Token::administrator().sign();
    let all = log(&server, &admin, json!({ "conversationId": conversation })).await;
    let subjects: Vec<_> = all.iter().map(|entry| &entry["subject"]).collect();
    assert_eq!(subjects, ["kim", "sam"]);
    assert_eq!(
        log(&server, &admin, json!({ "subject": "kim" }))
            .await
            .len(),
        1
    );

    for token in [Token::agent("anna").sign(), Token::gateway().sign()] {
        let refused = server
            .post(&token, "{ auditLog { totalCount } }", json!({}))
            .await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "ROLE_REQUIRED");
        let query = "query($id: ID!) { conversation(id: $id) { audit { totalCount } } }";
        let data = server
            .data(&token, query, json!({ "id": conversation }))
            .await;
        assert_eq!(data["conversation"]["audit"], Value::Null);
    }
}

#[tokio::test]
async fn an_entry_says_who_what_why_with_which_overrides_and_how_it_was_before_and_after() {
    let server = Server::start().await;
    let organisation = organise(&server, &["anna"]).await;
    let conversation = start(&server, &organisation).await;
    let (sam, anna) = (
        Token::supervisor("sam").sign(),
        agent_id(&server, "anna").await,
    );
    let input = json!({
        "conversationId": conversation, "target": { "agentId": anna },
        "overrideCapacity": true, "overrideDeclines": true, "reason": "She knows the customer.",
    });
    let before = count(&server).await;
    server.done(&sam, "assignConversation", input, "").await;

    let entry = latest(&server, json!({ "actions": ["ASSIGN_CONVERSATION"] })).await;
    let queue = json!({ "id": organisation.queue });
    assert_eq!(
        entry,
        json!({
            "number": before + 1, "subject": "sam", "role": "SUPERVISOR", "action": "ASSIGN_CONVERSATION",
            "conversationId": conversation, "conversation": { "id": conversation }, "target": anna,
            "refusal": null, "reason": "She knows the customer.", "overrides": ["CAPACITY", "DECLINES"],
            "before": {
                "state": "OPEN", "statusReason": "AWAITING_AGENT_ASSIGNMENT", "version": 1,
                "queue": queue, "agent": null,
            },
            "after": {
                "state": "ACTIVE", "statusReason": "AWAITING_AGENT_ACCEPTANCE", "version": 2,
                "queue": queue, "agent": { "name": "anna" },
            },
        })
    );
}

#[tokio::test]
async fn a_refusal_is_recorded_with_the_first_rule_that_failed() {
    let server = Server::start().await;
    let organisation = organise(&server, &["anna"]).await;
    let conversation = start(&server, &organisation).await;
    let sam = Token::supervisor("sam").sign();
    let on = |extra: Value| {
        let mut input = json!({ "conversationId": conversation, "reason": "Because." });
        let fields = input.as_object_mut().unwrap();
        fields.extend(extra.as_object().unwrap().clone());
        input
    };
    let done = on(
        json!({ "idempotencyKey": "k", "target": { "agentId": agent_id(&server, "anna").await } }),
    );
    server
        .done(&sam, "assignConversation", done.clone(), "")
        .await;
    let many = count(&server).await;
    // A repeat is answered from the first outcome: it is no second action.
    server.done(&sam, "assignConversation", done, "").await;
    assert_eq!(count(&server).await, many);

    let watcher = Token::supervisor("sam")
        .permissions(&[Permission::Monitor])
        .sign();
    let other = Token::supervisor("sam")
        .queues(&[])
        .and(Role::Administrator)
        .sign();
    let program = Token::supervisor("sam").and(Role::ApiAccess).sign();
    let cases: Vec<(&str, &str, Value, &str)> = vec![
        (
            &sam,
            "monitorConversation",
            json!({ "conversationId": "conv_nonsense" }),
            "INVALID_INPUT",
        ),
        (
            &sam,
            "transferConversation",
            on(json!({ "agentId": "anna" })),
            "INVALID_INPUT",
        ),
        (
            &sam,
            "cancelOffer",
            on(json!({ "idempotencyKey": "k" })),
            "IDEMPOTENCY_KEY_REUSED",
        ),
        (&other, "monitorConversation", on(json!({})), "OUT_OF_SCOPE"),
        (
            &watcher,
            "forceCloseConversation",
            on(json!({})),
            "PERMISSION_MISSING",
        ),
        (
            &program,
            "assignConversation",
            on(json!({ "target": { "queueId": organisation.queue } })),
            "API_ACCESS_CONFLICT",
        ),
        (
            &sam,
            "forceCloseConversation",
            on(json!({ "expectedVersion": 1 })),
            "VERSION_CONFLICT",
        ),
        (&sam, "monitorConversation", on(json!({})), "INVALID_STATE"),
        (&sam, "stopMonitoring", on(json!({})), "NOT_MONITORING"),
        (&sam, "cancelTransfer", on(json!({})), "NO_PENDING_OFFER"),
        (
            &sam,
            "sendMessage",
            on(json!({ "text": "Hi" })),
            "NOT_MONITORING",
        ),
        (&sam, "leaveConversation", on(json!({})), "NOT_PARTICIPANT"),
        // Not theirs to do at all, and still their action.
        (
            &sam,
            "pickConversation",
            json!({ "conversationId": conversation }),
            "ROLE_REQUIRED",
        ),
        (
            &sam,
            "endByCustomer",
            json!({ "conversationId": conversation }),
            "ROLE_REQUIRED",
        ),
        (
            &sam,
            "createQueue",
            json!({ "name": "Mine" }),
            "ROLE_REQUIRED",
        ),
        (&sam, "createQueue", json!({ "name": " " }), "INVALID_INPUT"),
    ];
    for (i, (token, mutation, input, code)) in cases.into_iter().enumerate() {
        let reason = input["reason"].clone();
        assert_eq!(
            server.code(token, mutation, input).await,
            code,
            "{mutation}"
        );
        let entry = latest(&server, json!(null)).await;
        assert_eq!(entry["number"], many + 1 + i as u64, "{mutation}");
        assert_eq!(entry["subject"], "sam");
        assert_eq!(entry["refusal"], code);
        assert_eq!(entry["reason"], reason);
        assert_eq!(entry["after"], Value::Null);
        let seen = entry["conversationId"] == json!(conversation);
        assert_eq!(
            entry["before"]["version"],
            if seen { json!(2) } else { json!(null) }
        );
        let words = mutation.chars().flat_map(|letter| {
            let gap = letter.is_uppercase().then_some('_');
            gap.into_iter().chain(letter.to_uppercase())
        });
        assert_eq!(entry["action"], words.collect::<String>());
        let role = if mutation == "createQueue" {
            "ADMINISTRATOR"
        } else {
            "SUPERVISOR"
        };
        assert_eq!(entry["role"], role);
    }
    let state = "query($id: ID!) { conversation(id: $id) { version } }";
    let now = server
        .data(&sam, state, json!({ "id": conversation }))
        .await;
    assert_eq!(now["conversation"]["version"], 2);
}

#[tokio::test]
async fn an_entry_tells_its_subject_no_more_than_the_answer_did() {
    let server = Server::start().await;
    let organisation = organise(&server, &["anna"]).await;
    let conversation = picked(&server, &organisation).await;
    let blind = Token::supervisor("sam").queues(&[]).sign();
    let input = json!({ "conversationId": conversation });
    assert_eq!(
        server.code(&blind, "monitorConversation", input).await,
        "NOT_FOUND"
    );

    let entry = log(&server, &blind, json!(null)).await.remove(0);
    assert_eq!(entry["conversationId"], json!(conversation));
    assert_eq!(entry["conversation"], Value::Null);
    assert_eq!(entry["before"], Value::Null);
    // An agent who tries what is a supervisor's is recorded, and cannot read it.
    let anna = Token::agent("anna").sign();
    let input = json!({ "conversationId": conversation });
    assert_eq!(
        server.code(&anna, "forceCloseConversation", input).await,
        "ROLE_REQUIRED"
    );
    let entry = latest(&server, json!({ "codes": ["ROLE_REQUIRED"] })).await;
    assert_eq!(entry["subject"], "anna");
    assert_eq!(entry["role"], "SUPERVISOR");
}

#[tokio::test]
async fn who_is_agent_and_supervisor_is_recorded_for_what_they_do_as_a_supervisor() {
    let server = Server::start().await;
    let organisation = organise(&server, &["anna", "bert"]).await;
    let conversation = picked(&server, &organisation).await;
    let anna = Token::supervisor("anna").and(Role::Agent).sign();
    let bert = Token::supervisor("bert").and(Role::Agent).sign();
    let message = json!({ "conversationId": conversation, "text": "Hello" });
    let many = count(&server).await;

    server.done(&anna, "sendMessage", message.clone(), "").await;
    for token in [
        &anna,
        &Token::supervisor("sam").sign(),
        &Token::administrator().sign(),
    ] {
        let input = json!({ "presence": "BUSY" });
        server.done(token, "setPresence", input, "").await;
    }
    assert_eq!(count(&server).await, many);

    assert_eq!(
        server.code(&bert, "sendMessage", message.clone()).await,
        "NOT_MONITORING"
    );
    let input = json!({ "conversationId": conversation });
    server.done(&bert, "monitorConversation", input, "").await;
    let sent = server
        .done(&bert, "sendMessage", message, "message { id }")
        .await;
    let entries = log(&server, &bert, json!({ "actions": ["SEND_MESSAGE"] })).await;
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0]["target"], sent["message"]["id"]);
    assert_eq!(entries[0]["role"], "SUPERVISOR");
    assert_eq!(entries[1]["refusal"], "NOT_MONITORING");
    assert_eq!(count(&server).await, many + 3);
}

#[tokio::test]
async fn every_look_is_an_entry_that_names_its_session_and_what_ended_it() {
    let server = Server::start().await;
    let organisation = organise(&server, &["anna"]).await;
    let conversation = picked(&server, &organisation).await;
    let (sam, anna) = (Token::supervisor("sam").sign(), Token::agent("anna").sign());
    let input = json!({ "conversationId": conversation });
    let session = "session { id }";
    let started = server
        .done(&sam, "monitorConversation", input.clone(), session)
        .await;
    let look = "{ auditLog(filter: { actions: [MONITOR_CONVERSATION] }) { edges { node { target monitorSession { id supervisor endedBy } } } } }";
    let running = server.data(&sam, look, json!({})).await;
    let id = &started["session"]["id"];
    assert_eq!(
        running["auditLog"]["edges"][0]["node"],
        json!({ "target": id, "monitorSession": { "id": id, "supervisor": "sam", "endedBy": null } })
    );

    server.done(&anna, "releaseConversation", input, "").await;
    let ended = server.data(&sam, look, json!({})).await;
    let node = &ended["auditLog"]["edges"][0]["node"];
    assert_eq!(node["monitorSession"]["endedBy"], "STATE_CHANGED");
}

#[tokio::test]
async fn what_an_administrator_changes_is_recorded_with_the_settings_before_and_after() {
    let server = Server::start().await;
    let organisation = organise(&server, &["anna"]).await;
    let admin = Token::administrator().sign();
    let input = json!({ "supervisorForceClose": false, "reason": "Too many." });
    server
        .done(&admin, "updateSupervisorSettings", input, "")
        .await;
    let (anna, queue) = (agent_id(&server, "anna").await, &organisation.queue);
    let input = json!({ "agentId": anna, "queueId": queue });
    server.done(&admin, "removeQueueMember", input, "").await;

    let settings = "supervisorForceClose supervisorAssign";
    let query = format!(
        "{{ auditLog(first: 2) {{ edges {{ node {{ action role reason target before {{ version }} settingsBefore {{ {settings} }} settingsAfter {{ {settings} }} }} }} }} }}"
    );
    let data = server.data(&admin, &query, json!({})).await;
    assert_eq!(
        data["auditLog"]["edges"][1]["node"],
        json!({
            "action": "UPDATE_SUPERVISOR_SETTINGS", "role": "ADMINISTRATOR", "reason": "Too many.",
            "target": null, "before": null,
            "settingsBefore": { "supervisorForceClose": true, "supervisorAssign": true },
            "settingsAfter": { "supervisorForceClose": false, "supervisorAssign": true },
        })
    );
    assert_eq!(
        data["auditLog"]["edges"][0]["node"],
        json!({
            "action": "REMOVE_QUEUE_MEMBER", "role": "ADMINISTRATOR", "reason": null,
            "target": format!("{anna} {queue}"), "before": null, "settingsBefore": null, "settingsAfter": null,
        })
    );
}
