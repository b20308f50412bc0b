//! The enums that rules, rows and schema share; their text is the schema's spelling.

#[cfg(feature = "sea-orm")]
use sea_orm::sea_query::StringLen;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
        #[cfg_attr(feature = "sea-orm", sea_orm(rs_type = "String", db_type = "String(StringLen::None)"))]
        pub enum $name {
            $($(#[$vdoc])* #[cfg_attr(feature = "sea-orm", sea_orm(string_value = $text))] #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The schema's spelling.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The value with this spelling.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

words! {
    /// Where the customer contact takes place.
    Channel {
        /// Chat on a website, live only while both are there.
        LiveChat = "LIVE_CHAT",
        /// Chat that may pause and go on.
        PersistentChat = "PERSISTENT_CHAT",
        /// SMS.
        Sms = "SMS",
        /// WhatsApp.
        WhatsApp = "WHATSAPP",
        /// Facebook.
        Facebook = "FACEBOOK",
        /// LINE.
        Line = "LINE",
        /// WeChat.
        WeChat = "WECHAT",
        /// Microsoft Teams.
        Teams = "TEAMS",
        /// Apple Messages for Business.
        AppleMessages = "APPLE_MESSAGES",
        /// Google's Business Messages.
        GoogleBusinessMessages = "GOOGLE_BUSINESS_MESSAGES",
        /// A messaging channel of the operator's own.
        CustomMessaging = "CUSTOM_MESSAGING",
        /// A telephone call.
        Voice = "VOICE",
        /// A record to work on, without a customer in contact.
        Record = "RECORD",
    }

    /// How a messaging conversation is held.
    Mode {
        /// By text.
        Text = "TEXT",
        /// Elevated to a voice call.
        Voice = "VOICE",
        /// Elevated to a video call.
        Video = "VIDEO",
    }

    /// Where a conversation stands.
    State {
        /// In a queue, nobody assigned.
        Open = "OPEN",
        /// Assigned to an agent.
        Active = "ACTIVE",
        /// Set aside until the customer writes.
        Waiting = "WAITING",
        /// The contact ended, the agent finishes after-work.
        WrapUp = "WRAP_UP",
        /// Ended for good.
        Closed = "CLOSED",
    }

    /// Why a conversation is in its state.
    StatusReason {
        /// OPEN: waits for an agent.
        AwaitingAgentAssignment = "AWAITING_AGENT_ASSIGNMENT",
        /// ACTIVE: an offer waits for its agent's answer.
        AwaitingAgentAcceptance = "AWAITING_AGENT_ACCEPTANCE",
        /// ACTIVE: the agent handles it.
        InConversation = "IN_CONVERSATION",
        /// WAITING: the customer's turn.
        AwaitingCustomerResponse = "AWAITING_CUSTOMER_RESPONSE",
        /// WRAP_UP: the primary agent ended the contact.
        MovedToWrapUpByAgent = "MOVED_TO_WRAP_UP_BY_AGENT",
        /// WRAP_UP: the customer ended the contact.
        MovedToWrapUpByCustomer = "MOVED_TO_WRAP_UP_BY_CUSTOMER",
        /// WRAP_UP: the customer stayed away, or the call ran over its limit.
        CustomerDisconnected = "CUSTOMER_DISCONNECTED",
        /// CLOSED: the customer left before an agent was in conversation, or while it waited.
        CustomerLeftOpen = "CUSTOMER_LEFT_OPEN",
        /// CLOSED: nothing happened in WAITING for too long.
        AutoClosedFromWaiting = "AUTO_CLOSED_FROM_WAITING",
        /// CLOSED: nothing happened for too long.
        AutoClosedBySystem = "AUTO_CLOSED_BY_SYSTEM",
        /// CLOSED: by its agent.
        EndedByAgent = "ENDED_BY_AGENT",
        /// CLOSED: by its bot.
        EndedByBot = "ENDED_BY_BOT",
        /// CLOSED: by a supervisor, from outside.
        ForceClosedBySupervisor = "FORCE_CLOSED_BY_SUPERVISOR",
    }

    /// What a queue is for.
    QueueKind {
        /// Messaging channels.
        Messaging = "MESSAGING",
        /// Telephone calls.
        Voice = "VOICE",
        /// Records.
        Record = "RECORD",
    }

    /// What an agent is.
    AgentKind {
        /// A person.
        Human = "HUMAN",
        /// A program; no capacity, no presence.
        Bot = "BOT",
    }

    /// Whether an agent or supervisor can be reached for work.
    Presence {
        /// Ready for work.
        Available = "AVAILABLE",
        /// At work, may take more.
        Busy = "BUSY",
        /// At work, wants no more.
        BusyDoNotDisturb = "BUSY_DO_NOT_DISTURB",
        /// Not at the desk.
        Away = "AWAY",
        /// Not at work.
        Offline = "OFFLINE",
        /// Set by the system after a missed offer.
        Inactive = "INACTIVE",
    }

    /// What a token's holder is.
    Role {
        /// The program that carries a channel's customers.
        CustomerGateway = "CUSTOMER_GATEWAY",
        /// An agent.
        Agent = "AGENT",
        /// A supervisor.
        Supervisor = "SUPERVISOR",
        /// An administrator.
        Administrator = "ADMINISTRATOR",
        /// Uses the API as a program; may not assign.
        ApiAccess = "API_ACCESS",
    }

    /// What a supervisor's token allows.
    Permission {
        /// Watch silently.
        Monitor = "conversation:monitor",
        /// Become a participant.
        Join = "conversation:join",
        /// Assign, and withdraw offers.
        Assign = "conversation:assign",
        /// Transfer, and cancel transfers.
        Transfer = "conversation:transfer",
        /// End from outside.
        ForceClose = "conversation:force_close",
    }

    /// What somebody is in a conversation.
    ParticipantRole {
        /// The customer.
        Customer = "CUSTOMER",
        /// The agent who handles it; at most one.
        PrimaryAgent = "PRIMARY_AGENT",
        /// An agent who advises the primary agent.
        Consultant = "CONSULTANT",
        /// A supervisor who joined.
        Supervisor = "SUPERVISOR",
    }

    /// Who wrote a message.
    Author {
        /// The customer.
        Customer = "CUSTOMER",
        /// A human agent.
        Agent = "AGENT",
        /// A bot agent.
        Bot = "BOT",
        /// A supervisor.
        Supervisor = "SUPERVISOR",
        /// Regie itself.
        System = "SYSTEM",
    }

    /// Who may read a message.
    Visibility {
        /// Everyone in the conversation.
        Public = "PUBLIC",
        /// Agents and supervisors, never the customer.
        Internal = "INTERNAL",
    }

    /// The seven levels of customer sentiment, worst first, and its absence.
    SentimentLevel {
        /// Very negative.
        VeryNegative = "VERY_NEGATIVE",
        /// Negative.
        Negative = "NEGATIVE",
        /// Slightly negative.
        SlightlyNegative = "SLIGHTLY_NEGATIVE",
        /// Neutral.
        Neutral = "NEUTRAL",
        /// Slightly positive.
        SlightlyPositive = "SLIGHTLY_POSITIVE",
        /// Positive.
        Positive = "POSITIVE",
        /// Very positive.
        VeryPositive = "VERY_POSITIVE",
        /// Switched off, or a language that no scorer knows.
        NotAvailable = "NOT_AVAILABLE",
    }

    /// From which level on supervisors are alerted.
    AlertThreshold {
        /// Never.
        DoNotSend = "DO_NOT_SEND",
        /// At SLIGHTLY_NEGATIVE or below.
        SlightlyNegative = "SLIGHTLY_NEGATIVE",
        /// At NEGATIVE or below.
        Negative = "NEGATIVE",
        /// At VERY_NEGATIVE.
        VeryNegative = "VERY_NEGATIVE",
    }

    /// What must have happened before a conversation may be monitored.
    MonitoringNotice {
        /// Nothing.
        None = "NONE",
        /// The customer was told.
        Notice = "NOTICE",
        /// The customer was told and agreed.
        ConsentRequired = "CONSENT_REQUIRED",
    }

    /// What the customer answered when asked for consent.
    Consent {
        /// Agreed.
        Granted = "GRANTED",
        /// Refused.
        Denied = "DENIED",
        /// Not asked, or no answer.
        Unknown = "UNKNOWN",
    }

    /// What an offer would do when accepted.
    OfferKind {
        /// Give an unassigned conversation to the agent.
        Assignment = "ASSIGNMENT",
        /// Move a running conversation to the agent.
        Transfer = "TRANSFER",
    }

    /// How an offer stands.
    OfferOutcome {
        /// No answer yet.
        Pending = "PENDING",
        /// The agent took it.
        Accepted = "ACCEPTED",
        /// The agent refused it.
        Rejected = "REJECTED",
        /// The agent did not answer in time.
        TimedOut = "TIMED_OUT",
        /// Withdrawn, or overtaken.
        Cancelled = "CANCELLED",
    }

    /// Why an offer or transfer was cancelled.
    CancelReason {
        /// A supervisor withdrew it.
        Withdrawn = "WITHDRAWN",
        /// The primary agent set the conversation aside.
        SetAside = "SET_ASIDE",
        /// The primary agent took the conversation up again.
        Reopened = "REOPENED",
        /// The primary agent released it to the queue.
        Released = "RELEASED",
        /// The primary agent ended the contact.
        EndedByAgent = "ENDED_BY_AGENT",
        /// The primary agent was disconnected past the grace time.
        AgentDisconnected = "AGENT_DISCONNECTED",
        /// The customer ended the contact.
        CustomerEnded = "CUSTOMER_ENDED",
        /// The customer stayed away past the grace time.
        CustomerDisconnected = "CUSTOMER_DISCONNECTED",
        /// The customer wrote while it was set aside.
        CustomerWrote = "CUSTOMER_WROTE",
        /// The conversation changed to voice, video or back.
        ModeChanged = "MODE_CHANGED",
        /// A supervisor force-closed it.
        ForceClosed = "FORCE_CLOSED",
        /// A time limit closed or moved it.
        AutoClosed = "AUTO_CLOSED",
        /// The target is no longer a member of the queue.
        MembershipLost = "MEMBERSHIP_LOST",
    }

    /// Why a monitor session ended.
    MonitoringEnd {
        /// The supervisor stopped it.
        Stopped = "STOPPED",
        /// The conversation left the states that can be monitored.
        StateChanged = "STATE_CHANGED",
        /// The supervisor became its primary agent.
        BecamePrimary = "BECAME_PRIMARY",
        /// The organisation switched monitoring off.
        SettingDisabled = "SETTING_DISABLED",
        /// The customer's consent went, or the workstream came to ask for a notice or consent that was lacking.
        ConsentWithdrawn = "CONSENT_WITHDRAWN",
        /// The token that held it expired.
        TokenExpired = "TOKEN_EXPIRED",
        /// The conversation left the supervisor's scope, or the permission went.
        AccessLost = "ACCESS_LOST",
    }

    /// What Regie itself says in a transcript.
    SystemMessage {
        /// A supervisor became a participant.
        SupervisorJoined = "SUPERVISOR_JOINED",
        /// A supervisor is no longer a participant.
        SupervisorLeft = "SUPERVISOR_LEFT",
        /// A supervisor ended the conversation.
        ForceClosed = "FORCE_CLOSED_BY_SUPERVISOR",
    }

    /// What a timer does when it is due.
    TimerKind {
        /// Ends an unanswered offer or transfer request.
        Offer = "OFFER",
        /// Ends a contact whose live-chat customer stayed away.
        CustomerGrace = "CUSTOMER_GRACE",
        /// Closes a conversation (or moves a long call to WRAP_UP) when its state lasted too long.
        AutoClose = "AUTO_CLOSE",
        /// Releases the capacity that WRAP_UP held.
        WrapUpCapacity = "WRAP_UP_CAPACITY",
        /// Ends monitor sessions whose token expired.
        MonitorExpiry = "MONITOR_EXPIRY",
        /// Shows the next reason for attention that comes with time.
        Attention = "ATTENTION",
    }

    /// Why a conversation needs somebody to look at it now.
    AttentionReason {
        /// The customer's sentiment is at or below the organisation's alert threshold.
        SentimentAtOrBelowThreshold = "SENTIMENT_AT_OR_BELOW_THRESHOLD",
        /// Nobody has taken it for too long.
        WaitingForAgentTooLong = "WAITING_FOR_AGENT_TOO_LONG",
        /// Nobody has answered the customer for too long.
        CustomerUnansweredTooLong = "CUSTOMER_UNANSWERED_TOO_LONG",
        /// Agents declined it twice or more since somebody last took it.
        OfferDeclinedRepeatedly = "OFFER_DECLINED_REPEATEDLY",
        /// The live-chat customer is away.
        CustomerDisconnected = "CUSTOMER_DISCONNECTED",
        /// It has been in conversation for too long.
        HandledTooLong = "HANDLED_TOO_LONG",
    }
}
