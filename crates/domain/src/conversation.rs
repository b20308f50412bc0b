//! What a conversation is: the one after-image that rows, events and board share.
//!
//! It refers to customers, messages and people by id only; names and text stand in rows of their
//! own, so that they can be erased without touching the log (domain.md section 7).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::attention::{self, Clocks, Responses};
use super::course::Course;
use super::meaning::Signalled;
use super::message::{Answer, Unanswered};
use super::policy::Origin;
use super::sentiment::{Assessment, RecentScores};
use super::{
    AgentId, AgentKind, AttentionReason, Channel, Consent, ConversationId, CustomerId, LookKind,
    MessageId, Mode, MonitorSessionId, MonitoringEnd, OfferId, OfferKind, Priority, QueueId,
    QueueKind, Source, State, StatusReason, Subject, Tags, TimerKind, WorkstreamId,
};

/// One customer contact, as it is after its latest event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The closed conversation that this one continues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<ConversationId>,
    /// The customer.
    pub customer: CustomerId,
    /// Where it takes place; never changes.
    pub channel: Channel,
    /// The source of the gateway that started it; none: it is from before there were sources. Never changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// TEXT, or VOICE or VIDEO once elevated.
    pub mode: Mode,
    /// The queue it is in; kept while assigned.
    pub queue: QueueId,
    /// Its workstream; never changes.
    pub workstream: WorkstreamId,
    /// Where it stands.
    pub state: State,
    /// Why it stands there.
    pub reason: StatusReason,
    /// Rises by one with each change that everybody concerned may know of (domain.md section 5).
    pub version: u32,
    /// Who handles it, or handled it when closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<Primary>,
    /// The offer or transfer request that waits for an answer; at most one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// Agents who advise the primary agent.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub consultants: BTreeSet<AgentId>,
    /// Supervisors' silent looks that run now, monitor and review sessions; one per supervisor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub monitors: Vec<Monitor>,
    /// How often each agent declined it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub declines: BTreeMap<AgentId, u32>,
    /// How often agents, all together, declined it since one of them last took it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub declined: u32,
    /// The operator's words for what it is, by which it is found.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// How soon it should be looked after.
    #[serde(default, skip_serializing_if = "Priority::is_normal")]
    pub priority: Priority,
    /// The keys of its attributes; what these say is text, and stands in rows.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub attributes: BTreeSet<Arc<str>>,
    /// When the customer was told that conversations may be watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_given_at: Option<DateTime<Utc>>,
    /// The customer's answer.
    pub consent: Consent,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it came into its state.
    pub state_since: DateTime<Utc>,
    /// When it last became unassigned, while nobody has taken it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<DateTime<Utc>>,
    /// The clocks by which it comes to need attention.
    #[serde(default, skip_serializing_if = "Clocks::is_empty")]
    pub clocks: Clocks,
    /// Why it needs attention, each reason with since when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attention: BTreeMap<AttentionReason, DateTime<Utc>>,
    /// Reasons that a supervisor has acknowledged, each until there is a new cause for it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub acknowledged: BTreeSet<AttentionReason>,
    /// The customer's messages that should be looked at and were not yet acknowledged, the twenty newest, in the order of
    /// coming in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signalled>,
    /// When something last happened that its participants know of.
    pub last_activity_at: DateTime<Utc>,
    /// The code of how it ended, as who closed it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Arc<str>>,
    /// How the customer rated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<Utc>>,
    /// The oldest customer message that nobody has answered yet was sent then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered_since: Option<DateTime<Utc>>,
    /// The customer messages that nobody has answered, the twenty that were sent first, in the order of sending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<Unanswered>,
    /// The newest answer to the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_answer: Option<Answer>,
    /// When the customer first wrote since it came into `WRAP_UP`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrote_in_wrap_up_at: Option<DateTime<Utc>>,
    /// The primary agent's request for help that nobody has answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Help>,
    /// How the customer was answered so far.
    #[serde(default, skip_serializing_if = "Responses::is_empty")]
    pub responses: Responses,
    /// Since when a live-chat customer is away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_away_since: Option<DateTime<Utc>>,
    /// How many messages it has, but for those that coach its agent.
    pub messages: u32,
    /// How many messages coached its agents.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub coached: u32,
    /// What the sentiment is computed from.
    #[serde(default)]
    pub scores: RecentScores,
    /// Customer sentiment now.
    pub sentiment: Assessment,
    /// Since when the sentiment is at its level.
    pub sentiment_since: DateTime<Utc>,
    /// Whether supervisors were alerted and the sentiment has not recovered since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alerted: bool,
    /// When it closes by itself; only supervisors may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_close_at: Option<DateTime<Utc>>,
    /// When a customer who is away is taken to have left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_grace_until: Option<DateTime<Utc>>,
    /// When `WRAP_UP` gives the agent's capacity back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_until: Option<DateTime<Utc>>,
    /// Its way through queues and agents, from which figures are counted; nothing shows it.
    #[serde(default, skip_serializing_if = "Course::is_empty")]
    pub course: Course,
}

/// How a customer rated a conversation; what they said of it is text, and stands in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// From 1, worst, to 5.
    pub score: u8,
    /// When it was recorded.
    pub at: DateTime<Utc>,
}

/// A primary agent's request for a supervisor's help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Help {
    /// Who asked: the primary agent.
    pub agent: AgentId,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The INTERNAL message that says what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<MessageId>,
}

/// The agent who handles a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Primary {
    /// Who.
    pub agent: AgentId,
    /// Human or bot.
    pub kind: AgentKind,
    /// The units fixed at assignment; 0 for a bot.
    pub units: u32,
    /// Whether the units are consumed now.
    pub holds: bool,
}

/// An assignment that awaits acceptance, or a transfer request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its id.
    pub id: OfferId,
    /// What accepting it would do.
    pub kind: OfferKind,
    /// To whom.
    pub agent: AgentId,
    /// By which supervisor.
    pub by: Subject,
    /// The units reserved for it.
    pub units: u32,
    /// By how many units the agent's capacity was exceeded when it was made.
    pub exceeded_by: u32,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it times out.
    pub due_at: DateTime<Utc>,
}

/// A supervisor's silent look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Monitor {
    /// The session's id.
    pub session: MonitorSessionId,
    /// Whether it monitors or reviews.
    #[serde(default = "monitors", skip_serializing_if = "is_monitor")]
    pub kind: LookKind,
    /// Whose look it is.
    pub supervisor: Subject,
    /// Since when.
    pub started_at: DateTime<Utc>,
    /// When the token that holds it expires.
    pub until: DateTime<Utc>,
    /// The id of that token, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Arc<str>>,
    /// Since when the supervisor takes part; none while only monitoring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_at: Option<DateTime<Utc>>,
}

/// How many messages that should be looked at an image keeps.
const MOST_SIGNALS: usize = 20;

/// For how long a review session runs at most.
pub const REVIEW_MINUTES: i64 = 60;

impl Monitor {
    /// When it ends by itself: with its token, and a review session after an hour.
    pub fn ends_at(&self) -> DateTime<Utc> {
        match self.kind {
            LookKind::Monitor => self.until,
            LookKind::Review => self.until.min(self.longest()),
        }
    }

    /// Why it has ended by itself at this instant; none: it runs on.
    pub fn ended_by(&self, now: DateTime<Utc>) -> Option<MonitoringEnd> {
        if now < self.ends_at() {
            return None;
        }
        let lasted = self.kind == LookKind::Review && self.longest() <= now;
        Some(if lasted {
            MonitoringEnd::TimeLimit
        } else {
            MonitoringEnd::TokenExpired
        })
    }

    fn longest(&self) -> DateTime<Utc> {
        longest_review(self.started_at)
    }
}

/// When a review session that began at this instant has lasted long enough.
pub fn longest_review(started_at: DateTime<Utc>) -> DateTime<Utc> {
    started_at + TimeDelta::minutes(REVIEW_MINUTES)
}

/// Of images from before there were review sessions.
const fn monitors() -> LookKind {
    LookKind::Monitor
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_monitor(kind: &LookKind) -> bool {
    matches!(kind, LookKind::Monitor)
}

impl Conversation {
    /// Where it came in.
    pub const fn origin(&self) -> Origin<'_> {
        Origin {
            channel: self.channel,
            source: self.source.as_ref(),
        }
    }

    /// Whether it has not ended.
    pub fn is_ongoing(&self) -> bool {
        self.state != State::Closed
    }

    /// ACTIVE with an agent who accepted.
    pub fn is_in_conversation(&self) -> bool {
        self.state == State::Active && self.primary.is_some()
    }

    /// The agent who handles it.
    pub fn primary_agent(&self) -> Option<AgentId> {
        self.primary.as_ref().map(|primary| primary.agent)
    }

    /// The agent who has it or is offered it as an assignment.
    pub fn assigned_agent(&self) -> Option<AgentId> {
        self.primary_agent()
            .or_else(|| self.pending(OfferKind::Assignment).map(|offer| offer.agent))
    }

    /// The pending offer of this kind.
    pub fn pending(&self, kind: OfferKind) -> Option<&Offer> {
        self.offer.as_ref().filter(|offer| offer.kind == kind)
    }

    /// From whom the pending transfer request would take it; none when there is no such request.
    pub fn transfer_from(&self) -> Option<AgentId> {
        self.pending(OfferKind::Transfer).and(self.primary_agent())
    }

    /// The running look of this supervisor, whether it monitors or reviews.
    pub fn look_of(&self, supervisor: &Subject) -> Option<&Monitor> {
        self.monitors
            .iter()
            .find(|monitor| monitor.supervisor == *supervisor)
    }

    /// The running monitor session of this supervisor.
    pub fn monitor_of(&self, supervisor: &Subject) -> Option<&Monitor> {
        let look = self.look_of(supervisor);
        look.filter(|look| look.kind == LookKind::Monitor)
    }

    /// The running review session of this supervisor.
    pub fn review_of(&self, supervisor: &Subject) -> Option<&Monitor> {
        let look = self.look_of(supervisor);
        look.filter(|look| look.kind == LookKind::Review)
    }

    /// Which kind of look there may be at it as it stands.
    pub fn watched_by(&self) -> LookKind {
        if self.is_in_conversation() || self.state == State::WrapUp {
            LookKind::Monitor
        } else {
            LookKind::Review
        }
    }

    /// The number of the row of the message that was posted last, COACHING ones counted too.
    pub const fn last_row(&self) -> u32 {
        self.messages + self.coached
    }

    /// Supervisors who take part.
    pub fn joined(&self) -> impl Iterator<Item = &Monitor> {
        self.monitors
            .iter()
            .filter(|monitor| monitor.joined_at.is_some())
    }

    /// Agents who take part: the primary agent, then the consultants.
    pub fn agents_taking_part(&self) -> impl Iterator<Item = AgentId> {
        let primary = self.primary_agent().into_iter();
        primary.chain(self.consultants.iter().copied())
    }

    /// Capacity it holds now: who, and how many units.
    pub fn capacity_held(&self) -> impl Iterator<Item = (AgentId, u32)> {
        let primary = self
            .primary
            .iter()
            .filter(|p| p.holds)
            .map(|p| (p.agent, p.units));
        primary.chain(self.offer.iter().map(|offer| (offer.agent, offer.units)))
    }

    /// A message of the customer should be looked at.
    pub(super) fn signal(&mut self, signalled: Signalled) {
        self.forget_signals_of(signalled.message);
        self.signals.push(signalled);
        let beyond = self.signals.len().saturating_sub(MOST_SIGNALS);
        self.signals.drain(..beyond);
    }

    /// What this message said does not count any more.
    pub(super) fn forget_signals_of(&mut self, message: MessageId) {
        self.signals.retain(|one| one.message != message);
    }

    /// Somebody has looked at every message that should be: attention for them ends, until the next.
    pub(super) fn no_signal_is_open(&mut self) {
        self.signals.clear();
    }

    /// What it waits for: each kind of timer at most once, with its due time.
    pub fn timers(&self) -> impl Iterator<Item = (TimerKind, DateTime<Utc>)> {
        let looks = self.monitors.iter().map(Monitor::ends_at).min();
        let ongoing = self.is_ongoing();
        [
            (
                TimerKind::Offer,
                self.offer.as_ref().map(|offer| offer.due_at),
            ),
            (TimerKind::CustomerGrace, self.customer_grace_until),
            (TimerKind::AutoClose, self.auto_close_at),
            (TimerKind::WrapUpCapacity, self.capacity_until),
            (TimerKind::MonitorExpiry, looks),
            (TimerKind::Attention, attention::next_due(self)),
        ]
        .into_iter()
        // Of a closed one nothing goes on but reviews.
        .filter(move |(kind, _)| ongoing || *kind == TimerKind::MonitorExpiry)
        .filter_map(|(kind, due)| Some((kind, due?)))
    }

    /// Who could see it, as far as an event's delivery must know.
    pub fn footprint(&self) -> Footprint {
        let mut agents: Vec<AgentId> = self
            .primary_agent()
            .into_iter()
            .chain(self.offer.as_ref().map(|offer| offer.agent))
            .chain(self.consultants.iter().copied())
            .collect();
        agents.sort_unstable();
        agents.dedup();
        Footprint {
            queue: self.queue,
            open: self.state == State::Open,
            agents,
            handled_by: self.agents_taking_part().collect(),
            joined: self.joined().map(|m| m.supervisor.clone()).collect(),
        }
    }
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What of a conversation decides who sees it, besides its channel, and whom its changes concern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footprint {
    /// Its queue: supervisors by scope, and, when open, the queue's members.
    pub queue: QueueId,
    /// Whether it is OPEN.
    pub open: bool,
    /// Its primary agent, the agent it is offered to, its consultants.
    pub agents: Vec<AgentId>,
    /// Of these who take part: its primary agent first, then its consultants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handled_by: Vec<AgentId>,
    /// The supervisors who take part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<Subject>,
}

impl Footprint {
    /// A conversation of this queue in which nobody takes part.
    pub const fn unassigned(queue: QueueId, open: bool) -> Self {
        Self {
            queue,
            open,
            agents: Vec::new(),
            handled_by: Vec::new(),
            joined: Vec::new(),
        }
    }
}

/// The kind of queue that a channel's conversations wait in.
pub const fn queue_kind_of(channel: Channel) -> QueueKind {
    match channel {
        Channel::Voice => QueueKind::Voice,
        Channel::Record => QueueKind::Record,
        _ => QueueKind::Messaging,
    }
}

/// Messaging: every channel but VOICE and RECORD.
pub const fn is_messaging(channel: Channel) -> bool {
    matches!(queue_kind_of(channel), QueueKind::Messaging)
}

/// Asynchronous: every messaging channel but `LIVE_CHAT`.
pub const fn is_asynchronous(channel: Channel) -> bool {
    is_messaging(channel) && !matches!(channel, Channel::LiveChat)
}
