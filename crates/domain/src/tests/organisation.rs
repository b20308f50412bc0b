//! Presence, connection, memberships and settings (domain.md sections 2 and 3).

use super::*;

fn presence(stage: &Stage, agent: AgentId) -> Presence {
    stage.world.agents[&agent].presence
}

fn manage(stage: &mut Stage, asker: &Asker, manage: Manage) -> Played {
    stage
        .play(asker, &Command::Manage(manage))
        .map_err(|refusal| refusal.code())
}

fn sets(stage: &mut Stage, asker: &Asker, presence: Presence) -> Played {
    stage
        .play(asker, &Command::SetPresence(presence))
        .map_err(|refusal| refusal.code())
}

fn inactive_on(stage: &mut Stage) {
    let on = Some(true);
    stage.sets(SettingsPatch {
        inactive_after_missed_offer: on,
        ..SettingsPatch::default()
    });
}

#[test]
fn setting_presence_by_hand_moves_nothing() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let before = stage.conversation(id);
    for away in [Presence::Away, Presence::Offline] {
        assert_eq!(
            sets(&mut stage, &anna(), away),
            Ok(vec![Kind::AgentPresenceChanged])
        );
        assert_eq!(sets(&mut stage, &anna(), away), Ok(vec![]));
        assert_eq!(presence(&stage, ANNA), away);
    }
    assert_eq!(stage.conversation(id), before);
}

#[test]
fn inactive_is_set_by_the_system_only_and_bots_have_no_presence() {
    let mut stage = Stage::new();
    assert_eq!(
        sets(&mut stage, &anna(), Presence::Inactive),
        Err(Code::InvalidInput)
    );
    assert_eq!(
        sets(&mut stage, &robo(), Presence::Busy),
        Err(Code::TargetIsBot)
    );
    assert_eq!(
        sets(&mut stage, &gateway(), Presence::Busy),
        Err(Code::RoleRequired)
    );
    assert_eq!(
        sets(&mut stage, &agent("nobody"), Presence::Busy),
        Err(Code::AgentUnknown)
    );
}

#[test]
fn a_missed_offer_makes_inactive_only_when_the_organisation_wants_it() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert_eq!(
        stage.clone().when_due(id, TimerKind::Offer),
        [Kind::OfferTimedOut]
    );
    inactive_on(&mut stage);
    let kinds = stage.when_due(id, TimerKind::Offer);
    assert_eq!(kinds, [Kind::OfferTimedOut, Kind::AgentPresenceChanged]);
    assert_eq!(presence(&stage, ANNA), Presence::Inactive);
    let refusal = stage.refused(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert_eq!(refusal.code(), Code::PresenceNotAllowed);
    sets(&mut stage, &anna(), Presence::Available).unwrap();
    assert!(
        stage
            .act(
                &sofie(),
                id,
                Act::AssignToAgent(commands::AssignToAgent(to(ANNA)))
            )
            .is_ok()
    );
}

#[test]
fn an_inactive_agent_who_misses_another_offer_stays_so_without_an_event() {
    let mut stage = Stage::new();
    inactive_on(&mut stage);
    let missed = [
        stage.start(Channel::WhatsApp),
        stage.start(Channel::WhatsApp),
    ];
    for id in missed {
        stage.does(
            &sofie(),
            id,
            Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
        );
    }
    stage.when_due(missed[0], TimerKind::Offer);
    assert_eq!(
        stage.when_due(missed[1], TimerKind::Offer),
        [Kind::OfferTimedOut]
    );
}

#[test]
fn a_rejected_offer_makes_nobody_inactive() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    inactive_on(&mut stage);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert_eq!(stage.does(&anna(), id, Act::Reject), [Kind::OfferRejected]);
    assert_eq!(presence(&stage, ANNA), Presence::Available);
}

#[test]
fn past_the_grace_time_only_what_an_agent_has_in_conversation_moves() {
    let mut stage = Stage::new();
    stage.tune(QueueKind::Messaging, |workstream| workstream.units = 1);
    let [active, waiting, wrap_up, offered, other] =
        [(); 5].map(|()| stage.start(Channel::WhatsApp));
    for id in [active, waiting, wrap_up] {
        stage.does(&anna(), id, Act::Pick);
    }
    stage.does(&anna(), waiting, Act::SetAside);
    stage.does(&anna(), wrap_up, Act::End);
    stage.does(
        &sofie(),
        offered,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    stage.does(&bram(), other, Act::Pick);
    let rest = [waiting, wrap_up, offered, other];
    let before = rest.map(|id| stage.conversation(id));
    stage.pass(150);
    let kinds = stage
        .play(&Asker::System, &Command::AgentDisconnected(ANNA))
        .unwrap();
    assert_eq!(kinds, [Kind::AgentPresenceChanged, Kind::ReleasedToQueue]);
    assert_eq!(presence(&stage, ANNA), Presence::Offline);
    assert_eq!(
        stage.stands(active),
        (State::Open, StatusReason::AwaitingAgentAssignment)
    );
    assert_eq!(stage.conversation(active).waiting_since, Some(stage.now));
    assert!(stage.changes().contains(&Change::ReleasedToQueue {
        agent: ANNA,
        disconnected: true
    }));
    assert_eq!(rest.map(|id| stage.conversation(id)), before);
    assert_eq!(
        stage
            .play(&Asker::System, &Command::AgentDisconnected(ANNA))
            .unwrap(),
        []
    );
}

#[test]
fn a_disconnected_bot_gives_back_what_it_has() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(&robo(), id, Act::Pick);
    let gone = Command::AgentDisconnected(harness::ROBO);
    assert_eq!(
        stage.play(&Asker::System, &gone).unwrap(),
        [Kind::ReleasedToQueue]
    );
    assert_eq!(stage.stands(id).0, State::Open);
}

#[test]
fn a_supervisor_has_a_presence_of_their_own() {
    let mut stage = Stage::new();
    assert_eq!(sets(&mut stage, &sofie(), Presence::Available), Ok(vec![]));
    assert_eq!(
        sets(&mut stage, &sofie(), Presence::Away),
        Ok(vec![Kind::AgentPresenceChanged])
    );
    let both = Token::of("anna").role(Role::Agent).supervises().asks();
    let kinds = sets(&mut stage, &both, Presence::Busy);
    assert_eq!(
        kinds,
        Ok(vec![Kind::AgentPresenceChanged, Kind::AgentPresenceChanged])
    );
    assert_eq!(presence(&stage, ANNA), Presence::Busy);
}

#[test]
fn losing_membership_ends_transfers_in_that_queue_and_nothing_else() {
    let mut stage = Stage::new();
    stage.tune(QueueKind::Messaging, |workstream| workstream.units = 1);
    let [asked, own, offered] = [(); 3].map(|()| stage.start(Channel::WhatsApp));
    stage.does(&anna(), asked, Act::Pick);
    stage.does(&sofie(), asked, Act::Transfer(commands::Transfer(to(BRAM))));
    stage.does(&bram(), own, Act::Pick);
    stage.does(
        &sofie(),
        offered,
        Act::AssignToAgent(commands::AssignToAgent(to(BRAM))),
    );
    let before = [own, offered].map(|id| stage.conversation(id));
    let leaves = |queue| Manage::RemoveMember(commands::RemoveMember { agent: BRAM, queue });
    let played = manage(&mut stage, &admin(), leaves(VOICE));
    assert_eq!(played, Ok(vec![Kind::MembershipChanged]));
    let played = manage(&mut stage, &admin(), leaves(SUPPORT));
    assert_eq!(
        played,
        Ok(vec![Kind::MembershipChanged, Kind::TransferCancelled])
    );
    assert_eq!(stage.conversation(asked).offer, None);
    assert_eq!([own, offered].map(|id| stage.conversation(id)), before);
    assert_eq!(manage(&mut stage, &admin(), leaves(SUPPORT)), Ok(vec![]));
}

#[test]
fn only_an_administrator_changes_the_organisation() {
    let mut stage = Stage::new();
    let patch = SettingsPatch {
        supervisor_assign: Some(false),
        ..SettingsPatch::default()
    };
    for change in [
        Manage::UpdateSettings(commands::UpdateSettings(patch)),
        Manage::CreateQueue(commands::CreateQueue {
            id: QueueId::new(noon()),
            name: "New".into(),
            kind: QueueKind::Voice,
            hours: None,
        }),
    ] {
        assert_eq!(
            manage(&mut stage, &sofie(), change.clone()),
            Err(Code::RoleRequired)
        );
        assert!(manage(&mut stage, &admin(), change).is_ok());
    }
}

#[test]
fn a_new_agent_has_a_subject_of_their_own_and_starts_offline() {
    let mut stage = Stage::new();
    let made = |subject: &str, queue| {
        Manage::CreateAgent(commands::CreateAgent {
            id: AgentId::new(noon()),
            subject: Subject::new(subject).unwrap(),
            name: "Eva".into(),
            kind: AgentKind::Human,
            capacity: 4,
            queues: [queue].into(),
        })
    };
    assert_eq!(
        manage(&mut stage, &admin(), made("anna", SALES)),
        Err(Code::InvalidInput)
    );
    let unknown = made("eva", QueueId::new(noon()));
    assert_eq!(
        manage(&mut stage, &admin(), unknown),
        Err(Code::TargetNotFound)
    );
    assert_eq!(
        manage(&mut stage, &admin(), made("eva", SALES)),
        Ok(vec![Kind::AgentChanged])
    );
    let eva = stage.world.agent_of(&Subject::new("eva").unwrap()).unwrap();
    assert_eq!(eva.presence, Presence::Offline);
}

#[test]
fn a_workstream_takes_units_time_and_presences_that_people_can_have() {
    let mut stage = Stage::new();
    let id = WorkstreamId::new(noon());
    let good = || Workstream::with_defaults(id, "New", QueueKind::Messaging);
    for wrong in [
        Workstream { units: 0, ..good() },
        Workstream {
            offer_seconds: 0,
            ..good()
        },
        Workstream {
            allowed_presences: BTreeSet::new(),
            ..good()
        },
        Workstream {
            allowed_presences: [Presence::Inactive].into(),
            ..good()
        },
    ] {
        let played = manage(
            &mut stage,
            &admin(),
            Manage::CreateWorkstream(commands::CreateWorkstream(wrong)),
        );
        assert_eq!(played, Err(Code::InvalidInput));
    }
    let played = manage(
        &mut stage,
        &admin(),
        Manage::CreateWorkstream(commands::CreateWorkstream(good())),
    );
    assert_eq!(played, Ok(vec![Kind::WorkstreamChanged]));
}

/// A supervisor sets the presence of this agent.
fn sets_of(stage: &mut Stage, asker: &Asker, agent: AgentId, presence: Presence) -> Played {
    let set = commands::SetPresenceOf { agent, presence };
    stage
        .play(asker, &Command::SetPresenceOf(set))
        .map_err(|refusal| refusal.code())
}

#[test]
fn a_supervisor_sets_the_presence_of_agents_who_share_a_queue_and_never_their_own() {
    let mut stage = Stage::new();
    let in_sales = Token::of("sofie").supervises();
    let in_sales = in_sales.scope(Scope::Only([SALES].into())).asks();
    let changed = Ok(vec![Kind::AgentPresenceChanged]);
    assert_eq!(sets_of(&mut stage, &sofie(), ANNA, Presence::Away), changed);
    assert_eq!(presence(&stage, ANNA), Presence::Away);
    assert_eq!(
        sets_of(&mut stage, &in_sales, DIRK, Presence::Busy),
        changed
    );
    let lacking = Token::of("sofie")
        .supervises()
        .without(Permission::ManageAgents);
    for (asker, agent, to, code) in [
        (&in_sales, ANNA, Presence::Busy, Code::OutOfScope),
        (&bram_both(), BRAM, Presence::Busy, Code::OutOfScope),
        (&sofie(), ANNA, Presence::Inactive, Code::InvalidInput),
        (&sofie(), harness::ROBO, Presence::Busy, Code::TargetIsBot),
        (
            &lacking.asks(),
            ANNA,
            Presence::Busy,
            Code::PermissionMissing,
        ),
        (&admin(), ANNA, Presence::Busy, Code::RoleRequired),
        (&anna(), ANNA, Presence::Busy, Code::RoleRequired),
    ] {
        assert_eq!(sets_of(&mut stage, asker, agent, to), Err(code));
    }
    stage.sets(SettingsPatch {
        supervisor_manage_agents: Some(false),
        ..SettingsPatch::default()
    });
    let off = sets_of(&mut stage, &sofie(), ANNA, Presence::Busy);
    assert_eq!(off, Err(Code::SettingDisabled));
}

#[test]
fn a_supervisor_moves_agents_between_queues_in_scope() {
    let mut stage = Stage::new();
    let member = |agent, queue| commands::AddMember { agent, queue };
    let gone = |agent, queue| commands::RemoveMember { agent, queue };
    let here = Token::of("sofie").supervises();
    let here = here.scope(Scope::Only([SUPPORT].into())).asks();
    let changed = Ok(vec![Kind::MembershipChanged]);
    let add = Manage::AddMember(member(ANNA, SALES));
    for nobody in [anna(), gateway()] {
        let refused = manage(&mut stage, &nobody, add.clone());
        assert_eq!(refused, Err(Code::RoleRequired));
    }
    assert_eq!(manage(&mut stage, &sofie(), add.clone()), changed);
    assert_eq!(manage(&mut stage, &here, add), Err(Code::OutOfScope));
    let remove = Manage::RemoveMember(gone(CARLA, SUPPORT));
    assert_eq!(manage(&mut stage, &here, remove), changed);
    // Who has no queue there any more is out of reach.
    let back = Manage::AddMember(member(CARLA, SUPPORT));
    assert_eq!(manage(&mut stage, &here, back), Err(Code::OutOfScope));
    let other = Manage::DeleteQueue(commands::DeleteQueue(SALES));
    assert_eq!(manage(&mut stage, &sofie(), other), Err(Code::RoleRequired));
}
