//! The typed changes of a conversation.

use async_graphql::{Enum, ID, SimpleObject, Union};
use chrono::{DateTime, Utc};

use crate::graphql::types::agent::Agent;
use crate::graphql::types::attention::Attention;
use crate::graphql::types::led::Led;
use crate::graphql::types::queue::Queue;
use domain::ChangeKind;
use domain::{
    AlertThreshold, AttachmentKind, AttentionReason, Author, CancelReason, Consent, DeliveryState,
    EscalationSignal, HelpEnd, Mode, MonitoringEnd, Priority, SentimentLevel, StatusReason,
    Visibility,
};

mod show;

macro_rules! event_types {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The type of an event about a conversation.
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum EventType { $($(#[$doc])* #[graphql(name = $text)] $name,)* }

        impl EventType {
            /// The type of this kind of change; none when it is about no conversation, or in no stream of changes.
            pub(in crate::graphql) const fn of(kind: ChangeKind) -> Option<Self> {
                match kind {
                    $(ChangeKind::$name => Some(Self::$name),)*
                    // It is read in the transcript alone.
                    ChangeKind::AgentCoached
                    | ChangeKind::AgentPresenceChanged
                    | ChangeKind::AgentChanged
                    | ChangeKind::QueueChanged
                    | ChangeKind::WorkstreamChanged
                    | ChangeKind::MembershipChanged
                    | ChangeKind::AgentsNotified
                    | ChangeKind::SupervisorSettingsChanged => None,
                }
            }
        }
    };
}

event_types! {
    /// A gateway started a conversation.
    ConversationStarted = "CONVERSATION_STARTED",
    /// A message was added to the transcript.
    MessagePosted = "MESSAGE_POSTED",
    /// The customer edited a message.
    MessageEdited = "MESSAGE_EDITED",
    /// The customer removed a message.
    MessageRemoved = "MESSAGE_REMOVED",
    /// Somebody reacted to a message, or took it back.
    MessageReaction = "MESSAGE_REACTION",
    /// The gateway said how far a message came on its way to the customer.
    MessageDelivery = "MESSAGE_DELIVERY",
    /// A supervisor said how a message feels. Delivered to supervisors only.
    SentimentCorrected = "SENTIMENT_CORRECTED",
    /// A message has another score than it came with.
    MessageScored = "MESSAGE_SCORED",
    /// The customer's sentiment came to another level.
    SentimentChanged = "SENTIMENT_CHANGED",
    /// The sentiment fell to or below the alert threshold. Delivered to supervisors only.
    SentimentAlertRaised = "SENTIMENT_ALERT_RAISED",
    /// A customer's message said something that should be looked at. Not for gateways.
    EscalationSignalled = "ESCALATION_SIGNALLED",
    /// Reasons to look at it now appeared or went.
    AttentionChanged = "ATTENTION_CHANGED",
    /// A supervisor acknowledged a reason for attention. Only supervisors and administrators see it.
    AttentionAcknowledged = "ATTENTION_ACKNOWLEDGED",
    /// Its agent asked for a supervisor's help. Not for gateways.
    HelpRequested = "HELP_REQUESTED",
    /// A request for help ended. Not for gateways.
    HelpEnded = "HELP_ENDED",
    /// A supervisor offered it to an agent.
    AssignedToAgent = "ASSIGNED_TO_AGENT",
    /// A supervisor moved it to another queue.
    AssignedToQueue = "ASSIGNED_TO_QUEUE",
    /// An agent took it from the queue.
    Picked = "PICKED",
    /// The agent accepted the assignment.
    OfferAccepted = "OFFER_ACCEPTED",
    /// The agent refused the assignment.
    OfferRejected = "OFFER_REJECTED",
    /// The agent did not answer the assignment in time.
    OfferTimedOut = "OFFER_TIMED_OUT",
    /// The assignment was withdrawn or overtaken.
    OfferCancelled = "OFFER_CANCELLED",
    /// A supervisor asked another agent to take it over.
    TransferRequested = "TRANSFER_REQUESTED",
    /// The agent asked became the primary agent.
    TransferAccepted = "TRANSFER_ACCEPTED",
    /// The agent asked refused.
    TransferRejected = "TRANSFER_REJECTED",
    /// The agent asked did not answer in time.
    TransferTimedOut = "TRANSFER_TIMED_OUT",
    /// The transfer request was cancelled.
    TransferCancelled = "TRANSFER_CANCELLED",
    /// Its agent set it aside.
    SetAside = "SET_ASIDE",
    /// Its agent took it up again, or the customer wrote.
    Reactivated = "REACTIVATED",
    /// It went back to its queue.
    ReleasedToQueue = "RELEASED_TO_QUEUE",
    /// A supervisor gave it back to a queue.
    Requeued = "REQUEUED",
    /// A supervisor became its primary agent.
    TakenOver = "TAKEN_OVER",
    /// A supervisor watches. Delivered to supervisors only.
    MonitoringStarted = "MONITORING_STARTED",
    /// A supervisor no longer watches. Delivered to supervisors only.
    MonitoringStopped = "MONITORING_STOPPED",
    /// A supervisor reviews. Delivered to supervisors only.
    ReviewStarted = "REVIEW_STARTED",
    /// A supervisor no longer reviews. Delivered to supervisors only.
    ReviewStopped = "REVIEW_STOPPED",
    /// A supervisor became a participant.
    SupervisorJoined = "SUPERVISOR_JOINED",
    /// A supervisor is no longer a participant.
    SupervisorLeft = "SUPERVISOR_LEFT",
    /// A consultant is no longer a participant.
    ConsultantLeft = "CONSULTANT_LEFT",
    /// It is held by text, voice or video now.
    ModeChanged = "MODE_CHANGED",
    /// The live-chat customer's connection broke.
    CustomerDisconnected = "CUSTOMER_DISCONNECTED",
    /// The live-chat customer is back.
    CustomerReconnected = "CUSTOMER_RECONNECTED",
    /// What the customer was told and answered was recorded.
    ConsentRecorded = "CONSENT_RECORDED",
    /// Its tags, its priority or its attributes changed.
    LabelsChanged = "LABELS_CHANGED",
    /// Who closes it said how it ended.
    DispositionSet = "DISPOSITION_SET",
    /// The customer rated it.
    RatingRecorded = "RATING_RECORDED",
    /// Its customer has another name.
    CustomerChanged = "CUSTOMER_CHANGED",
    /// One customer is another one from now on.
    CustomersMerged = "CUSTOMERS_MERGED",
    /// The contact ended; after-work began.
    MovedToWrapUp = "MOVED_TO_WRAP_UP",
    /// WRAP_UP no longer holds the agent's capacity.
    CapacityReleased = "CAPACITY_RELEASED",
    /// It ended.
    Closed = "CLOSED",
    /// A supervisor ended it from outside.
    ForceClosed = "FORCE_CLOSED",
}

macro_rules! change_types {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(SimpleObject)]
            pub struct $name {
                /// The type of the change.
                #[graphql(name = "type")]
                kind: EventType,
                $($(#[$fdoc])* $field: $ty,)*
            }
        )*

        /// What changed in a conversation.
        #[derive(Union)]
        pub enum ConversationChange {
            $($(#[$doc])* $name($name),)*
        }
    };
}

change_types! {
    /// The conversation has begun: OPEN, with nobody assigned.
    ConversationStarted {}
    /// A message was added to the transcript; its text is there only.
    MessagePosted {
        /// The message's id.
        message_id: ID,
        /// Who wrote it.
        author: Author,
        /// Who may read it.
        visibility: Visibility,
        /// What is attached, in order: the kinds alone.
        attachments: Vec<AttachmentKind>,
        /// When the customer sent it, where the channel said so; null: not said, and for other authors.
        sent_at: Option<DateTime<Utc>>,
        /// The message that it answers (`msg_…`); null: none.
        reply_to_id: Option<ID>,
    }
    /// The customer edited a message; what it says now is in the transcript only. The version and `lastActivityAt` stay.
    MessageEdited {
        /// The message's id.
        message_id: ID,
        /// When, by the channel's clock.
        at: DateTime<Utc>,
        /// What is attached now, in order: the kinds alone.
        attachments: Vec<AttachmentKind>,
    }
    /// The customer removed a message. The version and `lastActivityAt` stay.
    MessageRemoved {
        /// The message's id.
        message_id: ID,
        /// When, by the channel's clock.
        at: DateTime<Utc>,
    }
    /// Somebody reacted to a message, or took it back; the reaction itself is in the transcript only. Of an INTERNAL message it is not
    /// delivered to gateways. The version and `lastActivityAt` stay.
    MessageReaction {
        /// The message's id.
        message_id: ID,
        /// Who reacted; which person is the event's `actor`.
        author: Author,
        /// Whether there is a reaction of theirs now; false: it was taken back.
        given: bool,
        /// When, by the channel's clock.
        at: DateTime<Utc>,
    }
    /// The gateway said how far a message came on its way to the customer. The version and `lastActivityAt` stay.
    MessageDelivery {
        /// The message's id.
        message_id: ID,
        /// How far; code and words of a failure are in the transcript only.
        state: DeliveryState,
        /// Since when, by the channel's clock.
        at: DateTime<Utc>,
    }
    /// A supervisor said how a message of the customer feels. Delivered to supervisors only, since it tells of a look; what
    /// came of it (SentimentChanged) everybody who sees the level is told, as Regie's own doing. The version and
    /// `lastActivityAt` stay.
    SentimentCorrected {
        /// The message's id.
        message_id: ID,
        /// How it feels.
        level: SentimentLevel,
    }
    /// A message of the customer has another score than it came with, by the operator's scorer or a supervisor's correction. The
    /// version and `lastActivityAt` stay.
    MessageScored {
        /// The message's id.
        message_id: ID,
    }
    /// The customer's sentiment came to another level.
    SentimentChanged {
        /// The level before.
        from: SentimentLevel,
        /// The level now.
        to: SentimentLevel,
    }
    /// The sentiment fell to or below the alert threshold. Delivered to supervisors only.
    SentimentAlertRaised {
        /// The level now.
        level: SentimentLevel,
        /// The threshold then.
        threshold: AlertThreshold,
    }
    /// A customer's message said something that should be looked at: it is attention (ESCALATION_SIGNAL) until somebody did, or it
    /// is removed. Not for gateways. The version and `lastActivityAt` stay.
    EscalationSignalled {
        /// The message's id.
        message_id: ID,
        /// What it said, each kind once.
        signals: Vec<EscalationSignal>,
    }
    /// Reasons to look at the conversation now appeared or went; it follows what caused that, or
    /// comes by itself with time. The version stays.
    AttentionChanged {
        /// What holds now and did not.
        added: Vec<Attention>,
        /// What does not hold any more.
        removed: Vec<AttentionReason>,
    }
    /// A supervisor acknowledged a reason for attention; that it is gone follows. Only supervisors and administrators see it. The
    /// version and `lastActivityAt` stay.
    AttentionAcknowledged {
        /// Which.
        attention_reason: AttentionReason,
    }
    /// The primary agent asked for a supervisor's help. Not for gateways. The version and `lastActivityAt` stay.
    HelpRequested {
        /// Who asked.
        agent: Option<Agent>,
        /// The INTERNAL message that says what it is about (`msg_…`), for who may read the transcript; null without a note.
        note_id: Option<ID>,
    }
    /// A request for help ended. Not for gateways. The version and `lastActivityAt` stay.
    HelpEnded {
        /// Who had asked.
        agent: Option<Agent>,
        /// Why it ended.
        help_end: HelpEnd,
    }
    /// A supervisor offered it to an agent.
    AssignedToAgent {
        /// The offer's id.
        offer_id: ID,
        /// To whom.
        agent: Option<Agent>,
        /// The capacity units reserved. For supervisors of its queue, administrators, and the agent
        /// asked; null for others.
        units: Led<u32>,
        /// By how many units that exceeds the agent's capacity; 0 without override. Null for whom
        /// `units` is.
        capacity_exceeded_by: Led<u32>,
        /// When it times out.
        due_at: DateTime<Utc>,
    }
    /// A supervisor moved it to another queue.
    AssignedToQueue {
        /// The queue before.
        from: Option<Queue>,
        /// The queue now.
        to: Option<Queue>,
    }
    /// An agent or bot took it from the queue.
    Picked {
        /// Who.
        agent: Option<Agent>,
    }
    /// The agent accepted the assignment.
    OfferAccepted {
        /// The offer's id.
        offer_id: ID,
        /// Who.
        agent: Option<Agent>,
    }
    /// The agent refused the assignment; the conversation is OPEN again.
    OfferRejected {
        /// The offer's id.
        offer_id: ID,
        /// Who.
        agent: Option<Agent>,
    }
    /// The agent did not answer the assignment in time; the conversation is OPEN again.
    OfferTimedOut {
        /// The offer's id.
        offer_id: ID,
        /// Who.
        agent: Option<Agent>,
    }
    /// The assignment was withdrawn or overtaken.
    OfferCancelled {
        /// The offer's id.
        offer_id: ID,
        /// To whom it was made.
        agent: Option<Agent>,
        /// Why.
        cancel_reason: CancelReason,
    }
    /// A supervisor asked another agent to take it over.
    TransferRequested {
        /// The request's id.
        offer_id: ID,
        /// The primary agent.
        from: Option<Agent>,
        /// The agent asked.
        to: Option<Agent>,
        /// The capacity units reserved. For supervisors of its queue, administrators, and the agent
        /// asked; null for others.
        units: Led<u32>,
        /// By how many units that exceeds the agent's capacity; 0 without override. Null for whom
        /// `units` is.
        capacity_exceeded_by: Led<u32>,
        /// When it times out.
        due_at: DateTime<Utc>,
    }
    /// The agent asked became the primary agent.
    TransferAccepted {
        /// The request's id.
        offer_id: ID,
        /// The primary agent before; a consultant now, if the conversation was ACTIVE.
        from: Option<Agent>,
        /// The primary agent now.
        to: Option<Agent>,
    }
    /// The agent asked refused; the first agent stays primary.
    TransferRejected {
        /// The request's id.
        offer_id: ID,
        /// The agent asked.
        agent: Option<Agent>,
    }
    /// The agent asked did not answer in time; the first agent stays primary.
    TransferTimedOut {
        /// The request's id.
        offer_id: ID,
        /// The agent asked.
        agent: Option<Agent>,
    }
    /// The transfer request was cancelled; the first agent stays primary.
    TransferCancelled {
        /// The request's id.
        offer_id: ID,
        /// The agent asked.
        agent: Option<Agent>,
        /// Why.
        cancel_reason: CancelReason,
    }
    /// Its agent set it aside until the customer writes.
    SetAside {}
    /// WAITING ended.
    Reactivated {
        /// True: its agent took it up again (ACTIVE). False: the customer wrote, and it is back in its queue (OPEN).
        by_agent: bool,
    }
    /// It went back to its queue.
    ReleasedToQueue {
        /// The agent who had it.
        agent: Option<Agent>,
        /// Whether the agent was disconnected past the grace time; otherwise they released it.
        disconnected: bool,
    }
    /// A supervisor gave it back to a queue.
    Requeued {
        /// The queue before.
        from: Option<Queue>,
        /// The queue now.
        to: Option<Queue>,
        /// The agent or bot who had it.
        agent: Option<Agent>,
    }
    /// A supervisor who is an agent too became its primary agent.
    TakenOver {
        /// The primary agent before: of an ACTIVE one a consultant from now on, unless they are a bot; of a WAITING one no
        /// longer in it.
        previous_agent: Option<Agent>,
        /// As which agent the supervisor has it now.
        agent: Option<Agent>,
    }
    /// A supervisor watches. Delivered to supervisors only.
    MonitoringStarted {
        /// The session's id.
        session_id: ID,
        /// The supervisor's subject.
        supervisor: String,
    }
    /// A supervisor no longer watches. Delivered to supervisors only.
    MonitoringStopped {
        /// The session's id.
        session_id: ID,
        /// The supervisor's subject.
        supervisor: String,
        /// Why.
        ended_by: MonitoringEnd,
    }
    /// A supervisor reviews, or a newer token of theirs holds the review. Delivered to supervisors only.
    ReviewStarted {
        /// The session's id.
        session_id: ID,
        /// The supervisor's subject.
        supervisor: String,
    }
    /// A supervisor no longer reviews. Delivered to supervisors only.
    ReviewStopped {
        /// The session's id.
        session_id: ID,
        /// The supervisor's subject.
        supervisor: String,
        /// Why.
        ended_by: MonitoringEnd,
    }
    /// A supervisor became a participant.
    SupervisorJoined {}
    /// A supervisor is no longer a participant.
    SupervisorLeft {}
    /// A consultant is no longer a participant.
    ConsultantLeft {
        /// Who.
        agent: Option<Agent>,
    }
    /// It is held by text, voice or video now.
    ModeChanged {
        /// The mode now.
        mode: Mode,
    }
    /// The live-chat customer's connection broke.
    CustomerDisconnected {
        /// Until when they may come back.
        grace_until: DateTime<Utc>,
    }
    /// The live-chat customer is back.
    CustomerReconnected {}
    /// What the customer was told and answered was recorded.
    ConsentRecorded {
        /// When the customer was told; null: not told.
        notice_given_at: Option<DateTime<Utc>>,
        /// The answer.
        consent: Consent,
    }
    /// Its tags, its priority or its attributes changed. The version and `lastActivityAt` stay. Who is not shown tags is told only of what
    /// else changed.
    LabelsChanged {
        /// Tags that it has now and had not, as they were written. Null for gateways.
        added_tags: Led<Vec<String>>,
        /// Tags that it had and has no more. Null for gateways.
        removed_tags: Led<Vec<String>>,
        /// The priority now; null when it is as it was.
        priority: Option<Priority>,
        /// The keys of the attributes that were set; what they say is in `Conversation.attributes` only.
        set_attributes: Vec<String>,
        /// The keys of the attributes that it has no more.
        removed_attributes: Vec<String>,
    }
    /// Who closes it said how it ended; that it is closed follows. The version stays.
    DispositionSet {
        /// The code of the disposition; `conversation { disposition }` has what people read.
        code: String,
    }
    /// The customer rated it. The version and `lastActivityAt` stay.
    RatingRecorded {
        /// From 1, worst, to 5.
        score: u8,
    }
    /// Its customer has another name; `conversation { customer { name } }` has it. The version and `lastActivityAt` stay. One
    /// for each of the customer's 100 newest ongoing conversations; where they have none, one for their last conversation.
    CustomerChanged {
        /// The customer (`cust_…`).
        customer_id: ID,
    }
    /// One customer is another one from now on, for good; conversations of both show the surviving one. The version and
    /// `lastActivityAt` stay. One for each of their 100 newest ongoing conversations; where they have none, one for their
    /// last conversation.
    CustomersMerged {
        /// The customer whose id became another name (`cust_…`).
        merged_id: ID,
        /// The customer who stays (`cust_…`).
        surviving_id: ID,
    }
    /// The contact ended; after-work began.
    MovedToWrapUp {
        /// Why.
        status_reason: StatusReason,
    }
    /// WRAP_UP no longer holds the agent's capacity.
    CapacityReleased {
        /// Whose.
        agent: Option<Agent>,
        /// How many units. For supervisors of its queue, administrators, and that agent; null for others.
        units: Led<u32>,
    }
    /// It ended.
    Closed {
        /// Why.
        status_reason: StatusReason,
    }
    /// A supervisor ended it from outside.
    ForceClosed {}
}
