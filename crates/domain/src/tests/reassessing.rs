//! A setting that changed for every conversation: so many of them in one command, each of them once.

use super::indexes::a_full_house;
use super::*;
use crate::commands::reassess::AT_ONCE;

fn off() -> SettingsPatch {
    SettingsPatch {
        sentiment_analysis: Some(false),
        ..SettingsPatch::default()
    }
}

fn alerts_from(threshold: AlertThreshold) -> SettingsPatch {
    SettingsPatch {
        sentiment_alert_threshold: Some(threshold),
        ..SettingsPatch::default()
    }
}

/// What is left after the latest command.
fn left(stage: &Stage) -> Option<Left> {
    stage.decision.as_ref().unwrap().left
}

#[test]
fn the_change_itself_looks_at_no_conversation() {
    let stage = a_full_house();
    for patch in [off(), alerts_from(AlertThreshold::SlightlyNegative)] {
        let draft = Draft::new(&stage.world);
        let change = Command::Manage(Manage::UpdateSettings(commands::UpdateSettings(patch)));
        let decision = decide(&draft, &admin(), &change, None, stage.now).unwrap();
        assert_eq!(decision.events.len(), 1);
        assert_eq!(decision.left, Some(Left::After(None)));
        assert_eq!(draft.looked.get(), 0);
    }
}

#[test]
fn settings_that_concern_no_conversation_leave_nothing_to_do() {
    let (mut stage, _) = Stage::with(Channel::WhatsApp);
    stage.changes_settings(SettingsPatch {
        supervisor_assign: Some(false),
        ..SettingsPatch::default()
    });
    assert_eq!(left(&stage), None);
    stage.sets(off());
    stage.changes_settings(SettingsPatch {
        sentiment_analysis: Some(true),
        ..SettingsPatch::default()
    });
    assert_eq!(left(&stage), None);
}

#[test]
fn a_command_looks_at_a_bounded_number_and_every_conversation_gets_one_event() {
    let mut stage = a_full_house();
    stage.changes_settings(off());
    let (mut seen, mut commands) = (BTreeSet::new(), 0);
    let mut next = left(&stage);
    while let Some(Left::After(after)) = next {
        let draft = Draft::new(&stage.world);
        let command = Command::Reassess { after };
        decide(&draft, &Asker::System, &command, None, stage.now).unwrap();
        // For the sentiment, and for the attention.
        assert!(draft.looked.get() <= 2 * AT_ONCE, "{}", draft.looked.get());
        stage.reassess(after);
        for event in &stage.decision.as_ref().unwrap().events {
            assert_eq!(event.change.kind(), Kind::SentimentChanged);
            let id = event.conversation().unwrap().id;
            assert!(seen.insert(id), "{id} twice");
            assert!(Some(id) > after);
        }
        next = left(&stage);
        commands += 1;
    }
    assert_eq!(next, Some(Left::Nothing));
    assert_eq!(seen, stage.world.conversations.keys().copied().collect());
    assert_eq!(commands, 10_001 / AT_ONCE + 1);
    // From the first again there is nothing more to do.
    assert_eq!(stage.reassess(None), []);
}

#[test]
fn what_the_same_batch_began_and_ended_is_looked_at_as_it_is_then() {
    let mut stage = a_full_house();
    let mut first = stage.starting(Channel::WhatsApp);
    first.id = ConversationId(uuid::Uuid::from_u128(0));
    let mut draft = Draft::new(&stage.world);
    let mut play = |asker: &Asker, command: &Command| {
        let decision = decide(&draft, asker, command, None, stage.now).unwrap();
        draft.absorb(&decision.events, &decision.actor);
        decision
    };
    play(&gateway(), &Command::Start(first.clone().into()));
    let ended = ConversationId(uuid::Uuid::from_u128(0x1_0000));
    let close = Command::Act {
        conversation: ended,
        act: Act::ForceClose,
    };
    play(&sofie(), &close);
    let change = Command::Manage(Manage::UpdateSettings(commands::UpdateSettings(off())));
    play(&admin(), &change);
    let decision = play(&Asker::System, &Command::Reassess { after: None });
    assert_eq!(decision.events.len(), AT_ONCE);
    let changed = |id| {
        decision
            .events
            .iter()
            .any(|e| e.conversation().unwrap().id == id)
    };
    assert!(changed(first.id) && !changed(ended));
}

#[test]
fn a_message_before_its_turn_is_judged_by_the_threshold_of_now() {
    let raised = Kind::SentimentAlertRaised;
    // It was low all along, by a threshold that alerts at it now: no fall, no alert.
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.sets(alerts_from(AlertThreshold::DoNotSend));
    stage.customer_writes(id, -0.5);
    assert_eq!(
        stage.conversation(id).sentiment.level,
        SentimentLevel::Negative
    );
    stage.changes_settings(alerts_from(AlertThreshold::Negative));
    let kinds = stage.customer_writes(id, -1.0);
    assert!(!kinds.contains(&raised), "{kinds:?}");
    assert!(stage.conversation(id).alerted);
    assert_eq!(stage.reassess(None), []);

    // It was low, and is above a threshold that is lower now: a fall to that alerts.
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let kinds = stage.customer_writes(id, -0.5);
    assert!(kinds.contains(&raised), "{kinds:?}");
    stage.changes_settings(alerts_from(AlertThreshold::VeryNegative));
    let mut kinds = Vec::new();
    while stage.conversation(id).sentiment.level != SentimentLevel::VeryNegative {
        kinds = stage.customer_writes(id, -1.0);
    }
    assert!(kinds.contains(&raised), "{kinds:?}");
    assert_eq!(stage.reassess(None), []);
}
