//! Supervisors who coach an agent (domain.md section 13).

use super::policy::{Reading, reads_transcript};
use super::*;
use crate::audience::Audience;
use harness::asking_for_help;

fn coaching(stage: &mut Stage) -> (MessageId, Act) {
    let id = stage.message();
    let content = Content::text("Offer a refund.");
    (id, Act::Coach(commands::Coach { id, content }))
}

/// Anna's on WhatsApp, watched by Sofie.
fn watched() -> (Stage, ConversationId) {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    (stage, id)
}

/// How this viewer reads the transcript.
fn reading(stage: &Stage, id: ConversationId, asker: &Asker) -> Option<Reading> {
    let Asker::Viewer(viewer) = asker else {
        panic!("only viewers read");
    };
    let agent = stage.world.agent_of(viewer.subject());
    let conversation = stage.conversation(id);
    reads_transcript(
        viewer,
        agent.map(|agent| &**agent),
        &conversation,
        stage.now,
    )
}

fn reads(stage: &Stage, id: ConversationId, asker: &Asker, coached: AgentId) -> bool {
    let reading = reading(stage, id, asker);
    reading.is_some_and(|reading| reading.reads(Visibility::Coaching, Some(coached)))
}

#[test]
fn a_supervisor_who_watches_or_joined_coaches_and_nothing_else_changes() {
    let (mut stage, id) = watched();
    stage.customer_writes(id, 0.0);
    for joined in [false, true] {
        if joined {
            stage.does(&sofie(), id, Act::Join);
        }
        let before = stage.conversation(id);
        stage.pass(10);
        let (message, act) = coaching(&mut stage);
        assert_eq!(stage.does(&sofie(), id, act), [Kind::AgentCoached]);
        assert_eq!(
            stage.changes(),
            [Change::AgentCoached {
                message,
                agent: ANNA
            }]
        );
        let mut expected = (*before).clone();
        expected.coached += 1;
        assert_eq!(*stage.conversation(id), expected);
        assert_eq!(stage.outcome().message, Some(message));
    }
}

#[test]
fn it_takes_a_running_monitor_session_and_a_person() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let (_, act) = coaching(&mut stage);
    assert_eq!(stage.refused(&sofie(), id, act), Refusal::NotMonitoring);
    let (_, act) = coaching(&mut stage);
    assert_eq!(
        stage.refused(&anna(), id, act),
        Refusal::RoleRequired(Role::Supervisor)
    );
    // A review is none.
    let open = stage.start(Channel::WhatsApp);
    let review = stage.reviewing();
    stage.does(&sofie(), open, review);
    let (_, act) = coaching(&mut stage);
    assert_eq!(stage.refused(&sofie(), open, act), Refusal::NotMonitoring);
    stage.does(&robo(), open, Act::Pick);
    let watching = stage.watching();
    stage.does(&sofie(), open, watching);
    let (_, act) = coaching(&mut stage);
    assert_eq!(stage.refused(&sofie(), open, act), Refusal::PrimaryIsBot);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    let lacks = Token::of("sofie").supervises().without(Permission::Monitor);
    let (_, act) = coaching(&mut stage);
    assert_eq!(
        stage.refused(&lacks.asks(), id, act),
        Refusal::PermissionMissing(Permission::Monitor)
    );
}

#[test]
fn it_is_coached_in_wrap_up_too() {
    let (mut stage, id) = watched();
    stage.does(&anna(), id, Act::End);
    let (_, act) = coaching(&mut stage);
    assert_eq!(stage.does(&sofie(), id, act), [Kind::AgentCoached]);
}

#[test]
fn who_was_coached_reads_it_while_they_take_part_and_supervisors_in_a_session_do() {
    let (mut stage, id) = watched();
    let (_, act) = coaching(&mut stage);
    stage.does(&sofie(), id, act);
    let can = |stage: &Stage| {
        [anna(), bram(), sofie(), simon(), gateway(), admin()]
            .map(|asker| reads(stage, id, &asker, ANNA))
    };
    assert_eq!(can(&stage), [true, false, true, false, false, false]);
    // A later primary agent does not read it, and who advises them now does.
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    stage.does(&bram(), id, Act::Accept);
    assert_eq!(can(&stage), [true, false, true, false, false, false]);
    let both = Token::of("bram").role(Role::Agent).supervises().asks();
    assert!(!reads(&stage, id, &both, ANNA), "a role is no session");
    stage.does(&anna(), id, Act::Leave);
    assert_eq!(can(&stage), [false, false, true, false, false, false]);
    stage.does(&sofie(), id, Act::StopMonitoring);
    assert_eq!(can(&stage), [false; 6]);
    // Who reviews it later reads it.
    stage.does(&bram(), id, Act::End);
    stage.does(&bram(), id, Act::Close);
    let review = stage.reviewing();
    stage.does(&simon(), id, review);
    assert_eq!(can(&stage), [false, false, false, true, false, false]);
}

#[test]
fn it_answers_a_request_for_help_without_saying_how() {
    let (mut stage, id) = watched();
    stage.does(&anna(), id, asking_for_help());
    let (_, act) = coaching(&mut stage);
    assert_eq!(
        stage.does(&sofie(), id, act),
        [Kind::AgentCoached, Kind::HelpEnded, Kind::AttentionChanged]
    );
    assert!(stage.changes().contains(&Change::HelpEnded {
        agent: ANNA,
        end: HelpEnd::Answered
    }));
}

#[test]
fn nobody_writes_it_by_sending_and_nothing_answers_it() {
    let (mut stage, id) = watched();
    let (coached, act) = coaching(&mut stage);
    stage.does(&sofie(), id, act);
    for asker in [anna(), sofie()] {
        let act = stage.writing(Some(Visibility::Coaching));
        let refused = stage.refused(&asker, id, act);
        assert_eq!(refused.code(), Code::InvalidInput);
    }
    for visibility in [Visibility::Internal, Visibility::Public] {
        let mut draft = Draft::new(&stage.world);
        draft.remember_message(stage.records[&coached].head);
        let send = commands::Send {
            visibility: Some(visibility),
            reply_to: Some(coached),
            ..commands::Send::of_text(MessageId(uuid::Uuid::from_u128(0xD1)), "…", None)
        };
        let (conversation, act) = (id, Act::Send(send));
        let command = Command::Act { conversation, act };
        let decided = decide(&draft, &anna(), &command, None, stage.now).unwrap();
        let Change::MessagePosted { reply_to, .. } = &decided.events[0].change else {
            panic!("a message is posted");
        };
        assert_eq!(*reply_to, None, "{visibility}");
    }
}

#[test]
fn only_its_readers_react_to_it_and_to_others_it_is_not_there() {
    let (mut stage, id) = watched();
    let (coached, act) = coaching(&mut stage);
    stage.does(&sofie(), id, act);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    stage.does(&bram(), id, Act::Accept);
    let on = |act| -> Command {
        let message = MessageName::Id(coached);
        let channel = None;
        commands::OnMessage {
            message,
            channel,
            act,
        }
        .into()
    };
    let react = || {
        let reaction = Some("👍".into());
        on(MessageAct::React(commands::React { reaction, at: None }))
    };
    let edit = on(MessageAct::Remove(commands::Remove { at: None }));
    let delivered = on(MessageAct::RecordDelivery(commands::RecordDelivery {
        state: DeliveryState::Sent,
        external_id: None,
        code: None,
        description: None,
        at: None,
    }));
    for (asker, command) in [
        (bram(), react()),
        (carla(), react()),
        // In scope, and in no session.
        (simon(), react()),
        (gateway(), react()),
        (gateway(), edit),
        (gateway(), delivered),
    ] {
        let refused = stage.play(&asker, &command).unwrap_err();
        assert_eq!(refused, Refusal::MessageNotFound, "{command:?}");
    }
    for asker in [anna(), sofie()] {
        assert_eq!(
            stage.play(&asker, &react()).unwrap(),
            [Kind::MessageReaction]
        );
        assert_eq!(stage.changes()[0].coaches(), Some(ANNA));
        assert_eq!(stage.changes()[0].audience(), Audience::Coached);
    }
}
