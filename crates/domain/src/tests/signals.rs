//! Escalation signals: what a customer's words should be looked at for, whatever they feel (domain.md section 6).

use super::*;
use crate::audience::Audience;
use commands::{CustomerMessage, Edit, OnMessage, Remove};

const LEAVING: &[EscalationSignal] = &[EscalationSignal::Leaving];

fn meaning(signals: &[EscalationSignal]) -> Meaning {
    Meaning {
        intent: Some(Intent::Other),
        signals: signals.to_vec(),
    }
}

/// The customer writes something that feels good and says this.
fn wrote(stage: &mut Stage, id: ConversationId, signals: &[EscalationSignal]) -> MessageId {
    let message = stage.message();
    let act = Act::CustomerMessage(CustomerMessage {
        meaning: meaning(signals),
        score: MessageScore::supplied(0.9, 1.0, Some("en"), "test", "1").ok(),
        ..CustomerMessage::of_text(message, "…")
    });
    stage.does(&gateway(), id, act);
    message
}

fn on(stage: &mut Stage, message: MessageId, act: MessageAct) -> Vec<Kind> {
    let command = OnMessage {
        message: MessageName::Id(message),
        channel: None,
        act,
    };
    stage.play(&gateway(), &command.into()).unwrap()
}

fn edited(
    stage: &mut Stage,
    message: MessageId,
    text: &str,
    signals: &[EscalationSignal],
) -> Vec<Kind> {
    let act = MessageAct::Edit(Edit {
        text: text.into(),
        attachments: None,
        score: MessageScore::supplied(0.9, 1.0, Some("en"), "test", "1").ok(),
        meaning: meaning(signals),
        at: None,
    });
    on(stage, message, act)
}

fn since(stage: &Stage, id: ConversationId) -> Option<DateTime<Utc>> {
    let reason = AttentionReason::EscalationSignal;
    stage.conversation(id).attention.get(&reason).copied()
}

#[test]
fn a_signal_is_attention_whatever_the_score_and_says_which_message_and_kind() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let version = stage.conversation(id).version;
    let at = stage.now;
    let kinds = [EscalationSignal::Leaving, EscalationSignal::ManagerWanted];
    let message = wrote(&mut stage, id, &kinds);
    let told = Change::EscalationSignalled {
        message,
        signals: kinds.to_vec(),
    };
    assert!(stage.changes().contains(&told));
    assert_eq!(since(&stage, id), Some(at));
    let c = stage.conversation(id);
    assert!(c.sentiment.level > SentimentLevel::Neutral);
    assert_eq!(c.version, version);
    stage.pass(5);
    wrote(&mut stage, id, LEAVING);
    assert_eq!(since(&stage, id), Some(at), "it holds since the first");
    assert_eq!(stage.conversation(id).signals.len(), 2);
}

#[test]
fn the_customers_side_does_not_learn_what_was_made_of_their_words() {
    let kind = Kind::EscalationSignalled;
    assert_eq!(kind.audience(), Audience::AgentsAndLeaders);
    assert!(!kind.raises_version());
}

#[test]
fn it_ends_when_the_message_is_removed_or_says_it_no_more() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let message = wrote(&mut stage, id, LEAVING);
    stage.pass(5);
    let kinds = edited(&mut stage, message, "Sorry", &[]);
    assert_eq!(kinds, [Kind::MessageEdited, Kind::AttentionChanged]);
    assert_eq!(since(&stage, id), None);
    stage.pass(5);
    edited(&mut stage, message, "No, I am not", LEAVING);
    assert_eq!(since(&stage, id), Some(stage.now), "a new signal");
    stage.pass(5);
    let kinds = on(&mut stage, message, MessageAct::Remove(Remove { at: None }));
    assert_eq!(
        kinds,
        [
            Kind::MessageRemoved,
            Kind::SentimentChanged,
            Kind::AttentionChanged
        ]
    );
    assert_eq!(since(&stage, id), None);
    assert!(stage.conversation(id).signals.is_empty());
}

#[test]
fn another_message_that_said_it_keeps_it() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let first = wrote(&mut stage, id, LEAVING);
    let at = stage.now;
    wrote(&mut stage, id, &[EscalationSignal::Legal]);
    stage.pass(5);
    on(&mut stage, first, MessageAct::Remove(Remove { at: None }));
    assert_eq!(since(&stage, id), Some(at));
}

#[test]
fn acknowledged_it_ends_until_the_next_signal() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    wrote(&mut stage, id, LEAVING);
    let reason = AttentionReason::EscalationSignal;
    let acknowledging = || Act::AcknowledgeAttention(commands::AcknowledgeAttention(reason));
    let kinds = stage.does(&sofie(), id, acknowledging());
    assert_eq!(kinds, [Kind::AttentionAcknowledged, Kind::AttentionChanged]);
    assert!(stage.conversation(id).signals.is_empty());
    let again = stage.refused(&sofie(), id, acknowledging());
    assert_eq!(again.code(), Code::InvalidState);

    stage.pass(5);
    wrote(&mut stage, id, &[]);
    assert_eq!(since(&stage, id), None, "no new signal");
    wrote(&mut stage, id, &[EscalationSignal::Legal]);
    assert_eq!(since(&stage, id), Some(stage.now));
}

#[test]
fn a_take_over_ends_it() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    wrote(&mut stage, id, LEAVING);
    let kinds = stage.does(&bram_both(), id, Act::TakeOver);
    let expected = [Kind::TakenOver, Kind::MessagePosted, Kind::AttentionChanged];
    assert_eq!(kinds, expected);
    assert!(stage.conversation(id).signals.is_empty());
}

#[test]
fn a_workstream_that_does_not_want_to_know_is_not_told() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.tune(QueueKind::Messaging, |workstream| {
        workstream.escalation_signals = false;
    });
    wrote(&mut stage, id, LEAVING);
    assert_eq!(since(&stage, id), None);
    assert!(stage.conversation(id).signals.is_empty());
}

#[test]
fn while_analysis_is_off_there_are_no_signals() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.sets(SettingsPatch {
        sentiment_analysis: Some(false),
        ..SettingsPatch::default()
    });
    wrote(&mut stage, id, LEAVING);
    assert_eq!(since(&stage, id), None);
}

#[test]
fn an_image_keeps_the_twenty_newest_and_a_closed_one_none() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let all: Vec<_> = (0..25).map(|_| wrote(&mut stage, id, LEAVING)).collect();
    let kept: Vec<_> = stage
        .conversation(id)
        .signals
        .iter()
        .map(|one| one.message)
        .collect();
    assert_eq!(kept, all[5..]);
    let close = Act::ForceClose;
    stage.does(&sofie(), id, close);
    let c = stage.conversation(id);
    assert!(c.signals.is_empty() && c.attention.is_empty());
    stage.pass(5);
    edited(&mut stage, all[0], "Really", LEAVING);
    assert!(stage.conversation(id).signals.is_empty());
}
