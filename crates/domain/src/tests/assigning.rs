//! Assigning, picking and releasing (domain.md sections 2 and 4).

use super::*;

fn overriding(agent: AgentId) -> Target {
    Target {
        override_presence: true,
        override_capacity: true,
        override_declines: true,
        ..to(agent)
    }
}

fn set_presence(stage: &mut Stage, asker: &Asker, presence: Presence) {
    stage.play(asker, &Command::SetPresence(presence)).unwrap();
}

#[test]
fn an_assignment_is_an_offer_until_the_agent_accepts() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let kinds = stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert_eq!(kinds, [Kind::AssignedToAgent]);
    let offered = stage.conversation(id);
    assert_eq!(
        stage.stands(id),
        (State::Active, StatusReason::AwaitingAgentAcceptance)
    );
    assert_eq!(
        (offered.primary_agent(), offered.assigned_agent()),
        (None, Some(ANNA))
    );
    assert_eq!(
        stage.due(id, TimerKind::Offer),
        Some(stage.now + TimeDelta::seconds(120))
    );
    assert_eq!(stage.does(&anna(), id, Act::Accept), [Kind::OfferAccepted]);
    let accepted = stage.conversation(id);
    assert_eq!(
        stage.stands(id),
        (State::Active, StatusReason::InConversation)
    );
    assert_eq!(
        (accepted.primary_agent(), &accepted.offer),
        (Some(ANNA), &None)
    );
    assert_eq!(stage.due(id, TimerKind::Offer), None);
}

#[test]
fn of_two_assigns_one_wins_and_the_other_learns_who_has_it() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    let refusal = stage.refused(
        &simon(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(BRAM))),
    );
    assert_eq!(refusal, Refusal::AlreadyAssigned(ANNA));
    let refusal = stage.refused(
        &simon(),
        id,
        Act::AssignToQueue(commands::AssignToQueue(SALES)),
    );
    assert_eq!(refusal, Refusal::AlreadyAssigned(ANNA));
    assert_eq!(
        stage.refused(&anna(), id, Act::Pick),
        Refusal::AlreadyAssigned(ANNA)
    );
}

#[test]
fn an_agent_outside_the_queue_may_be_assigned_but_not_a_bot_nor_nobody() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let refusal = stage.refused(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(harness::ROBO))),
    );
    assert_eq!(refusal, Refusal::TargetIsBot);
    let refusal = stage.refused(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(AgentId::new(noon())))),
    );
    assert_eq!(refusal.code(), Code::TargetNotFound);
    assert_eq!(
        stage.act(
            &sofie(),
            id,
            Act::AssignToAgent(commands::AssignToAgent(to(DIRK)))
        ),
        Ok(vec![Kind::AssignedToAgent])
    );
}

#[test]
fn presence_and_capacity_are_asked_unless_each_is_overridden() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    set_presence(&mut stage, &carla(), Presence::Away);
    let refusal = stage.refused(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(CARLA))),
    );
    let allowed = vec![Presence::Available, Presence::Busy];
    let away = Refusal::PresenceNotAllowed {
        presence: Presence::Away,
        allowed,
    };
    assert_eq!(refusal, away);
    let presence_only = Target {
        override_presence: true,
        ..to(CARLA)
    };
    let refusal = stage.refused(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(presence_only)),
    );
    let full = Refusal::CapacityExceeded {
        total: 1,
        consumed: 0,
        units: 2,
        exceeded_by: 1,
    };
    assert_eq!(refusal, full);
    let capacity_only = Target {
        override_capacity: true,
        ..to(CARLA)
    };
    assert_eq!(
        stage.refused(
            &sofie(),
            id,
            Act::AssignToAgent(commands::AssignToAgent(capacity_only))
        ),
        away
    );
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(overriding(CARLA))),
    );
    assert_eq!(stage.outcome().capacity_exceeded_by, Some(1));
    assert_eq!(
        stage.conversation(id).offer.as_ref().unwrap().exceeded_by,
        1
    );
}

#[test]
fn every_presence_but_available_and_busy_is_refused_by_default() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    for presence in Presence::ALL
        .iter()
        .filter(|presence| **presence != Presence::Inactive)
    {
        set_presence(&mut stage, &anna(), *presence);
        let allowed = matches!(presence, Presence::Available | Presence::Busy);
        let played = stage.clone().act(
            &sofie(),
            id,
            Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
        );
        assert_eq!(played.is_ok(), allowed, "{presence}");
        assert!(
            allowed || played == Err(Code::PresenceNotAllowed),
            "{presence}"
        );
    }
}

#[test]
fn a_rejected_offer_goes_back_to_the_same_queue_and_counts() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let before = stage.conversation(id);
    stage.pass(60);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    stage.pass(60);
    assert_eq!(stage.does(&anna(), id, Act::Reject), [Kind::OfferRejected]);
    let after = stage.conversation(id);
    assert_eq!(
        stage.stands(id),
        (State::Open, StatusReason::AwaitingAgentAssignment)
    );
    assert_eq!(
        (after.queue, after.waiting_since),
        (before.queue, before.waiting_since)
    );
    assert_eq!(after.declines, BTreeMap::from([(ANNA, 1)]));
    assert_eq!(after.offer, None);
}

#[test]
fn a_withdrawn_offer_is_no_decline() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let before = stage.conversation(id);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert_eq!(
        stage.does(&simon(), id, Act::CancelOffer),
        [Kind::OfferCancelled]
    );
    let after = stage.conversation(id);
    assert_eq!(
        (after.state, &after.declines),
        (State::Open, &before.declines)
    );
    assert_eq!(after.waiting_since, before.waiting_since);
    assert_eq!(stage.consumed(ANNA), 0);
    assert_eq!(
        stage.refused(&sofie(), id, Act::CancelOffer),
        Refusal::NoPendingOffer
    );
}

#[test]
fn after_three_declines_a_supervisor_must_override_and_picking_is_not_affected() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    for declines in 1..=3 {
        stage.does(
            &sofie(),
            id,
            Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
        );
        if declines == 2 {
            stage.when_due(id, TimerKind::Offer);
        } else {
            stage.does(&anna(), id, Act::Reject);
        }
        assert_eq!(stage.conversation(id).declines[&ANNA], declines);
    }
    let refusal = stage.refused(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert_eq!(refusal, Refusal::DeclinedTooOften { declines: 3 });
    let mut picked = stage.clone();
    let kinds = picked.does(&anna(), id, Act::Pick);
    assert_eq!(kinds, [Kind::Picked, Kind::AttentionChanged]);
    // It counts against that agent only.
    assert!(
        stage
            .clone()
            .act(
                &sofie(),
                id,
                Act::AssignToAgent(commands::AssignToAgent(to(BRAM)))
            )
            .is_ok()
    );
    let overridden = Target {
        override_declines: true,
        ..to(ANNA)
    };
    assert!(
        stage
            .act(
                &sofie(),
                id,
                Act::AssignToAgent(commands::AssignToAgent(overridden))
            )
            .is_ok()
    );
}

#[test]
fn declines_count_against_that_conversation_only() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    for _ in 0..3 {
        stage.does(
            &sofie(),
            id,
            Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
        );
        stage.does(&anna(), id, Act::Reject);
    }
    let other = stage.start(Channel::WhatsApp);
    assert!(
        stage
            .act(
                &sofie(),
                other,
                Act::AssignToAgent(commands::AssignToAgent(to(ANNA)))
            )
            .is_ok()
    );
}

#[test]
fn an_offer_times_out_when_due_and_not_before() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    stage.pass(119);
    assert_eq!(stage.timer(id, TimerKind::Offer), []);
    stage.pass(1);
    assert_eq!(stage.timer(id, TimerKind::Offer), [Kind::OfferTimedOut]);
    assert_eq!(stage.timer(id, TimerKind::Offer), []);
    assert_eq!(stage.conversation(id).declines, BTreeMap::from([(ANNA, 1)]));
    assert_eq!(
        stage.refused(&anna(), id, Act::Accept),
        Refusal::NoPendingOffer
    );
}

#[test]
fn a_later_offer_is_not_ended_by_the_timer_of_an_earlier_one() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    stage.pass(100);
    stage.does(&anna(), id, Act::Reject);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(BRAM))),
    );
    stage.pass(20);
    assert_eq!(stage.timer(id, TimerKind::Offer), []);
    assert_eq!(stage.conversation(id).assigned_agent(), Some(BRAM));
}

#[test]
fn only_the_agent_asked_answers_an_offer() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(DIRK))),
    );
    assert_eq!(stage.refused(&anna(), id, Act::Accept), Refusal::NotFound);
    stage.does(&dirk(), id, Act::Accept);
    stage.does(&sofie(), id, Act::ForceClose);
    assert_eq!(
        stage.refused(&dirk(), id, Act::Accept),
        Refusal::ConversationClosed
    );
}

#[test]
fn moving_queues_keeps_workstream_and_waiting_since() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let before = stage.conversation(id);
    stage.pass(60);
    assert_eq!(
        stage.does(
            &sofie(),
            id,
            Act::AssignToQueue(commands::AssignToQueue(SALES))
        ),
        [Kind::AssignedToQueue]
    );
    let after = stage.conversation(id);
    let moved = Conversation {
        queue: SALES,
        version: before.version + 1,
        last_activity_at: stage.now,
        course: after.course.clone(),
        ..(*before).clone()
    };
    assert_eq!(*after, moved);
    assert_eq!(after.course.visit, Some(stage.now), "a visit to each queue");
}

#[test]
fn a_queue_must_exist_be_another_one_and_fit_the_channel() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let refused = |queue, stage: &mut Stage| {
        stage.refused(
            &sofie(),
            id,
            Act::AssignToQueue(commands::AssignToQueue(queue)),
        )
    };
    assert_eq!(
        refused(QueueId::new(noon()), &mut stage).code(),
        Code::TargetNotFound
    );
    assert_eq!(refused(SUPPORT, &mut stage), Refusal::TargetQueueIsCurrent);
    let (given, needed) = (QueueKind::Voice, QueueKind::Messaging);
    assert_eq!(
        refused(VOICE, &mut stage),
        Refusal::QueueKindMismatch { given, needed }
    );
    // In scope or not: the supervisor of Support may send it to Sales, and then sees it no more.
    let here = Token::of("sofie")
        .supervises()
        .scope(Scope::Only([SUPPORT].into()))
        .asks();
    stage.does(
        &here,
        id,
        Act::AssignToQueue(commands::AssignToQueue(SALES)),
    );
    assert_eq!(
        stage.refused(
            &here,
            id,
            Act::AssignToQueue(commands::AssignToQueue(SUPPORT))
        ),
        Refusal::NotFound
    );
}

#[test]
fn an_agent_picks_from_their_own_queues_only() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    assert_eq!(stage.refused(&dirk(), id, Act::Pick), Refusal::NotFound);
    let both = Token::of("dirk").role(Role::Agent).supervises().asks();
    assert_eq!(
        stage.refused(&both, id, Act::Pick),
        Refusal::TargetNotInQueue
    );
}

#[test]
fn waiting_since_is_when_it_last_became_unassigned() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    assert_eq!(stage.conversation(id).waiting_since, Some(stage.now));
    stage.pass(10);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert_eq!(
        stage.conversation(id).waiting_since,
        Some(stage.now - TimeDelta::seconds(10))
    );
    stage.does(&anna(), id, Act::Accept);
    assert_eq!(stage.conversation(id).waiting_since, None);
    stage.pass(10);
    stage.does(&anna(), id, Act::Release);
    assert_eq!(stage.conversation(id).waiting_since, Some(stage.now));
    stage.does(&anna(), id, Act::Pick);
    assert_eq!(stage.conversation(id).waiting_since, None);
    stage.does(&anna(), id, Act::SetAside);
    stage.pass(10);
    stage.customer_writes(id, 0.0);
    assert_eq!(stage.conversation(id).waiting_since, Some(stage.now));
}
