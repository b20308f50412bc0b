//! Who may review, and when a review ends (domain.md section 11).

use super::monitoring::subject;
use super::policy::{Reading, reads_in_session, reads_transcript};
use super::*;
use crate::commands::review::REVIEWS_AT_ONCE;

/// What reviews are made of: each state that there is to review, with a customer who was told.
fn reviewable() -> Vec<(&'static str, Stage, ConversationId)> {
    let (open, id) = Stage::with(Channel::WhatsApp);
    let mut all = vec![("OPEN", open, id)];
    for (name, steps) in [
        (
            "offered",
            vec![(
                simon(),
                Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
            )],
        ),
        (
            "WAITING",
            vec![(anna(), Act::Pick), (anna(), Act::SetAside)],
        ),
        (
            "CLOSED",
            vec![
                (anna(), Act::Pick),
                (anna(), Act::End),
                (anna(), Act::Close),
            ],
        ),
    ] {
        let (mut stage, id) = Stage::with(Channel::WhatsApp);
        for (asker, act) in steps {
            stage.does(&asker, id, act);
        }
        all.push((name, stage, id));
    }
    all
}

/// A stage on which Sofie reviews what Anna closed.
fn reviewed() -> (Stage, ConversationId) {
    let (_, mut stage, id) = reviewable().pop().unwrap();
    let reviewing = stage.reviewing();
    stage.does(&sofie(), id, reviewing);
    (stage, id)
}

/// Why Sofie's review ended with the latest command.
fn end_of(stage: &Stage) -> Option<MonitoringEnd> {
    stage.changes().into_iter().find_map(|change| match change {
        Change::ReviewStopped {
            supervisor, end, ..
        } if supervisor == subject("sofie") => Some(end),
        _ => None,
    })
}

fn reads(stage: &Stage, id: ConversationId, token: Token) -> bool {
    let (viewer, image) = (token.viewer(), stage.conversation(id));
    let agent = stage.world.agent_of(viewer.subject()).map(|agent| &**agent);
    let reading = reads_transcript(&viewer, agent, &image, stage.now);
    let in_session = reads_in_session(&viewer, agent, &image, stage.now);
    assert_eq!(reading == Some(Reading::Everything), in_session);
    in_session
}

fn her() -> Token {
    Token::of("sofie").supervises()
}

#[test]
fn a_review_is_silent_and_keeps_nothing_going() {
    for (state, mut stage, id) in reviewable() {
        stage.pass(60);
        let before = stage.conversation(id);
        assert!(!reads(&stage, id, her()), "{state}");
        let reviewing = stage.reviewing();
        let begun = stage.does(&sofie(), id, reviewing);
        assert_eq!(begun, [Kind::ReviewStarted], "{state}");
        let after = stage.conversation(id);
        let silent = Conversation {
            monitors: after.monitors.clone(),
            ..still(&before)
        };
        assert_eq!(*after, silent, "{state}");
        assert_eq!(after.footprint(), before.footprint());
        assert!(reads(&stage, id, her()), "{state}");
        assert!(!reads(&stage, id, her().without(Permission::Review)));
        assert!(!reads(&stage, id, her().scope(Scope::Only([SALES].into()))));
        assert!(!reads(&stage, id, Token::of("simon").supervises()));
        let again = stage.reviewing();
        assert_eq!(stage.does(&sofie(), id, again), [], "{state}");
        let ended = stage.does(&sofie(), id, Act::StopReview);
        assert_eq!(ended, [Kind::ReviewStopped], "{state}");
        assert_eq!(*stage.conversation(id), still(&before), "{state}");
        assert!(!reads(&stage, id, her()), "{state}");
        assert!(stage.world.reviewed.is_empty());
    }
}

#[test]
fn what_can_be_monitored_is_not_reviewed() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let reviewing = stage.reviewing();
    let code = |refusal: Refusal| refusal.code();
    let refused = stage.refused(&sofie(), id, reviewing.clone());
    assert_eq!(code(refused), Code::InvalidState);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    let refused = stage.refused(&sofie(), id, Act::StopReview);
    assert_eq!(code(refused), Code::NotMonitoring);
    stage.does(&anna(), id, Act::End);
    let refused = stage.refused(&sofie(), id, reviewing);
    assert_eq!(code(refused), Code::InvalidState);
}

#[test]
fn a_record_is_reviewed_once_it_is_closed() {
    let (mut stage, id) = Stage::with(Channel::Record);
    let reviewing = stage.reviewing();
    let refused = stage.refused(&sofie(), id, reviewing.clone());
    assert_eq!(refused.code(), Code::InvalidState);
    for act in [Act::Pick, Act::End, Act::Close] {
        stage.does(&anna(), id, act);
    }
    assert_eq!(stage.does(&sofie(), id, reviewing), [Kind::ReviewStarted]);
}

#[test]
fn nobody_reviews_what_they_handle_or_handled() {
    let both = || Token::of("anna").role(Role::Agent).supervises().asks();
    for (state, mut stage, id) in reviewable() {
        let reviewing = stage.reviewing();
        let own = matches!(state, "WAITING" | "CLOSED");
        let expected = if own {
            Err(Code::OwnConversation)
        } else {
            Ok(vec![Kind::ReviewStarted])
        };
        assert_eq!(stage.act(&both(), id, reviewing), expected, "{state}");
    }
}

#[test]
fn notice_and_consent_are_needed_as_for_monitoring() {
    for (state, mut stage, id) in reviewable() {
        stage.tune(QueueKind::Messaging, |workstream| {
            workstream.monitoring_notice = MonitoringNotice::ConsentRequired;
        });
        let reviewing = stage.reviewing();
        let refused = stage.refused(&sofie(), id, reviewing.clone());
        assert_eq!(refused.code(), Code::ConsentNotGranted, "{state}");
        let consents = |consent| {
            Act::RecordConsent(commands::RecordConsent {
                notice_given_at: None,
                consent: Some(consent),
            })
        };
        stage.does(&gateway(), id, consents(Consent::Granted));
        stage.does(&sofie(), id, reviewing);
        let kinds = stage.does(&gateway(), id, consents(Consent::Denied));
        assert_eq!(kinds, [Kind::ConsentRecorded, Kind::ReviewStopped]);
        assert_eq!(end_of(&stage), Some(MonitoringEnd::ConsentWithdrawn));
        assert!(!reads(&stage, id, her()), "{state}");
    }
}

#[test]
fn who_is_refused_outright_is_read_no_further_where_a_notice_would_do() {
    let (mut stage, id) = reviewed();
    let denied = Act::RecordConsent(commands::RecordConsent {
        notice_given_at: None,
        consent: Some(Consent::Denied),
    });
    stage.does(&gateway(), id, denied);
    assert_eq!(end_of(&stage), Some(MonitoringEnd::ConsentWithdrawn));
}

#[test]
fn a_review_lasts_an_hour_at_most_and_its_time_counts_however_late_the_timer_is() {
    for (state, mut stage, id) in reviewable() {
        let reviewing = stage.reviewing();
        stage.does(&sofie(), id, reviewing.clone());
        let begun = stage.now;
        stage.pass(59 * 60);
        // Asking again, with whatever token, does not lengthen it.
        let later = Token::of("sofie").supervises();
        let later = later.until(noon() + TimeDelta::days(500)).asks();
        stage.does(&later, id, reviewing);
        assert!(reads(&stage, id, her()));
        assert_eq!(stage.timer(id, TimerKind::MonitorExpiry), []);
        let due = stage.due(id, TimerKind::MonitorExpiry);
        assert_eq!(due, Some(begun + TimeDelta::minutes(60)), "{state}");
        stage.pass(60);
        assert!(!reads(&stage, id, her()), "{state}");
        let kinds = stage.timer(id, TimerKind::MonitorExpiry);
        assert_eq!(kinds, [Kind::ReviewStopped], "{state}");
        assert_eq!(end_of(&stage), Some(MonitoringEnd::TimeLimit));
        assert_eq!(stage.timer(id, TimerKind::MonitorExpiry), [], "{state}");
    }
}

#[test]
fn a_review_that_is_over_is_no_running_one() {
    let (mut stage, id) = reviewed();
    let first = stage.conversation(id).monitors[0].session;
    stage.pass(3_600);
    let again = stage.reviewing();
    let kinds = stage.does(&sofie(), id, again);
    assert_eq!(kinds, [Kind::ReviewStopped, Kind::ReviewStarted]);
    let second = stage.conversation(id).monitors[0].session;
    assert_ne!(first, second);
    assert!(reads(&stage, id, her()));
}

#[test]
fn a_review_ends_with_its_token() {
    let (_, mut stage, id) = reviewable().pop().unwrap();
    let reviewing = stage.reviewing();
    let short = her().until(stage.now + TimeDelta::minutes(5));
    stage.does(&short.asks(), id, reviewing);
    stage.pass(5 * 60);
    let kinds = stage.timer(id, TimerKind::MonitorExpiry);
    assert_eq!(kinds, [Kind::ReviewStopped]);
    assert_eq!(end_of(&stage), Some(MonitoringEnd::TokenExpired));
}

#[test]
fn a_newer_token_takes_a_review_over_or_ends_it() {
    let until = noon() + TimeDelta::days(366);
    let (mut stage, id) = reviewed();
    let newer = her().until(until).asks();
    let kinds = stage.play(&newer, &Command::TokenRefreshed).unwrap();
    assert_eq!(kinds, [Kind::ReviewStarted]);
    assert!(reads(&stage, id, her()));
    for lacking in [
        her().without(Permission::Review),
        her().scope(Scope::Only([SALES].into())),
    ] {
        let (mut stage, id) = reviewed();
        let kinds = stage.play(&lacking.until(until).asks(), &Command::TokenRefreshed);
        assert_eq!(kinds.unwrap(), [Kind::ReviewStopped]);
        assert_eq!(end_of(&stage), Some(MonitoringEnd::AccessLost));
        assert!(!reads(&stage, id, her()));
    }
}

#[test]
fn a_review_goes_on_until_somebody_has_it_in_conversation() {
    let (_, mut stage, id) = reviewable().swap_remove(0);
    let reviewing = stage.reviewing();
    stage.does(&sofie(), id, reviewing);
    let offer = Act::AssignToAgent(commands::AssignToAgent(to(ANNA)));
    assert_eq!(
        stage.does(&simon(), id, offer.clone()),
        [Kind::AssignedToAgent]
    );
    assert_eq!(stage.does(&anna(), id, Act::Reject), [Kind::OfferRejected]);
    assert!(reads(&stage, id, her()));
    stage.does(&simon(), id, offer);
    let kinds = stage.does(&anna(), id, Act::Accept);
    assert_eq!(kinds, [Kind::OfferAccepted, Kind::ReviewStopped]);
    assert_eq!(end_of(&stage), Some(MonitoringEnd::StateChanged));
    assert!(!reads(&stage, id, her()));
    stage.does(&anna(), id, Act::SetAside);
    let reviewing = stage.reviewing();
    stage.does(&sofie(), id, reviewing);
    let kinds = stage.does(&anna(), id, Act::Reopen);
    assert_eq!(kinds, [Kind::Reactivated, Kind::ReviewStopped]);
}

#[test]
fn a_review_goes_on_when_what_it_reads_closes() {
    let (_, mut stage, id) = reviewable().swap_remove(0);
    let reviewing = stage.reviewing();
    stage.does(&sofie(), id, reviewing);
    let kinds = stage.does(&gateway(), id, Act::EndByCustomer);
    assert_eq!(kinds, [Kind::Closed]);
    assert!(reads(&stage, id, her()));
    assert_eq!(stage.world.reviewed.len(), 1);
    assert!(stage.world.conversations.is_empty());
}

#[test]
fn who_picks_what_they_review_is_done_reviewing() {
    let (_, mut stage, id) = reviewable().swap_remove(0);
    let both = Token::of("bram").role(Role::Agent).supervises().asks();
    let reviewing = stage.reviewing();
    stage.does(&both, id, reviewing);
    let kinds = stage.does(&both, id, Act::Pick);
    assert_eq!(kinds, [Kind::ReviewStopped, Kind::Picked]);
}

#[test]
fn another_queue_ends_reviews() {
    let (_, mut stage, id) = reviewable().swap_remove(0);
    let reviewing = stage.reviewing();
    stage.does(&sofie(), id, reviewing);
    let sales = Act::AssignToQueue(commands::AssignToQueue(SALES));
    let kinds = stage.does(&simon(), id, sales);
    assert_eq!(kinds, [Kind::AssignedToQueue, Kind::ReviewStopped]);
    assert_eq!(end_of(&stage), Some(MonitoringEnd::QueueChanged));
}

#[test]
fn what_the_organisation_says_ends_reviews_of_closed_conversations_too() {
    let revoke = || {
        Command::Manage(Manage::RevokeSubject(commands::RevokeSubject {
            subject: subject("sofie"),
            longest_life: TimeDelta::hours(1),
        }))
    };
    let off = Command::Manage(Manage::UpdateSettings(commands::UpdateSettings(
        SettingsPatch {
            supervisor_monitor: Some(false),
            ..SettingsPatch::default()
        },
    )));
    let (stage, id) = reviewed();
    let workstream = stage.conversation(id).workstream;
    let stricter = Command::Manage(Manage::UpdateWorkstream(commands::UpdateWorkstream(
        workstream,
        patch::WorkstreamPatch {
            monitoring_notice: Some(MonitoringNotice::ConsentRequired),
            ..patch::WorkstreamPatch::default()
        },
    )));
    for (command, end) in [
        (revoke(), MonitoringEnd::TokenExpired),
        (off, MonitoringEnd::SettingDisabled),
        (stricter, MonitoringEnd::ConsentWithdrawn),
    ] {
        let (mut stage, id) = reviewed();
        let kinds = stage.play(&admin(), &command).unwrap();
        assert_eq!(kinds.last(), Some(&Kind::ReviewStopped), "{command:?}");
        assert_eq!(end_of(&stage), Some(end));
        assert!(!reads(&stage, id, her()));
        assert!(stage.world.reviewed.is_empty());
    }
}

#[test]
fn erasing_a_customer_ends_the_reviews_of_theirs_and_no_others() {
    let (mut stage, id) = reviewed();
    let other = stage.start(Channel::Sms);
    stage.does(&gateway(), other, Act::EndByCustomer);
    let reviewing = stage.reviewing();
    stage.does(&sofie(), other, reviewing);
    let customer = stage.conversation(id).customer;
    let named = CustomerRef::Id(customer);
    let erase = Command::Manage(Manage::EraseCustomer(commands::EraseCustomer(
        named.clone(),
    )));
    let mut draft = Draft::new(&stage.world);
    let known = KnownCustomer {
        id: customer,
        name: None,
        erased_at: None,
        sources: BTreeSet::new(),
        before: BTreeSet::new(),
        last: None,
    };
    draft.remember_customer(named, known);
    let decision = decide(&draft, &admin(), &erase, None, stage.now).unwrap();
    let ended = decision.events.iter().map(|event| {
        let conversation = event.conversation().unwrap();
        assert!(conversation.monitors.is_empty());
        (conversation.id, event.change.kind())
    });
    assert_eq!(ended.collect::<Vec<_>>(), [(id, Kind::ReviewStopped)]);
}

#[test]
fn of_more_than_a_hundred_reviews_at_once_the_oldest_ends() {
    let mut stage = Stage::new();
    let mut first = None;
    for number in 0..=REVIEWS_AT_ONCE {
        let id = stage.start(Channel::Sms);
        stage.does(&gateway(), id, Act::EndByCustomer);
        let reviewing = stage.reviewing();
        let kinds = stage.does(&sofie(), id, reviewing);
        let oldest = *first.get_or_insert(id);
        if number < REVIEWS_AT_ONCE {
            assert_eq!(kinds, [Kind::ReviewStarted]);
            assert!(reads(&stage, oldest, her()));
        } else {
            assert_eq!(kinds, [Kind::ReviewStarted, Kind::ReviewStopped]);
            assert_eq!(end_of(&stage), Some(MonitoringEnd::Superseded));
            assert!(!reads(&stage, oldest, her()));
        }
        stage.pass(1);
    }
    assert_eq!(stage.world.reviewed.len(), REVIEWS_AT_ONCE);
}

#[test]
fn an_image_from_before_reviews_monitors() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let watching = stage.watching();
    stage.does(&sofie(), id, watching);
    let text = serde_json::to_string(&*stage.conversation(id)).unwrap();
    assert!(!text.contains("\"kind\":\"MONITOR\""), "{text}");
    let read: Conversation = serde_json::from_str(&text).unwrap();
    assert_eq!(read.monitors[0].kind, LookKind::Monitor);
}
