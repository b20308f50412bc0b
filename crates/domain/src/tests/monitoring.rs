//! Who may watch, and when a look ends (domain.md section 4).

use super::*;

pub fn subject(name: &str) -> Subject {
    Subject::new(name).unwrap()
}

/// Sofie monitors what Anna handles.
fn watched(channel: Channel) -> (Stage, ConversationId) {
    let (mut stage, id) = Stage::with_anna_on(channel);
    let watching = stage.watching();
    assert_eq!(
        stage.does(&sofie(), id, watching),
        [Kind::MonitoringStarted]
    );
    (stage, id)
}

/// Sofie joined what Anna handles.
pub fn joined(channel: Channel) -> (Stage, ConversationId) {
    let (mut stage, id) = watched(channel);
    stage.does(&sofie(), id, Act::Join);
    (stage, id)
}

/// Why Sofie's session ended with the latest command.
pub fn end_of(stage: &Stage) -> Option<MonitoringEnd> {
    stage.changes().into_iter().find_map(|change| match change {
        Change::MonitoringStopped {
            supervisor, end, ..
        } if supervisor == subject("sofie") => Some(end),
        _ => None,
    })
}

#[test]
fn monitoring_is_silent() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let before = stage.conversation(id);
    stage.pass(60);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    let after = stage.conversation(id);
    let silent = Conversation {
        monitors: after.monitors.clone(),
        auto_close_at: after.auto_close_at,
        ..still(&before)
    };
    assert_eq!(*after, silent);
    assert_eq!(after.footprint(), before.footprint());
}

#[test]
fn starting_again_returns_the_running_session() {
    let (mut stage, id) = watched(Channel::WhatsApp);
    let session = stage.outcome().session.clone();
    let again = stage.watching();
    assert_eq!(stage.does(&sofie(), id, again), []);
    assert_eq!(stage.outcome().session, session);
    let other = stage.watching();
    stage.does(&simon(), id, other);
    assert_eq!(stage.conversation(id).monitors.len(), 2);
    assert_ne!(stage.outcome().session, session);
}

#[test]
fn a_refreshed_token_takes_the_session_over_with_its_time() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let minutes = |stage: &Stage, minutes| stage.now + TimeDelta::minutes(minutes);
    for (until, kinds) in [
        (minutes(&stage, 5), vec![Kind::MonitoringStarted]),
        (minutes(&stage, 9), vec![Kind::MonitoringStarted]),
        (minutes(&stage, 7), vec![]),
    ] {
        let watching = stage.watching();
        let asker = Token::of("sofie").supervises().until(until).asks();
        assert_eq!(stage.does(&asker, id, watching), kinds);
    }
    assert_eq!(stage.conversation(id).monitors.len(), 1);
    assert_eq!(
        stage.due(id, TimerKind::MonitorExpiry),
        Some(minutes(&stage, 9))
    );
    stage.pass(5 * 60);
    assert_eq!(stage.timer(id, TimerKind::MonitorExpiry), []);
    stage.pass(4 * 60);
    assert_eq!(
        stage.timer(id, TimerKind::MonitorExpiry),
        [Kind::MonitoringStopped]
    );
    assert_eq!(end_of(&stage), Some(MonitoringEnd::TokenExpired));
}

#[test]
fn only_the_expired_session_ends() {
    let (mut stage, id) = watched(Channel::WhatsApp);
    let until = stage.now + TimeDelta::minutes(1);
    let watching = stage.watching();
    stage.does(
        &Token::of("simon").supervises().until(until).asks(),
        id,
        watching,
    );
    stage.when_due(id, TimerKind::MonitorExpiry);
    let left: Vec<_> = stage
        .conversation(id)
        .monitors
        .iter()
        .map(|m| m.supervisor.clone())
        .collect();
    assert_eq!(left, [subject("sofie")]);
}

#[test]
fn nobody_monitors_their_own_conversation() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let both = Token::of("anna").role(Role::Agent).supervises().asks();
    let watching = stage.watching();
    assert_eq!(stage.refused(&both, id, watching), Refusal::OwnConversation);
    assert_eq!(
        stage.refused(&both, id, Act::Join),
        Refusal::OwnConversation
    );
}

#[test]
fn a_notice_is_needed_by_default() {
    let mut stage = Stage::new();
    let untold = Start {
        notice_given_at: None,
        ..stage.starting(Channel::WhatsApp)
    };
    let id = untold.id;
    stage
        .play(&gateway(), &Command::Start(untold.into()))
        .unwrap();
    stage.does(&anna(), id, Act::Pick);
    let watching = stage.watching();
    assert_eq!(
        stage.refused(&sofie(), id, watching.clone()),
        Refusal::NoticeNotGiven
    );
    let told = Act::RecordConsent(commands::RecordConsent {
        notice_given_at: Some(stage.now),
        consent: None,
    });
    assert_eq!(
        stage.does(&gateway(), id, told.clone()),
        [Kind::ConsentRecorded]
    );
    let version = stage.conversation(id).version;
    assert_eq!(stage.does(&gateway(), id, told), []);
    assert_eq!(stage.conversation(id).version, version);
    assert!(stage.act(&sofie(), id, watching).is_ok());
}

#[test]
fn a_workstream_may_need_no_notice_or_consent_too() {
    let mut stage = Stage::new();
    let untold = Start {
        notice_given_at: None,
        ..stage.starting(Channel::WhatsApp)
    };
    let id = untold.id;
    stage
        .play(&gateway(), &Command::Start(untold.into()))
        .unwrap();
    stage.does(&anna(), id, Act::Pick);
    let watching = stage.watching();
    let notice = |stage: &mut Stage, needed| {
        stage.tune(QueueKind::Messaging, |workstream| {
            workstream.monitoring_notice = needed;
        });
    };
    notice(&mut stage, MonitoringNotice::None);
    assert!(stage.clone().act(&sofie(), id, watching.clone()).is_ok());
    notice(&mut stage, MonitoringNotice::ConsentRequired);
    assert_eq!(
        stage.refused(&sofie(), id, watching.clone()),
        Refusal::NoticeNotGiven
    );
    for (consent, granted) in [
        (None, false),
        (Some(Consent::Denied), false),
        (Some(Consent::Granted), true),
    ] {
        let answer = Act::RecordConsent(commands::RecordConsent {
            notice_given_at: Some(stage.now),
            consent,
        });
        stage.does(&gateway(), id, answer);
        let played = stage.clone().act(&sofie(), id, watching.clone());
        assert_eq!(played.err(), (!granted).then_some(Code::ConsentNotGranted));
    }
}

#[test]
fn consent_withdrawn_ends_the_looks_that_need_it() {
    let withdrawn = Act::RecordConsent(commands::RecordConsent {
        notice_given_at: None,
        consent: Some(Consent::Denied),
    });
    let (mut stage, id) = joined(Channel::WhatsApp);
    assert_eq!(
        stage.clone().does(&gateway(), id, withdrawn.clone()),
        [Kind::ConsentRecorded]
    );
    stage.tune(QueueKind::Messaging, |workstream| {
        workstream.monitoring_notice = MonitoringNotice::ConsentRequired;
    });
    let kinds = stage.does(&gateway(), id, withdrawn);
    let left = [
        Kind::SupervisorLeft,
        Kind::MessagePosted,
        Kind::MonitoringStopped,
    ];
    assert_eq!(kinds, [&[Kind::ConsentRecorded][..], &left].concat());
    assert_eq!(end_of(&stage), Some(MonitoringEnd::ConsentWithdrawn));
}

#[test]
fn a_notice_from_the_future_and_an_empty_record_are_no_input() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let future = Some(stage.now + TimeDelta::hours(1));
    for notice_given_at in [future, None] {
        let act = Act::RecordConsent(commands::RecordConsent {
            notice_given_at,
            consent: None,
        });
        assert_eq!(stage.act(&gateway(), id, act), Err(Code::InvalidInput));
    }
    assert_eq!(stage.conversation(id).version, 1);
}

#[test]
fn a_look_ends_on_open_waiting_and_closed() {
    for (asker, act) in [
        (anna(), Act::Release),
        (anna(), Act::SetAside),
        (sofie(), Act::ForceClose),
    ] {
        let (mut stage, id) = joined(Channel::WhatsApp);
        stage.does(&asker, id, act);
        assert_eq!(end_of(&stage), Some(MonitoringEnd::StateChanged));
        assert_eq!(stage.conversation(id).monitors, Vec::<Monitor>::new());
    }
    let (mut stage, id) = watched(Channel::WhatsApp);
    stage.does(&anna(), id, Act::End);
    assert_eq!(end_of(&stage), None);
    stage.does(&anna(), id, Act::Close);
    assert_eq!(end_of(&stage), Some(MonitoringEnd::StateChanged));
}

#[test]
fn a_look_ends_when_the_viewer_becomes_primary() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let both = Token::of("bram").role(Role::Agent).supervises().asks();
    let watching = stage.watching();
    stage.does(&both, id, watching);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    let kinds = stage.does(&both, id, Act::Accept);
    assert_eq!(kinds, [Kind::MonitoringStopped, Kind::TransferAccepted]);
    let Change::MonitoringStopped { end, .. } = &stage.changes()[0] else {
        panic!()
    };
    assert_eq!(*end, MonitoringEnd::BecamePrimary);
}

#[test]
fn switching_monitoring_off_ends_every_look() {
    let (mut stage, id) = joined(Channel::WhatsApp);
    let watching = stage.watching();
    stage.does(&simon(), id, watching);
    let off = SettingsPatch {
        supervisor_monitor: Some(false),
        ..SettingsPatch::default()
    };
    let kinds = stage.sets(off.clone());
    let expected = [
        Kind::SupervisorSettingsChanged,
        Kind::SupervisorLeft,
        Kind::MessagePosted,
        Kind::MonitoringStopped,
        Kind::MonitoringStopped,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(end_of(&stage), Some(MonitoringEnd::SettingDisabled));
    assert_eq!(stage.conversation(id).monitors.len(), 0);
    assert_eq!(stage.sets(off), []);
}
