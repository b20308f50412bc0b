//! What channels carry (domain.md section 10): when something was sent, what comes twice, what comes after the end.

use super::*;
use crate::commands::CustomerMessage;

/// The customer writes; it was sent so many seconds before it came in, and felt like this.
fn wrote(stage: &mut Stage, id: ConversationId, seconds_ago: i64, felt: f32) -> MessageId {
    let message = stage.message();
    let score = MessageScore::supplied(felt, 1.0, Some("en"), "test", "1").unwrap();
    let act = Act::CustomerMessage(CustomerMessage {
        score: Some(score),
        sent_at: Some(stage.now - TimeDelta::seconds(seconds_ago)),
        ..CustomerMessage::of_text(message, "…")
    });
    stage.does(&gateway(), id, act);
    message
}

fn answers(stage: &mut Stage, id: ConversationId) {
    let writing = stage.writing(None);
    stage.does(&anna(), id, writing);
}

#[test]
fn the_customer_waits_since_the_oldest_message_was_sent_whatever_the_order_of_arrival() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.pass(600);
    let newer = wrote(&mut stage, id, 10, 0.0);
    let older = wrote(&mut stage, id, 30, 0.0);
    let c = stage.conversation(id);
    assert_eq!(c.unanswered_since, Some(stage.now - TimeDelta::seconds(30)));
    let waiting: Vec<_> = c.unanswered.iter().map(|one| one.0).collect();
    assert_eq!(waiting, [older, newer]);
    stage.pass(5);
    answers(&mut stage, id);
    let c = stage.conversation(id);
    assert!(c.unanswered.is_empty());
    assert_eq!((c.responses.waits, c.responses.waited_millis), (1, 35_000));
}

#[test]
fn no_wait_begins_before_the_conversation() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.pass(10);
    wrote(&mut stage, id, 3_600, 0.0);
    let c = stage.conversation(id);
    assert_eq!(c.unanswered_since, Some(c.started_at));
}

#[test]
fn what_was_sent_clearly_before_the_newest_answer_starts_no_wait() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.pass(600);
    answers(&mut stage, id);
    stage.pass(10);
    wrote(&mut stage, id, 16, 0.0);
    assert_eq!(stage.conversation(id).unanswered_since, None);
    // Within five seconds of the answer nobody can have read it.
    wrote(&mut stage, id, 15, 0.0);
    let since = stage.conversation(id).unanswered_since;
    assert_eq!(since, Some(stage.now - TimeDelta::seconds(15)));
}

#[test]
fn an_image_keeps_the_twenty_oldest_that_are_unanswered() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.pass(600);
    for seconds_ago in (1..=25).rev() {
        wrote(&mut stage, id, seconds_ago, 0.0);
    }
    let c = stage.conversation(id);
    assert_eq!(c.unanswered.len(), 20);
    assert_eq!(c.unanswered_since, Some(stage.now - TimeDelta::seconds(25)));
}

#[test]
fn a_late_message_takes_its_place_in_the_window_by_when_it_was_sent() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.pass(600);
    wrote(&mut stage, id, 5, 0.9);
    let pleased = stage.conversation(id).sentiment.level;
    wrote(&mut stage, id, 20, -0.9);
    let after = stage.conversation(id).sentiment.level;
    wrote(&mut stage, id, 1, -0.9);
    let furious = stage.conversation(id).sentiment.level;
    // The same two messages in the order of sending come to the same level.
    let (mut other, same) = Stage::with_anna_on(Channel::WhatsApp);
    other.pass(600);
    wrote(&mut other, same, 20, -0.9);
    wrote(&mut other, same, 5, 0.9);
    assert_eq!(other.conversation(same).sentiment.level, after);
    assert!(furious < after && after <= pleased);
}

#[test]
fn what_lies_in_the_future_is_sent_as_it_comes_in() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    wrote(&mut stage, id, -3_600, 0.0);
    let since = stage.conversation(id).unanswered_since;
    assert_eq!(since, Some(stage.now));
}

#[test]
fn a_message_of_attachments_alone_takes_no_place_in_the_window() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let mut message = CustomerMessage::of_text(stage.message(), "");
    message.score = MessageScore::supplied(-1.0, 1.0, None, "test", "1").ok();
    stage.does(&gateway(), id, Act::CustomerMessage(message));
    let c = stage.conversation(id);
    assert!(c.scores.as_slice().is_empty());
    assert_eq!(c.sentiment.level, SentimentLevel::Neutral);
    assert_eq!(c.unanswered_since, Some(stage.now));
}

fn wrapped_up(channel: Channel) -> (Stage, ConversationId) {
    let (mut stage, id) = Stage::with_anna_on(channel);
    stage.does(&anna(), id, Act::End);
    stage.pass(60);
    (stage, id)
}

#[test]
fn who_writes_after_the_end_is_a_reason_to_look_until_it_leaves_wrap_up() {
    let reason = AttentionReason::CustomerWroteInWrapUp;
    let (mut stage, id) = wrapped_up(Channel::WhatsApp);
    stage.customer_writes(id, 0.0);
    let first = stage.now;
    stage.pass(10);
    stage.customer_writes(id, 0.0);
    let c = stage.conversation(id);
    assert_eq!(
        (c.state, c.attention.get(&reason)),
        (State::WrapUp, Some(&first))
    );
    stage.does(&anna(), id, Act::Reopen);
    let c = stage.conversation(id);
    assert_eq!((c.state, c.attention.get(&reason)), (State::Active, None));
    stage.does(&anna(), id, Act::End);
    assert_eq!(stage.conversation(id).attention.get(&reason), None);
}

#[test]
fn what_a_customer_wrote_after_the_end_is_not_closed_on_them_by_the_clock() {
    for (channel, state) in [
        (Channel::WhatsApp, State::Open),
        (Channel::LiveChat, State::Closed),
    ] {
        let (mut stage, id) = wrapped_up(channel);
        stage.customer_writes(id, 0.0);
        stage.when_due(id, TimerKind::AutoClose);
        let c = stage.conversation(id);
        assert_eq!(c.state, state, "{channel}");
        if state == State::Open {
            assert_eq!(
                (c.primary.clone(), c.waiting_since),
                (None, Some(stage.now))
            );
            assert_eq!(stage.consumed(ANNA), 0);
            let wrote = AttentionReason::CustomerWroteInWrapUp;
            assert!(!c.attention.contains_key(&wrote));
        }
    }
    // Its agent may close it all the same: that is their answer.
    let (mut stage, id) = wrapped_up(Channel::WhatsApp);
    stage.customer_writes(id, 0.0);
    stage.does(&anna(), id, Act::Close);
    assert_eq!(
        stage.stands(id),
        (State::Closed, StatusReason::EndedByAgent)
    );
}

#[test]
fn a_messaging_conversation_is_held_by_text_again_after_the_end() {
    let (mut stage, id) = Stage::with_anna_on(Channel::LiveChat);
    let video = Act::ChangeMode(commands::ChangeMode(Mode::Video));
    stage.does(&gateway(), id, video);
    stage.does(&anna(), id, Act::End);
    assert_eq!(stage.conversation(id).mode, Mode::Text);
    let (mut stage, call) = Stage::with_anna_on(Channel::Voice);
    stage.does(&anna(), call, Act::End);
    assert_eq!(stage.conversation(call).mode, Mode::Voice);
}
