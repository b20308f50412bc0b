//! `startConversation`: a gateway starts a conversation (domain.md section 2).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::attention::{self, Clocks, Responses};
use crate::case::organisation::invalid;
use crate::case::{Recorder, invalid_state};
use crate::conversation::queue_kind_of;
use crate::course::Course;
use crate::decision::{Decision, Text};
use crate::hours::Pace;
use crate::labels::{Attributes, MOST_ATTRIBUTES, MOST_TAGS};
use crate::sentiment::{Assessment, RecentScores};
use crate::{
    Actor, Channel, Consent, Conversation, ConversationId, CustomerId, CustomerKey, Draft,
    KeyScope, Mode, Priority, QueueId, Refusal, Source, State, StatusReason, Tags, Viewer,
    Workstream, WorkstreamId, policy,
};

/// How a conversation starts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Start {
    /// Its id.
    #[serde(skip)]
    pub id: ConversationId,
    /// Its channel.
    pub channel: Channel,
    /// The queue it waits in.
    pub queue: QueueId,
    /// Its workstream.
    pub workstream: WorkstreamId,
    /// The customer's id, unless the key is known already.
    #[serde(skip)]
    pub customer: CustomerId,
    /// The gateway's own stable key of this customer, if it has one.
    pub customer_key: Option<Arc<str>>,
    /// Within what that key is unique.
    #[serde(skip_serializing_if = "is_channel")]
    pub key_scope: KeyScope,
    /// The customer's name, if known.
    pub customer_name: Option<Arc<str>>,
    /// What it is about, if known.
    pub subject: Option<Arc<str>>,
    /// The closed conversation that it continues.
    pub previous: Option<ConversationId>,
    /// When the customer was told that conversations may be watched.
    pub notice_given_at: Option<DateTime<Utc>>,
    /// The customer's answer to being watched.
    pub consent: Consent,
    /// Its tags, 20 at most.
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// Its priority.
    #[serde(skip_serializing_if = "Priority::is_normal")]
    pub priority: Priority,
    /// Its attributes, 30 at most.
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
}

impl Start {
    /// The customer's key, as this gateway's.
    pub fn key(&self, gateway: &Viewer) -> Option<CustomerKey> {
        Some(CustomerKey {
            source: gateway.access().source()?.clone(),
            channel: (self.key_scope == KeyScope::Channel).then_some(self.channel),
            key: self.customer_key.clone()?,
        })
    }
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_channel(scope: &KeyScope) -> bool {
    *scope == KeyScope::Channel
}

/// What comes of it.
pub(crate) fn decide(
    start: &Start,
    draft: &Draft<'_>,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let workstream = fits(start, draft, viewer, now)?;
    previous_has_ended(draft, viewer, start)?;
    Ok(begin(start, draft, viewer, workstream, now).done())
}

/// Whether it may start as this: whose channel it is, queue and workstream, and what was told the customer.
pub(super) fn fits<'a>(
    start: &Start,
    draft: &'a Draft<'_>,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<&'a Workstream, Refusal> {
    policy::require_channel(viewer, start.channel)?;
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
    not_in_the_future(start.notice_given_at, now)?;
    if start.tags.len() > MOST_TAGS {
        return Err(invalid("tags", &format!("give at most {MOST_TAGS}")));
    }
    if start.attributes.len() > MOST_ATTRIBUTES {
        let problem = format!("give at most {MOST_ATTRIBUTES}");
        return Err(invalid("attributes", &problem));
    }
    Ok(workstream)
}

/// A conversation that has just begun, with its customer and subject.
pub(super) fn begin<'a>(
    start: &Start,
    draft: &'a Draft<'a>,
    viewer: &Viewer,
    workstream: &Workstream,
    now: DateTime<Utc>,
) -> Recorder<'a> {
    let source = viewer.access().source().cloned();
    let hours = draft
        .queue(start.queue)
        .and_then(|queue| queue.hours.clone());
    let pace = Pace::of(hours.as_deref());
    let conversation = first_image(draft, start, source, workstream, pace, now);
    let conversation = attention::begun(conversation, &workstream.attention, pace);
    let conversation = Arc::new(conversation);
    let actor = Actor::Gateway {
        subject: viewer.subject().clone(),
    };
    let mut recorder = Recorder::new(draft, &conversation, actor, now);
    recorder.started();
    recorder.add_text(Text::Customer {
        id: start.customer,
        key: start.key(viewer),
        source: viewer.access().source().cloned(),
        name: start.customer_name.clone(),
    });
    if let Some(subject) = &start.subject {
        recorder.add_text(Text::Subject(start.id, subject.clone()));
    }
    recorder.add_attributes(&start.attributes);
    recorder
}

/// A conversation as it comes in.
fn first_image(
    draft: &Draft<'_>,
    start: &Start,
    source: Option<Source>,
    workstream: &Workstream,
    pace: Pace<'_>,
    now: DateTime<Utc>,
) -> Conversation {
    let settings = draft.settings();
    Conversation {
        id: start.id,
        previous: start.previous,
        customer: start.customer,
        channel: start.channel,
        source,
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
        tags: start.tags.clone(),
        priority: start.priority,
        attributes: start.attributes.keys().cloned().collect(),
        notice_given_at: start.notice_given_at,
        consent: start.consent,
        started_at: now,
        state_since: now,
        waiting_since: Some(now),
        clocks: Clocks::default(),
        attention: std::collections::BTreeMap::new(),
        signals: Vec::new(),
        last_activity_at: now,
        disposition: None,
        rating: None,
        closed_at: None,
        unanswered_since: None,
        unanswered: Vec::new(),
        last_answer: None,
        wrote_in_wrap_up_at: None,
        help: None,
        acknowledged: std::collections::BTreeSet::new(),
        responses: Responses::default(),
        customer_away_since: None,
        messages: 0,
        coached: 0,
        scores: RecentScores::default(),
        sentiment: if settings.sentiment_analysis {
            RecentScores::default().assess()
        } else {
            Assessment::not_available()
        },
        sentiment_since: now,
        alerted: false,
        auto_close_at: workstream.auto_close_at(start.channel, State::Open, pace, now),
        customer_grace_until: None,
        capacity_until: None,
        course: Course::begun(now),
    }
}

/// What a conversation continues has ended, on the same channel, and is of the same source.
fn previous_has_ended(draft: &Draft<'_>, viewer: &Viewer, start: &Start) -> Result<(), Refusal> {
    let Some(previous) = start.previous else {
        return Ok(());
    };
    let previous = draft
        .conversation(previous)
        .filter(|previous| previous.channel == start.channel)
        .filter(|previous| policy::carries(viewer.access(), previous.origin()))
        .ok_or(Refusal::TargetNotFound {
            path: "previousConversationId",
        })?;
    if previous.is_ongoing() {
        return Err(invalid_state(
            previous,
            "a previous conversation that is CLOSED",
        ));
    }
    Ok(())
}

/// Whether a gateway's instant is one that can have passed.
pub(super) fn not_in_the_future(
    instant: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    // A gateway's clock may run a little ahead of ours.
    if instant.is_some_and(|instant| instant > now + chrono::TimeDelta::minutes(5)) {
        return Err(invalid("noticeGivenAt", "lies in the future"));
    }
    Ok(())
}
