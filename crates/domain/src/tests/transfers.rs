//! Transfers and what becomes of them (domain.md section 4).

use super::*;

/// A transfer from Anna to Bram is pending, in ACTIVE.
fn pending() -> (Stage, ConversationId) {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    assert_eq!(
        stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM)))),
        [Kind::TransferRequested]
    );
    (stage, id)
}

/// A transfer from Anna to Bram is pending, in WAITING.
fn pending_while_waiting() -> (Stage, ConversationId) {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&anna(), id, Act::SetAside);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    (stage, id)
}

fn cancelled_for(stage: &Stage) -> CancelReason {
    let reasons = stage
        .changes()
        .into_iter()
        .filter_map(|change| match change {
            Change::TransferCancelled {
                agent: BRAM,
                reason,
                ..
            } => Some(reason),
            _ => None,
        });
    let [reason] = reasons.collect::<Vec<_>>()[..] else {
        panic!("{:?}", stage.changes())
    };
    reason
}

#[test]
fn a_pending_transfer_leaves_the_first_agent_primary() {
    let (stage, id) = pending();
    assert_eq!(stage.conversation(id).primary_agent(), Some(ANNA));
    assert_eq!(
        stage.stands(id),
        (State::Active, StatusReason::InConversation)
    );
    assert_eq!((stage.consumed(ANNA), stage.consumed(BRAM)), (2, 2));
    assert_eq!(
        stage.due(id, TimerKind::Offer),
        Some(stage.now + TimeDelta::seconds(120))
    );
}

#[test]
fn an_accepted_transfer_makes_the_first_agent_a_consultant() {
    let (mut stage, id) = pending();
    assert_eq!(
        stage.does(&bram(), id, Act::Accept),
        [Kind::TransferAccepted]
    );
    let after = stage.conversation(id);
    assert_eq!(after.primary_agent(), Some(BRAM));
    assert_eq!((&after.consultants, &after.offer), (&[ANNA].into(), &None));
    assert_eq!((stage.consumed(ANNA), stage.consumed(BRAM)), (0, 2));
}

#[test]
fn a_transfer_back_replaces_the_role() {
    let (mut stage, id) = pending();
    stage.does(&bram(), id, Act::Accept);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(ANNA))));
    stage.does(&anna(), id, Act::Accept);
    let after = stage.conversation(id);
    assert_eq!(
        (after.primary_agent(), &after.consultants),
        (Some(ANNA), &[BRAM].into())
    );
}

#[test]
fn from_waiting_the_first_agent_leaves() {
    let (mut stage, id) = pending_while_waiting();
    assert_eq!(stage.stands(id).0, State::Waiting);
    assert_eq!((stage.consumed(ANNA), stage.consumed(BRAM)), (0, 2));
    stage.does(&bram(), id, Act::Accept);
    let after = stage.conversation(id);
    assert_eq!(
        stage.stands(id),
        (State::Active, StatusReason::InConversation)
    );
    assert_eq!(
        (after.primary_agent(), after.consultants.len()),
        (Some(BRAM), 0)
    );
    assert_eq!((stage.consumed(ANNA), stage.consumed(BRAM)), (0, 2));
    assert_eq!(stage.refused(&anna(), id, Act::Reopen), Refusal::NotFound);
}

#[test]
fn a_rejected_transfer_leaves_the_first_agent_primary() {
    for (mut stage, id) in [pending(), pending_while_waiting()] {
        let before = stage.conversation(id);
        assert_eq!(
            stage.does(&bram(), id, Act::Reject),
            [Kind::TransferRejected]
        );
        let after = stage.conversation(id);
        let unchanged = Conversation {
            offer: None,
            version: before.version + 1,
            declines: BTreeMap::from([(BRAM, 1)]),
            declined: 1,
            ..still(&before)
        };
        assert_eq!(still(&after), unchanged);
        assert_eq!(stage.consumed(BRAM), 0);
    }
}

#[test]
fn a_missed_transfer_leaves_the_first_agent_primary_and_counts() {
    let (mut stage, id) = pending();
    assert_eq!(
        stage.when_due(id, TimerKind::Offer),
        [Kind::TransferTimedOut]
    );
    let after = stage.conversation(id);
    assert_eq!(
        (after.primary_agent(), after.declines.get(&BRAM)),
        (Some(ANNA), Some(&1))
    );
    assert_eq!(stage.consumed(BRAM), 0);
}

#[test]
fn a_target_that_goes_offline_runs_to_its_time_out() {
    let (mut stage, id) = pending();
    let kinds = stage
        .play(&bram(), &Command::SetPresence(Presence::Offline))
        .unwrap();
    assert_eq!(kinds, [Kind::AgentPresenceChanged]);
    assert!(stage.conversation(id).offer.is_some());
    stage
        .play(&Asker::System, &Command::AgentDisconnected(BRAM))
        .unwrap();
    assert!(stage.conversation(id).offer.is_some());
    assert_eq!(
        stage.when_due(id, TimerKind::Offer),
        [Kind::TransferTimedOut]
    );
}

#[test]
fn any_supervisor_in_scope_may_cancel_a_transfer_which_is_no_decline() {
    let (mut stage, id) = pending();
    assert_eq!(
        stage.does(&simon(), id, Act::CancelTransfer),
        [Kind::TransferCancelled]
    );
    assert_eq!(cancelled_for(&stage), CancelReason::Withdrawn);
    let after = stage.conversation(id);
    assert_eq!(
        (after.primary_agent(), after.declines.len()),
        (Some(ANNA), 0)
    );
    assert_eq!(stage.consumed(BRAM), 0);
    assert_eq!(stage.refused(&bram(), id, Act::Accept), Refusal::NotFound);
}

#[test]
fn whatever_overtakes_a_transfer_cancels_it_with_its_reason() {
    let cases: [(CancelReason, Asker, Act); 6] = [
        (CancelReason::SetAside, anna(), Act::SetAside),
        (CancelReason::Released, anna(), Act::Release),
        (CancelReason::EndedByAgent, anna(), Act::End),
        (CancelReason::CustomerEnded, gateway(), Act::EndByCustomer),
        (
            CancelReason::ModeChanged,
            gateway(),
            Act::ChangeMode(commands::ChangeMode(Mode::Voice)),
        ),
        (CancelReason::ForceClosed, sofie(), Act::ForceClose),
    ];
    for (reason, asker, act) in cases {
        let (mut stage, id) = pending();
        stage.does(&asker, id, act);
        assert_eq!(cancelled_for(&stage), reason);
        assert_eq!(
            (stage.consumed(BRAM), &stage.conversation(id).offer),
            (0, &None)
        );
        assert_eq!(stage.conversation(id).declines.len(), 0);
    }
}

#[test]
fn what_the_system_does_cancels_a_transfer_with_its_reason() {
    let (mut stage, id) = pending();
    stage
        .play(&Asker::System, &Command::AgentDisconnected(ANNA))
        .unwrap();
    assert_eq!(cancelled_for(&stage), CancelReason::AgentDisconnected);
    assert_eq!(stage.stands(id).0, State::Open);

    let (mut stage, _) = pending();
    let queue = SUPPORT;
    let leaves = Manage::RemoveMember(commands::RemoveMember { agent: BRAM, queue });
    let kinds = stage.play(&admin(), &Command::Manage(leaves)).unwrap();
    assert_eq!(kinds, [Kind::MembershipChanged, Kind::TransferCancelled]);
    assert_eq!(cancelled_for(&stage), CancelReason::MembershipLost);

    let (mut stage, id) = pending();
    stage.when_due(id, TimerKind::AutoClose);
    assert_eq!(cancelled_for(&stage), CancelReason::AutoClosed);

    let (mut stage, id) = Stage::with_anna_on(Channel::LiveChat);
    stage.does(&gateway(), id, Act::CustomerDisconnected);
    stage.pass(100);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    stage.when_due(id, TimerKind::CustomerGrace);
    assert_eq!(cancelled_for(&stage), CancelReason::CustomerDisconnected);
    assert_eq!(
        stage.stands(id),
        (State::WrapUp, StatusReason::CustomerDisconnected)
    );
}

#[test]
fn while_waiting_the_customer_and_the_agent_overtake_a_transfer() {
    let (mut stage, id) = pending_while_waiting();
    let kinds = stage.customer_writes(id, 0.0);
    assert_eq!(
        kinds,
        [
            Kind::MessagePosted,
            Kind::Reactivated,
            Kind::TransferCancelled
        ]
    );
    assert_eq!(cancelled_for(&stage), CancelReason::CustomerWrote);
    assert_eq!(
        (stage.stands(id).0, stage.conversation(id).primary_agent()),
        (State::Open, None)
    );

    let (mut stage, id) = pending_while_waiting();
    stage.does(&anna(), id, Act::Reopen);
    assert_eq!(cancelled_for(&stage), CancelReason::Reopened);
    assert_eq!(stage.conversation(id).primary_agent(), Some(ANNA));
}

#[test]
fn a_transfer_needs_people_in_the_same_queue_who_are_there() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let refused = |stage: &mut Stage, target| {
        stage.refused(&sofie(), id, Act::Transfer(commands::Transfer(target)))
    };
    assert_eq!(
        refused(&mut stage, to(AgentId::new(noon()))).code(),
        Code::TargetNotFound
    );
    assert_eq!(refused(&mut stage, to(harness::ROBO)), Refusal::TargetIsBot);
    assert_eq!(refused(&mut stage, to(ANNA)), Refusal::TargetIsPrimary);
    assert_eq!(refused(&mut stage, to(DIRK)), Refusal::TargetNotInQueue);
    assert_eq!(
        refused(&mut stage, to(CARLA)).code(),
        Code::CapacityExceeded
    );
    stage
        .play(&bram(), &Command::SetPresence(Presence::BusyDoNotDisturb))
        .unwrap();
    // Presence is not overridden in a transfer; capacity is.
    let target = Target {
        override_presence: true,
        ..to(BRAM)
    };
    assert_eq!(refused(&mut stage, target).code(), Code::PresenceNotAllowed);
    let target = Target {
        override_capacity: true,
        ..to(CARLA)
    };
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(target)));
    assert_eq!(stage.outcome().capacity_exceeded_by, Some(1));
}

#[test]
fn a_bot_hands_over_by_releasing_not_by_transfer() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(&robo(), id, Act::Pick);
    assert_eq!(
        stage.refused(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM)))),
        Refusal::PrimaryIsBot
    );
    assert_eq!(
        stage.does(&robo(), id, Act::Release),
        [Kind::ReleasedToQueue]
    );
    assert_eq!(stage.stands(id).0, State::Open);
}

#[test]
fn one_request_is_pending_at_a_time() {
    let (mut stage, id) = pending();
    let refusal = stage.refused(&simon(), id, Act::Transfer(commands::Transfer(to(CARLA))));
    assert_eq!(refusal, Refusal::OfferPending(to(BRAM).offer));
    assert_eq!(
        stage.refused(&simon(), id, Act::CancelOffer),
        Refusal::NoPendingOffer
    );
}

#[test]
fn declined_transfers_count_with_declined_offers() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    for _ in 0..3 {
        stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
        stage.does(&bram(), id, Act::Reject);
    }
    let refusal = stage.refused(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    assert_eq!(refusal, Refusal::DeclinedTooOften { declines: 3 });
    stage.does(&anna(), id, Act::Release);
    let refusal = stage.refused(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(BRAM))),
    );
    assert_eq!(refusal, Refusal::DeclinedTooOften { declines: 3 });
}

#[test]
fn a_consultant_writes_leaves_and_goes_with_the_running_contact() {
    let (mut stage, id) = pending();
    stage.does(&bram(), id, Act::Accept);
    for visibility in [None, Some(Visibility::Internal)] {
        let writing = stage.writing(visibility);
        stage.does(&anna(), id, writing);
    }
    let mut left = stage.clone();
    assert_eq!(left.does(&anna(), id, Act::Leave), [Kind::ConsultantLeft]);
    assert_eq!(left.refused(&anna(), id, Act::Leave), Refusal::NotFound);
    for (asker, act) in [
        (bram(), Act::SetAside),
        (bram(), Act::Release),
        (bram(), Act::End),
        (sofie(), Act::ForceClose),
    ] {
        let mut stage = stage.clone();
        assert!(stage.does(&asker, id, act).contains(&Kind::ConsultantLeft));
        assert_eq!(stage.conversation(id).consultants.len(), 0);
    }
}

#[test]
fn a_consultant_does_not_do_what_is_the_primary_agents() {
    let (mut stage, id) = pending();
    stage.does(&bram(), id, Act::Accept);
    for act in [
        Act::SetAside,
        Act::Reopen,
        Act::Release,
        Act::End,
        Act::Close,
    ] {
        let refusal = stage.refused(&anna(), id, act);
        assert_eq!(
            refusal,
            Refusal::NotParticipant(ParticipantRole::PrimaryAgent)
        );
    }
}
