//! What administrators change: agents, queues, workstreams, memberships, settings.

use serde_json::{Value, json};

use crate::floor::{Floor, merged};

/// A refusal of the administrator's command; it must leave no trace.
async fn refused(floor: &Floor, mutation: &str, input: Value) -> (String, Value) {
    let lists = "{ agents { totalCount } queues { totalCount } workstreams { totalCount }
        ongoingConversations { asOf } }";
    let before = floor.server.data(&floor.admin, lists, json!({})).await;
    let payload = floor
        .server
        .mutate(&floor.admin, mutation, input.clone(), "asOf")
        .await;
    assert_eq!(
        floor.server.data(&floor.admin, lists, json!({})).await,
        before
    );
    let errors = payload["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{mutation} {input}: {payload}");
    assert_eq!(payload["asOf"], Value::Null);
    (
        crate::floor::text(&errors[0]["code"]),
        errors[0]["path"].clone(),
    )
}

fn invalid(field: &str) -> (String, Value) {
    let path: Vec<&str> = std::iter::once("input").chain(field.split('.')).collect();
    ("INVALID_INPUT".to_owned(), json!(path))
}

const AGENT: &str = "agent { subject name kind presence capacity { totalUnits } queues { id } }";

#[tokio::test]
async fn a_new_agent_is_offline_with_three_units_and_the_queues_given() {
    let floor = Floor::new().await;
    let input = json!({ "subject": "dora", "name": "Dora", "queueIds": [floor.queue] });
    let made = floor
        .server
        .done(&floor.admin, "createAgent", input, AGENT)
        .await;
    assert_eq!(
        made["agent"],
        json!({
            "subject": "dora", "name": "Dora", "kind": "HUMAN", "presence": "OFFLINE",
            "capacity": { "totalUnits": 3 }, "queues": [{ "id": floor.queue }],
        })
    );
    let bot = json!({ "subject": "hal", "name": "Hal", "kind": "BOT", "capacity": 9 });
    let made = floor
        .server
        .done(&floor.admin, "createAgent", bot, AGENT)
        .await;
    assert_eq!(
        (&made["agent"]["presence"], &made["agent"]["capacity"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(made["agent"]["queues"], json!([]));
}

#[tokio::test]
async fn an_agent_that_cannot_be_is_refused_with_the_field() {
    let floor = Floor::new().await;
    let good = json!({ "subject": "dora", "name": "Dora" });
    for (wrong, field) in [
        (json!({ "subject": "" }), "subject"),
        (json!({ "subject": "  " }), "subject"),
        (json!({ "subject": "s".repeat(256) }), "subject"),
        (json!({ "subject": "a\u{0}b" }), "subject"),
        (json!({ "subject": "anna" }), "subject"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": "n".repeat(201) }), "name"),
        (json!({ "name": "a\u{0}b" }), "name"),
        (json!({ "capacity": 1_001 }), "capacity"),
        (json!({ "queueIds": ["nowhere"] }), "queueIds"),
        (json!({ "queueIds": [floor.workstream] }), "queueIds"),
        (json!({ "reason": " " }), "reason"),
    ] {
        let answer = refused(&floor, "createAgent", merged(good.clone(), wrong.clone())).await;
        assert_eq!(answer, invalid(field), "{wrong}");
    }
    let nowhere = json!({ "queueIds": ["queue_0190163d8694739baea5966c26f8ad91"] });
    let answer = refused(&floor, "createAgent", merged(good, nowhere)).await;
    assert_eq!(
        answer,
        ("TARGET_NOT_FOUND".to_owned(), json!(["input", "queueIds"]))
    );
}

#[tokio::test]
async fn a_new_queue_is_for_messaging_unless_said_otherwise() {
    let floor = Floor::new().await;
    let make = async |input: Value| {
        let made = floor
            .server
            .done(
                &floor.admin,
                "createQueue",
                input,
                "queue { name kind members { id } }",
            )
            .await;
        made["queue"].clone()
    };
    assert_eq!(
        make(json!({ "name": "Third" })).await,
        json!({ "name": "Third", "kind": "MESSAGING", "members": [] })
    );
    assert_eq!(
        make(json!({ "name": "Calls", "kind": "VOICE" })).await["kind"],
        "VOICE"
    );
    for name in ["", " ", "a\u{0}", &"q".repeat(201)] {
        assert_eq!(
            refused(&floor, "createQueue", json!({ "name": name })).await,
            invalid("name")
        );
    }
}

#[tokio::test]
async fn a_new_workstream_has_the_defaults_of_the_domain() {
    let floor = Floor::new().await;
    let fields = "workstream { name kind allowedPresences units offerTimeoutSeconds wrapUpCapacitySeconds
        monitoringNotice customerGraceSeconds autoClose { openSeconds activeSeconds waitingSeconds wrapUpSeconds } }";
    let made = floor
        .server
        .done(
            &floor.admin,
            "createWorkstream",
            json!({ "name": "Plain" }),
            fields,
        )
        .await;
    assert_eq!(
        made["workstream"],
        json!({
            "name": "Plain", "kind": "MESSAGING", "allowedPresences": ["AVAILABLE", "BUSY"], "units": 1,
            "offerTimeoutSeconds": 120, "wrapUpCapacitySeconds": null, "monitoringNotice": "NOTICE",
            "customerGraceSeconds": 180,
            "autoClose": { "openSeconds": null, "activeSeconds": null, "waitingSeconds": null, "wrapUpSeconds": null },
        })
    );
    let own = json!({
        "name": "Own", "kind": "VOICE", "allowedPresences": ["AWAY"], "units": 1000, "offerTimeoutSeconds": 1,
        "wrapUpCapacitySeconds": 0, "monitoringNotice": "CONSENT_REQUIRED", "customerGraceSeconds": 1,
        "autoClose": { "openSeconds": 1, "activeSeconds": 2, "waitingSeconds": 3, "wrapUpSeconds": 315_360_000 },
    });
    let made = floor
        .server
        .done(&floor.admin, "createWorkstream", own.clone(), fields)
        .await;
    assert_eq!(made["workstream"], own);
}

#[tokio::test]
async fn a_workstream_that_cannot_be_is_refused_with_the_field() {
    let floor = Floor::new().await;
    for (wrong, field) in [
        (json!({ "name": "" }), "name"),
        (
            json!({ "allowedPresences": ["INACTIVE"] }),
            "allowedPresences",
        ),
        (json!({ "allowedPresences": [] }), "allowedPresences"),
        (json!({ "units": 0 }), "units"),
        (json!({ "units": 1_001 }), "units"),
        (json!({ "offerTimeoutSeconds": 0 }), "offerTimeoutSeconds"),
        (
            json!({ "offerTimeoutSeconds": 315_360_001 }),
            "offerTimeoutSeconds",
        ),
        (
            json!({ "wrapUpCapacitySeconds": 315_360_001 }),
            "wrapUpCapacitySeconds",
        ),
        (json!({ "customerGraceSeconds": 0 }), "customerGraceSeconds"),
        (
            json!({ "autoClose": { "openSeconds": 0 } }),
            "autoClose.openSeconds",
        ),
        (
            json!({ "autoClose": { "wrapUpSeconds": 315_360_001 } }),
            "autoClose.wrapUpSeconds",
        ),
    ] {
        let input = merged(json!({ "name": "Own" }), wrong.clone());
        assert_eq!(
            refused(&floor, "createWorkstream", input).await,
            invalid(field),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn membership_begins_and_ends_and_repeating_either_changes_nothing() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let member = json!({ "agentId": floor.agent("carl"), "queueId": floor.queue });
    for (mutation, queues) in [
        ("addQueueMember", json!([{ "id": floor.queue }])),
        ("removeQueueMember", json!([])),
    ] {
        let done = floor
            .server
            .done(&floor.admin, mutation, member.clone(), AGENT)
            .await;
        assert_eq!(done["agent"]["queues"], queues);
        let before = floor.fingerprint(&id).await;
        let again = floor
            .server
            .done(&floor.admin, mutation, member.clone(), AGENT)
            .await;
        assert_eq!(again["agent"], done["agent"]);
        assert_eq!(floor.fingerprint(&id).await, before);
        let sees = floor.see(&floor.carl, &id, "id").await;
        assert_eq!(sees == Value::Null, mutation == "removeQueueMember");
    }
}

#[tokio::test]
async fn membership_names_an_agent_and_a_queue_that_are_there() {
    let floor = Floor::new().await;
    let good = json!({ "agentId": floor.agent("carl"), "queueId": floor.queue });
    let nobody = "0190163d8694739baea5966c26f8ad91";
    for mutation in ["addQueueMember", "removeQueueMember"] {
        for field in ["agentId", "queueId"] {
            let malformed = merged(good.clone(), json!({ field: "?" }));
            assert_eq!(refused(&floor, mutation, malformed).await, invalid(field));
            let prefix = field.trim_end_matches("Id");
            let absent = merged(good.clone(), json!({ field: format!("{prefix}_{nobody}") }));
            let answer = refused(&floor, mutation, absent).await;
            assert_eq!(
                answer,
                ("TARGET_NOT_FOUND".to_owned(), json!(["input", field]))
            );
        }
    }
}

#[tokio::test]
async fn who_loses_membership_keeps_their_conversations_and_loses_sight_of_the_queue() {
    let floor = Floor::new().await;
    let (own, open) = (floor.active("WHATSAPP").await, floor.open("WHATSAPP").await);
    let member = json!({ "agentId": floor.agent("anna"), "queueId": floor.queue });
    floor
        .server
        .done(&floor.admin, "removeQueueMember", member, "")
        .await;
    assert_eq!(floor.see(&floor.anna, &open, "id").await, Value::Null);
    floor
        .act(&floor.anna, "endConversation", &own, json!({}))
        .await;
}

const SETTINGS: &str =
    "supervisorMonitor supervisorAssign supervisorTransfer supervisorForceClose sentimentAnalysis
    sentimentAlertThreshold inactiveAfterMissedOffer monitoringNoticeText";

#[tokio::test]
async fn a_new_database_has_the_settings_of_the_domain() {
    let server = crate::harness::Server::start().await;
    let admin = crate::harness::Token::administrator().sign();
    let query = format!("{{ supervisorSettings {{ {SETTINGS} }} }}");
    let mut settings = server.data(&admin, &query, json!({})).await["supervisorSettings"].clone();
    let text = settings
        .as_object_mut()
        .unwrap()
        .remove("monitoringNoticeText")
        .unwrap();
    assert!(!text.as_str().unwrap().is_empty());
    assert_eq!(
        settings,
        json!({
            "supervisorMonitor": true, "supervisorAssign": false, "supervisorTransfer": false,
            "supervisorForceClose": false, "sentimentAnalysis": true, "sentimentAlertThreshold": "NEGATIVE",
            "inactiveAfterMissedOffer": false,
        })
    );
}

#[tokio::test]
async fn what_is_left_out_of_the_settings_stays() {
    let floor = Floor::new().await;
    let fields = format!("settings {{ {SETTINGS} }}");
    let set = async |input: Value| {
        let done = floor
            .server
            .done(&floor.admin, "updateSupervisorSettings", input, &fields)
            .await;
        done["settings"].clone()
    };
    let before = set(json!({})).await;
    for change in [
        json!({ "supervisorMonitor": false }),
        json!({ "sentimentAnalysis": false }),
        json!({ "sentimentAlertThreshold": "DO_NOT_SEND" }),
        json!({ "inactiveAfterMissedOffer": true }),
        json!({ "monitoringNoticeText": "We watch." }),
    ] {
        assert_eq!(set(change.clone()).await, merged(before.clone(), change));
        set(before.clone()).await;
    }
    // Agents are told in the operator's words.
    set(json!({ "monitoringNoticeText": "We watch." })).await;
    let data = floor
        .server
        .data(
            &floor.anna,
            "{ viewer { monitoringNotice { text } } }",
            json!({}),
        )
        .await;
    assert_eq!(data["viewer"]["monitoringNotice"]["text"], "We watch.");
}

#[tokio::test]
async fn a_notice_that_says_nothing_is_refused() {
    let floor = Floor::new().await;
    for text in ["", " ", "a\u{0}b", &"n".repeat(2_001)] {
        let input = json!({ "monitoringNoticeText": text });
        let answer = refused(&floor, "updateSupervisorSettings", input).await;
        assert_eq!(answer, invalid("monitoringNoticeText"));
    }
}

#[tokio::test]
async fn creating_is_done_once_under_its_key() {
    let floor = Floor::new().await;
    let input = json!({ "name": "Once", "idempotencyKey": "q1" });
    let first = floor
        .server
        .done(
            &floor.admin,
            "createQueue",
            input.clone(),
            "queue { id } asOf",
        )
        .await;
    let again = floor
        .server
        .done(&floor.admin, "createQueue", input, "queue { id } asOf")
        .await;
    assert_eq!(again, first);
    let other = json!({ "name": "Twice", "idempotencyKey": "q1" });
    let answer = refused(&floor, "createQueue", other).await;
    assert_eq!(
        answer,
        (
            "IDEMPOTENCY_KEY_REUSED".to_owned(),
            json!(["input", "idempotencyKey"])
        )
    );
}
