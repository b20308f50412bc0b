//! The audit trail through the API: what is recorded, and who sees it.

mod pages;
mod refusals;
mod tampering;

use domain::AuditedAction;
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

#[tokio::test]
async fn every_mutation_is_known_to_the_audit() {
    let server = Server::start().await;
    let query = "{ __schema { mutationType { fields { name } } } }";
    let data = server
        .data(&Token::administrator().sign(), query, json!({}))
        .await;
    let fields = data["__schema"]["mutationType"]["fields"]
        .as_array()
        .unwrap();
    let names = fields.iter().map(|field| field["name"].as_str().unwrap());
    let unknown: Vec<_> = names
        .filter(|name| AuditedAction::parse(name).is_none())
        .collect();
    assert_eq!(unknown, Vec::<&str>::new());
    // What the command line does, and what the next agent reads, is asked for by no mutation.
    let no_mutation = [
        AuditedAction::Export,
        AuditedAction::ReadEarlierConversation,
    ];
    let known = AuditedAction::ALL.iter();
    let known = known.filter(|action| !no_mutation.contains(action));
    assert_eq!(fields.len(), known.count());
}

#[test]
fn entries_are_read_and_added_and_nothing_else() {
    let mut folders = vec![concat!(env!("CARGO_MANIFEST_DIR"), "/crates/engine/src").into()];
    let mut uses = Vec::new();
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir::<std::path::PathBuf>(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let name = if text.contains("tables::audit::{") {
                    "Entity"
                } else {
                    "audit::Entity"
                };
                let imports = |line: &str| line.contains("use ") || line.contains("EntityTrait");
                let lines = text
                    .lines()
                    .filter(|line| line.contains(name) && !imports(line));
                uses.extend(lines.map(|line| line.trim().to_owned()));
            }
        }
    }
    assert!(uses.len() > 4, "{uses:?}");
    let writes = |line: &&String| !line.contains("Entity::find()") && *line != ".from(Entity)";
    let writes: Vec<_> = uses.iter().filter(writes).collect();
    assert_eq!(writes, ["insert!(transaction, audit::Entity, rows, None);"]);
}
