//! What can be asked of Regie, and what comes of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize, Serializer};

use super::patch::{AgentPatch, QueuePatch, WorkstreamPatch};
use super::policy::Action;
use super::sentiment::MessageScore;
use super::{
    AgentId, AgentKind, Channel, Consent, Conversation, ConversationId, CustomerId, MessageId,
    Mode, MonitorSessionId, MonitoringEnd, OfferId, Presence, QueueId, QueueKind, Revocation,
    Revoked, Settings, TimerKind, Visibility, Workstream, WorkstreamId,
};

/// What is asked. Ids of what may come into being are chosen by the caller, so that deciding stays
/// a function of its arguments.
///
/// Its serialisation is what a repeat of the same input is known by: it leaves out the ids that are chosen for
/// what may come into being, and a field that comes later must say nothing when it is left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Command {
    /// A gateway starts a conversation.
    Start(Box<Start>),
    /// Something is done to a conversation.
    Act {
        /// Which.
        conversation: ConversationId,
        /// What.
        act: Act,
    },
    /// The viewer's own presence.
    SetPresence(Presence),
    /// An agent has read the monitoring notice: the text of this version.
    AcknowledgeNotice {
        /// The version that the agent saw.
        version: Arc<str>,
    },
    /// An administrator manages the organisation.
    Manage(Manage),
    /// What was asked with input that is not well-formed: refused, and recorded where the audit
    /// records such a thing.
    #[serde(skip)]
    Malformed(Box<super::Malformed>),
    /// A timer is due.
    TimerDue {
        /// Whose timer.
        conversation: ConversationId,
        /// Which of them.
        kind: TimerKind,
    },
    /// An agent stayed disconnected past the grace time.
    AgentDisconnected(AgentId),
    /// The asker has a token that was not seen before: it takes over the running looks that an
    /// earlier one holds.
    TokenRefreshed,
}

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
}

/// What is done to a conversation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Act {
    /// The customer wrote.
    CustomerMessage {
        /// The message's id.
        #[serde(skip)]
        id: MessageId,
        /// Its text.
        text: Arc<str>,
        /// Its score; none when analysis is off.
        score: Option<MessageScore>,
    },
    /// The live-chat customer's connection broke.
    CustomerDisconnected,
    /// The live-chat customer is back.
    CustomerReconnected,
    /// The customer ended the contact.
    EndByCustomer,
    /// The conversation changes to this mode.
    ChangeMode(Mode),
    /// What the customer was told and answered.
    RecordConsent {
        /// When the customer was told; none leaves what is recorded.
        notice_given_at: Option<DateTime<Utc>>,
        /// The answer; none leaves what is recorded.
        consent: Option<Consent>,
    },
    /// An agent takes it from a queue.
    Pick,
    /// The agent takes what is offered.
    Accept,
    /// The agent refuses what is offered.
    Reject,
    /// The primary agent sets it aside until the customer writes.
    SetAside,
    /// The primary agent takes it up again.
    Reopen,
    /// The primary agent gives it back to the queue.
    Release,
    /// The primary agent ends the contact.
    End,
    /// The primary agent ends the after-work.
    Close,
    /// An agent or supervisor writes.
    Send {
        /// The message's id.
        #[serde(skip)]
        id: MessageId,
        /// Its text.
        text: Arc<str>,
        /// Who may read it; none: PUBLIC for agents, INTERNAL for supervisors.
        visibility: Option<Visibility>,
    },
    /// A joined supervisor or a consultant leaves.
    Leave,
    /// A supervisor watches silently.
    Monitor {
        /// The session's id, unless one runs already.
        #[serde(skip)]
        session: MonitorSessionId,
    },
    /// A supervisor stops watching (and leaves).
    StopMonitoring,
    /// A monitoring supervisor becomes a participant.
    Join,
    /// A supervisor offers it to an agent.
    AssignToAgent(Target),
    /// A supervisor moves it to another queue.
    AssignToQueue(QueueId),
    /// A supervisor withdraws an unanswered assignment.
    CancelOffer,
    /// A supervisor asks another agent to take it over.
    Transfer(Target),
    /// A supervisor cancels a transfer request.
    CancelTransfer,
    /// A supervisor ends it from outside.
    ForceClose,
}

/// An agent to give work to, and which rules the supervisor overrides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The offer's id.
    #[serde(skip)]
    pub offer: OfferId,
    /// To whom.
    pub agent: AgentId,
    /// Whatever the agent's presence (assignments only).
    pub override_presence: bool,
    /// Whatever the agent's capacity.
    pub override_capacity: bool,
    /// However often the agent declined.
    pub override_declines: bool,
}

impl Act {
    /// What the policy is asked for.
    pub const fn action(&self) -> Action {
        match self {
            Self::CustomerMessage { .. } => Action::CustomerMessage,
            Self::CustomerDisconnected => Action::CustomerDisconnected,
            Self::CustomerReconnected => Action::CustomerReconnected,
            Self::EndByCustomer => Action::EndByCustomer,
            Self::ChangeMode(_) => Action::ChangeMode,
            Self::RecordConsent { .. } => Action::RecordConsent,
            Self::Pick => Action::Pick,
            Self::Accept => Action::Accept,
            Self::Reject => Action::Reject,
            Self::SetAside => Action::SetAside,
            Self::Reopen => Action::Reopen,
            Self::Release => Action::Release,
            Self::End => Action::End,
            Self::Close => Action::Close,
            Self::Send { .. } => Action::Send,
            Self::Leave => Action::Leave,
            Self::Monitor { .. } => Action::Monitor,
            Self::StopMonitoring => Action::StopMonitoring,
            Self::Join => Action::Join,
            Self::AssignToAgent(_) | Self::AssignToQueue(_) => Action::Assign,
            Self::CancelOffer => Action::CancelOffer,
            Self::Transfer(_) => Action::Transfer,
            Self::CancelTransfer => Action::CancelTransfer,
            Self::ForceClose => Action::ForceClose,
        }
    }
}

/// What administrators do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Manage {
    /// A new agent.
    CreateAgent {
        /// Its id.
        #[serde(skip)]
        id: AgentId,
        /// The `sub` of its tokens.
        subject: super::Subject,
        /// Its name.
        name: Arc<str>,
        /// Human or bot.
        kind: AgentKind,
        /// Total capacity units; ignored for a bot.
        capacity: u32,
        /// The queues it becomes a member of.
        queues: BTreeSet<QueueId>,
    },
    /// A new queue.
    CreateQueue {
        /// Its id.
        #[serde(skip)]
        id: QueueId,
        /// Its name.
        name: Arc<str>,
        /// What it is for.
        kind: QueueKind,
    },
    /// A new workstream.
    CreateWorkstream(#[serde(serialize_with = "but_for_its_id")] Workstream),
    /// An agent becomes a member of a queue.
    AddMember {
        /// Who.
        agent: AgentId,
        /// Where.
        queue: QueueId,
    },
    /// An agent is no longer a member of a queue.
    RemoveMember {
        /// Who.
        agent: AgentId,
        /// Where.
        queue: QueueId,
    },
    /// New organisation settings.
    UpdateSettings(SettingsPatch),
    /// New values for an agent.
    UpdateAgent(AgentId, AgentPatch),
    /// An agent goes.
    DeleteAgent(AgentId),
    /// New values for a queue.
    UpdateQueue(QueueId, QueuePatch),
    /// A queue goes.
    DeleteQueue(QueueId),
    /// New values for a workstream.
    UpdateWorkstream(WorkstreamId, WorkstreamPatch),
    /// A workstream goes.
    DeleteWorkstream(WorkstreamId),
    /// A customer's name, key and texts go.
    EraseCustomer(CustomerId),
    /// Tokens are taken back before they end.
    Revoke {
        /// Which.
        what: Revoked,
        /// When the token ends by itself, if that is known.
        expires_at: Option<DateTime<Utc>>,
        /// How long any token that is accepted now may go on: for so long it is kept at most.
        #[serde(skip)]
        longest_life: TimeDelta,
    },
}

fn but_for_its_id<S: Serializer>(new: &Workstream, serializer: S) -> Result<S::Ok, S::Error> {
    let id = WorkstreamId(uuid::Uuid::nil());
    Workstream { id, ..new.clone() }.serialize(serializer)
}

/// New values for some of the organisation's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // One for each field of `Settings`.
pub struct SettingsPatch {
    pub supervisor_monitor: Option<bool>,
    pub supervisor_assign: Option<bool>,
    pub supervisor_transfer: Option<bool>,
    pub supervisor_force_close: Option<bool>,
    pub sentiment_analysis: Option<bool>,
    pub sentiment_alert_threshold: Option<super::AlertThreshold>,
    pub inactive_after_missed_offer: Option<bool>,
    pub monitoring_notice_text: Option<Arc<str>>,
}

impl SettingsPatch {
    /// The settings with the new values in place.
    pub fn apply_to(&self, settings: &Settings) -> Settings {
        let text = self.monitoring_notice_text.as_ref();
        Settings {
            supervisor_monitor: self
                .supervisor_monitor
                .unwrap_or(settings.supervisor_monitor),
            supervisor_assign: self.supervisor_assign.unwrap_or(settings.supervisor_assign),
            supervisor_transfer: self
                .supervisor_transfer
                .unwrap_or(settings.supervisor_transfer),
            supervisor_force_close: self
                .supervisor_force_close
                .unwrap_or(settings.supervisor_force_close),
            sentiment_analysis: self
                .sentiment_analysis
                .unwrap_or(settings.sentiment_analysis),
            sentiment_alert_threshold: self
                .sentiment_alert_threshold
                .unwrap_or(settings.sentiment_alert_threshold),
            inactive_after_missed_offer: self
                .inactive_after_missed_offer
                .unwrap_or(settings.inactive_after_missed_offer),
            monitoring_notice_text: text.unwrap_or(&settings.monitoring_notice_text).clone(),
        }
    }
}

/// What a command came to: what its answer shows. Kept with the idempotency key, so that a repeat
/// is answered alike; it holds ids and after-images, never text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The conversation right after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Arc<Conversation>>,
    /// The message that was posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    /// The offer or transfer request that was made or answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferId>,
    /// By how many units the target's capacity is exceeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_exceeded_by: Option<u32>,
    /// The monitor session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<super::conversation::Monitor>,
    /// When and why that session ended, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_ended: Option<(DateTime<Utc>, MonitoringEnd)>,
    /// The agent that was made or changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Arc<super::Agent>>,
    /// The presence that was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<Presence>,
    /// The queue that was made or changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Arc<super::Queue>>,
    /// The workstream that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workstream: Option<Arc<Workstream>>,
    /// The settings after the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Arc<Settings>>,
    /// The customer whose data were erased, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<(CustomerId, DateTime<Utc>)>,
    /// The tokens that were taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revocation>,
    /// The log position right after.
    #[serde(default)]
    pub position: i64,
    /// The hash of the event there.
    #[serde(default)]
    pub hash: i64,
}
