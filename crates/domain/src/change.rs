//! What happened: the typed changes of the event log (domain.md section 7).

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::audience::OrganisationFact;
use super::meaning::Meaning;
use super::sentiment::{MessageScore, thousandths};
use super::{
    AgentId, AgentNoticeId, AlertThreshold, AttachmentKind, Attention, AttentionReason, Author,
    CancelReason, Consent, ConversationId, CustomerId, DeliveryState, Edit, EscalationSignal,
    HelpEnd, MessageId, Mode, MonitorSessionId, MonitoringEnd, OfferId, Presence, Priority,
    QueueId, SentimentLevel, StatusReason, Subject, SystemMessage, Tag, Visibility,
};

mod classes;
mod event;
mod people;

pub use event::{After, Event};

/// Who made a change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Actor {
    /// The gateway of the conversation's channel, for the customer.
    Gateway {
        /// The token's `sub`.
        subject: Subject,
    },
    /// An agent.
    Agent {
        /// Who.
        agent: AgentId,
    },
    /// A supervisor.
    Supervisor {
        /// The token's `sub`.
        subject: Subject,
    },
    /// An administrator.
    Administrator {
        /// The token's `sub`.
        subject: Subject,
    },
    /// Regie itself: a timer, or a consequence of a rule.
    System,
}

macro_rules! changes {
    ($($(#[$doc:meta])* $name:ident $({ $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* })?,)*) => {
        /// A typed change.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "type")]
        pub enum Change { $($(#[$doc])* $name $({ $($(#[$fdoc])* $field: $ty,)* })?,)* }

        /// The type of a change, without what it carries.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ChangeKind { $($(#[$doc])* $name,)* }

        impl ChangeKind {
            /// Every type.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The type's name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }

        impl Change {
            /// The type of this change.
            pub const fn kind(&self) -> ChangeKind {
                match self { $(Self::$name { .. } => ChangeKind::$name,)* }
            }
        }
    };
}

changes! {
    /// A gateway started a conversation.
    ConversationStarted,
    /// A message was added to the transcript.
    MessagePosted {
        /// Its id; the text is in the transcript only.
        message: MessageId,
        /// Who wrote it.
        author: Author,
        /// Who may read it.
        visibility: Visibility,
        /// Which message of Regie itself it is.
        system: Option<SystemMessage>,
        /// The score of a customer's message.
        score: Option<MessageScore>,
        /// What else was read in a customer's message.
        #[serde(default, skip_serializing_if = "Meaning::is_empty")]
        meaning: Meaning,
        /// Whether customer messages are analysed.
        analysed: bool,
        /// When the customer sent it, where the channel says so; never after it came in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent_at: Option<DateTime<Utc>>,
        /// What is attached: the kinds alone.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<AttachmentKind>,
        /// The message of the conversation that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<MessageId>,
    },
    /// A supervisor wrote to the primary agent alone: a message of visibility COACHING. Apart from `MessagePosted`, so that
    /// nothing that counts or follows messages takes it for one.
    AgentCoached {
        /// Its id; the text is in the transcript only.
        message: MessageId,
        /// Whom it is for: who was the primary agent.
        agent: AgentId,
    },
    /// The customer edited a message.
    MessageEdited {
        /// Which.
        message: MessageId,
        /// When, by the channel's clock; never after it came in.
        at: DateTime<Utc>,
        /// What is attached now: the kinds alone.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<AttachmentKind>,
        /// Whether it has text now.
        has_text: bool,
        /// The score of what it says now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        score: Option<MessageScore>,
        /// What else is read in what it says now.
        #[serde(default, skip_serializing_if = "Meaning::is_empty")]
        meaning: Meaning,
        /// Whether what it said before was nothing but thanks, a goodbye or the like.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        was_closing: bool,
        /// Whether customer messages are analysed.
        analysed: bool,
        /// Whether what it said before had a score.
        was_scored: bool,
        /// That score.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "thousandths::optional")]
        before: Option<f32>,
        /// When the customer sent the message, where the channel says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent_at: Option<DateTime<Utc>>,
    },
    /// The customer removed a message.
    MessageRemoved {
        /// Which.
        message: MessageId,
        /// When, by the channel's clock; never after it came in.
        at: DateTime<Utc>,
    },
    /// Somebody reacted to a message, or took their reaction back. Who it was is the actor; the reaction itself is
    /// text, and stands in a row.
    MessageReaction {
        /// Which.
        message: MessageId,
        /// Who may read the message, and so the reaction.
        visibility: Visibility,
        /// The agent whom the message coaches.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coached: Option<AgentId>,
        /// Who reacted: the customer, an agent, a bot or a supervisor.
        by: Author,
        /// Whether there is a reaction of theirs now.
        given: bool,
        /// When, by the channel's clock; never after it came in.
        at: DateTime<Utc>,
    },
    /// The gateway said how far a message came on its way to the customer.
    MessageDelivery {
        /// Which.
        message: MessageId,
        /// How far.
        state: DeliveryState,
        /// When, by the channel's clock; never after it came in.
        at: DateTime<Utc>,
        /// Who wrote the message.
        author: Author,
        /// The agent or bot who wrote it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentId>,
        /// The supervisor who wrote it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        supervisor: Option<Subject>,
    },
    /// A supervisor said how a message of the customer feels; the score follows. For supervisors only, since it tells of a
    /// look.
    SentimentCorrected {
        /// Which.
        message: MessageId,
        /// What the supervisor said.
        level: SentimentLevel,
    },
    /// A message of the customer has another score than it came with: the operator's scorer's, or one that a supervisor
    /// corrected. Which of the two, only the event before it tells.
    MessageScored {
        /// Which.
        message: MessageId,
        /// Its score from now on.
        score: MessageScore,
        /// Whether customer messages are analysed.
        analysed: bool,
        /// Whether the message had a score before.
        was_scored: bool,
        /// That score.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "thousandths::optional")]
        before: Option<f32>,
        /// When the customer sent the message, or it came in.
        sent_at: DateTime<Utc>,
    },
    /// The customer's sentiment came to another level.
    SentimentChanged {
        /// The level before.
        from: SentimentLevel,
        /// The level now.
        to: SentimentLevel,
        /// Whether it is above the alert threshold now.
        recovered: bool,
        /// Whether customer messages are analysed; false drops the scores there are.
        #[serde(default = "analysed")]
        analysed: bool,
    },
    /// The sentiment fell to or below the alert threshold.
    SentimentAlertRaised {
        /// The level now.
        level: SentimentLevel,
        /// The threshold.
        threshold: AlertThreshold,
        /// The supervisors whose presence was neither AVAILABLE nor BUSY then, who are not told.
        unreachable: Vec<Subject>,
    },
    /// A customer's message said something that should be looked at.
    EscalationSignalled {
        /// Which.
        message: MessageId,
        /// What it said, each kind once; never the text.
        signals: Vec<EscalationSignal>,
    },
    /// Reasons to look at it now appeared or went.
    AttentionChanged {
        /// What holds now and did not.
        added: Vec<Attention>,
        /// What does not hold any more.
        removed: Vec<AttentionReason>,
    },
    /// A supervisor acknowledged a reason for attention. For supervisors and administrators only.
    AttentionAcknowledged {
        /// Which.
        reason: AttentionReason,
    },
    /// The primary agent asked for a supervisor's help.
    HelpRequested {
        /// Who asked.
        agent: AgentId,
        /// The INTERNAL message that says what it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<MessageId>,
    },
    /// A request for help ended.
    HelpEnded {
        /// Who had asked.
        agent: AgentId,
        /// Why.
        end: HelpEnd,
    },
    /// A supervisor offered it to an agent.
    AssignedToAgent {
        /// The offer.
        offer: OfferId,
        /// To whom.
        agent: AgentId,
        /// The units reserved.
        units: u32,
        /// By how many units that exceeds the agent's capacity.
        exceeded_by: u32,
        /// When it times out.
        due_at: DateTime<Utc>,
        /// By which supervisor.
        by: Subject,
    },
    /// A supervisor moved it to another queue.
    AssignedToQueue {
        /// The queue before.
        from: QueueId,
        /// The queue now.
        to: QueueId,
    },
    /// An agent took it from the queue.
    Picked {
        /// Who.
        agent: AgentId,
        /// Human or bot.
        kind: super::AgentKind,
        /// The units consumed.
        units: u32,
    },
    /// The agent took what was offered.
    OfferAccepted {
        /// The offer.
        offer: OfferId,
        /// Who.
        agent: AgentId,
        /// By which supervisor it was made.
        by: Subject,
    },
    /// The agent refused what was offered.
    OfferRejected {
        /// The offer.
        offer: OfferId,
        /// Who.
        agent: AgentId,
        /// By which supervisor it was made.
        by: Subject,
    },
    /// The agent did not answer in time.
    OfferTimedOut {
        /// The offer.
        offer: OfferId,
        /// Who.
        agent: AgentId,
        /// By which supervisor it was made.
        by: Subject,
    },
    /// The offer was withdrawn or overtaken.
    OfferCancelled {
        /// The offer.
        offer: OfferId,
        /// To whom it was made.
        agent: AgentId,
        /// By which supervisor it was made.
        by: Subject,
        /// Why.
        reason: CancelReason,
    },
    /// A supervisor asked another agent to take it over.
    TransferRequested {
        /// The request.
        offer: OfferId,
        /// The primary agent.
        from: AgentId,
        /// The agent asked.
        to: AgentId,
        /// The units reserved.
        units: u32,
        /// By how many units that exceeds the agent's capacity.
        exceeded_by: u32,
        /// When it times out.
        due_at: DateTime<Utc>,
        /// By which supervisor.
        by: Subject,
    },
    /// The agent asked became the primary agent.
    TransferAccepted {
        /// The request.
        offer: OfferId,
        /// The primary agent before.
        from: AgentId,
        /// The primary agent now.
        to: AgentId,
        /// By which supervisor it was made.
        by: Subject,
    },
    /// The agent asked refused; the first stays primary.
    TransferRejected {
        /// The request.
        offer: OfferId,
        /// The primary agent, from whom it would have been taken.
        from: AgentId,
        /// The agent asked.
        agent: AgentId,
        /// By which supervisor it was made.
        by: Subject,
    },
    /// The agent asked did not answer; the first stays primary.
    TransferTimedOut {
        /// The request.
        offer: OfferId,
        /// The primary agent, from whom it would have been taken.
        from: AgentId,
        /// The agent asked.
        agent: AgentId,
        /// By which supervisor it was made.
        by: Subject,
    },
    /// The request was cancelled; the first stays primary.
    TransferCancelled {
        /// The request.
        offer: OfferId,
        /// The primary agent, from whom it would have been taken.
        from: AgentId,
        /// The agent asked.
        agent: AgentId,
        /// By which supervisor it was made.
        by: Subject,
        /// Why.
        reason: CancelReason,
    },
    /// The primary agent set it aside.
    SetAside,
    /// WAITING ended: its agent took it up again, or the customer wrote.
    Reactivated {
        /// Whether it went back to its agent (ACTIVE) or, the customer having written, to its queue (OPEN).
        by_agent: bool,
    },
    /// It went back to its queue.
    ReleasedToQueue {
        /// The agent who had it.
        agent: AgentId,
        /// Whether the agent was disconnected past the grace time.
        disconnected: bool,
    },
    /// A supervisor gave it back to a queue.
    Requeued {
        /// The queue before.
        from: QueueId,
        /// The queue now.
        to: QueueId,
        /// The agent or bot who had it.
        agent: AgentId,
    },
    /// A supervisor became its primary agent.
    TakenOver {
        /// The primary agent before.
        from: AgentId,
        /// As which agent the supervisor has it now.
        agent: AgentId,
        /// The units consumed.
        units: u32,
    },
    /// A supervisor watches. For supervisors only.
    MonitoringStarted {
        /// The session.
        session: MonitorSessionId,
        /// Who.
        supervisor: Subject,
        /// When the token that holds it expires.
        until: DateTime<Utc>,
        /// The id of that token, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Arc<str>>,
    },
    /// A supervisor no longer watches. For supervisors only.
    MonitoringStopped {
        /// The session.
        session: MonitorSessionId,
        /// Who.
        supervisor: Subject,
        /// Why.
        end: MonitoringEnd,
    },
    /// A supervisor reviews, or a newer token holds the review that runs. For supervisors only.
    ReviewStarted {
        /// The session.
        session: MonitorSessionId,
        /// Who.
        supervisor: Subject,
        /// When the token that holds it expires.
        until: DateTime<Utc>,
        /// The id of that token, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Arc<str>>,
    },
    /// A supervisor no longer reviews. For supervisors only.
    ReviewStopped {
        /// The session.
        session: MonitorSessionId,
        /// Who.
        supervisor: Subject,
        /// Why.
        end: MonitoringEnd,
    },
    /// A supervisor became a participant.
    SupervisorJoined {
        /// Who.
        supervisor: Subject,
    },
    /// A supervisor is no longer a participant.
    SupervisorLeft {
        /// Who.
        supervisor: Subject,
    },
    /// A consultant is no longer a participant.
    ConsultantLeft {
        /// Who.
        agent: AgentId,
    },
    /// It is held by text, voice or video now.
    ModeChanged {
        /// The mode now.
        mode: Mode,
    },
    /// The live-chat customer's connection broke.
    CustomerDisconnected {
        /// Until when they may come back.
        grace_until: DateTime<Utc>,
    },
    /// The live-chat customer is back.
    CustomerReconnected,
    /// What the customer was told and answered was recorded.
    ConsentRecorded {
        /// When the customer was told.
        notice_given_at: Option<DateTime<Utc>>,
        /// The answer.
        consent: Consent,
    },
    /// Its tags, its priority or its attributes changed.
    LabelsChanged {
        /// Tags that it has now and had not.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        added: Vec<Tag>,
        /// Tags that it had and has no more.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        removed: Vec<Tag>,
        /// The priority now; none: it is as it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        priority: Option<Priority>,
        /// The keys of the attributes that were set; what they say is not for the log.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        set: BTreeSet<Arc<str>>,
        /// The keys of the attributes that were taken away.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        unset: BTreeSet<Arc<str>>,
    },
    /// Who closes it said how it ended.
    DispositionSet {
        /// The code of the workstream's disposition.
        code: Arc<str>,
    },
    /// The customer rated it.
    RatingRecorded {
        /// From 1, worst, to 5.
        score: u8,
    },
    /// Its customer has another name; what it is, is not for the log.
    CustomerChanged {
        /// Who: the surviving id.
        customer: CustomerId,
    },
    /// One customer is another one from now on.
    CustomersMerged {
        /// Whose id became another name.
        merged: CustomerId,
        /// Of whom.
        surviving: CustomerId,
    },
    /// The contact ended; after-work began.
    MovedToWrapUp {
        /// Why.
        reason: StatusReason,
    },
    /// `WRAP_UP` no longer holds the agent's capacity.
    CapacityReleased {
        /// Whose.
        agent: AgentId,
        /// How many units.
        units: u32,
    },
    /// It ended.
    Closed {
        /// Why.
        reason: StatusReason,
    },
    /// A supervisor ended it from outside.
    ForceClosed {
        /// Who.
        supervisor: Subject,
    },
    /// An agent's or supervisor's presence changed.
    AgentPresenceChanged {
        /// The presence now.
        presence: Presence,
        /// The presence before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Presence>,
    },
    /// An agent was made, changed or deleted.
    AgentChanged {
        /// Which of the three.
        #[serde(default)]
        edit: Edit,
        /// Which facts of it changed, where it was changed. Events from before they were named have none.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        of: BTreeSet<OrganisationFact>,
    },
    /// A queue was made, changed or deleted.
    QueueChanged {
        /// Which of the three.
        #[serde(default)]
        edit: Edit,
    },
    /// A workstream was made, changed or deleted.
    WorkstreamChanged {
        /// Which of the three.
        #[serde(default)]
        edit: Edit,
        /// Which facts of it changed, where it was changed. Events from before they were named have none.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        of: BTreeSet<OrganisationFact>,
    },
    /// An agent joined or left a queue.
    MembershipChanged {
        /// Which queue.
        queue: QueueId,
        /// Whether the agent is a member now.
        member: bool,
        /// The conversations that were OPEN there when the agent ceased to be a member: what left the
        /// agent's sight. They stand in the event, since no later state says which they were.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left: Vec<ConversationId>,
    },
    /// A supervisor told an agent something; what, stands in the notice's row.
    AgentsNotified {
        /// Which notice.
        notice: AgentNoticeId,
    },
    /// The organisation's settings changed.
    SupervisorSettingsChanged,
}

impl Change {
    /// The agent whom it coaches: it is for them and for supervisors in a session alone.
    pub const fn coaches(&self) -> Option<AgentId> {
        match self {
            Self::AgentCoached { agent, .. } => Some(*agent),
            Self::MessageReaction { coached, .. } => *coached,
            _ => None,
        }
    }
}

/// Sentiment that changed before there was a word for it changed by a message.
const fn analysed() -> bool {
    true
}
