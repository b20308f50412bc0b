//! What the gateway of a channel tells of its customers.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::steps::Steps;
use super::{Case, Decision, Text, not_for_this_role};
use crate::attention::{self, Clocks, Responses};
use crate::command::Start;
use crate::conversation::queue_kind_of;
use crate::sentiment::{Assessment, MessageScore, RecentScores, at_or_below};
use crate::{
    Act, Actor, Author, CancelReason, Change, Channel, Consent, Conversation, Draft, MessageId,
    Mode, MonitoringEnd, MonitoringNotice, Outcome, Presence, Refusal, Role, SentimentLevel, State,
    StatusReason, Viewer, Visibility, Workstream, policy,
};

pub(super) fn start(
    draft: &Draft<'_>,
    viewer: &Viewer,
    start: &Start,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    policy::require_role(viewer, Role::CustomerGateway)?;
    if !viewer.channels().contains(&start.channel) {
        return Err(Refusal::ChannelOutOfScope(start.channel));
    }
    let needed = queue_kind_of(start.channel);
    let queue = draft
        .queue(start.queue)
        .ok_or(Refusal::TargetNotFound { path: "queueId" })?;
    let workstream = draft
        .workstream(start.workstream)
        .ok_or(Refusal::TargetNotFound {
            path: "workstreamId",
        })?;
    for given in [queue.kind, workstream.kind] {
        if given != needed {
            return Err(Refusal::QueueKindMismatch { given, needed });
        }
    }
    previous_has_ended(draft, start)?;
    not_in_the_future(start.notice_given_at, now)?;

    let conversation = first_image(draft, start, workstream, now);
    let conversation = Arc::new(attention::begun(conversation, &workstream.attention));
    let actor = Actor::Gateway {
        subject: viewer.subject().clone(),
    };
    let mut steps = Steps::new(draft, &conversation, actor, now);
    steps.started();
    let (id, key, name) = (
        start.customer,
        start.customer_key.clone(),
        start.customer_name.clone(),
    );
    let gateway = viewer.subject().clone();
    steps.add_text(Text::Customer {
        id,
        gateway,
        key,
        name,
    });
    if let Some(subject) = &start.subject {
        steps.add_text(Text::Subject(start.id, subject.clone()));
    }
    Ok(steps.done())
}

/// A conversation as it comes in.
fn first_image(
    draft: &Draft<'_>,
    start: &Start,
    workstream: &Workstream,
    now: DateTime<Utc>,
) -> Conversation {
    let settings = draft.settings();
    let auto_close = workstream.auto_close_seconds(start.channel, State::Open);
    Conversation {
        id: start.id,
        previous: start.previous,
        customer: start.customer,
        channel: start.channel,
        mode: if start.channel == Channel::Voice {
            Mode::Voice
        } else {
            Mode::Text
        },
        queue: start.queue,
        workstream: start.workstream,
        state: State::Open,
        reason: StatusReason::AwaitingAgentAssignment,
        version: 1,
        primary: None,
        offer: None,
        consultants: std::collections::BTreeSet::new(),
        monitors: Vec::new(),
        declines: std::collections::BTreeMap::new(),
        declined: 0,
        notice_given_at: start.notice_given_at,
        consent: start.consent,
        started_at: now,
        state_since: now,
        waiting_since: Some(now),
        clocks: Clocks::default(),
        attention: std::collections::BTreeMap::new(),
        last_activity_at: now,
        closed_at: None,
        unanswered_since: None,
        responses: Responses::default(),
        customer_away_since: None,
        messages: 0,
        scores: RecentScores::default(),
        sentiment: if settings.sentiment_analysis {
            RecentScores::default().assess()
        } else {
            Assessment::not_available()
        },
        sentiment_since: now,
        alerted: false,
        auto_close_at: auto_close.map(|s| now + chrono::TimeDelta::seconds(s.into())),
        customer_grace_until: None,
        capacity_until: None,
    }
}

/// What a conversation continues has ended, on the same channel.
fn previous_has_ended(draft: &Draft<'_>, start: &Start) -> Result<(), Refusal> {
    let Some(previous) = start.previous else {
        return Ok(());
    };
    let previous = draft
        .conversation(previous)
        .filter(|previous| previous.channel == start.channel)
        .ok_or(Refusal::TargetNotFound {
            path: "previousConversationId",
        })?;
    if previous.is_ongoing() {
        return Err(super::invalid_state(
            previous,
            "a previous conversation that is CLOSED",
        ));
    }
    Ok(())
}

pub(super) fn act(case: &Case<'_>, act: &Act) -> Result<Decision, Refusal> {
    match act {
        Act::CustomerMessage { id, text, score } => Ok(message(case, *id, text, score.as_ref())),
        Act::CustomerDisconnected => Ok(disconnected(case)),
        Act::CustomerReconnected => {
            let mut steps = case.steps();
            steps.push(Change::CustomerReconnected);
            Ok(steps.done())
        }
        Act::EndByCustomer => {
            let mut steps = case.steps();
            customer_left(
                &mut steps,
                CancelReason::CustomerEnded,
                StatusReason::MovedToWrapUpByCustomer,
            );
            Ok(steps.done())
        }
        Act::ChangeMode(mode) => change_mode(case, *mode),
        Act::RecordConsent {
            notice_given_at,
            consent,
        } => record_consent(case, *notice_given_at, *consent),
        other => Err(not_for_this_role(other)),
    }
}

fn message(
    case: &Case<'_>,
    id: MessageId,
    text: &Arc<str>,
    score: Option<&MessageScore>,
) -> Decision {
    let before = case.conversation().sentiment.level;
    let settings = case.draft.settings();
    let mut steps = case.steps();
    steps.add_text(Text::Message(id, text.clone()));
    steps.push(Change::MessagePosted {
        message: id,
        author: Author::Customer,
        visibility: Visibility::Public,
        system: None,
        score: score.cloned().filter(|_| settings.sentiment_analysis),
        analysed: settings.sentiment_analysis,
    });
    let level = steps.current.sentiment.level;
    let threshold = settings.sentiment_alert_threshold;
    let low = at_or_below(level, threshold);
    // NOT_AVAILABLE is no recovery: nothing says that the customer feels better.
    let above = |level| level != SentimentLevel::NotAvailable && !at_or_below(level, threshold);
    if level != before {
        steps.push(Change::SentimentChanged {
            from: before,
            to: level,
            recovered: above(level),
            analysed: settings.sentiment_analysis,
        });
    }
    if low && !steps.current.alerted {
        steps.push(Change::SentimentAlertRaised {
            level,
            threshold,
            unreachable: case
                .draft
                .supervisors_not_in(&[Presence::Available, Presence::Busy])
                .collect(),
        });
    }
    if steps.current.state == State::Waiting {
        let reactivated = Change::Reactivated { by_agent: false };
        steps.enter(reactivated, CancelReason::CustomerWrote);
    }
    steps.done_with(Outcome {
        message: Some(id),
        ..Outcome::default()
    })
}

/// The customer is gone: OPEN, offered and WAITING conversations close, a running one goes to `WRAP_UP`.
pub(super) fn customer_left(steps: &mut Steps<'_>, cancelled: CancelReason, wrap_up: StatusReason) {
    let handled = steps.current.is_in_conversation();
    let change = if handled {
        Change::MovedToWrapUp { reason: wrap_up }
    } else {
        Change::Closed {
            reason: StatusReason::CustomerLeftOpen,
        }
    };
    steps.enter(change, cancelled);
}

fn disconnected(case: &Case<'_>) -> Decision {
    let mut steps = case.steps();
    let grace_until = steps.due_in(steps.workstream().customer_grace_seconds);
    steps.push(Change::CustomerDisconnected { grace_until });
    steps.done()
}

fn change_mode(case: &Case<'_>, mode: Mode) -> Result<Decision, Refusal> {
    if mode == case.conversation().mode {
        return Err(Refusal::ModeNotSupported(mode));
    }
    let mut steps = case.steps();
    steps.cancel_pending(CancelReason::ModeChanged);
    steps.push(Change::ModeChanged { mode });
    Ok(steps.done())
}

fn record_consent(
    case: &Case<'_>,
    notice_given_at: Option<DateTime<Utc>>,
    consent: Option<Consent>,
) -> Result<Decision, Refusal> {
    if notice_given_at.is_none() && consent.is_none() {
        let problem = "give noticeGivenAt, consent or both".into();
        return Err(Refusal::InvalidInput {
            path: "input",
            problem,
        });
    }
    not_in_the_future(notice_given_at, case.standing.now)?;
    let known = (
        case.conversation().notice_given_at,
        case.conversation().consent,
    );
    let recorded = (notice_given_at.or(known.0), consent.unwrap_or(known.1));
    let mut steps = case.steps();
    if recorded == known {
        return Ok(steps.done());
    }
    let (notice_given_at, consent) = recorded;
    steps.push(Change::ConsentRecorded {
        notice_given_at,
        consent,
    });
    let needed = steps.workstream().monitoring_notice == MonitoringNotice::ConsentRequired;
    if needed && steps.current.consent != Consent::Granted {
        steps.stop_monitoring(MonitoringEnd::ConsentWithdrawn, |_| true);
    }
    Ok(steps.done())
}

fn not_in_the_future(instant: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), Refusal> {
    // A gateway's clock may run a little ahead of ours.
    if instant.is_some_and(|instant| instant > now + chrono::TimeDelta::minutes(5)) {
        let problem = "lies in the future".into();
        return Err(Refusal::InvalidInput {
            path: "noticeGivenAt",
            problem,
        });
    }
    Ok(())
}
