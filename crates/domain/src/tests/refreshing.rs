//! What a supervisor's next token means for the looks that an earlier one holds (domain.md section 4).

use super::harness::noon;
use super::monitoring::{end_of, subject};
use super::*;

/// Sofie's token until so many hours after noon.
fn token(hours: i64) -> Token {
    let until = noon() + TimeDelta::hours(hours);
    Token::of("sofie").supervises().until(until)
}

/// Sofie watches what Anna handles, by a token of one hour.
fn watched() -> (Stage, ConversationId) {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let watching = stage.watching();
    stage.does(&token(1).asks(), id, watching);
    (stage, id)
}

fn joined() -> (Stage, ConversationId) {
    let (mut stage, id) = watched();
    stage.does(&token(1).asks(), id, Act::Join);
    (stage, id)
}

fn shows(stage: &mut Stage, token: Token) -> Vec<Kind> {
    stage.play(&token.asks(), &Command::TokenRefreshed).unwrap()
}

fn look(stage: &Stage, id: ConversationId) -> Monitor {
    let conversation = stage.conversation(id);
    conversation.monitor_of(&subject("sofie")).unwrap().clone()
}

#[test]
fn a_look_runs_on_for_as_long_as_the_new_token() {
    let (mut stage, id) = watched();
    let before = look(&stage, id);
    assert_eq!(shows(&mut stage, token(2)), [Kind::MonitoringStarted]);
    let after = Monitor {
        until: noon() + TimeDelta::hours(2),
        ..before
    };
    assert_eq!(look(&stage, id), after);
    let due = stage.due(id, TimerKind::MonitorExpiry);
    assert_eq!(due, Some(after.until));
    let version = stage.conversation(id).version;
    assert_eq!(shows(&mut stage, token(2)), [], "seen at another server");
    assert_eq!(stage.conversation(id).version, version);
}

#[test]
fn an_older_token_changes_nothing_whatever_it_lacks() {
    let (mut stage, _) = joined();
    for hours in [0, 1] {
        let bare = token(hours).without(Permission::Monitor);
        assert_eq!(shows(&mut stage, bare), []);
    }
}

#[test]
fn a_token_that_comes_after_the_end_of_the_last_one_revives_nothing() {
    let (mut stage, id) = watched();
    stage.pass(3_600);
    assert_eq!(shows(&mut stage, token(2)), []);
    stage.timer(id, TimerKind::MonitorExpiry);
    assert_eq!(end_of(&stage), Some(MonitoringEnd::TokenExpired));
}

#[test]
fn a_look_that_the_new_token_does_not_allow_ends_and_who_had_joined_leaves_first() {
    let elsewhere = Scope::Only([SALES].into());
    let narrower: [fn(Token, Scope<QueueId>) -> Token; 3] = [
        |token, _| token.without(Permission::Monitor),
        |token, elsewhere| token.scope(elsewhere),
        |_, _| Token::of("sofie").until(noon() + TimeDelta::hours(2)),
    ];
    for narrow in narrower {
        let (mut stage, id) = watched();
        let kinds = shows(&mut stage, narrow(token(2), elsewhere.clone()));
        assert_eq!(kinds, [Kind::MonitoringStopped]);
        assert_eq!(end_of(&stage), Some(MonitoringEnd::AccessLost));
        assert!(stage.conversation(id).monitors.is_empty());

        let (mut stage, id) = joined();
        let kinds = shows(&mut stage, narrow(token(2), elsewhere.clone()));
        let leaving = [
            Kind::SupervisorLeft,
            Kind::MessagePosted,
            Kind::MonitoringStopped,
        ];
        assert_eq!(kinds, leaving);
        assert!(stage.conversation(id).monitors.is_empty());
        assert_eq!(shows(&mut stage, token(3)), []);
    }
}

#[test]
fn who_may_only_watch_from_now_on_leaves_and_goes_on_watching() {
    let (mut stage, id) = joined();
    let kinds = shows(&mut stage, token(2).without(Permission::Join));
    let falls_back = [
        Kind::SupervisorLeft,
        Kind::MessagePosted,
        Kind::MonitoringStarted,
    ];
    assert_eq!(kinds, falls_back);
    let look = look(&stage, id);
    assert_eq!(look.joined_at, None);
    assert_eq!(look.until, noon() + TimeDelta::hours(2));
    // Who did not join needs no such right.
    let (mut stage, _) = watched();
    let kinds = shows(&mut stage, token(2).without(Permission::Join));
    assert_eq!(kinds, [Kind::MonitoringStarted]);
}

#[test]
fn every_look_is_judged_by_itself_and_nobody_elses() {
    let (mut stage, here) = watched();
    let there = stage.start(Channel::WhatsApp);
    stage.does(
        &simon(),
        there,
        Act::AssignToQueue(commands::AssignToQueue(SALES)),
    );
    stage.does(&dirk(), there, Act::Pick);
    for who in [token(1).asks(), simon()] {
        for id in [here, there] {
            let watching = stage.watching();
            stage.act(&who, id, watching).unwrap();
        }
    }
    let only_here = token(2).scope(Scope::Only([SUPPORT].into()));
    let kinds = shows(&mut stage, only_here);
    assert_eq!(kinds, [Kind::MonitoringStarted, Kind::MonitoringStopped]);
    assert_eq!(look(&stage, here).until, noon() + TimeDelta::hours(2));
    let left = stage.conversation(there).monitors.clone();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].supervisor, subject("simon"));
}

#[test]
fn writing_takes_the_right_to_what_the_supervisor_is_there() {
    let only = |lacking| token(2).without(lacking).asks();
    let (mut stage, id) = watched();
    let writing = stage.writing(None);
    let refusal = stage.refused(&only(Permission::Monitor), id, writing.clone());
    assert_eq!(refusal, Refusal::PermissionMissing(Permission::Monitor));
    stage.does(&only(Permission::Join), id, writing.clone());

    let (mut stage, id) = joined();
    let refusal = stage.refused(&only(Permission::Join), id, writing.clone());
    assert_eq!(refusal, Refusal::PermissionMissing(Permission::Join));
    stage.does(&only(Permission::Monitor), id, writing.clone());

    // The setting comes before the permission.
    let off = Settings {
        supervisor_monitor: false,
        ..(*stage.world.settings).clone()
    };
    stage.world.put(&After::Settings(off.into()));
    let refusal = stage.refused(&only(Permission::Join), id, writing);
    assert_eq!(
        refusal,
        Refusal::SettingDisabled(Setting::SupervisorMonitor)
    );
    // Leaving only takes back.
    stage.does(&only(Permission::Join), id, Act::Leave);
}
