//! Refusals in the trail: which are recorded, in which role, and what they keep to themselves.

use domain::{Permission, Role};
use serde_json::{Value, json};

use super::{agent_id, count, latest, log, picked};
use crate::harness::{Server, Token};
use crate::main_job::{organise, start};

#[tokio::test]
#[allow(clippy::too_many_lines)] // One refusal after the other.
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
    let log = server.app.board.head().position;
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
    assert_eq!(server.app.board.head().position, log, "no event");
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
