//! How a conversation ended, as who closes it says (domain.md section 11).

use super::*;

fn dispositions(stage: &mut Stage, required: bool) {
    stage.tune(QueueKind::Messaging, |workstream| {
        workstream.dispositions = [("solved", "Solved"), ("refund", "Paid back")]
            .map(|(code, label)| Disposition {
                code: code.into(),
                label: label.into(),
            })
            .to_vec();
        workstream.disposition_required = required;
    });
}

fn close_as(disposition: Option<&str>, note: Option<&str>) -> Act {
    Act::CloseAs(commands::Close {
        disposition: disposition.map(Into::into),
        note: note.map(Into::into),
    })
}

fn wrapped_up(required: bool) -> (Stage, ConversationId) {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    dispositions(&mut stage, required);
    stage.does(&anna(), id, Act::End);
    (stage, id)
}

#[test]
fn who_closes_says_how_it_ended_and_the_note_is_not_in_the_log() {
    let (mut stage, id) = wrapped_up(false);
    let before = stage.conversation(id);
    stage.pass(5);
    let kinds = stage.does(&anna(), id, close_as(Some("refund"), Some("Twenty euros.")));
    assert_eq!(kinds, [Kind::DispositionSet, Kind::Closed]);
    let after = stage.conversation(id);
    assert_eq!(after.disposition.as_deref(), Some("refund"));
    assert_eq!(after.version, before.version + 1, "for the closing");
    let decision = stage.decision.as_ref().unwrap();
    assert_eq!(decision.texts, [Text::Note(id, "Twenty euros.".into())]);
    let log = format!("{:?} {:?}", decision.events, decision.outcome);
    assert!(!log.contains("euros"), "{log}");
}

#[test]
fn a_disposition_that_is_required_must_be_given_by_people_and_be_one_of_the_workstreams() {
    let (mut stage, id) = wrapped_up(true);
    for act in [Act::Close, close_as(None, Some("…"))] {
        assert_eq!(
            stage.refused(&anna(), id, act),
            Refusal::DispositionRequired
        );
    }
    let unknown = stage.refused(&anna(), id, close_as(Some("lost"), None));
    assert_eq!(unknown, Refusal::DispositionUnknown);
    stage.does(&anna(), id, close_as(Some("solved"), None));
    // Nobody is asked where the workstream does not, and a bot never is.
    let (mut stage, id) = wrapped_up(false);
    assert_eq!(
        stage.does(&anna(), id, close_as(None, None)),
        [Kind::Closed]
    );
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    dispositions(&mut stage, true);
    stage.does(&robo(), id, Act::Pick);
    stage.does(&robo(), id, Act::End);
    assert_eq!(stage.does(&robo(), id, Act::Close), [Kind::Closed]);
}

#[test]
fn every_other_way_to_closed_leaves_it_empty() {
    let (mut stage, id) = wrapped_up(true);
    stage.when_due(id, TimerKind::AutoClose);
    assert_eq!(
        (stage.stands(id).0, &stage.conversation(id).disposition),
        (State::Closed, &None)
    );
    let (mut stage, id) = wrapped_up(true);
    stage.does(&sofie(), id, Act::ForceClose);
    assert_eq!(stage.conversation(id).disposition, None);
}
