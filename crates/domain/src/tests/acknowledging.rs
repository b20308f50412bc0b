//! Reasons for attention that a supervisor acknowledges (domain.md section 13).

use super::*;
use harness::undelivered;

const FAILED: AttentionReason = AttentionReason::DeliveryFailed;

fn acknowledging(reason: AttentionReason) -> Act {
    Act::AcknowledgeAttention(commands::AcknowledgeAttention(reason))
}

fn failed() -> (Stage, ConversationId) {
    undelivered(Stage::with_anna_on(Channel::WhatsApp))
}

#[test]
fn a_failed_delivery_is_acknowledged_and_nothing_else_changes() {
    let (mut stage, id) = failed();
    let before = stage.conversation(id);
    assert!(before.attention.contains_key(&FAILED));
    stage.pass(10);
    assert_eq!(
        stage.does(&sofie(), id, acknowledging(FAILED)),
        [Kind::AttentionAcknowledged, Kind::AttentionChanged]
    );
    let now = stage.conversation(id);
    assert!(now.attention.is_empty());
    let mut expected = (*now).clone();
    expected.attention.clone_from(&before.attention);
    expected.acknowledged.clear();
    assert_eq!(expected, *before);
    // It goes on being acknowledged, whatever else happens.
    stage.customer_writes(id, 0.0);
    assert!(!stage.conversation(id).attention.contains_key(&FAILED));
}

#[test]
fn a_later_failure_brings_it_back() {
    let (mut stage, id) = failed();
    stage.does(&sofie(), id, acknowledging(FAILED));
    // The same message: it was sent after all, and then it failed for good.
    let message = stage.conversation(id).last_answer.clone().unwrap().message;
    stage.pass(10);
    stage.reports(message, DeliveryState::Sent).unwrap();
    assert!(stage.conversation(id).attention.is_empty());
    stage.pass(10);
    stage.reports(message, DeliveryState::Failed).unwrap();
    assert!(stage.conversation(id).attention.contains_key(&FAILED));
    stage.does(&sofie(), id, acknowledging(FAILED));
    // Another message.
    let (mut stage, id) = undelivered((stage, id));
    assert!(stage.conversation(id).attention.contains_key(&FAILED));
    stage.does(&simon(), id, acknowledging(FAILED));
    assert!(stage.conversation(id).attention.is_empty());
}

#[test]
fn a_failure_of_an_older_message_does_not_bring_it_back() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let older = stage.message();
    let says = commands::Send::of_text(older, "…", None);
    stage.does(&anna(), id, Act::Send(says));
    let (mut stage, id) = undelivered((stage, id));
    stage.does(&sofie(), id, acknowledging(FAILED));
    stage.reports(older, DeliveryState::Failed).unwrap();
    assert!(stage.conversation(id).attention.is_empty());
}

#[test]
fn only_what_holds_and_does_not_end_by_itself_is_acknowledged() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let code = |refusal: Refusal| refusal.code();
    let refused = stage.refused(&sofie(), id, acknowledging(FAILED));
    assert_eq!(code(refused), Code::InvalidState);
    let (mut stage, id) = undelivered((stage, id));
    stage.does(&anna(), id, harness::asking_for_help());
    for reason in AttentionReason::ALL {
        if crate::attention::is_acknowledged(*reason) {
            continue;
        }
        let refused = stage.refused(&sofie(), id, acknowledging(*reason));
        assert_eq!(code(refused), Code::InvalidState, "{reason}");
    }
    stage.does(&sofie(), id, acknowledging(FAILED));
    let again = stage.refused(&sofie(), id, acknowledging(FAILED));
    assert_eq!(code(again), Code::InvalidState);
}

#[test]
fn it_takes_the_permission_to_monitor_and_no_setting() {
    let (mut stage, id) = failed();
    let lacks = Token::of("sofie").supervises().without(Permission::Monitor);
    assert_eq!(
        stage.refused(&lacks.asks(), id, acknowledging(FAILED)),
        Refusal::PermissionMissing(Permission::Monitor)
    );
    assert_eq!(
        stage.refused(&anna(), id, acknowledging(FAILED)),
        Refusal::RoleRequired(Role::Supervisor)
    );
    stage.sets(SettingsPatch {
        supervisor_monitor: Some(false),
        ..SettingsPatch::default()
    });
    stage.does(&sofie(), id, acknowledging(FAILED));
}
