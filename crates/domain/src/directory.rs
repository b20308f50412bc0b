//! Agents, queues, workstreams and the organisation's settings.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use strum::VariantArray;

use super::hours::Pace;
use super::{
    AgentId, AgentKind, AlertThreshold, Channel, MonitoringNotice, OpeningHours, Presence, QueueId,
    QueueKind, State, Subject, WorkstreamId, conversation,
};

/// Who answers customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// The `sub` of its tokens; unique.
    pub subject: Subject,
    /// The name that colleagues see.
    pub name: Arc<str>,
    /// Human or bot.
    pub kind: AgentKind,
    /// Total capacity units; 0 for a bot.
    pub capacity: u32,
    /// Whether it can be reached for work; meaningless for a bot.
    pub presence: Presence,
    /// Since when it has this presence; none: since before this was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence_since: Option<DateTime<Utc>>,
    /// The queues it is a member of.
    pub queues: BTreeSet<QueueId>,
    /// When and which monitoring notice it acknowledged last; none: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledgement>,
    /// When it was deleted; none: it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<DateTime<Utc>>,
}

/// An agent's word that they have read the monitoring notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// When.
    pub at: DateTime<Utc>,
    /// Which text: its version.
    pub version: Arc<str>,
}

impl Agent {
    /// When the agent acknowledged the notice as it is in these settings; none when never, and when
    /// the text has changed since.
    pub fn acknowledged_at(&self, settings: &Settings) -> Option<DateTime<Utc>> {
        let latest = self.acknowledged.as_ref()?;
        (*latest.version == settings.notice_version()).then_some(latest.at)
    }
}

/// What was done to something of the organisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Edit {
    /// It was made. Events that say nothing are of the time when nothing else could be done.
    #[default]
    Created,
    /// It was changed.
    Updated,
    /// It was deleted: closed conversations and the log go on referring to it.
    Deleted,
}

/// Where conversations wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Its id.
    pub id: QueueId,
    /// Its name.
    pub name: Arc<str>,
    /// What it is for.
    pub kind: QueueKind,
    /// When it is open; none: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Arc<OpeningHours>>,
    /// When it was deleted; none: it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Settings for a kind of contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workstream {
    /// Its id.
    pub id: WorkstreamId,
    /// Its name.
    pub name: Arc<str>,
    /// What kind of queue its conversations are in.
    pub kind: QueueKind,
    /// Presences in which an agent may be assigned work without override.
    pub allowed_presences: BTreeSet<Presence>,
    /// Capacity units that one conversation takes.
    pub units: u32,
    /// Seconds until an unanswered offer or transfer request ends.
    pub offer_seconds: u32,
    /// Seconds that `WRAP_UP` keeps the agent's capacity.
    pub wrap_up_capacity: WrapUpCapacity,
    /// What must have happened before monitoring.
    pub monitoring_notice: MonitoringNotice,
    /// Seconds that a live-chat customer may be away.
    pub customer_grace_seconds: u32,
    /// Seconds until a conversation closes by itself, where the default of its channel is not wanted.
    #[serde(default)]
    pub auto_close: AutoClose,
    /// Seconds until a conversation needs attention.
    #[serde(default)]
    pub attention: AttentionThresholds,
    /// How its conversations may be said to have ended, each code once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dispositions: Vec<Disposition>,
    /// Whether people must say it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disposition_required: bool,
    /// Whether the primary agent reads the customer's earlier conversations.
    #[serde(default = "on", skip_serializing_if = "is_on")]
    pub earlier_transcripts: bool,
    /// The language (ISO 639-1, lower case) that its customers most probably write; none: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Arc<str>>,
    /// Whether what a customer writes is looked at for escalation signals.
    #[serde(default = "on", skip_serializing_if = "is_on")]
    pub escalation_signals: bool,
    /// Within how many seconds an agent should take a conversation: one of the limits of figures; none: the default of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_level_seconds: Option<u32>,
    /// When it was deleted; none: it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<DateTime<Utc>>,
}

const fn on() -> bool {
    true
}

const fn short_abandon_seconds() -> u32 {
    5
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_on(switch: &bool) -> bool {
    *switch
}

/// A way in which a conversation may have ended, in the operator's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposition {
    /// By which it is named.
    pub code: Arc<str>,
    /// What people read.
    pub label: Arc<str>,
}

/// How long `WRAP_UP` keeps the agent's capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WrapUpCapacity {
    /// Until CLOSED.
    Always,
    /// Not at all.
    Never,
    /// For so many seconds.
    Seconds(u32),
}

/// Auto-close times of a workstream in seconds; none: the default of the conversation's channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoClose {
    /// In OPEN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_seconds: Option<u32>,
    /// In ACTIVE (a VOICE conversation goes to `WRAP_UP` instead).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_seconds: Option<u32>,
    /// In WAITING.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_seconds: Option<u32>,
    /// In `WRAP_UP`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrap_up_seconds: Option<u32>,
}

/// Seconds after which what goes on needs attention (domain.md section 6); each 1 or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttentionThresholds {
    /// That it waits for an agent.
    pub waiting_seconds: u32,
    /// That the customer is unanswered.
    pub unanswered_seconds: u32,
    /// That an agent has it in conversation.
    pub handled_seconds: u32,
}

impl Default for AttentionThresholds {
    fn default() -> Self {
        Self {
            waiting_seconds: 5 * MINUTE,
            unanswered_seconds: 2 * MINUTE,
            handled_seconds: 30 * MINUTE,
        }
    }
}

/// How much of its text's hash is a notice's version.
const NOTICE_VERSION_BYTES: usize = 8;

/// Seconds that an agent may have no connection, where the operator sets nothing else (domain.md
/// section 2). It belongs to no workstream: an agent is connected for all of them or for none.
pub const AGENT_GRACE_SECONDS: u32 = 150;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

impl Workstream {
    /// A workstream with every default of domain.md section 2.
    pub fn with_defaults(id: WorkstreamId, name: &str, kind: QueueKind) -> Self {
        Self {
            id,
            name: name.into(),
            kind,
            allowed_presences: BTreeSet::from([Presence::Available, Presence::Busy]),
            units: 1,
            offer_seconds: 120,
            wrap_up_capacity: WrapUpCapacity::Always,
            monitoring_notice: MonitoringNotice::Notice,
            customer_grace_seconds: 180,
            auto_close: AutoClose::default(),
            attention: AttentionThresholds::default(),
            dispositions: Vec::new(),
            disposition_required: false,
            earlier_transcripts: true,
            language: None,
            escalation_signals: true,
            service_level_seconds: None,
            deleted_at: None,
        }
    }

    /// The conversation's workstream, as it was found. One that is in use cannot be deleted, so the
    /// default is never needed; a rule that panics would be worse than one that uses it.
    pub fn of(found: Option<&Arc<Self>>, conversation: &conversation::Conversation) -> Arc<Self> {
        found.cloned().unwrap_or_else(|| {
            let kind = conversation::queue_kind_of(conversation.channel);
            Arc::new(Self::with_defaults(conversation.workstream, "", kind))
        })
    }

    /// Seconds after which a conversation on this channel leaves this state by itself; none: never.
    pub fn auto_close_seconds(&self, channel: Channel, state: State) -> Option<u32> {
        if channel == Channel::Record {
            return None;
        }
        let own = match state {
            State::Open => self.auto_close.open_seconds,
            State::Active => self.auto_close.active_seconds,
            State::Waiting => self.auto_close.waiting_seconds,
            State::WrapUp => self.auto_close.wrap_up_seconds,
            State::Closed => None,
        };
        own.or(match (channel, state) {
            (_, State::Closed)
            | (Channel::LiveChat, State::Active | State::Waiting)
            | (Channel::Voice, State::Waiting) => None,
            (Channel::LiveChat, State::Open) => Some(20 * MINUTE),
            (Channel::LiveChat, State::WrapUp) => Some(15 * MINUTE),
            (Channel::Voice, State::Active) => Some(2 * HOUR),
            (_, State::Open | State::Active) => Some(30 * DAY),
            (_, State::Waiting) => Some(28 * DAY),
            (_, State::WrapUp) => Some(DAY),
        })
    }

    /// When a conversation on this channel that is in this state from now on leaves it by itself; none: never. In OPEN and
    /// `WRAP_UP` the time counts in which its queue is open.
    pub fn auto_close_at(
        &self,
        channel: Channel,
        state: State,
        pace: Pace<'_>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let seconds = self.auto_close_seconds(channel, state)?;
        let pace = if closes_by_open_time(state) {
            pace
        } else {
            Pace::default()
        };
        pace.due_after(now, seconds)
    }

    /// Within how many seconds an agent should take a conversation: 20 on VOICE and 60 elsewhere, where nothing else is said.
    pub fn service_level(&self) -> u32 {
        let default = if self.kind == QueueKind::Voice {
            20
        } else {
            60
        };
        self.service_level_seconds.unwrap_or(default)
    }

    /// The disposition with this code.
    pub fn disposition(&self, code: &str) -> Option<&Disposition> {
        self.dispositions.iter().find(|one| *one.code == *code)
    }

    /// Whether conversations on this channel may use this workstream.
    pub fn fits(&self, channel: Channel) -> bool {
        self.kind == conversation::queue_kind_of(channel)
    }
}

/// Whether auto-close counts in this state only the time in which the queue is open: in those in which the customer waits
/// for somebody who is there by the queue's hours.
pub const fn closes_by_open_time(state: State) -> bool {
    matches!(state, State::Open | State::WrapUp)
}

/// What the organisation allows its supervisors, and how sentiment is handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools)] // Each is a switch of its own in the organisation's settings.
pub struct Settings {
    /// Supervisors may monitor and join.
    pub supervisor_monitor: bool,
    /// Supervisors may assign.
    pub supervisor_assign: bool,
    /// Supervisors may transfer.
    pub supervisor_transfer: bool,
    /// Supervisors may force-close.
    pub supervisor_force_close: bool,
    /// Supervisors may take over.
    #[serde(default)]
    pub supervisor_take_over: bool,
    /// Supervisors may manage the agents of their queues: their presence and their queues.
    #[serde(default = "on")]
    pub supervisor_manage_agents: bool,
    /// Supervisors see figures by agent.
    #[serde(default = "on")]
    pub agent_insights: bool,
    /// A customer who leaves a queue before so many seconds have passed counts for no rate.
    #[serde(default = "short_abandon_seconds")]
    pub short_abandon_seconds: u32,
    /// Customer messages are scored.
    pub sentiment_analysis: bool,
    /// From which level on supervisors are alerted.
    pub sentiment_alert_threshold: AlertThreshold,
    /// An agent who misses an offer becomes INACTIVE.
    pub inactive_after_missed_offer: bool,
    /// The operator's own text about monitoring, shown to agents.
    pub monitoring_notice_text: Arc<str>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            supervisor_monitor: true,
            supervisor_assign: false,
            supervisor_transfer: false,
            supervisor_force_close: false,
            supervisor_take_over: false,
            supervisor_manage_agents: true,
            agent_insights: true,
            short_abandon_seconds: short_abandon_seconds(),
            sentiment_analysis: true,
            sentiment_alert_threshold: AlertThreshold::Negative,
            inactive_after_missed_offer: false,
            monitoring_notice_text:
                "Supervisors may watch and join conversations, and what is said is stored.".into(),
        }
    }
}

/// The organisation settings that a supervisor's action needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, VariantArray, Serialize, Deserialize)]
pub enum Setting {
    /// `supervisorMonitor`.
    SupervisorMonitor,
    /// `supervisorAssign`.
    SupervisorAssign,
    /// `supervisorTransfer`.
    SupervisorTransfer,
    /// `supervisorForceClose`.
    SupervisorForceClose,
    /// `supervisorTakeOver`.
    SupervisorTakeOver,
    /// `supervisorManageAgents`.
    SupervisorManageAgents,
}

impl Setting {
    /// Every setting that an action needs.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The setting's name in the schema.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SupervisorMonitor => "supervisorMonitor",
            Self::SupervisorAssign => "supervisorAssign",
            Self::SupervisorTransfer => "supervisorTransfer",
            Self::SupervisorForceClose => "supervisorForceClose",
            Self::SupervisorTakeOver => "supervisorTakeOver",
            Self::SupervisorManageAgents => "supervisorManageAgents",
        }
    }
}

impl Settings {
    /// The version of the monitoring notice: a short hash of its text, so that the same text has the
    /// same version wherever and whenever.
    pub fn notice_version(&self) -> String {
        let hash = Sha256::digest(self.monitoring_notice_text.as_bytes());
        base16ct::lower::encode_string(&hash[..NOTICE_VERSION_BYTES])
    }

    /// Whether this setting is on.
    pub const fn is_on(&self, setting: Setting) -> bool {
        match setting {
            Setting::SupervisorMonitor => self.supervisor_monitor,
            Setting::SupervisorAssign => self.supervisor_assign,
            Setting::SupervisorTransfer => self.supervisor_transfer,
            Setting::SupervisorForceClose => self.supervisor_force_close,
            Setting::SupervisorTakeOver => self.supervisor_take_over,
            Setting::SupervisorManageAgents => self.supervisor_manage_agents,
        }
    }
}
