//! What is nothing but thanks or a goodbye right after an answer waits for none (domain.md section 6).

use super::*;
use commands::{CustomerMessage, Edit, OnMessage};

fn wrote(stage: &mut Stage, id: ConversationId, intent: Intent) -> MessageId {
    let message = stage.message();
    let act = Act::CustomerMessage(CustomerMessage {
        meaning: Meaning {
            intent: Some(intent),
            ..Meaning::default()
        },
        score: MessageScore::supplied(0.0, 1.0, Some("en"), "test", "1").ok(),
        ..CustomerMessage::of_text(message, "…")
    });
    stage.does(&gateway(), id, act);
    message
}

fn answers(stage: &mut Stage, id: ConversationId) -> MessageId {
    let writing = stage.writing(None);
    stage.does(&anna(), id, writing);
    stage.outcome().message.unwrap()
}

fn edited(stage: &mut Stage, message: MessageId, intent: Intent) {
    let act = MessageAct::Edit(Edit {
        text: intent.as_str().into(),
        attachments: None,
        score: MessageScore::supplied(0.0, 1.0, Some("en"), "test", "1").ok(),
        meaning: Meaning {
            intent: Some(intent),
            ..Meaning::default()
        },
        at: None,
    });
    on(stage, message, act);
}

fn on(stage: &mut Stage, message: MessageId, act: MessageAct) {
    let command = OnMessage {
        message: MessageName::Id(message),
        channel: None,
        act,
    };
    stage.play(&gateway(), &command.into()).unwrap();
}

fn since(stage: &Stage, id: ConversationId) -> Option<DateTime<Utc>> {
    stage.conversation(id).unanswered_since
}

#[test]
fn thanks_right_after_an_answer_start_no_unanswered_clock() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    wrote(&mut stage, id, Intent::Question);
    stage.pass(10);
    answers(&mut stage, id);
    stage.pass(10);
    let before = stage.conversation(id);
    wrote(&mut stage, id, Intent::Closing);
    wrote(&mut stage, id, Intent::Closing);
    let after = stage.conversation(id);
    assert_eq!(after.unanswered_since, None);
    assert!(after.unanswered.is_empty());
    assert_eq!(after.clocks.unanswered_due, None);
    assert_eq!(after.messages, before.messages + 2);
    assert_eq!(after.last_activity_at, stage.now, "but it is activity");
    stage.pass(1_000);
    answers(&mut stage, id);
    assert_eq!(stage.conversation(id).responses.waits, 1, "no wait ended");
}

#[test]
fn thanks_that_follow_no_answer_wait_for_one() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let first = stage.now;
    wrote(&mut stage, id, Intent::Closing);
    assert_eq!(since(&stage, id), Some(first), "nobody has written yet");
    stage.pass(5);
    answers(&mut stage, id);
    let asked = stage.now;
    wrote(&mut stage, id, Intent::Question);
    stage.pass(5);
    wrote(&mut stage, id, Intent::Closing);
    assert_eq!(since(&stage, id), Some(asked), "the question is open");
}

#[test]
fn any_other_message_right_after_an_answer_waits_for_the_next() {
    for intent in Intent::ALL.iter().filter(|one| **one != Intent::Closing) {
        let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
        answers(&mut stage, id);
        stage.pass(5);
        wrote(&mut stage, id, *intent);
        assert_eq!(since(&stage, id), Some(stage.now), "{intent}");
    }
}

#[test]
fn thanks_for_an_answer_that_failed_wait() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let answer = answers(&mut stage, id);
    stage.pass(5);
    let failed = MessageAct::RecordDelivery(commands::RecordDelivery {
        state: DeliveryState::Failed,
        external_id: None,
        code: None,
        description: None,
        at: None,
    });
    on(&mut stage, answer, failed);
    wrote(&mut stage, id, Intent::Closing);
    assert_eq!(since(&stage, id), Some(stage.now));
}

#[test]
fn an_edit_decides_again_whether_the_message_waits() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    answers(&mut stage, id);
    stage.pass(5);
    let message = wrote(&mut stage, id, Intent::Closing);
    stage.pass(5);
    edited(&mut stage, message, Intent::Question);
    assert_eq!(since(&stage, id), Some(stage.now), "since it was edited");
    stage.pass(5);
    edited(&mut stage, message, Intent::Closing);
    assert_eq!(since(&stage, id), None);
}

#[test]
fn an_edit_into_thanks_leaves_other_messages_waiting() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    answers(&mut stage, id);
    stage.pass(5);
    let asked = stage.now;
    wrote(&mut stage, id, Intent::Question);
    stage.pass(5);
    let message = wrote(&mut stage, id, Intent::Problem);
    edited(&mut stage, message, Intent::Closing);
    assert_eq!(since(&stage, id), Some(asked));
}

#[test]
fn while_analysis_is_off_nothing_is_read() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    answers(&mut stage, id);
    stage.sets(SettingsPatch {
        sentiment_analysis: Some(false),
        ..SettingsPatch::default()
    });
    stage.pass(5);
    wrote(&mut stage, id, Intent::Closing);
    assert_eq!(since(&stage, id), Some(stage.now));
}
