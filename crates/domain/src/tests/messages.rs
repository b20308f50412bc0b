//! What happens to messages after they were posted: edits, removals, reactions, delivery (domain.md section 10).

use super::*;
use crate::message::Reactor;

/// A customer's message with this score, sent then, or as it comes in; and its id.
fn writes(
    stage: &mut Stage,
    id: ConversationId,
    score: Option<f32>,
    sent: Option<i64>,
) -> MessageId {
    let message = stage.message();
    let sent_at = sent.map(|seconds| stage.now + TimeDelta::seconds(seconds));
    let act = Act::CustomerMessage(commands::CustomerMessage {
        score: score.map(scored),
        meaning: Meaning::default(),
        sent_at,
        ..commands::CustomerMessage::of_text(message, "…")
    });
    stage.does(&gateway(), id, act);
    message
}

fn scored(score: f32) -> MessageScore {
    MessageScore::supplied(score, 1.0, Some("en"), "test", "1").unwrap()
}

/// One that a scorer could not score.
fn unscored() -> MessageScore {
    MessageScore {
        score: None,
        ..scored(0.0)
    }
}

fn answers(stage: &mut Stage, id: ConversationId) -> MessageId {
    let act = stage.writing(None);
    stage.does(&anna(), id, act);
    stage.outcome().message.unwrap()
}

fn edit(text: &str, score: Option<f32>, at: Option<DateTime<Utc>>) -> MessageAct {
    MessageAct::Edit(commands::Edit {
        text: text.into(),
        attachments: None,
        score: score.map(scored),
        meaning: Meaning::default(),
        at,
    })
}

fn remove(at: Option<DateTime<Utc>>) -> MessageAct {
    MessageAct::Remove(commands::Remove { at })
}

fn react(reaction: Option<&str>, at: Option<DateTime<Utc>>) -> MessageAct {
    let reaction = reaction.map(Into::into);
    MessageAct::React(commands::React { reaction, at })
}

fn report(state: DeliveryState, at: Option<DateTime<Utc>>) -> MessageAct {
    MessageAct::RecordDelivery(commands::RecordDelivery {
        state,
        external_id: None,
        code: None,
        description: None,
        at,
    })
}

/// Names the message by its id.
fn play(
    stage: &mut Stage,
    asker: &Asker,
    message: MessageId,
    act: MessageAct,
) -> Result<Vec<Kind>, Refusal> {
    let on = commands::OnMessage {
        message: MessageName::Id(message),
        channel: None,
        act,
    };
    stage.play(asker, &on.into())
}

/// What the gateway says; whether it took effect.
fn said(stage: &mut Stage, message: MessageId, act: MessageAct) -> bool {
    let kinds = play(stage, &gateway(), message, act).unwrap();
    let applied = stage.outcome().applied;
    assert_eq!(applied, !kinds.is_empty(), "{kinds:?}");
    applied
}

#[test]
fn an_edit_takes_the_new_score_in_place_and_alerts_like_a_message() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let first = writes(&mut stage, id, Some(0.0), None);
    let second = writes(&mut stage, id, Some(0.1), None);
    let before = stage.conversation(id);
    stage.pass(60);
    let kinds = play(&mut stage, &gateway(), first, edit("!", Some(-1.0), None)).unwrap();
    assert_eq!(
        kinds,
        [Kind::MessageEdited, Kind::SentimentChanged],
        "the older one weighs less"
    );
    let kinds = play(&mut stage, &gateway(), second, edit("!", Some(-1.0), None)).unwrap();
    assert_eq!(
        kinds,
        [
            Kind::MessageEdited,
            Kind::SentimentChanged,
            Kind::SentimentAlertRaised,
            Kind::AttentionChanged
        ]
    );
    let after = stage.conversation(id);
    assert_eq!(after.sentiment.level, SentimentLevel::VeryNegative);
    assert_eq!(after.sentiment.messages, [first, second]);
    let same = |c: &Conversation| {
        (
            c.version,
            c.last_activity_at,
            c.auto_close_at,
            c.unanswered_since,
            c.messages,
        )
    };
    assert_eq!(same(&after), same(&before));
}

#[test]
fn what_is_older_than_what_is_recorded_has_no_effect_and_removing_wins() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let message = writes(&mut stage, id, None, None);
    stage.pass(100);
    let at = |seconds| Some(noon() + TimeDelta::seconds(seconds));
    assert!(said(&mut stage, message, edit("two", None, at(20))));
    assert!(!said(&mut stage, message, edit("one", None, at(10))));
    assert!(
        !said(&mut stage, message, edit("two", None, at(20))),
        "again"
    );
    assert!(
        said(&mut stage, message, edit("two", None, at(40))),
        "still that"
    );
    assert!(!said(&mut stage, message, edit("three", None, at(30))));
    assert_eq!(&*stage.records[&message].content.text, "two");
    assert!(said(&mut stage, message, remove(at(5))), "it wins");
    assert!(!said(&mut stage, message, remove(at(50))));
    assert!(!said(&mut stage, message, edit("back", None, at(60))));
    let future = stage.now + TimeDelta::hours(1);
    let other = writes(&mut stage, id, None, None);
    assert!(said(&mut stage, other, edit("soon", None, Some(future))));
    assert_eq!(stage.records[&other].edited_at, Some(stage.now));
}

#[test]
fn a_removed_message_leaves_the_window_and_none_comes_back() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let all: Vec<_> = (0..7)
        .map(|_| writes(&mut stage, id, Some(-1.0), None))
        .collect();
    let window = |stage: &Stage| stage.conversation(id).sentiment.messages.clone();
    assert_eq!(window(&stage), all[1..]);
    assert!(said(&mut stage, all[3], remove(None)));
    let left = [all[1], all[2], all[4], all[5], all[6]];
    assert_eq!(window(&stage), left);
    // The seventh fell out, and an edit does not bring it back.
    assert!(said(&mut stage, all[0], edit("!", Some(0.5), None)));
    assert_eq!(window(&stage), left);
    for message in left {
        said(&mut stage, message, remove(None));
    }
    let after = stage.conversation(id);
    assert_eq!(after.sentiment.level, SentimentLevel::Neutral);
    assert_eq!(after.attention.len(), 0);
}

#[test]
fn a_message_without_a_score_takes_no_place_and_the_level_is_not_available_while_the_window_is_empty()
 {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let level = |stage: &Stage| stage.conversation(id).sentiment.level;
    let media = writes(&mut stage, id, None, None);
    assert_eq!(
        level(&stage),
        SentimentLevel::Neutral,
        "nothing with a text yet"
    );
    let foreign = stage.message();
    let act = Act::CustomerMessage(commands::CustomerMessage {
        score: Some(unscored()),
        ..commands::CustomerMessage::of_text(foreign, "To jest skandal")
    });
    stage.does(&gateway(), id, act);
    assert_eq!(level(&stage), SentimentLevel::NotAvailable);
    let english = writes(&mut stage, id, Some(-0.5), None);
    assert_eq!(level(&stage), SentimentLevel::Negative);
    assert_eq!(stage.conversation(id).sentiment.messages, [english]);
    said(&mut stage, english, remove(None));
    assert_eq!(level(&stage), SentimentLevel::NotAvailable);
    said(&mut stage, media, edit("A text", Some(0.5), None));
    assert_eq!(
        level(&stage),
        SentimentLevel::Positive,
        "it comes into the window"
    );
    said(&mut stage, media, remove(None));
    said(&mut stage, foreign, remove(None));
    assert_eq!(level(&stage), SentimentLevel::Neutral);
}

#[test]
fn removing_what_unanswered_since_rests_on_makes_it_the_next() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let since = |stage: &Stage| stage.conversation(id).unanswered_since;
    let first = writes(&mut stage, id, None, None);
    stage.pass(10);
    let then = stage.now;
    let second = writes(&mut stage, id, None, None);
    said(&mut stage, first, remove(None));
    assert_eq!(since(&stage), Some(then));
    let due = stage.conversation(id).clocks.unanswered_due;
    assert_eq!(due, Some(then + TimeDelta::seconds(120)));
    said(&mut stage, second, remove(None));
    assert_eq!(since(&stage), None);
    assert_eq!(stage.conversation(id).clocks.unanswered_due, None);
}

#[test]
fn a_failed_answer_asks_for_attention_and_the_customer_waits_as_before_it() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let waits_since = stage.now;
    writes(&mut stage, id, None, None);
    stage.pass(10);
    let answer = answers(&mut stage, id);
    stage.pass(5);
    let wrote_again = stage.now;
    writes(&mut stage, id, None, None);
    let before = stage.conversation(id);
    stage.pass(5);
    let kinds = play(
        &mut stage,
        &gateway(),
        answer,
        report(DeliveryState::Failed, None),
    )
    .unwrap();
    assert_eq!(kinds, [Kind::MessageDelivery, Kind::AttentionChanged]);
    let failed = stage.conversation(id);
    assert_eq!(failed.unanswered_since, Some(waits_since));
    let reason = AttentionReason::DeliveryFailed;
    assert_eq!(failed.attention.get(&reason), Some(&stage.now));
    assert_eq!(
        failed.responses, before.responses,
        "figures are not corrected"
    );
    assert_eq!(failed.version, before.version);

    stage.pass(5);
    let kinds = play(
        &mut stage,
        &gateway(),
        answer,
        report(DeliveryState::Sent, None),
    )
    .unwrap();
    assert_eq!(kinds, [Kind::MessageDelivery, Kind::AttentionChanged]);
    let sent = stage.conversation(id);
    assert_eq!(sent.unanswered_since, Some(wrote_again));
    assert!(sent.attention.is_empty());

    stage.pass(5);
    said(&mut stage, answer, report(DeliveryState::Failed, None));
    answers(&mut stage, id);
    let answered = stage.conversation(id);
    assert_eq!(answered.unanswered_since, None);
    assert!(
        answered.attention.is_empty(),
        "a later message that is not FAILED"
    );
    stage.pass(5);
    assert!(said(&mut stage, answer, report(DeliveryState::Sent, None)));
    stage.pass(5);
    assert!(said(
        &mut stage,
        answer,
        report(DeliveryState::Failed, None)
    ));
    assert!(
        stage.conversation(id).attention.is_empty(),
        "not the newest"
    );
}

#[test]
fn a_failure_of_regies_own_message_asks_for_no_attention() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    writes(&mut stage, id, None, None);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    stage.does(&sofie(), id, Act::Join);
    let own = stage.changes().iter().find_map(|change| match change {
        Change::MessagePosted { message, .. } => Some(*message),
        _ => None,
    });
    let kinds = play(
        &mut stage,
        &gateway(),
        own.unwrap(),
        report(DeliveryState::Failed, None),
    );
    assert_eq!(kinds, Ok(vec![Kind::MessageDelivery]));
}

#[test]
fn delivery_goes_forward_only_and_a_failure_only_over_pending_and_sent() {
    use DeliveryState::{Delivered, Failed, Pending, Read, Sent};
    let (stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    // What was recorded, what is said at the same instant, what a second later: whether they take effect. What is
    // said a second earlier does where it says that it came.
    for (known, reported, at_once, later) in [
        (None, Pending, false, false),
        (None, Sent, true, true),
        (None, Failed, true, true),
        (Some(Sent), Sent, false, false),
        (Some(Sent), Delivered, true, true),
        (Some(Sent), Failed, true, true),
        (Some(Delivered), Sent, false, false),
        (Some(Delivered), Failed, false, false),
        (Some(Delivered), Read, true, true),
        (Some(Read), Delivered, false, false),
        (Some(Read), Failed, false, false),
        (Some(Failed), Sent, false, true),
        (Some(Failed), Delivered, true, true),
        (Some(Failed), Read, true, true),
        (Some(Failed), Failed, false, false),
        (Some(Failed), Pending, false, false),
    ] {
        let came = matches!(reported, Delivered | Read);
        let earlier = at_once && (known.is_none() || came);
        for (seconds, effect) in [(0, at_once), (1, later), (-1, earlier)] {
            let mut stage = stage.clone();
            let answer = answers(&mut stage, id);
            stage.pass(100);
            let at = noon() + TimeDelta::seconds(50);
            if let Some(known) = known {
                assert!(said(&mut stage, answer, report(known, Some(at))));
            }
            let at = Some(at + TimeDelta::seconds(seconds));
            let took = said(&mut stage, answer, report(reported, at));
            assert_eq!(took, effect, "{known:?} {reported:?} {seconds}");
        }
    }
}

#[test]
fn a_reaction_is_one_for_each_person_and_no_message() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let message = writes(&mut stage, id, None, None);
    let before = stage.conversation(id);
    stage.pass(100);
    let at = |seconds| Some(noon() + TimeDelta::seconds(seconds));
    assert!(said(&mut stage, message, react(Some("👍"), at(10))));
    assert!(said(&mut stage, message, react(Some("❤"), at(20))));
    assert!(
        !said(&mut stage, message, react(Some("👍"), at(15))),
        "older"
    );
    assert!(said(&mut stage, message, react(None, at(30))));
    assert!(
        !said(&mut stage, message, react(Some("😀"), at(25))),
        "older than taking back"
    );
    play(&mut stage, &anna(), message, react(Some("👀"), None)).unwrap();
    let reactions = &stage.records[&message].reactions;
    assert_eq!(reactions[&Reactor::Customer].reaction, None);
    assert_eq!(
        reactions[&Reactor::Agent(ANNA)].reaction.as_deref(),
        Some("👀")
    );
    assert_eq!(
        *stage.conversation(id),
        *before,
        "no message, no activity, no clock"
    );
    let log = format!("{:?}", stage.decision.as_ref().unwrap().events);
    assert!(!log.contains('👀'), "{log}");
}

#[test]
fn who_may_react_is_who_may_write_and_the_customer_to_what_they_see() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let public = writes(&mut stage, id, None, None);
    let note = stage.writing(Some(Visibility::Internal));
    stage.does(&anna(), id, note);
    let note = stage.outcome().message.unwrap();
    let code = |stage: &mut Stage, asker: Asker, message| {
        let played = play(stage, &asker, message, react(Some("👍"), None));
        played.map_err(|refusal| refusal.code()).err()
    };
    assert_eq!(
        code(&mut stage, gateway(), note),
        Some(Code::MessageNotFound)
    );
    assert_eq!(
        code(&mut stage, bram(), public),
        Some(Code::MessageNotFound),
        "not his"
    );
    assert_eq!(code(&mut stage, sofie(), note), Some(Code::NotMonitoring));
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    assert_eq!(code(&mut stage, sofie(), note), None);
    assert_eq!(
        code(&mut stage, sofie(), public),
        Some(Code::NotParticipant)
    );
    stage.does(&sofie(), id, Act::Join);
    assert_eq!(code(&mut stage, sofie(), public), None);
    assert_eq!(code(&mut stage, admin(), public), Some(Code::RoleRequired));
    stage.does(&anna(), id, Act::End);
    stage.does(&anna(), id, Act::Close);
    assert_eq!(
        code(&mut stage, gateway(), public),
        None,
        "after the end, too"
    );
    assert_eq!(
        code(&mut stage, sofie(), note),
        Some(Code::ConversationClosed)
    );
}

#[test]
fn only_the_gateway_edits_removes_and_reports_and_each_what_it_is_for() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let written = writes(&mut stage, id, None, None);
    let answer = answers(&mut stage, id);
    let code = |stage: &mut Stage, asker: Asker, message, act| {
        let played = play(stage, &asker, message, act);
        played.unwrap_err().code()
    };
    for act in [
        edit("!", None, None),
        remove(None),
        report(DeliveryState::Sent, None),
    ] {
        for asker in [anna(), sofie(), admin()] {
            assert_eq!(
                code(&mut stage, asker, written, act.clone()),
                Code::RoleRequired
            );
        }
        let unknown = MessageId(uuid::Uuid::from_u128(0xFFFF));
        assert_eq!(
            code(&mut stage, gateway(), unknown, act),
            Code::MessageNotFound
        );
    }
    for (message, act) in [
        (answer, edit("!", None, None)),
        (answer, remove(None)),
        (written, report(DeliveryState::Sent, None)),
        (written, edit(" ", None, None)),
    ] {
        assert_eq!(
            code(&mut stage, gateway(), message, act),
            Code::InvalidInput
        );
    }
    stage.records.get_mut(&written).unwrap().erased = true;
    assert_eq!(
        code(&mut stage, gateway(), written, remove(None)),
        Code::MessageNotFound
    );
}

#[test]
fn after_the_end_each_changes_its_own_record_only() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let written = writes(&mut stage, id, Some(0.0), None);
    let answer = answers(&mut stage, id);
    stage.does(&anna(), id, Act::End);
    stage.does(&anna(), id, Act::Close);
    let before = stage.conversation(id);
    stage.pass(60);
    assert!(said(
        &mut stage,
        written,
        edit("Terrible", Some(-1.0), None)
    ));
    assert!(said(&mut stage, written, react(Some("👎"), None)));
    assert!(said(
        &mut stage,
        answer,
        report(DeliveryState::Failed, None)
    ));
    assert!(said(&mut stage, written, remove(None)));
    assert_eq!(still(&stage.conversation(id)), still(&before));
}
