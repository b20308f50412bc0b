//! Whom an event concerns: what no client can bring about by itself, and what nobody may be told.

use super::notice::{Notice, Occurrence, Participant, concerning, role_in};
use super::*;

/// What the latest command's events are to this viewer, in order.
fn told(stage: &Stage, asker: &Asker) -> Vec<Notice> {
    let Asker::Viewer(viewer) = asker else {
        panic!("only viewers are told");
    };
    let decision = stage.decision.as_ref().unwrap();
    let agent = stage.world.agent_of(viewer.subject());
    let events = decision.events.iter().filter_map(|event| {
        let occurrence = Occurrence {
            change: &event.change,
            actor: &decision.actor,
            after: event.conversation()?,
            before: event.before.as_ref(),
        };
        concerning(viewer, agent.map(|agent| &**agent), occurrence)
    });
    events.collect()
}

fn role(stage: &Stage, asker: &Asker, id: ConversationId) -> Option<ParticipantRole> {
    let Asker::Viewer(viewer) = asker else {
        return None;
    };
    let agent = stage.world.agent_of(viewer.subject());
    let conversation = stage.conversation(id);
    role_in(viewer, agent.map(|agent| &**agent), &conversation)
}

#[test]
fn an_agent_who_is_disconnected_is_told_what_was_taken_from_them() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    let gone = Command::AgentDisconnected(ANNA);
    stage.play(&Asker::System, &gone).unwrap();
    let primary = Participant::Agent(ANNA, ParticipantRole::PrimaryAgent);
    let to_anna = told(&stage, &anna());
    let ended = |notice: &Notice| match notice {
        Notice::OfferEnded(ended) => ended.reason,
        _ => None,
    };
    assert!(to_anna.contains(&Notice::Left(primary)));
    let reason = Some(CancelReason::AgentDisconnected);
    for asker in [anna(), bram(), sofie()] {
        let told = told(&stage, &asker);
        assert_eq!(told.iter().filter(|n| ended(n) == reason).count(), 1);
    }
    assert_eq!(role(&stage, &anna(), id), None);
    assert_eq!(told(&stage, &carla()), []);
}

#[test]
fn a_look_that_ends_by_time_consent_or_access_is_told_to_whose_it_was_and_to_nobody_else() {
    for end in [
        MonitoringEnd::TokenExpired,
        MonitoringEnd::ConsentWithdrawn,
        MonitoringEnd::AccessLost,
        MonitoringEnd::SettingDisabled,
        MonitoringEnd::StateChanged,
    ] {
        let mut stage = Stage::new();
        stage.tune(QueueKind::Messaging, |workstream| {
            workstream.monitoring_notice = MonitoringNotice::ConsentRequired;
        });
        let id = stage.start(Channel::WhatsApp);
        let consents = |consent| {
            Act::RecordConsent(commands::RecordConsent {
                notice_given_at: None,
                consent: Some(consent),
            })
        };
        stage.does(&gateway(), id, consents(Consent::Granted));
        stage.does(&anna(), id, Act::Pick);
        let watching = stage.watching();
        stage.does(&sofie(), id, watching);
        let session = stage.conversation(id).monitors[0].clone();
        match end {
            MonitoringEnd::TokenExpired => {
                stage.when_due(id, TimerKind::MonitorExpiry);
            }
            MonitoringEnd::ConsentWithdrawn => {
                stage.does(&gateway(), id, consents(Consent::Denied));
            }
            MonitoringEnd::AccessLost => {
                let next = Token::of("sofie").supervises().without(Permission::Monitor);
                let next = next.until(session.until + TimeDelta::hours(1));
                stage.play(&next.asks(), &Command::TokenRefreshed).unwrap();
            }
            MonitoringEnd::SettingDisabled => {
                stage.sets(SettingsPatch {
                    supervisor_monitor: Some(false),
                    ..SettingsPatch::default()
                });
            }
            _ => {
                stage.does(&anna(), id, Act::Release);
            }
        }
        let ended = Notice::MonitoringEnded(session.session, end);
        assert_eq!(told(&stage, &sofie()), [ended], "{end:?}");
        for asker in [anna(), bram(), simon(), gateway(), admin()] {
            let monitoring = |notice: &Notice| matches!(notice, Notice::MonitoringEnded(..));
            assert!(!told(&stage, &asker).iter().any(monitoring), "{end:?}");
        }
    }
}

#[test]
fn nobody_is_told_of_a_look_that_begins_or_that_its_supervisor_ends() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let watching = stage.watching();
    for act in [watching, Act::StopMonitoring] {
        stage.does(&sofie(), id, act);
        for asker in [sofie(), simon(), anna(), gateway(), admin()] {
            assert_eq!(told(&stage, &asker), []);
        }
    }
}

#[test]
fn what_closes_by_itself_is_told_to_its_agent_and_to_the_customer() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.when_due(id, TimerKind::AutoClose);
    let ended = Notice::ConversationEnded(State::Closed, StatusReason::AutoClosedBySystem);
    for asker in [anna(), gateway()] {
        assert_eq!(told(&stage, &asker), std::slice::from_ref(&ended));
    }
    assert_eq!(told(&stage, &bram()), []);
}

#[test]
fn an_agent_by_name_only_is_told_nothing() {
    // The token of Anna's name lacks the role: the agent row of that name is somebody else.
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    let Asker::Viewer(viewer) = anna() else {
        panic!("Anna is a viewer");
    };
    let nobody = Viewer::of_verified_token(Claims {
        subject: viewer.subject().clone(),
        roles: BTreeSet::new(),
        permissions: BTreeSet::new(),
        queues: Scope::nothing(),
        channels: Scope::nothing(),
        source: None,
        issued_at: viewer.issued_at(),
        expires_at: viewer.expires_at(),
        token_id: None,
    });
    assert_eq!(told(&stage, &anna()).len(), 1);
    assert_eq!(told(&stage, &Asker::Viewer(Arc::new(nobody))), []);
}

#[test]
fn who_leaves_a_queue_leaves_what_is_open_in_it_and_no_more() {
    let (mut stage, _) = Stage::with_anna_on(Channel::WhatsApp);
    let open = [
        stage.start(Channel::WhatsApp),
        stage.start(Channel::LiveChat),
    ];
    stage.start(Channel::Voice);
    let leaves = |agent| {
        Command::Manage(Manage::RemoveMember(commands::RemoveMember {
            agent,
            queue: SUPPORT,
        }))
    };
    stage.play(&admin(), &leaves(BRAM)).unwrap();
    let Change::MembershipChanged { left, .. } = &stage.changes()[0] else {
        panic!("{:?}", stage.changes());
    };
    assert_eq!(*left, open);
    let comes = Manage::AddMember(commands::AddMember {
        agent: BRAM,
        queue: SUPPORT,
    });
    stage.play(&admin(), &Command::Manage(comes)).unwrap();
    let Change::MembershipChanged { left, .. } = &stage.changes()[0] else {
        panic!("{:?}", stage.changes());
    };
    assert!(left.is_empty());
}

#[test]
fn an_agent_is_told_what_a_supervisor_took_from_them() {
    let primary = |agent| Participant::Agent(agent, ParticipantRole::PrimaryAgent);
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let requeue = Act::Requeue(commands::Requeue { queue: None });
    stage.does(&sofie(), id, requeue);
    for asker in [anna(), gateway()] {
        assert_eq!(told(&stage, &asker), [Notice::Left(primary(ANNA))]);
    }
    for asker in [sofie(), simon(), bram()] {
        assert_eq!(told(&stage, &asker), []);
    }
    for aside in [false, true] {
        let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
        if aside {
            stage.does(&anna(), id, Act::SetAside);
        }
        stage.does(&bram_both(), id, Act::TakeOver);
        assert_eq!(told(&stage, &anna()), [Notice::Joined(primary(BRAM))]);
        let to_gateway = told(&stage, &gateway());
        let [Notice::Joined(joined), Notice::Message(_)] = &to_gateway[..] else {
            panic!("{to_gateway:?}")
        };
        assert_eq!(*joined, primary(BRAM));
        assert_eq!(told(&stage, &bram_both()), []);
    }
}
