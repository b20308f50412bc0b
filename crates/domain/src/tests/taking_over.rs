//! Taking over: a supervisor who is an agent too becomes the primary agent (domain.md section 13).

use super::*;

#[test]
fn the_first_agent_advises_from_now_on() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.pass(10);
    let kinds = stage.does(&bram_both(), id, Act::TakeOver);
    assert_eq!(kinds, [Kind::TakenOver, Kind::MessagePosted]);
    let after = stage.conversation(id);
    assert_eq!(after.primary_agent(), Some(BRAM));
    assert_eq!(after.consultants, [ANNA].into());
    assert_eq!((stage.consumed(ANNA), stage.consumed(BRAM)), (0, 2));
    let said = stage.changes().into_iter().find_map(|change| match change {
        Change::MessagePosted {
            system, visibility, ..
        } => Some((system, visibility)),
        _ => None,
    });
    let said_so = (Some(SystemMessage::TakenOver), Visibility::Public);
    assert_eq!(said, Some(said_so));
    // Of the new stint.
    assert_eq!(after.clocks.handled_since, Some(stage.now));
}

#[test]
fn from_waiting_the_first_agent_leaves() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&anna(), id, Act::SetAside);
    stage.does(&bram_both(), id, Act::TakeOver);
    let after = stage.conversation(id);
    assert_eq!(after.primary_agent(), Some(BRAM));
    assert!(after.consultants.is_empty());
    let running = (State::Active, StatusReason::InConversation);
    assert_eq!(stage.stands(id), running);
}

#[test]
fn a_bot_leaves_and_a_consultant_stays() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(&robo(), id, Act::Pick);
    stage.does(&bram_both(), id, Act::TakeOver);
    assert!(stage.conversation(id).consultants.is_empty());

    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(&bram(), id, Act::Pick);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(ANNA))));
    stage.does(&anna(), id, Act::Accept);
    // Who advised has it again.
    stage.does(&bram_both(), id, Act::TakeOver);
    let after = stage.conversation(id);
    assert_eq!(after.primary_agent(), Some(BRAM));
    assert_eq!(after.consultants, [ANNA].into());
}

#[test]
fn it_ends_the_viewers_look_and_no_other() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    for who in [bram_both(), sofie()] {
        let watching = stage.watching();
        stage.does(&who, id, watching);
        stage.does(&who, id, Act::Join);
    }
    let kinds = stage.does(&bram_both(), id, Act::TakeOver);
    let expected = [
        Kind::SupervisorLeft,
        Kind::MessagePosted,
        Kind::MonitoringStopped,
        Kind::TakenOver,
        Kind::MessagePosted,
    ];
    assert_eq!(kinds, expected);
    let after = stage.conversation(id);
    let still: Vec<_> = after
        .joined()
        .map(|look| look.supervisor.as_str())
        .collect();
    assert_eq!(still, ["sofie"]);
}

#[test]
fn a_transfer_request_is_cancelled() {
    for asked in [BRAM, CARLA] {
        let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
        let target = Target {
            override_capacity: true,
            ..to(asked)
        };
        stage.does(&sofie(), id, Act::Transfer(commands::Transfer(target)));
        let kinds = stage.does(&bram_both(), id, Act::TakeOver);
        let expected = [
            Kind::TransferCancelled,
            Kind::TakenOver,
            Kind::MessagePosted,
        ];
        assert_eq!(kinds, expected);
        let Change::TransferCancelled { reason, .. } = stage.changes()[0] else {
            panic!("{:?}", stage.changes())
        };
        assert_eq!(reason, CancelReason::TakenOver);
        assert_eq!(
            (stage.consumed(BRAM), stage.consumed(asked)),
            (2, if asked == BRAM { 2 } else { 0 })
        );
    }
}

#[test]
fn capacity_and_presence_do_not_count() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let carla = Token::of("carla").role(Role::Agent).supervises().asks();
    stage
        .play(&carla, &Command::SetPresence(Presence::Offline))
        .unwrap();
    stage.does(&carla, id, Act::TakeOver);
    assert_eq!(stage.conversation(id).primary_agent(), Some(CARLA));
    assert_eq!(stage.consumed(CARLA), 2);
}

#[test]
fn it_takes_an_agents_row() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let no_role = Token::of("bram").supervises().asks();
    let no_row = Token::of("sofie").role(Role::Agent).supervises().asks();
    let bot = Token::of("robo").role(Role::Agent).supervises().asks();
    for who in [sofie(), no_role, no_row, bot] {
        let refusal = stage.refused(&who, id, Act::TakeOver);
        assert_eq!(refusal, Refusal::AgentRowNeeded);
    }
    let hers = Token::of("anna").role(Role::Agent).supervises().asks();
    let refusal = stage.refused(&hers, id, Act::TakeOver);
    assert_eq!(refusal, Refusal::AlreadyPrimary);
}

#[test]
fn it_takes_text_in_conversation_or_set_aside() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let refusal = stage.refused(&bram_both(), id, Act::TakeOver);
    assert_eq!(refusal.code(), Code::InvalidState);
    let offer = Act::AssignToAgent(commands::AssignToAgent(to(ANNA)));
    stage.does(&sofie(), id, offer);
    let refusal = stage.refused(&bram_both(), id, Act::TakeOver);
    assert_eq!(refusal.code(), Code::OfferPending);
    stage.does(&anna(), id, Act::Accept);
    let elevate = Act::ChangeMode(commands::ChangeMode(Mode::Voice));
    stage.does(&gateway(), id, elevate);
    let refusal = stage.refused(&bram_both(), id, Act::TakeOver);
    assert_eq!(refusal, Refusal::ModeNotSupported(Mode::Voice));
    stage.does(&anna(), id, Act::End);
    let refusal = stage.refused(&bram_both(), id, Act::TakeOver);
    assert_eq!(refusal.code(), Code::InvalidState);
    for channel in [Channel::Voice, Channel::Record] {
        let (mut stage, id) = Stage::with_anna_on(channel);
        let refusal = stage.refused(&bram_both(), id, Act::TakeOver);
        assert_eq!(refusal, Refusal::ChannelNotSupported(channel));
    }
}

#[test]
fn the_setting_is_off_by_default_and_the_permission_is_its_own() {
    assert!(!Settings::default().supervisor_take_over);
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let lacking = Token::of("bram").role(Role::Agent).supervises();
    let lacking = lacking.without(Permission::TakeOver).asks();
    let refusal = stage.refused(&lacking, id, Act::TakeOver);
    assert_eq!(refusal, Refusal::PermissionMissing(Permission::TakeOver));
    stage.sets(SettingsPatch {
        supervisor_take_over: Some(false),
        ..SettingsPatch::default()
    });
    let refusal = stage.refused(&bram_both(), id, Act::TakeOver);
    assert_eq!(
        refusal,
        Refusal::SettingDisabled(Setting::SupervisorTakeOver)
    );
}
