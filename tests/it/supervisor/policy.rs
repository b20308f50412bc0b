//! Checks 3 to 8 for each of the supervisor's actions: role, scope, setting, permission,
//! `API_ACCESS`, version, in this order, each refused without a trace.

use domain::policy::Needs;
use domain::{Action, Permission, Role};
use serde_json::{Value, json};

use crate::floor::{Floor, merged, with_api_access};
use crate::harness::Token;

/// An action in a state where it succeeds.
struct Case {
    mutation: &'static str,
    input: Value,
    id: String,
}

impl Case {
    /// What the registry says that it needs.
    fn needs(&self) -> Needs {
        let mut specs = Action::ALL.iter().map(|action| action.spec());
        let spec = specs.find(|spec| spec.audited.as_str() == self.mutation);
        spec.unwrap().needs
    }

    /// Its setting and permission; stopping and leaving need none.
    fn setting(&self) -> Option<(&'static str, Permission)> {
        match self.needs() {
            Needs::Supervisor(setting, permission)
            | Needs::SupervisorInPerson(setting, permission) => {
                Some((setting.as_str(), permission))
            }
            Needs::SupervisorInScope
            | Needs::SupervisorPermitted(_)
            | Needs::AgentOrSupervisor
            | Needs::PrimaryOrPermitted(_)
            | Needs::GatewayPrimaryOrPermitted(_) => None,
            Needs::AgentOrWatcher | Needs::GatewayOrWriter | Needs::Gateway | Needs::Agent => {
                panic!("{} is not a supervisor's", self.mutation)
            }
        }
    }
}

/// Whether a supervisor's right to it is tested here; writing has tests of its own (`agent`, `supervisor/join`), and so has
/// taking over (`supervisor/take_over`), for which sam would have to be an agent.
const fn is_tested_here(needs: Needs) -> bool {
    match needs {
        Needs::Supervisor(_, permission) => !matches!(permission, Permission::TakeOver),
        Needs::SupervisorInPerson(..)
        | Needs::SupervisorInScope
        | Needs::SupervisorPermitted(_)
        | Needs::AgentOrSupervisor
        | Needs::PrimaryOrPermitted(_)
        | Needs::GatewayPrimaryOrPermitted(_) => true,
        Needs::AgentOrWatcher | Needs::GatewayOrWriter | Needs::Gateway | Needs::Agent => false,
    }
}

async fn cases(floor: &Floor) -> Vec<Case> {
    let case = |mutation, id, input| Case {
        mutation,
        input,
        id,
    };
    let nothing = || json!({});
    let to_bert = json!({ "agentId": floor.agent("bert") });
    let to_second = json!({ "target": { "queueId": floor.second_queue } });
    let chat = "WHATSAPP";
    let (monitored, joined) = (floor.monitored(chat).await, floor.joined(chat).await);
    let cases = vec![
        case("monitorConversation", floor.active(chat).await, nothing()),
        case("joinConversation", floor.monitored(chat).await, nothing()),
        case("stopMonitoring", monitored, nothing()),
        case("reviewConversation", floor.closed(chat).await, nothing()),
        case("stopReview", floor.reviewed(chat).await, nothing()),
        case("leaveConversation", joined, nothing()),
        case(
            "assignConversation",
            floor.open(chat).await,
            floor.to("bert"),
        ),
        case("assignConversation", floor.open(chat).await, to_second),
        case("cancelOffer", floor.offered(chat).await, nothing()),
        case(
            "updateConversation",
            floor.active(chat).await,
            json!({ "addTags": ["vip"] }),
        ),
        case("transferConversation", floor.active(chat).await, to_bert),
        case("cancelTransfer", floor.requested(chat).await, nothing()),
        case("requeueConversation", floor.active(chat).await, nothing()),
        case(
            "forceCloseConversation",
            floor.active(chat).await,
            nothing(),
        ),
        case(
            "coachAgent",
            floor.monitored(chat).await,
            json!({ "text": "Offer a refund." }),
        ),
        case("answerHelp", floor.asked_for_help().await, nothing()),
        case(
            "acknowledgeAttention",
            floor.undelivered().await,
            json!({ "attentionReason": "DELIVERY_FAILED" }),
        ),
    ];
    for action in Action::ALL {
        let (needs, mutation) = (action.spec().needs, action.spec().audited.as_str());
        let has = cases.iter().any(|case| case.mutation == mutation);
        // It names a message, and has tests of its own: `supervisor/correct`.
        let elsewhere = *action == Action::CorrectSentiment;
        assert!(
            has || elsewhere || !is_tested_here(needs),
            "give {mutation} a case here"
        );
    }
    cases
}

fn all_but(one: Option<Permission>) -> Vec<Permission> {
    let all = Permission::ALL.iter().copied();
    all.filter(|permission| Some(*permission) != one).collect()
}

#[tokio::test]
async fn whoever_sees_it_but_is_no_supervisor_lacks_the_role() {
    let floor = Floor::new().await;
    for case in cases(&floor).await {
        let code = floor
            .code(&floor.admin, case.mutation, &case.id, case.input.clone())
            .await;
        assert_eq!(code, "ROLE_REQUIRED", "administrator, {}", case.mutation);
        let code = floor
            .code(&floor.gateway, case.mutation, &case.id, case.input.clone())
            .await;
        assert_eq!(code, "ROLE_REQUIRED", "gateway, {}", case.mutation);
    }
}

#[tokio::test]
async fn out_of_scope_is_unknown_unless_another_role_sees_it() {
    let floor = Floor::new().await;
    let elsewhere = Token::supervisor("sam").queues(&[&floor.second_queue]);
    let reader = Token::supervisor("sam")
        .queues(&[&floor.second_queue])
        .and(Role::Administrator);
    for case in cases(&floor).await {
        let code = floor
            .code(
                &elsewhere.sign(),
                case.mutation,
                &case.id,
                case.input.clone(),
            )
            .await;
        assert_eq!(code, "NOT_FOUND", "{}", case.mutation);
        let error = floor
            .refusal(&reader.sign(), case.mutation, &case.id, case.input.clone())
            .await;
        assert_eq!(error["code"], "OUT_OF_SCOPE", "{}", case.mutation);
    }
}

#[tokio::test]
async fn invisible_is_answered_exactly_like_unknown() {
    let floor = Floor::new().await;
    let elsewhere = Token::supervisor("sam")
        .queues(&[&floor.second_queue])
        .sign();
    let unknown = "conv_0190163d8694739baea5966c26f8ad91";
    for case in cases(&floor).await {
        let invisible = floor
            .refusal(&elsewhere, case.mutation, &case.id, case.input.clone())
            .await;
        let absent = floor
            .refusal(&elsewhere, case.mutation, unknown, case.input.clone())
            .await;
        assert_eq!(invisible, absent, "{}", case.mutation);
    }
}

#[tokio::test]
async fn a_setting_that_is_off_and_a_permission_that_is_missing_refuse_in_this_order() {
    let floor = Floor::new().await;
    for case in cases(&floor).await {
        let Some((setting, permission)) = case.setting() else {
            continue;
        };
        let lacking = Token::supervisor("sam")
            .permissions(&all_but(Some(permission)))
            .sign();
        let code = floor
            .code(&lacking, case.mutation, &case.id, case.input.clone())
            .await;
        assert_eq!(code, "PERMISSION_MISSING", "{}", case.mutation);

        floor.set(json!({ setting: false })).await;
        for token in [&lacking, &floor.sam] {
            let code = floor
                .code(token, case.mutation, &case.id, case.input.clone())
                .await;
            assert_eq!(code, "SETTING_DISABLED", "{}", case.mutation);
        }
        floor.set(json!({ setting: true })).await;
    }
}

#[tokio::test]
async fn stopping_and_leaving_need_no_setting_and_no_permission() {
    let floor = Floor::new().await;
    let bare = Token::supervisor("sam").permissions(&[]).sign();
    let (monitored, joined) = (floor.monitored("SMS").await, floor.joined("SMS").await);
    floor
        .act(&bare, "leaveConversation", &joined, json!({}))
        .await;
    floor
        .act(&bare, "stopMonitoring", &monitored, json!({}))
        .await;
}

#[tokio::test]
async fn api_access_may_do_everything_but_assign() {
    let floor = Floor::new().await;
    let machine = with_api_access();
    for case in cases(&floor).await {
        if matches!(case.needs(), Needs::SupervisorInPerson(..)) {
            let code = floor
                .code(&machine, case.mutation, &case.id, case.input)
                .await;
            assert_eq!(code, "API_ACCESS_CONFLICT");
        } else {
            floor
                .act(&machine, case.mutation, &case.id, case.input)
                .await;
        }
    }
}

#[tokio::test]
async fn the_permission_comes_before_api_access_and_api_access_before_the_version() {
    let floor = Floor::new().await;
    let id = floor.open("WHATSAPP").await;
    let stale = merged(floor.to("bert"), json!({ "expectedVersion": 99 }));
    let lacking = Token::supervisor("sam")
        .and(Role::ApiAccess)
        .permissions(&all_but(Some(Permission::Assign)));
    let code = floor
        .code(&lacking.sign(), "assignConversation", &id, stale.clone())
        .await;
    assert_eq!(code, "PERMISSION_MISSING");
    let code = floor
        .code(&with_api_access(), "assignConversation", &id, stale.clone())
        .await;
    assert_eq!(code, "API_ACCESS_CONFLICT");
    let code = floor
        .code(&floor.sam, "assignConversation", &id, stale)
        .await;
    assert_eq!(code, "VERSION_CONFLICT");
}

#[tokio::test]
async fn another_version_than_expected_conflicts_and_shows_the_conversation() {
    let floor = Floor::new().await;
    for case in cases(&floor).await {
        let version = floor.see(&floor.sam, &case.id, "version").await["version"]
            .as_u64()
            .unwrap();
        let stale = merged(
            case.input.clone(),
            json!({ "expectedVersion": version + 1 }),
        );
        let error = floor
            .refusal(&floor.sam, case.mutation, &case.id, stale.clone())
            .await;
        assert_eq!(error["code"], "VERSION_CONFLICT", "{}", case.mutation);
        assert_eq!(error["path"], json!(["input", "expectedVersion"]));
        let input = crate::floor::on(&case.id, stale);
        let detail =
            "errors { ... on VersionConflict { currentVersion conversation { id version } } }";
        let payload = floor
            .server
            .mutate(&floor.sam, case.mutation, input, detail)
            .await;
        assert_eq!(payload["errors"][0]["currentVersion"], version);
        assert_eq!(
            payload["errors"][0]["conversation"],
            json!({ "id": case.id, "version": version })
        );
        let fresh = merged(case.input, json!({ "expectedVersion": version }));
        floor.act(&floor.sam, case.mutation, &case.id, fresh).await;
    }
}

#[tokio::test]
async fn closed_refuses_every_command_after_the_version_and_before_the_rest() {
    let floor = Floor::new().await;
    let id = floor.closed("WHATSAPP").await;
    let ongoing =
        |case: &Case| !case.mutation.ends_with("Review") && case.mutation != "reviewConversation";
    for case in cases(&floor).await.into_iter().filter(ongoing) {
        let code = floor
            .code(&floor.sam, case.mutation, &id, case.input.clone())
            .await;
        assert_eq!(code, "CONVERSATION_CLOSED", "{}", case.mutation);
        let stale = merged(case.input, json!({ "expectedVersion": 1 }));
        let code = floor.code(&floor.sam, case.mutation, &id, stale).await;
        assert_eq!(code, "VERSION_CONFLICT", "{}", case.mutation);
    }
}

#[tokio::test]
async fn a_refused_command_names_the_rule_that_refused_it() {
    let floor = Floor::new().await;
    let id = floor.active("WHATSAPP").await;
    let detail = "errors { ... on NotPermitted { rule } }";
    let rule = async |token: &str| {
        let input = json!({ "conversationId": id });
        let payload = floor
            .server
            .mutate(token, "forceCloseConversation", input, detail)
            .await;
        payload["errors"][0]["rule"].clone()
    };
    assert_eq!(rule(&floor.anna).await, "SUPERVISOR");
    let reader = Token::supervisor("sam")
        .queues(&[])
        .and(Role::Administrator)
        .sign();
    assert_eq!(rule(&reader).await, json!(floor.queue));
    let lacking = Token::supervisor("sam").permissions(&[]).sign();
    assert_eq!(rule(&lacking).await, "conversation:force_close");
    floor.set(json!({ "supervisorForceClose": false })).await;
    assert_eq!(rule(&floor.sam).await, "supervisorForceClose");
}
