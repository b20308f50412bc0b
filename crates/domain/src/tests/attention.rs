//! Why a conversation needs a look now: when each reason appears and goes, over the states
//! (domain.md section 6).

use super::*;
use AttentionReason as Reason;

/// Its reasons now, without since when.
fn held(stage: &Stage, id: ConversationId) -> Vec<AttentionReason> {
    stage.conversation(id).attention.keys().copied().collect()
}

/// What the latest command said of attention: what appeared, and what went.
fn told(stage: &Stage) -> Option<(Vec<AttentionReason>, Vec<AttentionReason>)> {
    stage.changes().into_iter().find_map(|change| match change {
        Change::AttentionChanged { added, removed } => {
            Some((added.into_iter().map(|one| one.reason).collect(), removed))
        }
        _ => None,
    })
}

/// Time passes, and the timer fires if it is due.
fn wait(stage: &mut Stage, id: ConversationId, seconds: i64) -> Vec<Kind> {
    stage.pass(seconds);
    stage.timer(id, TimerKind::Attention)
}

fn answers(stage: &mut Stage, asker: &Asker, id: ConversationId) {
    let public = stage.writing(Some(Visibility::Public));
    stage.does(asker, id, public);
}

#[test]
fn nobody_taking_it_is_a_reason_after_the_workstreams_time_and_not_a_second_before() {
    let (mut stage, id) = Stage::with(Channel::Voice);
    assert_eq!(wait(&mut stage, id, 299), []);
    assert_eq!(held(&stage, id), []);
    let before = stage.conversation(id);
    assert_eq!(wait(&mut stage, id, 1), [Kind::AttentionChanged]);
    assert_eq!(
        told(&stage),
        Some((vec![Reason::WaitingForAgentTooLong], vec![]))
    );
    // Nothing else changed: no version, no activity, no auto-close clock.
    let after = stage.conversation(id);
    let attention = BTreeMap::from([(Reason::WaitingForAgentTooLong, stage.now)]);
    let expected = Conversation {
        attention,
        ..(*before).clone()
    };
    assert_eq!(*after, expected);
    assert_eq!(stage.due(id, TimerKind::Attention), None);
    assert_eq!(wait(&mut stage, id, 1), []);
    assert_eq!(
        stage.does(&anna(), id, Act::Pick),
        [Kind::Picked, Kind::AttentionChanged]
    );
    assert_eq!(
        told(&stage),
        Some((vec![], vec![Reason::WaitingForAgentTooLong]))
    );
}

#[test]
fn an_offer_that_is_not_accepted_and_another_queue_let_the_wait_go_on() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let due = stage.due(id, TimerKind::Attention);
    stage.pass(100);
    stage.does(
        &sofie(),
        id,
        Act::AssignToQueue(commands::AssignToQueue(SALES)),
    );
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert_eq!(stage.due(id, TimerKind::Attention), due);
    stage.pass(110);
    stage.does(&sofie(), id, Act::CancelOffer);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    // Offered, but nobody has accepted.
    wait(&mut stage, id, 90);
    assert_eq!(held(&stage, id), [Reason::WaitingForAgentTooLong]);
    stage.does(&anna(), id, Act::Accept);
    assert_eq!(held(&stage, id), []);
    stage.does(&anna(), id, Act::Release);
    let again = stage.now + TimeDelta::seconds(300);
    assert_eq!(stage.due(id, TimerKind::Attention), Some(again));
}

#[test]
fn a_reason_that_came_with_time_is_found_by_any_command_and_holds_since_it_was_due() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let due = stage.due(id, TimerKind::Attention).unwrap();
    stage.pass(310);
    stage.customer_writes(id, 0.0);
    let expected = BTreeMap::from([(Reason::WaitingForAgentTooLong, due)]);
    assert_eq!(stage.conversation(id).attention, expected);
}

#[test]
fn an_unanswered_customer_is_a_reason_until_somebody_writes_to_them() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.customer_writes(id, 0.0);
    stage.pass(60);
    stage.customer_writes(id, 0.0);
    // The oldest unanswered message counts.
    assert_eq!(wait(&mut stage, id, 59), []);
    assert_eq!(wait(&mut stage, id, 1), [Kind::AttentionChanged]);
    assert_eq!(held(&stage, id), [Reason::CustomerUnansweredTooLong]);
    let internal = stage.writing(Some(Visibility::Internal));
    assert_eq!(stage.does(&anna(), id, internal), [Kind::MessagePosted]);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    stage.does(&sofie(), id, Act::Join);
    assert_eq!(held(&stage, id), [Reason::CustomerUnansweredTooLong]);
    answers(&mut stage, &sofie(), id);
    assert_eq!(
        told(&stage),
        Some((vec![], vec![Reason::CustomerUnansweredTooLong]))
    );
    stage.customer_writes(id, 0.0);
    wait(&mut stage, id, 120);
    answers(&mut stage, &anna(), id);
    assert_eq!(held(&stage, id), []);
}

#[test]
fn an_unanswered_customer_counts_in_every_ongoing_state_but_wrap_up() {
    let unanswered = |acts: &[(Asker, Act)]| {
        let (mut stage, id) = Stage::with(Channel::WhatsApp);
        stage.customer_writes(id, 0.0);
        for (asker, act) in acts {
            stage.does(asker, id, act.clone());
        }
        stage.pass(120);
        stage.timer(id, TimerKind::Attention);
        held(&stage, id).contains(&Reason::CustomerUnansweredTooLong)
    };
    let pick = (anna(), Act::Pick);
    assert!(unanswered(&[]));
    assert!(unanswered(&[(
        sofie(),
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA)))
    )]));
    assert!(unanswered(std::slice::from_ref(&pick)));
    assert!(unanswered(&[pick.clone(), (anna(), Act::SetAside)]));
    assert!(!unanswered(&[pick.clone(), (anna(), Act::End)]));
    // What is written in after-work is appended, and waits for nobody.
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&anna(), id, Act::End);
    stage.customer_writes(id, 0.0);
    assert_eq!(stage.due(id, TimerKind::Attention), None);
    assert_eq!(wait(&mut stage, id, 1_000), []);
}

#[test]
fn a_long_conversation_is_a_reason_and_a_transfer_does_not_start_its_time_anew() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    stage.pass(100);
    stage.does(&anna(), id, Act::Accept);
    let due = stage.now + TimeDelta::seconds(1_800);
    assert_eq!(
        stage.due(id, TimerKind::Attention),
        Some(due),
        "from accepting"
    );
    stage.pass(900);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    stage.does(&bram(), id, Act::Accept);
    assert_eq!(stage.due(id, TimerKind::Attention), Some(due));
    wait(&mut stage, id, 900);
    assert_eq!(held(&stage, id), [Reason::HandledTooLong]);
    stage.does(&bram(), id, Act::SetAside);
    assert_eq!(held(&stage, id), [], "only while ACTIVE");
    stage.pass(5_000);
    stage.does(&bram(), id, Act::Reopen);
    assert_eq!(held(&stage, id), [], "reopening starts it again");
    assert_eq!(wait(&mut stage, id, 1_800), [Kind::AttentionChanged]);
    stage.does(&bram(), id, Act::Release);
    assert_eq!(held(&stage, id), []);
}

#[test]
fn what_was_set_aside_and_is_transferred_has_not_been_handled_meanwhile() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&anna(), id, Act::SetAside);
    stage.pass(90_000);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    stage.does(&bram(), id, Act::Accept);
    assert_eq!(held(&stage, id), []);
    assert_eq!(wait(&mut stage, id, 1_800), [Kind::AttentionChanged]);
    assert_eq!(held(&stage, id), [Reason::HandledTooLong]);
}

#[test]
fn two_declines_by_all_agents_together_are_a_reason_until_somebody_takes_it() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    for (agent, asker) in [(ANNA, anna()), (BRAM, bram())] {
        assert_eq!(held(&stage, id), []);
        stage.does(
            &sofie(),
            id,
            Act::AssignToAgent(commands::AssignToAgent(to(agent))),
        );
        stage.does(&asker, id, Act::Reject);
    }
    assert_eq!(held(&stage, id), [Reason::OfferDeclinedRepeatedly]);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert_eq!(
        held(&stage, id),
        [Reason::OfferDeclinedRepeatedly],
        "offered is not taken"
    );
    stage.does(&anna(), id, Act::Accept);
    assert_eq!(held(&stage, id), []);
    // Each agent's own declines go on to count for the override.
    assert_eq!(
        stage.conversation(id).declines,
        BTreeMap::from([(ANNA, 1), (BRAM, 1)])
    );
    for _ in 0..2 {
        stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
        stage.when_due(id, TimerKind::Offer);
    }
    assert!(held(&stage, id).contains(&Reason::OfferDeclinedRepeatedly));
    stage.does(&anna(), id, Act::End);
    assert_eq!(held(&stage, id), [], "nothing is offered in WRAP_UP");
}

#[test]
fn a_customer_who_is_away_is_a_reason_until_they_are_back_or_gone() {
    let (mut stage, id) = Stage::with_anna_on(Channel::LiveChat);
    stage.does(&gateway(), id, Act::CustomerDisconnected);
    let since = BTreeMap::from([(Reason::CustomerDisconnected, stage.now)]);
    assert_eq!(stage.conversation(id).attention, since);
    stage.pass(60);
    stage.does(&gateway(), id, Act::CustomerReconnected);
    assert_eq!(
        told(&stage),
        Some((vec![], vec![Reason::CustomerDisconnected]))
    );
    stage.does(&gateway(), id, Act::CustomerDisconnected);
    stage.when_due(id, TimerKind::CustomerGrace);
    assert_eq!(
        (stage.stands(id).0, held(&stage, id)),
        (State::WrapUp, vec![])
    );
}

#[test]
fn closed_has_no_reason_and_its_going_is_told_after_the_end() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.customer_writes(id, -0.9);
    wait(&mut stage, id, 1_800);
    let all = vec![
        Reason::SentimentAtOrBelowThreshold,
        Reason::CustomerUnansweredTooLong,
        Reason::HandledTooLong,
    ];
    assert_eq!(held(&stage, id), all);
    let kinds = stage.does(&sofie(), id, Act::ForceClose);
    assert_eq!(
        kinds,
        [
            Kind::MessagePosted,
            Kind::ForceClosed,
            Kind::AttentionChanged
        ]
    );
    assert_eq!(told(&stage), Some((vec![], all)));
    let closing = &stage.decision.as_ref().unwrap().events[1];
    assert!(closing.conversation().unwrap().attention.is_empty());
    assert_eq!(stage.outcome().conversation, Some(stage.conversation(id)));
}

#[test]
fn a_changed_time_holds_for_the_clocks_that_start_after_it() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let due = stage.due(id, TimerKind::Attention);
    stage.tune(QueueKind::Messaging, |workstream| {
        workstream.attention.waiting_seconds = 10;
    });
    stage.customer_writes(id, 0.0);
    assert_eq!(stage.conversation(id).clocks.waiting_due, due);
    stage.does(&anna(), id, Act::Pick);
    stage.does(&anna(), id, Act::Release);
    let due = stage.now + TimeDelta::seconds(10);
    assert_eq!(stage.due(id, TimerKind::Attention), Some(due));
}

#[test]
fn a_conversation_from_before_there_was_attention_gets_its_clocks_with_its_next_event() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.customer_writes(id, -0.9);
    let mut old = serde_json::to_value(&*stage.conversation(id)).unwrap();
    for field in ["clocks", "attention", "declined", "responses"] {
        old.as_object_mut().unwrap().remove(field);
    }
    let old: Conversation = serde_json::from_value(old).unwrap();
    assert!(old.clocks.is_empty() && old.attention.is_empty());
    stage.world.put(&After::Conversation(old.into()));
    let since = stage.now;
    stage.pass(50);
    let internal = stage.writing(Some(Visibility::Internal));
    stage.does(&anna(), id, internal);
    let now = stage.conversation(id);
    assert_eq!(
        now.clocks.unanswered_due,
        Some(since + TimeDelta::seconds(120))
    );
    assert_eq!(now.clocks.handled_since, Some(stage.now));
    assert_eq!(held(&stage, id), [Reason::SentimentAtOrBelowThreshold]);
}

#[test]
fn the_responses_count_the_waits_that_a_public_message_ended() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let responses = |stage: &Stage| {
        let responses = stage.conversation(id).responses;
        (responses.first_at, responses.average_seconds())
    };
    assert_eq!(responses(&stage), (None, None));
    stage.customer_writes(id, 0.0);
    stage.pass(10);
    stage.customer_writes(id, 0.0);
    let internal = stage.writing(Some(Visibility::Internal));
    stage.does(&anna(), id, internal);
    assert_eq!(
        responses(&stage),
        (None, None),
        "the customer read nothing yet"
    );
    stage.pass(20);
    answers(&mut stage, &anna(), id);
    let first = Some(stage.now);
    assert_eq!(responses(&stage), (first, Some(30.0)));
    stage.pass(100);
    answers(&mut stage, &anna(), id);
    assert_eq!(responses(&stage), (first, Some(30.0)), "nobody was waiting");
    stage.customer_writes(id, 0.0);
    stage.now += TimeDelta::milliseconds(5_001);
    assert_eq!(
        responses(&stage),
        (first, Some(30.0)),
        "a wait that runs does not count"
    );
    answers(&mut stage, &anna(), id);
    assert_eq!(responses(&stage), (first, Some(17.5)));
    assert_eq!(stage.conversation(id).unanswered_since, None);
}

#[test]
fn a_greeting_is_a_first_response_and_ends_no_wait() {
    let (mut stage, id) = Stage::with_anna_on(Channel::LiveChat);
    answers(&mut stage, &anna(), id);
    let responses = stage.conversation(id).responses;
    assert_eq!(
        (responses.first_at, responses.average_seconds()),
        (Some(stage.now), None)
    );
}
