//! When sentiment changes, when supervisors are alerted, and when again (domain.md section 6).

use super::*;

const FURIOUS: f32 = -0.9;
const HAPPY: f32 = 0.9;

fn threshold(stage: &mut Stage, threshold: AlertThreshold) {
    let sentiment_alert_threshold = Some(threshold);
    stage.sets(SettingsPatch {
        sentiment_alert_threshold,
        ..SettingsPatch::default()
    });
}

fn level(stage: &Stage, id: ConversationId) -> SentimentLevel {
    stage.conversation(id).sentiment.level
}

/// Messages of this score until the level is this one; whether supervisors were alerted.
fn until(stage: &mut Stage, id: ConversationId, wanted: SentimentLevel, score: f32) -> bool {
    let mut alerted = false;
    for _ in 0..8 {
        alerted |= stage
            .customer_writes(id, score)
            .contains(&Kind::SentimentAlertRaised);
        if level(stage, id) == wanted {
            return alerted;
        }
    }
    panic!("{}", level(stage, id));
}

#[test]
fn a_message_without_a_change_of_level_is_one_event() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    assert_eq!(stage.customer_writes(id, 0.0), [Kind::MessagePosted]);
    assert_eq!(level(&stage, id), SentimentLevel::Neutral);
}

#[test]
fn a_change_of_level_is_an_event_that_raises_no_version() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.pass(10);
    assert_eq!(
        stage.customer_writes(id, HAPPY),
        [Kind::MessagePosted, Kind::SentimentChanged]
    );
    let change = stage.changes().pop().unwrap();
    let (from, to) = (SentimentLevel::Neutral, SentimentLevel::VeryPositive);
    assert_eq!(
        change,
        Change::SentimentChanged {
            from,
            to,
            recovered: true,
            analysed: true
        }
    );
    let after = stage.conversation(id);
    assert_eq!((after.version, after.sentiment_since), (1, stage.now));
}

#[test]
fn an_alert_is_raised_once_and_again_only_after_recovery() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let fell = [
        Kind::MessagePosted,
        Kind::SentimentChanged,
        Kind::SentimentAlertRaised,
        Kind::AttentionChanged,
    ];
    assert_eq!(stage.customer_writes(id, FURIOUS), fell);
    assert!(stage.conversation(id).alerted);
    assert!(!until(&mut stage, id, SentimentLevel::Negative, -0.3));
    assert!(!until(
        &mut stage,
        id,
        SentimentLevel::VeryNegative,
        FURIOUS
    ));
    assert!(!until(&mut stage, id, SentimentLevel::Neutral, 0.1));
    assert!(!stage.conversation(id).alerted);
    assert_eq!(stage.customer_writes(id, FURIOUS), fell);
}

#[test]
fn a_level_above_the_threshold_alerts_nobody() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    threshold(&mut stage, AlertThreshold::VeryNegative);
    assert!(!until(&mut stage, id, SentimentLevel::Negative, -0.5));
    assert!(until(&mut stage, id, SentimentLevel::VeryNegative, FURIOUS));
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    threshold(&mut stage, AlertThreshold::DoNotSend);
    assert!(!until(
        &mut stage,
        id,
        SentimentLevel::VeryNegative,
        FURIOUS
    ));
}

#[test]
fn falling_below_a_lowered_threshold_alerts_anew() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    assert!(until(&mut stage, id, SentimentLevel::Negative, -0.5));
    threshold(&mut stage, AlertThreshold::VeryNegative);
    assert!(until(&mut stage, id, SentimentLevel::VeryNegative, FURIOUS));
}

#[test]
fn the_alert_names_the_supervisors_who_are_not_told() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    for (asker, presence) in [(sofie(), Presence::Away), (simon(), Presence::Busy)] {
        stage.play(&asker, &Command::SetPresence(presence)).unwrap();
    }
    stage.customer_writes(id, FURIOUS);
    let Some(Change::SentimentAlertRaised {
        level,
        threshold,
        unreachable,
    }) = stage.changes().into_iter().nth(2)
    else {
        panic!("{:?}", stage.changes())
    };
    let expected = (SentimentLevel::VeryNegative, AlertThreshold::Negative);
    assert_eq!((level, threshold), expected);
    assert_eq!(unreachable, [Subject::new("sofie").unwrap()]);
}

#[test]
fn the_words_of_agents_and_supervisors_never_count() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.customer_writes(id, FURIOUS);
    let before = stage.conversation(id).sentiment.clone();
    let writing = stage.writing(None);
    stage.does(&anna(), id, writing);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    let writing = stage.writing(None);
    stage.does(&sofie(), id, writing);
    assert_eq!(stage.conversation(id).sentiment, before);
}

fn analysis(stage: &mut Stage, on: bool) -> Vec<Kind> {
    let sentiment_analysis = Some(on);
    stage.sets(SettingsPatch {
        sentiment_analysis,
        ..SettingsPatch::default()
    })
}

#[test]
fn switched_off_it_is_not_available_and_that_is_no_recovery() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.customer_writes(id, FURIOUS);
    let before = stage.conversation(id);
    let closed = stage.start(Channel::WhatsApp);
    stage.does(&gateway(), closed, Act::EndByCustomer);
    let ended = stage.conversation(closed);
    stage.pass(10);
    let kinds = [
        Kind::SupervisorSettingsChanged,
        Kind::SentimentChanged,
        Kind::AttentionChanged,
    ];
    assert_eq!(analysis(&mut stage, false), kinds);
    let off = stage.conversation(id);
    assert_eq!(off.sentiment, Assessment::not_available());
    assert!(off.alerted && off.scores.as_slice().is_empty() && off.attention.is_empty());
    let untouched = (off.version, off.last_activity_at, off.auto_close_at);
    assert_eq!(
        untouched,
        (
            before.version,
            before.last_activity_at,
            before.auto_close_at
        )
    );
    assert_eq!(stage.conversation(closed), ended);
    assert_eq!(stage.customer_writes(id, FURIOUS), [Kind::MessagePosted]);
    // Switched on it holds from the next message; they were alerted, and nothing recovered since.
    assert_eq!(
        analysis(&mut stage, true),
        [Kind::SupervisorSettingsChanged]
    );
    assert_eq!(level(&stage, id), SentimentLevel::NotAvailable);
    let fell = [
        Kind::MessagePosted,
        Kind::SentimentChanged,
        Kind::AttentionChanged,
    ];
    assert_eq!(stage.customer_writes(id, FURIOUS), fell);
    let started = stage.start(Channel::WhatsApp);
    assert_eq!(level(&stage, started), SentimentLevel::Neutral);
    analysis(&mut stage, false);
    let started = stage.start(Channel::WhatsApp);
    assert_eq!(level(&stage, started), SentimentLevel::NotAvailable);
}

#[test]
fn monitoring_and_analysis_switched_off_together_both_hold() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    stage.sets(SettingsPatch {
        supervisor_monitor: Some(false),
        sentiment_analysis: Some(false),
        ..SettingsPatch::default()
    });
    assert!(stage.conversation(id).monitors.is_empty());
    assert_eq!(level(&stage, id), SentimentLevel::NotAvailable);
}

#[test]
fn a_threshold_that_moves_acts_on_attention_and_alerts_nobody() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let calm = stage.start(Channel::WhatsApp);
    threshold(&mut stage, AlertThreshold::DoNotSend);
    until(&mut stage, id, SentimentLevel::Negative, -0.5);
    assert!(stage.conversation(id).attention.is_empty());
    let quiet = stage.conversation(calm);
    let moved = |stage: &mut Stage, to| {
        stage.pass(10);
        stage.sets(SettingsPatch {
            sentiment_alert_threshold: Some(to),
            ..SettingsPatch::default()
        })
    };
    let both = [Kind::SupervisorSettingsChanged, Kind::AttentionChanged];
    assert_eq!(moved(&mut stage, AlertThreshold::Negative), both);
    let low = AttentionReason::SentimentAtOrBelowThreshold;
    let since = BTreeMap::from([(low, stage.now)]);
    assert_eq!(stage.conversation(id).attention, since);
    assert_eq!(stage.conversation(calm), quiet);
    // It did not fall: an alert only after it was above.
    let kinds = moved(&mut stage, AlertThreshold::SlightlyNegative);
    assert_eq!(kinds, [Kind::SupervisorSettingsChanged]);
    assert_eq!(stage.conversation(id).attention, since);
    assert!(!until(
        &mut stage,
        id,
        SentimentLevel::VeryNegative,
        FURIOUS
    ));
    assert_eq!(moved(&mut stage, AlertThreshold::DoNotSend), both);
    assert!(stage.conversation(id).attention.is_empty());
    assert_eq!(moved(&mut stage, AlertThreshold::VeryNegative), both);
    assert!(!until(
        &mut stage,
        id,
        SentimentLevel::VeryNegative,
        FURIOUS
    ));
    assert!(!until(&mut stage, id, SentimentLevel::Neutral, 0.1));
    assert!(until(&mut stage, id, SentimentLevel::VeryNegative, FURIOUS));
}

#[test]
fn in_wrap_up_a_customer_message_is_appended_and_changes_no_state() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&anna(), id, Act::End);
    let before = stage.conversation(id);
    stage.customer_writes(id, 0.0);
    let after = stage.conversation(id);
    assert_eq!((after.state, after.reason), (before.state, before.reason));
    assert_eq!(
        (after.version, after.messages),
        (before.version, before.messages + 1)
    );
}
