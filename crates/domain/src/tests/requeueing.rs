//! Requeueing: the exit for work that is stuck (domain.md section 13).

use super::*;

fn requeue(queue: Option<QueueId>) -> Act {
    Act::Requeue(commands::Requeue { queue })
}

/// A conversation that Anna handles, in this state.
fn in_state(channel: Channel, act: Option<Act>) -> (Stage, ConversationId) {
    let (mut stage, id) = Stage::with_anna_on(channel);
    if let Some(act) = act {
        stage.does(&anna(), id, act);
    }
    (stage, id)
}

#[test]
fn it_is_open_again_unassigned_and_waits_from_now() {
    for act in [None, Some(Act::SetAside), Some(Act::End)] {
        let (mut stage, id) = in_state(Channel::WhatsApp, act.clone());
        stage.pass(100);
        let kinds = stage.does(&sofie(), id, requeue(None));
        assert_eq!(kinds, [Kind::Requeued], "{act:?}");
        let after = stage.conversation(id);
        let open = (State::Open, StatusReason::AwaitingAgentAssignment);
        assert_eq!(stage.stands(id), open);
        assert_eq!((after.primary_agent(), after.queue), (None, SUPPORT));
        assert_eq!(after.waiting_since, Some(stage.now));
        assert_eq!(stage.consumed(ANNA), 0);
    }
}

#[test]
fn it_goes_to_another_queue_that_fits() {
    let (mut stage, id) = in_state(Channel::WhatsApp, None);
    stage.does(&sofie(), id, requeue(Some(SALES)));
    assert_eq!(stage.conversation(id).queue, SALES);
    // Its own queue may be named.
    let (mut stage, id) = in_state(Channel::WhatsApp, None);
    stage.does(&sofie(), id, requeue(Some(SUPPORT)));
    assert_eq!(stage.conversation(id).queue, SUPPORT);
    let (mut stage, id) = in_state(Channel::WhatsApp, None);
    let elsewhere = stage.refused(&sofie(), id, requeue(Some(VOICE)));
    assert_eq!(elsewhere.code(), Code::QueueKindMismatch);
    let nowhere = QueueId(uuid::Uuid::from_u128(0x99));
    let nowhere = stage.refused(&sofie(), id, requeue(Some(nowhere)));
    assert_eq!(nowhere.code(), Code::TargetNotFound);
}

#[test]
fn a_call_and_a_bots_conversation_go_back_too() {
    let (mut stage, id) = in_state(Channel::Voice, None);
    assert_eq!(stage.does(&sofie(), id, requeue(None)), [Kind::Requeued]);
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(&robo(), id, Act::Pick);
    assert_eq!(stage.does(&sofie(), id, requeue(None)), [Kind::Requeued]);
}

#[test]
fn what_ended_on_a_channel_that_does_not_go_on_stays() {
    for channel in [Channel::LiveChat, Channel::Voice] {
        let (mut stage, id) = in_state(channel, Some(Act::End));
        let refusal = stage.refused(&sofie(), id, requeue(None));
        assert_eq!(refusal.code(), Code::ChannelNotSupported);
    }
    let (mut stage, id) = Stage::with_anna_on(Channel::Record);
    let refusal = stage.refused(&sofie(), id, requeue(None));
    assert_eq!(refusal.code(), Code::ChannelNotSupported);
}

#[test]
fn what_nobody_has_is_not_requeued() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let refusal = stage.refused(&sofie(), id, requeue(None));
    assert_eq!(refusal.code(), Code::InvalidState);
    let offer = Act::AssignToAgent(commands::AssignToAgent(to(ANNA)));
    stage.does(&sofie(), id, offer);
    let refusal = stage.refused(&sofie(), id, requeue(None));
    assert_eq!(refusal.code(), Code::OfferPending);
}

#[test]
fn everybody_leaves_and_a_transfer_request_is_cancelled() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(&bram(), id, Act::Pick);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(ANNA))));
    stage.does(&anna(), id, Act::Accept);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    stage.does(&sofie(), id, Act::Join);
    stage.does(&simon(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    let kinds = stage.does(&simon(), id, requeue(None));
    let expected = [
        Kind::Requeued,
        Kind::TransferCancelled,
        Kind::SupervisorLeft,
        Kind::MessagePosted,
        Kind::ConsultantLeft,
        Kind::MonitoringStopped,
    ];
    assert_eq!(kinds, expected);
    let reason = stage.changes().into_iter().find_map(|change| match change {
        Change::TransferCancelled { reason, .. } => Some(reason),
        _ => None,
    });
    assert_eq!(reason, Some(CancelReason::Requeued));
    assert_eq!((stage.consumed(ANNA), stage.consumed(BRAM)), (0, 0));
}

#[test]
fn a_customer_who_is_away_stays_away() {
    let (mut stage, id) = in_state(Channel::LiveChat, None);
    stage.does(&gateway(), id, Act::CustomerDisconnected);
    let due = stage.due(id, TimerKind::CustomerGrace);
    stage.pass(60);
    stage.does(&sofie(), id, requeue(None));
    assert_eq!(stage.due(id, TimerKind::CustomerGrace), due);
    stage.when_due(id, TimerKind::CustomerGrace);
    let left = (State::Closed, StatusReason::CustomerLeftOpen);
    assert_eq!(stage.stands(id), left);
}

#[test]
fn it_hangs_on_the_setting_and_the_permission_of_assign() {
    let (mut stage, id) = in_state(Channel::WhatsApp, None);
    let lacking = Token::of("sofie").supervises().without(Permission::Assign);
    let refusal = stage.refused(&lacking.asks(), id, requeue(None));
    assert_eq!(refusal, Refusal::PermissionMissing(Permission::Assign));
    stage.sets(SettingsPatch {
        supervisor_assign: Some(false),
        supervisor_transfer: Some(false),
        ..SettingsPatch::default()
    });
    let refusal = stage.refused(&sofie(), id, requeue(None));
    assert_eq!(refusal, Refusal::SettingDisabled(Setting::SupervisorAssign));
    stage.sets(SettingsPatch {
        supervisor_assign: Some(true),
        ..SettingsPatch::default()
    });
    // A program may, which only assigning forbids.
    let program = Token::of("sofie").supervises().role(Role::ApiAccess);
    stage.does(&program.asks(), id, requeue(None));
}

#[test]
fn a_customer_who_wrote_after_the_end_waits_for_an_answer_again() {
    let (mut stage, id) = in_state(Channel::WhatsApp, Some(Act::End));
    stage.customer_writes(id, 0.0);
    let wrote = AttentionReason::CustomerWroteInWrapUp;
    assert!(stage.conversation(id).attention.contains_key(&wrote));
    let kinds = stage.does(&sofie(), id, requeue(None));
    assert_eq!(kinds, [Kind::Requeued, Kind::AttentionChanged]);
    let after = stage.conversation(id);
    assert!(!after.attention.contains_key(&wrote));
    assert!(after.unanswered_since.is_some());
}
