//! Capacity in units: one conversation takes two, Anna and Bram have four (domain.md section 4).

use super::*;

fn wrap_up(stage: &mut Stage, rule: WrapUpCapacity) {
    stage.tune(QueueKind::Messaging, |workstream| {
        workstream.wrap_up_capacity = rule;
    });
}

/// Anna has as many conversations as she has capacity for.
fn busy() -> (Stage, ConversationId) {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let second = stage.start(Channel::WhatsApp);
    stage.does(&anna(), second, Act::Pick);
    assert_eq!(stage.consumed(ANNA), 4);
    (stage, id)
}

#[test]
fn an_offer_reserves_and_accepting_consumes_what_was_reserved() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert_eq!(
        stage.world.load(ANNA),
        Load {
            consumed: 2,
            conversations: 1
        }
    );
    stage.does(&anna(), id, Act::Accept);
    assert_eq!(
        stage.world.load(ANNA),
        Load {
            consumed: 2,
            conversations: 1
        }
    );
}

#[test]
fn a_rejected_missed_or_withdrawn_offer_gives_back_what_it_reserved() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    let (mut missed, mut withdrawn) = (stage.clone(), stage.clone());
    stage.does(&anna(), id, Act::Reject);
    missed.when_due(id, TimerKind::Offer);
    withdrawn.does(&sofie(), id, Act::CancelOffer);
    for stage in [stage, missed, withdrawn] {
        assert_eq!(stage.world.load(ANNA), Load::default());
    }
}

#[test]
fn a_second_offer_counts_what_the_first_reserved() {
    let mut stage = Stage::new();
    for exceeded in [false, false, true] {
        let id = stage.start(Channel::WhatsApp);
        let played = stage.act(
            &sofie(),
            id,
            Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
        );
        assert_eq!(played.err(), exceeded.then_some(Code::CapacityExceeded));
    }
    assert_eq!(stage.consumed(ANNA), 4);
}

#[test]
fn units_are_fixed_at_assignment() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    stage.tune(QueueKind::Messaging, |workstream| workstream.units = 3);
    stage.does(&anna(), id, Act::Accept);
    assert_eq!(stage.consumed(ANNA), 2);
    stage.does(&anna(), id, Act::SetAside);
    stage.does(&anna(), id, Act::Reopen);
    assert_eq!(stage.consumed(ANNA), 2);
}

#[test]
fn picking_ignores_capacity_and_presence() {
    let (mut stage, _) = busy();
    stage
        .play(&anna(), &Command::SetPresence(Presence::Offline))
        .unwrap();
    let third = stage.start(Channel::WhatsApp);
    assert_eq!(stage.does(&anna(), third, Act::Pick), [Kind::Picked]);
    assert_eq!(stage.consumed(ANNA), 6);
    let fourth = stage.start(Channel::WhatsApp);
    let target = Target {
        override_presence: true,
        ..to(ANNA)
    };
    let refusal = stage.refused(
        &sofie(),
        fourth,
        Act::AssignToAgent(commands::AssignToAgent(target.clone())),
    );
    let full = Refusal::CapacityExceeded {
        total: 4,
        consumed: 6,
        units: 2,
        exceeded_by: 4,
    };
    assert_eq!(refusal, full);
    let target = Target {
        override_capacity: true,
        ..target
    };
    stage.does(
        &sofie(),
        fourth,
        Act::AssignToAgent(commands::AssignToAgent(target)),
    );
    assert_eq!(stage.outcome().capacity_exceeded_by, Some(4));
}

#[test]
fn setting_aside_releases_and_reopening_takes_again_even_beyond_the_total() {
    let (mut stage, id) = busy();
    stage.does(&anna(), id, Act::SetAside);
    assert_eq!(
        stage.world.load(ANNA),
        Load {
            consumed: 2,
            conversations: 2
        }
    );
    let third = stage.start(Channel::WhatsApp);
    stage.does(
        &sofie(),
        third,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert_eq!(stage.consumed(ANNA), 4);
    assert_eq!(stage.does(&anna(), id, Act::Reopen), [Kind::Reactivated]);
    assert_eq!(stage.consumed(ANNA), 6);
}

#[test]
fn releasing_and_closing_give_back() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&anna(), id, Act::Release);
    assert_eq!(stage.world.load(ANNA), Load::default());
    stage.does(&anna(), id, Act::Pick);
    stage.does(&anna(), id, Act::End);
    assert_eq!(stage.consumed(ANNA), 2);
    stage.does(&anna(), id, Act::Close);
    assert_eq!(stage.world.load(ANNA), Load::default());
}

#[test]
fn wrap_up_keeps_capacity_always_by_default() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&anna(), id, Act::End);
    assert_eq!(
        (
            stage.consumed(ANNA),
            stage.due(id, TimerKind::WrapUpCapacity)
        ),
        (2, None)
    );
}

#[test]
fn wrap_up_keeps_no_capacity_with_never() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    wrap_up(&mut stage, WrapUpCapacity::Never);
    assert_eq!(stage.does(&anna(), id, Act::End), [Kind::MovedToWrapUp]);
    assert_eq!(
        stage.world.load(ANNA),
        Load {
            consumed: 0,
            conversations: 1
        }
    );
}

#[test]
fn wrap_up_keeps_capacity_for_so_many_seconds() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    wrap_up(&mut stage, WrapUpCapacity::Seconds(30));
    stage.does(&anna(), id, Act::End);
    let version = stage.conversation(id).version;
    stage.pass(29);
    assert_eq!(stage.timer(id, TimerKind::WrapUpCapacity), []);
    assert_eq!(stage.consumed(ANNA), 2);
    stage.pass(1);
    assert_eq!(
        stage.timer(id, TimerKind::WrapUpCapacity),
        [Kind::CapacityReleased]
    );
    assert_eq!(
        stage.changes(),
        [Change::CapacityReleased {
            agent: ANNA,
            units: 2
        }]
    );
    assert_eq!(
        (stage.consumed(ANNA), stage.conversation(id).version),
        (0, version)
    );
    assert_eq!(stage.timer(id, TimerKind::WrapUpCapacity), []);
    stage.does(&anna(), id, Act::Close);
    assert_eq!(stage.consumed(ANNA), 0);
}

#[test]
fn a_bot_takes_no_capacity_and_has_none_to_give_back() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    wrap_up(&mut stage, WrapUpCapacity::Seconds(30));
    stage.does(&robo(), id, Act::Pick);
    assert_eq!(
        stage.world.load(harness::ROBO),
        Load {
            consumed: 0,
            conversations: 1
        }
    );
    stage.does(&robo(), id, Act::End);
    assert_eq!(stage.due(id, TimerKind::WrapUpCapacity), None);
    stage.does(&robo(), id, Act::Close);
    assert_eq!(stage.stands(id), (State::Closed, StatusReason::EndedByBot));
}

#[test]
fn consultants_and_supervisors_cost_nothing() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    assert_eq!((stage.consumed(ANNA), stage.consumed(BRAM)), (2, 2));
    stage.does(&bram(), id, Act::Accept);
    assert!(stage.conversation(id).consultants.contains(&ANNA));
    let both = Token::of("carla").role(Role::Agent).supervises().asks();
    let watching = stage.watching();
    stage.does(&both, id, watching);
    stage.does(&both, id, Act::Join);
    assert_eq!(
        (
            stage.consumed(ANNA),
            stage.consumed(BRAM),
            stage.consumed(CARLA)
        ),
        (0, 2, 0)
    );
}
