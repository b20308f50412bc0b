//! Checks 3 to 8 for each of the supervisor's actions: role, scope, setting, permission,
//! `API_ACCESS`, version, in this order, each refused without a trace.

use api::domain::{Permission, Role};
use serde_json::{Value, json};

use crate::harness::Token;
use crate::stage::{Stage, merged, with_api_access};

/// An action in a state where it succeeds.
struct Case {
    mutation: &'static str,
    input: Value,
    id: String,
    /// Its setting and permission; stopping and leaving need none.
    needs: Option<(&'static str, Permission)>,
}

async fn cases(stage: &Stage) -> Vec<Case> {
    let case = |mutation, id, needs| Case {
        mutation,
        input: json!({}),
        id,
        needs,
    };
    let (monitor, assign) = ("supervisorMonitor", "supervisorAssign");
    let (transfer, close) = ("supervisorTransfer", "supervisorForceClose");
    let to_bert = json!({ "agentId": stage.agent("bert") });
    let to_second = json!({ "target": { "queueId": stage.second_queue } });
    let whatsapp = "WHATSAPP";
    vec![
        case(
            "monitorConversation",
            stage.active(whatsapp).await,
            Some((monitor, Permission::Monitor)),
        ),
        case(
            "joinConversation",
            stage.monitored(whatsapp).await,
            Some((monitor, Permission::Join)),
        ),
        case("stopMonitoring", stage.monitored(whatsapp).await, None),
        case("leaveConversation", stage.joined(whatsapp).await, None),
        Case {
            input: stage.to("bert"),
            ..case(
                "assignConversation",
                stage.open(whatsapp).await,
                Some((assign, Permission::Assign)),
            )
        },
        Case {
            input: to_second,
            ..case(
                "assignConversation",
                stage.open(whatsapp).await,
                Some((assign, Permission::Assign)),
            )
        },
        case(
            "cancelOffer",
            stage.offered(whatsapp).await,
            Some((assign, Permission::Assign)),
        ),
        Case {
            input: to_bert,
            ..case(
                "transferConversation",
                stage.active(whatsapp).await,
                Some((transfer, Permission::Transfer)),
            )
        },
        case(
            "cancelTransfer",
            stage.requested(whatsapp).await,
            Some((transfer, Permission::Transfer)),
        ),
        case(
            "forceCloseConversation",
            stage.active(whatsapp).await,
            Some((close, Permission::ForceClose)),
        ),
    ]
}

fn all_but(one: Option<Permission>) -> Vec<Permission> {
    let all = Permission::ALL.iter().copied();
    all.filter(|permission| Some(*permission) != one).collect()
}

#[tokio::test]
async fn whoever_sees_it_but_is_no_supervisor_lacks_the_role() {
    let stage = Stage::new().await;
    for case in cases(&stage).await {
        let code = stage
            .code(&stage.admin, case.mutation, &case.id, case.input.clone())
            .await;
        assert_eq!(code, "ROLE_REQUIRED", "administrator, {}", case.mutation);
        let code = stage
            .code(&stage.gateway, case.mutation, &case.id, case.input.clone())
            .await;
        assert_eq!(code, "ROLE_REQUIRED", "gateway, {}", case.mutation);
    }
}

#[tokio::test]
async fn out_of_scope_is_unknown_unless_another_role_sees_it() {
    let stage = Stage::new().await;
    let elsewhere = Token::supervisor("sam").queues(&[&stage.second_queue]);
    let reader = Token::supervisor("sam")
        .queues(&[&stage.second_queue])
        .and(Role::Administrator);
    for case in cases(&stage).await {
        let code = stage
            .code(
                &elsewhere.sign(),
                case.mutation,
                &case.id,
                case.input.clone(),
            )
            .await;
        assert_eq!(code, "NOT_FOUND", "{}", case.mutation);
        let error = stage
            .refusal(&reader.sign(), case.mutation, &case.id, case.input.clone())
            .await;
        assert_eq!(error["code"], "OUT_OF_SCOPE", "{}", case.mutation);
    }
}

#[tokio::test]
async fn invisible_is_answered_exactly_like_unknown() {
    let stage = Stage::new().await;
    let elsewhere = Token::supervisor("sam")
        .queues(&[&stage.second_queue])
        .sign();
    let unknown = "conv_0190163d8694739baea5966c26f8ad91";
    for case in cases(&stage).await {
        let invisible = stage
            .refusal(&elsewhere, case.mutation, &case.id, case.input.clone())
            .await;
        let absent = stage
            .refusal(&elsewhere, case.mutation, unknown, case.input.clone())
            .await;
        assert_eq!(invisible, absent, "{}", case.mutation);
    }
}

#[tokio::test]
async fn a_setting_that_is_off_and_a_permission_that_is_missing_refuse_in_this_order() {
    let stage = Stage::new().await;
    for case in cases(&stage).await {
        let Some((setting, permission)) = case.needs else {
            continue;
        };
        let lacking = Token::supervisor("sam")
            .permissions(&all_but(Some(permission)))
            .sign();
        let code = stage
            .code(&lacking, case.mutation, &case.id, case.input.clone())
            .await;
        assert_eq!(code, "PERMISSION_MISSING", "{}", case.mutation);

        stage.set(json!({ setting: false })).await;
        for token in [&lacking, &stage.sam] {
            let code = stage
                .code(token, case.mutation, &case.id, case.input.clone())
                .await;
            assert_eq!(code, "SETTING_DISABLED", "{}", case.mutation);
        }
        stage.set(json!({ setting: true })).await;
    }
}

#[tokio::test]
async fn stopping_and_leaving_need_no_setting_and_no_permission() {
    let stage = Stage::new().await;
    let bare = Token::supervisor("sam").permissions(&[]).sign();
    let (monitored, joined) = (stage.monitored("SMS").await, stage.joined("SMS").await);
    stage
        .act(&bare, "leaveConversation", &joined, json!({}))
        .await;
    stage
        .act(&bare, "stopMonitoring", &monitored, json!({}))
        .await;
}

#[tokio::test]
async fn api_access_may_do_everything_but_assign() {
    let stage = Stage::new().await;
    let machine = with_api_access();
    for case in cases(&stage).await {
        if case.mutation == "assignConversation" {
            let code = stage
                .code(&machine, case.mutation, &case.id, case.input)
                .await;
            assert_eq!(code, "API_ACCESS_CONFLICT");
        } else {
            stage
                .act(&machine, case.mutation, &case.id, case.input)
                .await;
        }
    }
}

#[tokio::test]
async fn the_permission_comes_before_api_access_and_api_access_before_the_version() {
    let stage = Stage::new().await;
    let id = stage.open("WHATSAPP").await;
    let stale = merged(stage.to("bert"), json!({ "expectedVersion": 99 }));
    let lacking = Token::supervisor("sam")
        .and(Role::ApiAccess)
        .permissions(&all_but(Some(Permission::Assign)));
    let code = stage
        .code(&lacking.sign(), "assignConversation", &id, stale.clone())
        .await;
    assert_eq!(code, "PERMISSION_MISSING");
    let code = stage
        .code(&with_api_access(), "assignConversation", &id, stale.clone())
        .await;
    assert_eq!(code, "API_ACCESS_CONFLICT");
    let code = stage
        .code(&stage.sam, "assignConversation", &id, stale)
        .await;
    assert_eq!(code, "VERSION_CONFLICT");
}

#[tokio::test]
async fn another_version_than_expected_conflicts_and_shows_the_conversation() {
    let stage = Stage::new().await;
    for case in cases(&stage).await {
        let version = stage.see(&stage.sam, &case.id, "version").await["version"]
            .as_u64()
            .unwrap();
        let stale = merged(
            case.input.clone(),
            json!({ "expectedVersion": version + 1 }),
        );
        let error = stage
            .refusal(&stage.sam, case.mutation, &case.id, stale.clone())
            .await;
        assert_eq!(error["code"], "VERSION_CONFLICT", "{}", case.mutation);
        assert_eq!(error["path"], json!(["input", "expectedVersion"]));
        let input = crate::stage::on(&case.id, stale);
        let detail =
            "errors { ... on VersionConflict { currentVersion conversation { id version } } }";
        let payload = stage
            .server
            .mutate(&stage.sam, case.mutation, input, detail)
            .await;
        assert_eq!(payload["errors"][0]["currentVersion"], version);
        assert_eq!(
            payload["errors"][0]["conversation"],
            json!({ "id": case.id, "version": version })
        );
        let fresh = merged(case.input, json!({ "expectedVersion": version }));
        stage.act(&stage.sam, case.mutation, &case.id, fresh).await;
    }
}

#[tokio::test]
async fn closed_refuses_every_command_after_the_version_and_before_the_rest() {
    let stage = Stage::new().await;
    let id = stage.closed("WHATSAPP").await;
    for case in cases(&stage).await {
        let code = stage
            .code(&stage.sam, case.mutation, &id, case.input.clone())
            .await;
        assert_eq!(code, "CONVERSATION_CLOSED", "{}", case.mutation);
        let stale = merged(case.input, json!({ "expectedVersion": 1 }));
        let code = stage.code(&stage.sam, case.mutation, &id, stale).await;
        assert_eq!(code, "VERSION_CONFLICT", "{}", case.mutation);
    }
}

#[tokio::test]
async fn a_refused_command_names_the_rule_that_refused_it() {
    let stage = Stage::new().await;
    let id = stage.active("WHATSAPP").await;
    let detail = "errors { ... on NotPermitted { rule } }";
    let rule = async |token: &str| {
        let input = json!({ "conversationId": id });
        let payload = stage
            .server
            .mutate(token, "forceCloseConversation", input, detail)
            .await;
        payload["errors"][0]["rule"].clone()
    };
    assert_eq!(rule(&stage.anna).await, "SUPERVISOR");
    let reader = Token::supervisor("sam")
        .queues(&[])
        .and(Role::Administrator)
        .sign();
    assert_eq!(rule(&reader).await, json!(stage.queue));
    let lacking = Token::supervisor("sam").permissions(&[]).sign();
    assert_eq!(rule(&lacking).await, "conversation:force_close");
    stage.set(json!({ "supervisorForceClose": false })).await;
    assert_eq!(rule(&stage.sam).await, "supervisorForceClose");
}
