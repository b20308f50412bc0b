//! Joining, writing and leaving (domain.md section 4).

use super::monitoring::{end_of, joined, subject};
use super::*;

#[test]
fn joining_is_told_and_needs_a_running_look() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    assert_eq!(
        stage.refused(&sofie(), id, Act::Join),
        Refusal::NotMonitoring
    );
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    let version = stage.conversation(id).version;
    assert_eq!(
        stage.does(&sofie(), id, Act::Join),
        [Kind::SupervisorJoined, Kind::MessagePosted]
    );
    let said = stage.changes().pop();
    assert!(matches!(
        said,
        Some(Change::MessagePosted {
            author: Author::System,
            visibility: Visibility::Public,
            system: Some(SystemMessage::SupervisorJoined),
            ..
        })
    ));
    assert_eq!(stage.conversation(id).version, version + 1);
    assert_eq!(stage.does(&sofie(), id, Act::Join), []);
}

#[test]
fn leaving_is_told_and_monitoring_goes_on() {
    let (mut stage, id) = joined(Channel::WhatsApp);
    assert_eq!(
        stage.does(&sofie(), id, Act::Leave),
        [Kind::SupervisorLeft, Kind::MessagePosted]
    );
    let session = stage
        .conversation(id)
        .monitor_of(&subject("sofie"))
        .cloned()
        .unwrap();
    assert_eq!(session.joined_at, None);
    let role = ParticipantRole::Supervisor;
    assert_eq!(
        stage.refused(&sofie(), id, Act::Leave),
        Refusal::NotParticipant(role)
    );
}

#[test]
fn stopping_leaves_too() {
    let (mut stage, id) = joined(Channel::WhatsApp);
    let kinds = stage.does(&sofie(), id, Act::StopMonitoring);
    assert_eq!(
        kinds,
        [
            Kind::SupervisorLeft,
            Kind::MessagePosted,
            Kind::MonitoringStopped
        ]
    );
    assert_eq!(end_of(&stage), Some(MonitoringEnd::Stopped));
    assert_eq!(
        stage.refused(&sofie(), id, Act::StopMonitoring),
        Refusal::NotMonitoring
    );
}

#[test]
fn a_supervisor_writes_publicly_only_when_joined_and_internally_unless_told_otherwise() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let (public, unsaid) = (stage.writing(Some(Visibility::Public)), stage.writing(None));
    assert_eq!(
        stage.refused(&sofie(), id, unsaid.clone()),
        Refusal::NotMonitoring
    );
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    let role = ParticipantRole::Supervisor;
    assert_eq!(
        stage.refused(&sofie(), id, public.clone()),
        Refusal::NotParticipant(role)
    );
    for (act, expected) in [(unsaid, Visibility::Internal), (public, Visibility::Public)] {
        stage.does(&sofie(), id, act);
        let Change::MessagePosted {
            author, visibility, ..
        } = stage.changes()[0]
        else {
            panic!()
        };
        assert_eq!((author, visibility), (Author::Supervisor, expected));
        let _ = stage.act(&sofie(), id, Act::Join);
    }
}

#[test]
fn on_wrap_up_a_joined_supervisor_falls_back_to_monitoring() {
    for (asker, act) in [(anna(), Act::End), (gateway(), Act::EndByCustomer)] {
        let (mut stage, id) = joined(Channel::WhatsApp);
        let kinds = stage.does(&asker, id, act);
        assert_eq!(
            kinds,
            [
                Kind::MovedToWrapUp,
                Kind::SupervisorLeft,
                Kind::MessagePosted
            ]
        );
        let session = stage
            .conversation(id)
            .monitor_of(&subject("sofie"))
            .cloned()
            .unwrap();
        assert_eq!(session.joined_at, None);
        assert_eq!(stage.act(&sofie(), id, Act::Join), Err(Code::InvalidState));
    }
}

#[test]
fn voice_is_monitored_and_joined_like_text() {
    let (mut stage, id) = joined(Channel::Voice);
    stage.does(&sofie(), id, Act::Leave);
    assert_eq!(
        stage.does(&sofie(), id, Act::StopMonitoring),
        [Kind::MonitoringStopped]
    );
}
