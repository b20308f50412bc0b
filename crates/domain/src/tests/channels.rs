//! What starts, and what each channel knows and does not know (domain.md sections 1 and 2).

use super::*;

fn start(stage: &mut Stage, asker: &Asker, start: Start) -> Played {
    stage
        .play(asker, &Command::Start(start.into()))
        .map_err(|refusal| refusal.code())
}

#[test]
fn a_conversation_starts_open_neutral_and_at_version_one() {
    let (stage, id) = Stage::with(Channel::WhatsApp);
    let started = stage.conversation(id);
    assert_eq!(stage.changes(), [Change::ConversationStarted]);
    assert_eq!(
        stage.stands(id),
        (State::Open, StatusReason::AwaitingAgentAssignment)
    );
    assert_eq!(
        (started.version, started.mode, started.messages),
        (1, Mode::Text, 0)
    );
    assert_eq!(started.sentiment.level, SentimentLevel::Neutral);
    assert_eq!(started.waiting_since, Some(stage.now));
    assert_eq!(started.assigned_agent(), None);
}

#[test]
fn a_call_is_held_by_voice() {
    let (stage, id) = Stage::with(Channel::Voice);
    assert_eq!(stage.conversation(id).mode, Mode::Voice);
}

#[test]
fn only_a_gateway_of_the_channel_starts_a_conversation() {
    let mut stage = Stage::new();
    let starting = stage.starting(Channel::WhatsApp);
    assert_eq!(
        start(&mut stage, &sofie(), starting.clone()),
        Err(Code::RoleRequired)
    );
    let sms = Token::of("gateway").role(Role::CustomerGateway);
    let sms = sms.channels(Scope::Only([Channel::Sms].into())).asks();
    assert_eq!(
        start(&mut stage, &sms, starting.clone()),
        Err(Code::OutOfScope)
    );
    assert_eq!(
        start(&mut stage, &gateway(), starting),
        Ok(vec![Kind::ConversationStarted])
    );
}

#[test]
fn queue_and_workstream_exist_and_fit_the_channel() {
    let mut stage = Stage::new();
    let (call, text) = (stage.starting(Channel::Voice), stage.starting(Channel::Sms));
    for (wrong, code) in [
        (
            Start {
                queue: QueueId::new(noon()),
                ..text.clone()
            },
            Code::TargetNotFound,
        ),
        (
            Start {
                workstream: WorkstreamId::new(noon()),
                ..text.clone()
            },
            Code::TargetNotFound,
        ),
        (
            Start {
                queue: VOICE,
                ..text.clone()
            },
            Code::QueueKindMismatch,
        ),
        (
            Start {
                workstream: call.workstream,
                ..text.clone()
            },
            Code::QueueKindMismatch,
        ),
        (
            Start {
                queue: RECORDS,
                ..call
            },
            Code::QueueKindMismatch,
        ),
    ] {
        assert_eq!(start(&mut stage, &gateway(), wrong), Err(code));
    }
    assert_eq!(stage.world.conversations.len(), 0);
}

#[test]
fn a_new_conversation_may_continue_a_closed_one_of_its_channel() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let next = Start {
        previous: Some(id),
        ..stage.starting(Channel::WhatsApp)
    };
    assert_eq!(
        start(&mut stage, &gateway(), next.clone()),
        Err(Code::InvalidState)
    );
    stage.does(&gateway(), id, Act::EndByCustomer);
    let elsewhere = Start {
        channel: Channel::Sms,
        ..next.clone()
    };
    assert_eq!(
        start(&mut stage, &gateway(), elsewhere),
        Err(Code::TargetNotFound)
    );
    let unknown = Start {
        previous: Some(ConversationId::new(noon())),
        ..next.clone()
    };
    assert_eq!(
        start(&mut stage, &gateway(), unknown),
        Err(Code::TargetNotFound)
    );
    assert!(start(&mut stage, &gateway(), next.clone()).is_ok());
    assert_eq!(stage.conversation(next.id).previous, Some(id));
}

#[test]
fn text_and_names_stay_out_of_the_events() {
    let mut stage = Stage::new();
    let starting = Start {
        subject: Some("a broken kettle".into()),
        customer_name: Some("Joris".into()),
        customer_key: Some("c-17".into()),
        ..stage.starting(Channel::WhatsApp)
    };
    start(&mut stage, &gateway(), starting).unwrap();
    let Decision { events, texts, .. } = stage.decision.unwrap();
    assert_eq!(texts.len(), 2);
    let logged = serde_json::to_string(
        &events
            .iter()
            .map(|e| (&e.change, &e.after))
            .collect::<Vec<_>>(),
    );
    let logged = logged.unwrap();
    for text in ["kettle", "Joris", "c-17"] {
        assert!(!logged.contains(text));
    }
}

#[test]
fn a_mode_change_is_of_a_running_messaging_conversation() {
    let (mut stage, id) = Stage::with(Channel::LiveChat);
    assert_eq!(
        stage.act(
            &gateway(),
            id,
            Act::ChangeMode(commands::ChangeMode(Mode::Video))
        ),
        Err(Code::InvalidState)
    );
    stage.does(&anna(), id, Act::Pick);
    let version = stage.conversation(id).version;
    assert_eq!(
        stage.does(
            &gateway(),
            id,
            Act::ChangeMode(commands::ChangeMode(Mode::Video))
        ),
        [Kind::ModeChanged]
    );
    let after = stage.conversation(id);
    assert_eq!((after.mode, after.version), (Mode::Video, version + 1));
    let refusal = stage.refused(
        &gateway(),
        id,
        Act::ChangeMode(commands::ChangeMode(Mode::Video)),
    );
    assert_eq!(refusal, Refusal::ModeNotSupported(Mode::Video));
}

#[test]
fn an_elevated_conversation_is_not_transferred() {
    for mode in [Mode::Voice, Mode::Video] {
        let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
        stage.does(&gateway(), id, Act::ChangeMode(commands::ChangeMode(mode)));
        let refusal = stage.refused(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
        assert_eq!(refusal, Refusal::ModeNotSupported(mode));
    }
}

#[test]
fn only_the_state_changing_commands_of_a_record_are_its_agents() {
    let (mut stage, id) = Stage::with_anna_on(Channel::Record);
    let record = Refusal::ChannelNotSupported(Channel::Record);
    for act in [
        stage.watching(),
        Act::Join,
        Act::Transfer(commands::Transfer(to(BRAM))),
        Act::ForceClose,
    ] {
        assert_eq!(stage.refused(&sofie(), id, act), record);
    }
    stage.does(&anna(), id, Act::Release);
    for act in [
        Act::AssignToAgent(commands::AssignToAgent(to(BRAM))),
        Act::AssignToQueue(commands::AssignToQueue(SUPPORT)),
        Act::ForceClose,
    ] {
        assert_eq!(stage.refused(&sofie(), id, act), record);
    }
    stage.does(&anna(), id, Act::Pick);
    stage.does(&anna(), id, Act::End);
    stage.does(&anna(), id, Act::Close);
    assert_eq!(
        stage.stands(id),
        (State::Closed, StatusReason::EndedByAgent)
    );
}

#[test]
fn a_bot_picks_writes_releases_ends_and_closes() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(&robo(), id, Act::Pick);
    let writing = stage.writing(None);
    stage.does(&robo(), id, writing);
    let Change::MessagePosted {
        author, visibility, ..
    } = stage.changes()[0]
    else {
        panic!()
    };
    assert_eq!((author, visibility), (Author::Bot, Visibility::Public));
    stage.does(&robo(), id, Act::Release);
    stage.does(&robo(), id, Act::Pick);
    stage.does(&robo(), id, Act::End);
    stage.does(&robo(), id, Act::Close);
    assert_eq!(stage.stands(id), (State::Closed, StatusReason::EndedByBot));
}

#[test]
fn a_bot_may_be_monitored_joined_and_force_closed() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(&robo(), id, Act::Pick);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    stage.does(&sofie(), id, Act::Join);
    stage.does(&sofie(), id, Act::ForceClose);
    assert_eq!(
        stage.stands(id),
        (State::Closed, StatusReason::ForceClosedBySupervisor)
    );
}

#[test]
fn an_answer_is_owed_from_the_oldest_customer_message_until_somebody_writes_publicly() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let since = stage.now;
    stage.customer_writes(id, 0.0);
    stage.pass(30);
    stage.customer_writes(id, 0.0);
    assert_eq!(stage.conversation(id).unanswered_since, Some(since));
    let internal = stage.writing(Some(Visibility::Internal));
    stage.does(&anna(), id, internal);
    assert_eq!(stage.conversation(id).unanswered_since, Some(since));
    let public = stage.writing(None);
    stage.does(&anna(), id, public);
    let after = stage.conversation(id);
    assert_eq!((after.unanswered_since, after.messages), (None, 4));
}
