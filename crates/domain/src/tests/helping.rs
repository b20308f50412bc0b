//! Agents who ask for help (domain.md section 13).

use super::monitoring::subject;
use super::notice::{Notice, Occurrence, concerning};
use super::*;
use harness::asking_for_help;

fn asking_about(stage: &mut Stage, note: &str) -> (MessageId, Act) {
    let id = stage.message();
    let note = Some(note.into());
    (id, Act::RequestHelp(commands::RequestHelp { id, note }))
}

/// Anna's on WhatsApp, who asks for help.
fn asked() -> (Stage, ConversationId) {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&anna(), id, asking_for_help());
    (stage, id)
}

/// How the request ended by the latest command, if it did.
fn ended(stage: &Stage) -> Option<HelpEnd> {
    let mut changes = stage.changes().into_iter();
    changes.find_map(|change| match change {
        Change::HelpEnded { agent, end } => {
            assert_eq!(agent, ANNA);
            Some(end)
        }
        _ => None,
    })
}

/// What the latest command's events are to this viewer.
fn told(stage: &Stage, viewer: &Viewer) -> Vec<Notice> {
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

#[test]
fn the_primary_agent_asks_and_that_is_attention_and_no_activity() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let before = stage.conversation(id);
    stage.pass(10);
    let (note, asks) = asking_about(&mut stage, "The refund is above my limit.");
    assert_eq!(
        stage.does(&anna(), id, asks),
        [
            Kind::MessagePosted,
            Kind::HelpRequested,
            Kind::AttentionChanged
        ]
    );
    let now = stage.conversation(id);
    let help = now.help.clone().unwrap();
    assert_eq!(
        (help.agent, help.since, help.note),
        (ANNA, stage.now, Some(note))
    );
    assert_eq!(
        now.attention.get(&AttentionReason::HelpRequested),
        Some(&stage.now)
    );
    assert_eq!(now.version, before.version);
    assert_eq!(now.last_activity_at, before.last_activity_at);
    assert_eq!(now.messages, before.messages + 1);
    assert_eq!(stage.outcome().message, Some(note));
    let Change::MessagePosted {
        visibility, author, ..
    } = &stage.changes()[0]
    else {
        panic!("the note is a message");
    };
    assert_eq!(
        (visibility, author),
        (&Visibility::Internal, &Author::Agent)
    );
}

#[test]
fn a_repeat_changes_nothing_and_posts_no_note() {
    let (mut stage, id) = asked();
    let before = stage.conversation(id);
    stage.pass(10);
    let (_, again) = asking_about(&mut stage, "Hello?");
    assert_eq!(stage.does(&anna(), id, again), []);
    assert_eq!(stage.conversation(id), before);
    assert_eq!(stage.decision.as_ref().unwrap().texts, []);
    assert_eq!(stage.outcome().conversation, Some(before));
}

#[test]
fn only_the_human_primary_agent_asks_in_every_state_that_has_one() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let primary = Refusal::NotParticipant(ParticipantRole::PrimaryAgent);
    // Bram is asked to take it over: he sees it, and it is not his.
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    assert_eq!(stage.refused(&bram(), id, asking_for_help()), primary);
    assert_eq!(
        stage.refused(&sofie(), id, asking_for_help()),
        Refusal::RoleRequired(Role::Agent)
    );
    assert_eq!(
        stage.refused(&gateway(), id, asking_for_help()),
        Refusal::RoleRequired(Role::Agent)
    );
    stage.does(&anna(), id, Act::SetAside);
    stage.does(&anna(), id, asking_for_help());
    stage.does(&anna(), id, Act::CancelHelp);
    stage.does(&anna(), id, Act::Reopen);
    stage.does(&anna(), id, Act::End);
    stage.does(&anna(), id, asking_for_help());
    let open = stage.start(Channel::WhatsApp);
    assert_eq!(stage.refused(&anna(), open, asking_for_help()), primary);
    stage.does(&robo(), open, Act::Pick);
    assert_eq!(
        stage.refused(&robo(), open, asking_for_help()),
        Refusal::PrimaryIsBot
    );
}

#[test]
fn it_is_taken_back_or_answered_and_without_one_there_is_nothing_to_end() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    for (asker, act) in [(anna(), Act::CancelHelp), (sofie(), Act::AnswerHelp)] {
        assert_eq!(stage.refused(&asker, id, act), Refusal::HelpNotRequested);
    }
    for (asker, act, end) in [
        (anna(), Act::CancelHelp, HelpEnd::Cancelled),
        (sofie(), Act::AnswerHelp, HelpEnd::Answered),
    ] {
        stage.does(&anna(), id, asking_for_help());
        let version = stage.conversation(id).version;
        assert_eq!(
            stage.does(&asker, id, act),
            [Kind::HelpEnded, Kind::AttentionChanged]
        );
        assert_eq!(ended(&stage), Some(end));
        let now = stage.conversation(id);
        assert_eq!((now.help.as_ref(), now.version), (None, version));
        assert!(now.attention.is_empty());
    }
}

#[test]
fn answering_takes_the_permission_to_monitor_and_no_setting_and_is_not_for_ones_own() {
    let (mut stage, id) = asked();
    let lacks = Token::of("sofie").supervises().without(Permission::Monitor);
    assert_eq!(
        stage.refused(&lacks.asks(), id, Act::AnswerHelp),
        Refusal::PermissionMissing(Permission::Monitor)
    );
    let both = Token::of("anna").role(Role::Agent).supervises().asks();
    assert_eq!(
        stage.refused(&both, id, Act::AnswerHelp),
        Refusal::OwnConversation
    );
    stage.sets(SettingsPatch {
        supervisor_monitor: Some(false),
        ..SettingsPatch::default()
    });
    stage.does(&sofie(), id, Act::AnswerHelp);
}

#[test]
fn joining_or_an_internal_message_by_a_supervisor_ends_it() {
    let (mut stage, id) = asked();
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    // Looking is no help, nor is what colleagues write.
    assert_eq!(ended(&stage), None);
    let by_herself = stage.writing(Some(Visibility::Internal));
    stage.does(&anna(), id, by_herself);
    assert_eq!(ended(&stage), None);
    let internal = stage.writing(None);
    stage.does(&sofie(), id, internal);
    assert_eq!(ended(&stage), Some(HelpEnd::Message));
    stage.does(&anna(), id, asking_for_help());
    stage.does(&sofie(), id, Act::Join);
    assert_eq!(ended(&stage), Some(HelpEnd::Joined));
    // What is said to the customer is none either.
    stage.does(&anna(), id, asking_for_help());
    let public = stage.writing(Some(Visibility::Public));
    stage.does(&sofie(), id, public);
    assert_eq!(ended(&stage), None);
}

#[test]
fn it_goes_with_its_agent_whatever_takes_the_conversation() {
    let gone = |step: fn(&mut Stage, ConversationId)| {
        let (mut stage, id) = asked();
        step(&mut stage, id);
        assert_eq!(stage.conversation(id).help, None);
        let removed = stage.conversation(id).attention.clone();
        assert!(!removed.contains_key(&AttentionReason::HelpRequested));
        ended(&stage)
    };
    let released = gone(|stage, id| drop(stage.does(&anna(), id, Act::Release)));
    let transferred = gone(|stage, id| {
        stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
        stage.does(&bram(), id, Act::Accept);
    });
    let disconnected = gone(|stage, _| {
        let gone = Command::AgentDisconnected(ANNA);
        stage.play(&Asker::System, &gone).unwrap();
    });
    for end in [released, transferred, disconnected] {
        assert_eq!(end, Some(HelpEnd::NoLongerPrimary));
    }
    let closed = gone(|stage, id| drop(stage.does(&sofie(), id, Act::ForceClose)));
    assert_eq!(closed, Some(HelpEnd::Closed));
    // Setting aside and ending the contact leave it with its agent.
    let (mut stage, id) = asked();
    for act in [Act::SetAside, Act::Reopen, Act::End] {
        stage.does(&anna(), id, act);
        assert!(stage.conversation(id).help.is_some());
    }
}

#[test]
fn supervisors_in_scope_are_told_and_the_agent_of_the_end_and_nobody_of_their_own_doing() {
    let viewers = || {
        let supervisor = |subject| Token::of(subject).supervises();
        let agent = |subject| Token::of(subject).role(Role::Agent).viewer();
        (
            supervisor("sofie").viewer(),
            supervisor("simon")
                .scope(Scope::Only([SALES].into()))
                .viewer(),
            agent("anna"),
            agent("bram"),
            Token::of("gateway")
                .role(Role::CustomerGateway)
                .channels(Scope::All)
                .viewer(),
        )
    };
    let (sofie_sees, elsewhere, anna_sees, bram_sees, carries) = viewers();
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let (note, asks) = asking_about(&mut stage, "Please look.");
    stage.does(&anna(), id, asks);
    let call = Notice::HelpRequested(ANNA, Some(note));
    assert_eq!(told(&stage, &sofie_sees), std::slice::from_ref(&call));
    for other in [&elsewhere, &anna_sees, &bram_sees, &carries] {
        assert_eq!(told(&stage, other), []);
    }
    stage.does(&simon(), id, Act::AnswerHelp);
    let end = Notice::HelpEnded(ANNA, HelpEnd::Answered);
    for who in [&sofie_sees, &anna_sees] {
        assert_eq!(told(&stage, who), std::slice::from_ref(&end));
    }
    for other in [&elsewhere, &bram_sees, &carries] {
        assert_eq!(told(&stage, other), []);
    }
    let simon_sees = Token::of("simon").supervises().viewer();
    assert_eq!(told(&stage, &simon_sees), []);
    assert_eq!(subject("simon"), *simon_sees.subject());
}

#[test]
fn a_call_for_help_wakes_supervisors_of_its_queue_and_other_events_do_not() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let scoped = |queue| {
        let scope = Scope::Only([queue].into());
        let viewer = Token::of("sofie").supervises().scope(scope).viewer();
        Address::of_notices(viewer.access(), Some(viewer.subject()), None)
    };
    let all = Token::of("simon").supervises().viewer();
    let all = Address::of_notices(all.access(), Some(all.subject()), None);
    let sent = |stage: &Stage, addresses: &[Address]| {
        let events = &stage.decision.as_ref().unwrap().events;
        let mut sent = events.iter().map(|event| {
            let to = Addressees::of(&event.change, &event.after, event.before.as_ref());
            (event.change.kind(), to.include(addresses))
        });
        sent.by_ref()
            .filter_map(|(kind, sent)| sent.then_some(kind))
            .collect::<Vec<_>>()
    };
    let writes = stage.writing(None);
    stage.does(&anna(), id, writes);
    for addresses in [scoped(SUPPORT), scoped(SALES), all.clone()] {
        assert_eq!(sent(&stage, &addresses), []);
    }
    stage.does(&anna(), id, asking_for_help());
    assert_eq!(sent(&stage, &scoped(SUPPORT)), [Kind::HelpRequested]);
    assert_eq!(sent(&stage, &all), [Kind::HelpRequested]);
    assert_eq!(sent(&stage, &scoped(SALES)), []);
}
