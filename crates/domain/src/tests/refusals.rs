//! A refusal names the first rule that fails, in the order of domain.md section 3.

use super::policy::Needs;
use super::state_table::acts;
use super::*;

/// Support has an OPEN conversation; every organisation setting is off.
fn closed_shop() -> (Stage, ConversationId) {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.sets(SettingsPatch {
        supervisor_monitor: Some(false),
        supervisor_assign: Some(false),
        supervisor_transfer: Some(false),
        supervisor_force_close: Some(false),
        supervisor_take_over: Some(false),
        supervisor_manage_agents: Some(false),
        ..SettingsPatch::default()
    });
    for setting in Setting::ALL {
        let on = stage.world.settings.is_on(*setting);
        assert!(!on, "switch {setting:?} off here too");
    }
    (stage, id)
}

fn assign_at(
    stage: &mut Stage,
    asker: &Asker,
    conversation: ConversationId,
    version: u32,
    target: Target,
) -> Result<Vec<Kind>, Refusal> {
    let act = Act::AssignToAgent(commands::AssignToAgent(target));
    stage.play_at(asker, &Command::Act { conversation, act }, Some(version))
}

#[test]
fn absent_and_invisible_get_the_same_answer() {
    let (mut stage, id) = closed_shop();
    let absent = ConversationId::new(noon());
    let elsewhere = Scope::Only(BTreeSet::from([SALES]));
    let blind = Token::of("sofie")
        .role(Role::Supervisor)
        .scope(elsewhere)
        .asks();
    let unknown_agent = agent("nobody");
    for (asker, code) in [
        (&blind, Code::NotFound),
        (&dirk(), Code::NotFound),
        (&unknown_agent, Code::AgentUnknown),
        (&Token::of("nobody").asks(), Code::NotFound),
    ] {
        assert_eq!(stage.act(asker, id, Act::Pick), Err(code));
        assert_eq!(stage.act(asker, absent, Act::Pick), Err(code));
    }
    assert_eq!(stage.act(&blind, id, Act::ForceClose), Err(Code::NotFound));
    assert_eq!(
        stage.act(&unknown_agent, id, Act::ForceClose),
        Err(Code::NotFound)
    );
}

#[test]
fn the_role_is_asked_before_the_scope() {
    let (mut stage, id) = closed_shop();
    let refusal = stage.refused(
        &anna(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(BRAM))),
    );
    assert_eq!(refusal, Refusal::RoleRequired(Role::Supervisor));
    let refusal = stage.refused(&admin(), id, Act::Pick);
    assert_eq!(refusal, Refusal::RoleRequired(Role::Agent));
    let refusal = stage.refused(&sofie(), id, Act::EndByCustomer);
    assert_eq!(refusal, Refusal::RoleRequired(Role::CustomerGateway));
}

#[test]
fn the_scope_is_asked_before_the_setting_and_only_of_those_who_see_it_otherwise() {
    let (mut stage, id) = closed_shop();
    let elsewhere = Scope::Only(BTreeSet::from([SALES]));
    let both = Token::of("anna")
        .role(Role::Agent)
        .supervises()
        .scope(elsewhere)
        .asks();
    let refusal = stage.refused(
        &both,
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(BRAM))),
    );
    assert_eq!(refusal, Refusal::OutOfScope(SUPPORT));
    let other = Token::of("gateway")
        .role(Role::CustomerGateway)
        .role(Role::Administrator);
    let other = other
        .channels(Scope::Only(BTreeSet::from([Channel::Sms])))
        .asks();
    let refusal = stage.refused(&other, id, Act::EndByCustomer);
    assert_eq!(refusal, Refusal::ChannelOutOfScope(Channel::WhatsApp));
}

#[test]
fn the_setting_is_asked_before_the_permission() {
    let (mut stage, id) = closed_shop();
    let bare = Token::of("sofie")
        .role(Role::Supervisor)
        .scope(Scope::All)
        .asks();
    let mut asked = Vec::new();
    for (_, _, act) in acts(&mut stage, id) {
        let (Needs::Supervisor(setting, _) | Needs::SupervisorInPerson(setting, _)) =
            act.action().spec().needs
        else {
            continue;
        };
        asked.push(setting);
        assert_eq!(
            stage.refused(&bare, id, act),
            Refusal::SettingDisabled(setting)
        );
    }
    let (agent, presence) = (ANNA, Presence::Away);
    let set = Command::SetPresenceOf(commands::SetPresenceOf { agent, presence });
    let managing = Setting::SupervisorManageAgents;
    asked.push(managing);
    assert_eq!(
        stage.play(&bare, &set),
        Err(Refusal::SettingDisabled(managing))
    );
    // That `acts` has every action is the state table's own test.
    for setting in Setting::ALL {
        assert!(asked.contains(setting), "{setting:?} is needed by nothing");
    }
}

#[test]
fn the_permission_is_asked_before_api_access_and_api_access_before_the_version() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let program = || Token::of("sofie").supervises().role(Role::ApiAccess);
    let without = program().without(Permission::Assign).asks();
    let refusal = assign_at(&mut stage, &without, id, 9, to(BRAM)).unwrap_err();
    assert_eq!(refusal, Refusal::PermissionMissing(Permission::Assign));
    let refusal = assign_at(&mut stage, &program().asks(), id, 9, to(BRAM)).unwrap_err();
    assert_eq!(refusal, Refusal::ApiAccessConflict);
    // The documented conflict is of assigning only.
    let closed = stage.act(&program().asks(), id, Act::ForceClose);
    assert_eq!(closed, Ok(vec![Kind::MessagePosted, Kind::ForceClosed]));
}

#[test]
fn the_version_is_asked_before_the_state_and_carries_the_conversation() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let refusal = assign_at(&mut stage, &sofie(), id, 1, to(BRAM)).unwrap_err();
    let conversation = stage.conversation(id);
    assert_eq!(
        refusal,
        Refusal::VersionConflict {
            current: 2,
            conversation
        }
    );
    let refusal = assign_at(&mut stage, &sofie(), id, 2, to(BRAM)).unwrap_err();
    assert_eq!(refusal, Refusal::AlreadyAssigned(ANNA));
    stage.does(&anna(), id, Act::End);
    stage.does(&anna(), id, Act::Close);
    let refusal = assign_at(&mut stage, &sofie(), id, 2, to(BRAM)).unwrap_err();
    assert_eq!(refusal.code(), Code::VersionConflict);
    let refusal = assign_at(&mut stage, &sofie(), id, 4, to(BRAM)).unwrap_err();
    assert_eq!(refusal, Refusal::ConversationClosed);
}

#[test]
fn the_state_is_asked_before_channel_mode_and_notice() {
    let (mut stage, id) = Stage::with(Channel::Record);
    let watching = stage.watching();
    assert_eq!(
        stage.act(&sofie(), id, watching.clone()),
        Err(Code::InvalidState)
    );
    stage.does(&anna(), id, Act::Pick);
    assert_eq!(
        stage.act(&sofie(), id, watching),
        Err(Code::ChannelNotSupported)
    );
    let refusal = stage.refused(&sofie(), id, Act::Transfer(commands::Transfer(to(ANNA))));
    assert_eq!(refusal, Refusal::ChannelNotSupported(Channel::Record));
}

#[test]
fn the_mode_is_asked_before_the_target() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(
        &gateway(),
        id,
        Act::ChangeMode(commands::ChangeMode(Mode::Video)),
    );
    let refusal = stage.refused(&sofie(), id, Act::Transfer(commands::Transfer(to(ANNA))));
    assert_eq!(refusal, Refusal::ModeNotSupported(Mode::Video));
    stage.does(
        &gateway(),
        id,
        Act::ChangeMode(commands::ChangeMode(Mode::Text)),
    );
    let refusal = stage.refused(&sofie(), id, Act::Transfer(commands::Transfer(to(ANNA))));
    assert_eq!(refusal, Refusal::TargetIsPrimary);
}

#[test]
fn what_only_regie_does_nobody_may_ask_for() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    for command in [
        Command::TimerDue {
            conversation: id,
            kind: TimerKind::AutoClose,
        },
        Command::AgentDisconnected(ANNA),
        Command::Reassess { after: None },
    ] {
        let refusal = stage.play(&admin(), &command).unwrap_err();
        assert_eq!(refusal.code(), Code::RoleRequired);
    }
    let conversation = id;
    let act = Command::Act {
        conversation,
        act: Act::ForceClose,
    };
    assert_eq!(
        stage.play(&Asker::System, &act).unwrap_err().code(),
        Code::RoleRequired
    );
    assert_eq!(stage.conversation(id).version, 1);
}

#[test]
fn every_code_has_its_own_text() {
    let texts: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(texts.len(), Code::ALL.len());
}
