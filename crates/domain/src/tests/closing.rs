//! How conversations end: by people, by the customer's absence, by the clock (domain.md section 2).

use super::*;

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// Seconds from now until it closes by itself.
fn closes_in(stage: &Stage, id: ConversationId) -> Option<i64> {
    stage
        .due(id, TimerKind::AutoClose)
        .map(|due| (due - stage.now).num_seconds())
}

#[test]
fn each_channel_and_state_has_its_auto_close_time() {
    let kinds = [QueueKind::Messaging, QueueKind::Voice, QueueKind::Record];
    let streams = kinds.map(|kind| Workstream::with_defaults(WorkstreamId::new(noon()), "", kind));
    for channel in Channel::ALL {
        let stream = streams.iter().find(|stream| stream.fits(*channel)).unwrap();
        let expected = match channel {
            Channel::LiveChat => [Some(20 * MINUTE), None, None, Some(15 * MINUTE)],
            Channel::Voice => [Some(30 * DAY), Some(120 * MINUTE), None, Some(DAY)],
            Channel::Record => [None; 4],
            _ => [Some(30 * DAY), Some(30 * DAY), Some(28 * DAY), Some(DAY)],
        };
        let states = [State::Open, State::Active, State::Waiting, State::WrapUp];
        let seconds = states.map(|state| stream.auto_close_seconds(*channel, state).map(i64::from));
        assert_eq!(seconds, expected, "{channel}");
        assert_eq!(stream.auto_close_seconds(*channel, State::Closed), None);
    }
}

#[test]
fn a_workstream_may_have_its_own_times() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.tune(QueueKind::Messaging, |workstream| {
        workstream.auto_close.active_seconds = Some(60);
    });
    stage.does(&anna(), id, Act::Pick);
    assert_eq!(closes_in(&stage, id), Some(60));
}

#[test]
fn it_closes_from_each_state_with_the_reason_of_that_state() {
    let reason = |channel, acts: &[Act]| {
        let (mut stage, id) = Stage::with(channel);
        for act in acts {
            stage.does(&anna(), id, act.clone());
        }
        stage.pass(closes_in(&stage, id).unwrap() - 1);
        assert_eq!(stage.timer(id, TimerKind::AutoClose), []);
        stage.pass(1);
        assert!(!stage.timer(id, TimerKind::AutoClose).is_empty());
        assert_eq!(
            stage.consumed(ANNA),
            if channel == Channel::Voice { 2 } else { 0 }
        );
        stage.stands(id)
    };
    let by_system = (State::Closed, StatusReason::AutoClosedBySystem);
    assert_eq!(reason(Channel::WhatsApp, &[]), by_system);
    assert_eq!(reason(Channel::WhatsApp, &[Act::Pick]), by_system);
    assert_eq!(reason(Channel::WhatsApp, &[Act::Pick, Act::End]), by_system);
    assert_eq!(reason(Channel::LiveChat, &[Act::Pick, Act::End]), by_system);
    let waiting = (State::Closed, StatusReason::AutoClosedFromWaiting);
    assert_eq!(
        reason(Channel::WhatsApp, &[Act::Pick, Act::SetAside]),
        waiting
    );
    let long_call = (State::WrapUp, StatusReason::CustomerDisconnected);
    assert_eq!(reason(Channel::Voice, &[Act::Pick]), long_call);
}

#[test]
fn the_clock_starts_again_with_each_state() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.pass(DAY);
    assert_eq!(closes_in(&stage, id), Some(29 * DAY));
    stage.does(&anna(), id, Act::Pick);
    assert_eq!(closes_in(&stage, id), Some(30 * DAY));
    stage.pass(DAY);
    stage.does(&anna(), id, Act::SetAside);
    assert_eq!(closes_in(&stage, id), Some(28 * DAY));
    stage.does(&anna(), id, Act::Reopen);
    stage.does(&anna(), id, Act::End);
    assert_eq!(closes_in(&stage, id), Some(DAY));
    stage.does(&anna(), id, Act::Close);
    assert_eq!(stage.conversation(id).auto_close_at, None);
    assert_eq!(stage.timer(id, TimerKind::AutoClose), []);
}

#[test]
fn monitoring_joining_and_transferring_restart_the_clock() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let watching = stage.watching();
    for (asker, act) in [
        (sofie(), watching),
        (sofie(), Act::Join),
        (sofie(), Act::Transfer(commands::Transfer(to(BRAM)))),
        (bram(), Act::Accept),
    ] {
        stage.pass(60);
        stage.does(&asker, id, act);
        assert_eq!(closes_in(&stage, id), Some(30 * DAY));
    }
}

#[test]
fn what_people_write_restarts_the_clock_but_not_that_of_a_call() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.pass(60);
    stage.customer_writes(id, 0.0);
    assert_eq!(closes_in(&stage, id), Some(30 * DAY));
    let (mut stage, id) = Stage::with_anna_on(Channel::Voice);
    stage.pass(60);
    stage.customer_writes(id, 0.0);
    assert_eq!(closes_in(&stage, id), Some(120 * MINUTE - 60));
}

#[test]
fn a_live_chat_customer_may_come_back_within_the_grace_time() {
    let (mut stage, id) = Stage::with_anna_on(Channel::LiveChat);
    let before = stage.conversation(id);
    assert_eq!(
        stage.does(&gateway(), id, Act::CustomerDisconnected),
        [Kind::CustomerDisconnected, Kind::AttentionChanged]
    );
    assert_eq!(stage.conversation(id).customer_away_since, Some(stage.now));
    stage.pass(179);
    assert_eq!(stage.timer(id, TimerKind::CustomerGrace), []);
    assert_eq!(
        stage.does(&gateway(), id, Act::CustomerReconnected),
        [Kind::CustomerReconnected, Kind::AttentionChanged]
    );
    let after = stage.conversation(id);
    assert_eq!(
        (after.customer_away_since, after.customer_grace_until),
        (None, None)
    );
    assert_eq!(after.version, before.version);
    stage.pass(1);
    assert_eq!(stage.timer(id, TimerKind::CustomerGrace), []);
}

#[test]
fn past_the_grace_time_a_reconnect_is_refused() {
    let (mut stage, id) = Stage::with_anna_on(Channel::LiveChat);
    stage.does(&gateway(), id, Act::CustomerDisconnected);
    stage.pass(181);
    assert_eq!(
        stage.act(&gateway(), id, Act::CustomerReconnected),
        Err(Code::InvalidState)
    );
}

#[test]
fn a_customer_who_stays_away_ends_the_contact() {
    let away = |acts: &[(Asker, Act)]| {
        let (mut stage, id) = Stage::with(Channel::LiveChat);
        for (asker, act) in acts {
            stage.does(asker, id, act.clone());
        }
        stage.does(&gateway(), id, Act::CustomerDisconnected);
        stage.pass(180);
        let kinds = stage.timer(id, TimerKind::CustomerGrace);
        (kinds, stage.stands(id), stage.consumed(ANNA))
    };
    let left = (State::Closed, StatusReason::CustomerLeftOpen);
    assert_eq!(
        away(&[]),
        (vec![Kind::Closed, Kind::AttentionChanged], left, 0)
    );
    let offered = [(
        sofie(),
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    )];
    assert_eq!(
        away(&offered),
        (
            vec![Kind::Closed, Kind::OfferCancelled, Kind::AttentionChanged],
            left,
            0
        )
    );
    let gone = (State::WrapUp, StatusReason::CustomerDisconnected);
    assert_eq!(
        away(&[(anna(), Act::Pick)]),
        (vec![Kind::MovedToWrapUp, Kind::AttentionChanged], gone, 2)
    );
}

#[test]
fn the_grace_time_runs_on_while_agents_come_and_go() {
    let (mut stage, id) = Stage::with(Channel::LiveChat);
    stage.does(&gateway(), id, Act::CustomerDisconnected);
    let due = stage.due(id, TimerKind::CustomerGrace);
    stage.pass(60);
    stage.does(&anna(), id, Act::Pick);
    stage.does(&anna(), id, Act::Release);
    assert_eq!(stage.due(id, TimerKind::CustomerGrace), due);
}

#[test]
fn the_customer_ends_every_state_but_wrap_up() {
    let ends = |acts: &[(Asker, Act)]| {
        let (mut stage, id) = Stage::with(Channel::WhatsApp);
        for (asker, act) in acts {
            stage.does(asker, id, act.clone());
        }
        stage
            .act(&gateway(), id, Act::EndByCustomer)
            .map(|_| stage.stands(id))
    };
    let left = Ok((State::Closed, StatusReason::CustomerLeftOpen));
    let (pick, aside) = ((anna(), Act::Pick), (anna(), Act::SetAside));
    assert_eq!(ends(&[]), left);
    assert_eq!(
        ends(&[(
            sofie(),
            Act::AssignToAgent(commands::AssignToAgent(to(ANNA)))
        )]),
        left
    );
    let ended = Ok((State::Closed, StatusReason::EndedByCustomer));
    assert_eq!(ends(&[pick.clone(), aside]), ended);
    let wrap_up = Ok((State::WrapUp, StatusReason::MovedToWrapUpByCustomer));
    assert_eq!(ends(std::slice::from_ref(&pick)), wrap_up);
    assert_eq!(ends(&[pick, (anna(), Act::End)]), Err(Code::InvalidState));
}

#[test]
fn a_force_close_tells_everybody_and_ends_everything() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    let watching = stage.watching();
    stage.does(&simon(), id, watching);
    let kinds = stage.does(&sofie(), id, Act::ForceClose);
    let expected = [
        Kind::MessagePosted,
        Kind::ForceClosed,
        Kind::TransferCancelled,
        Kind::MonitoringStopped,
    ];
    assert_eq!(kinds, expected);
    let said = stage.changes().into_iter().find_map(|change| match change {
        Change::MessagePosted {
            author,
            visibility,
            system,
            ..
        } => Some((author, visibility, system)),
        _ => None,
    });
    let told = (
        Author::System,
        Visibility::Public,
        Some(SystemMessage::ForceClosed),
    );
    assert_eq!(said, Some(told));
    let closed = stage.conversation(id);
    assert_eq!(
        (closed.closed_at, closed.monitors.len()),
        (Some(stage.now), 0)
    );
    assert_eq!((stage.consumed(ANNA), stage.consumed(BRAM)), (0, 0));
    // Whose it was stays known.
    assert_eq!(closed.primary_agent(), Some(ANNA));
}

#[test]
fn the_image_of_an_end_holds_nothing_and_the_events_after_it_only_tell() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(&bram(), id, Act::Pick);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(ANNA))));
    stage.does(&anna(), id, Act::Accept);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    stage.does(&sofie(), id, Act::Join);
    stage.does(&simon(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    let before = stage.conversation(id);
    stage.does(&sofie(), id, Act::ForceClose);
    let events = stage.decision.clone().unwrap().events;
    let kinds: Vec<_> = events.iter().map(|event| event.change.kind()).collect();
    let expected = [
        Kind::MessagePosted,
        Kind::ForceClosed,
        Kind::TransferCancelled,
        Kind::SupervisorLeft,
        Kind::ConsultantLeft,
        Kind::MonitoringStopped,
    ];
    assert_eq!(kinds, expected);
    // Who took part until the end, or was asked to, is told of the end itself.
    assert_eq!(events[1].before, Some(before.footprint()));
    let closing = events[1].conversation().unwrap();
    for event in &events[2..] {
        let told = event.conversation().unwrap();
        let version = told.version;
        assert_eq!(
            **told,
            Conversation {
                version,
                last_activity_at: told.last_activity_at,
                ..still(closing)
            }
        );
        assert_eq!(event.before, None);
    }
}

#[test]
fn the_first_overdue_timer_wins_and_the_others_do_nothing() {
    let (mut stage, id) = Stage::with(Channel::LiveChat);
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    stage.does(&gateway(), id, Act::CustomerDisconnected);
    stage.pass(DAY);
    stage.timer(id, TimerKind::CustomerGrace);
    let closed = stage.conversation(id);
    for kind in TimerKind::ALL {
        assert_eq!(stage.timer(id, *kind), []);
    }
    assert_eq!(stage.conversation(id), closed);
}
