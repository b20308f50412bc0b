//! The enums that rules, rows and schema share: their text is the schema's spelling, and their documentation its
//! descriptions.

#[cfg(feature = "sea-orm")]
use sea_orm::sea_query::StringLen;
use serde::{Deserialize, Serialize};

/// One enum: each variant with its text, and with its name in the schema.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal, $schema:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
        #[cfg_attr(feature = "sea-orm", sea_orm(rs_type = "String", db_type = "String(StringLen::None)"))]
        #[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
        pub enum $name {
            $(
                $(#[$vdoc])*
                #[cfg_attr(feature = "sea-orm", sea_orm(string_value = $text))]
                #[cfg_attr(feature = "graphql", graphql(name = $schema))]
                #[serde(rename = $text)]
                $variant,
            )*
        }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The value with this text.
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
    };
}

/// Enums whose text is their name in the schema.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* })*) => {$(
        word! { $(#[$doc])* $name { $($(#[$vdoc])* $variant = $text, $text;)* } }
    )*};
}

// A token spells them as scopes.
word! {
    /// What a supervisor's token allows.
    Permission {
        /// `conversation:monitor`: watch silently.
        Monitor = "conversation:monitor", "CONVERSATION_MONITOR";
        /// `conversation:join`: become a participant.
        Join = "conversation:join", "CONVERSATION_JOIN";
        /// `conversation:assign`: assign, and withdraw offers.
        Assign = "conversation:assign", "CONVERSATION_ASSIGN";
        /// `conversation:transfer`: transfer, and cancel transfer requests.
        Transfer = "conversation:transfer", "CONVERSATION_TRANSFER";
        /// `conversation:force_close`: end from outside.
        ForceClose = "conversation:force_close", "CONVERSATION_FORCE_CLOSE";
        /// `conversation:label`: change tags, priority and attributes.
        Label = "conversation:label", "CONVERSATION_LABEL";
        /// `conversation:review`: read what is not there to be monitored.
        Review = "conversation:review", "CONVERSATION_REVIEW";
        /// `conversation:take_over`: become the primary agent in another's place.
        TakeOver = "conversation:take_over", "CONVERSATION_TAKE_OVER";
        /// `agent:manage`: set agents' presence, add them to queues and remove them.
        ManageAgents = "agent:manage", "AGENT_MANAGE";
    }
}

words! {
    /// Where the customer contact takes place. All but VOICE and RECORD are messaging channels;
    /// messaging channels but LIVE_CHAT are asynchronous: the customer may answer days later.
    Channel {
        /// Chat on a website, live only while both sides are there.
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
        /// A telephone call; the sound stays with the carrier.
        Voice = "VOICE",
        /// A record to work on, without a customer in contact; cannot be monitored, assigned or force-closed.
        Record = "RECORD",
    }

    /// What an attachment is.
    AttachmentKind {
        /// A picture.
        Image = "IMAGE",
        /// Sound, such as a voice note.
        Audio = "AUDIO",
        /// A film.
        Video = "VIDEO",
        /// A file of another kind.
        File = "FILE",
        /// A sticker.
        Sticker = "STICKER",
        /// A place: latitude and longitude, or a label.
        Location = "LOCATION",
        /// Somebody's contact card.
        Contact = "CONTACT",
        /// What the channel carried and has no other kind here, so that nothing a customer sends is lost.
        Other = "OTHER",
    }

    /// Within what a customer's key is unique.
    KeyScope {
        /// Within the source and the channel: the same key on another channel is somebody else.
        Channel = "CHANNEL",
        /// Within the source, on all its channels: such as a telephone number.
        Source = "SOURCE",
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

    /// Where a conversation stands. Ongoing is every state but CLOSED.
    State {
        /// In a queue, nobody assigned.
        Open = "OPEN",
        /// Assigned to an agent: offered and awaiting acceptance, or in conversation (see `statusReason`).
        Active = "ACTIVE",
        /// Set aside by its agent until the customer writes; asynchronous channels only.
        Waiting = "WAITING",
        /// The contact ended; the agent finishes after-work.
        WrapUp = "WRAP_UP",
        /// Ended for good; refuses commands with CONVERSATION_CLOSED, but for those that say that they are accepted then.
        Closed = "CLOSED",
    }

    /// Why a conversation is in its state.
    StatusReason {
        /// OPEN: it waits for an agent.
        AwaitingAgentAssignment = "AWAITING_AGENT_ASSIGNMENT",
        /// ACTIVE: a supervisor offered it to an agent who has not answered yet.
        AwaitingAgentAcceptance = "AWAITING_AGENT_ACCEPTANCE",
        /// ACTIVE: an agent handles it.
        InConversation = "IN_CONVERSATION",
        /// WAITING: it is the customer's turn.
        AwaitingCustomerResponse = "AWAITING_CUSTOMER_RESPONSE",
        /// WRAP_UP: the primary agent ended the contact.
        MovedToWrapUpByAgent = "MOVED_TO_WRAP_UP_BY_AGENT",
        /// WRAP_UP: the customer ended the contact.
        MovedToWrapUpByCustomer = "MOVED_TO_WRAP_UP_BY_CUSTOMER",
        /// WRAP_UP: the customer stayed away past the grace time, or the call ran over its limit.
        CustomerDisconnected = "CUSTOMER_DISCONNECTED",
        /// CLOSED: the customer left before an agent was in conversation, or while it waited.
        CustomerLeftOpen = "CUSTOMER_LEFT_OPEN",
        /// CLOSED: nothing happened in WAITING for too long.
        AutoClosedFromWaiting = "AUTO_CLOSED_FROM_WAITING",
        /// CLOSED: the auto-close time of its state ran out.
        AutoClosedBySystem = "AUTO_CLOSED_BY_SYSTEM",
        /// CLOSED: the customer ended it while it was WAITING.
        EndedByCustomer = "ENDED_BY_CUSTOMER",
        /// CLOSED: by its agent.
        EndedByAgent = "ENDED_BY_AGENT",
        /// CLOSED: by its bot.
        EndedByBot = "ENDED_BY_BOT",
        /// CLOSED: by a supervisor, from outside.
        ForceClosedBySupervisor = "FORCE_CLOSED_BY_SUPERVISOR",
    }

    /// What a queue, or a workstream's conversations, are for.
    QueueKind {
        /// Messaging channels.
        Messaging = "MESSAGING",
        /// The channel VOICE.
        Voice = "VOICE",
        /// The channel RECORD.
        Record = "RECORD",
    }

    /// What an agent is.
    AgentKind {
        /// A person.
        Human = "HUMAN",
        /// A program: has no capacity and no presence, is never given work by supervisors.
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
        /// Not at work. Set by the system too, for an agent who was disconnected past the grace time.
        Offline = "OFFLINE",
        /// Set by the system after a missed offer; cannot be set by hand, and ends by `setPresence`.
        Inactive = "INACTIVE",
    }

    /// What a token's holder is; a token may have several roles.
    Role {
        /// The program that carries a channel's customers.
        CustomerGateway = "CUSTOMER_GATEWAY",
        /// An agent or bot.
        Agent = "AGENT",
        /// Watches and acts on conversations in the queues of their scope.
        Supervisor = "SUPERVISOR",
        /// Manages agents, queues, workstreams and settings; sees all conversations, read-only.
        Administrator = "ADMINISTRATOR",
        /// Uses the API as a program; may not assign (API_ACCESS_CONFLICT).
        ApiAccess = "API_ACCESS",
    }

    /// What somebody is in a conversation. A monitoring supervisor is not a participant.
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
        /// A human agent: the primary agent or a consultant.
        Agent = "AGENT",
        /// A bot.
        Bot = "BOT",
        /// A supervisor.
        Supervisor = "SUPERVISOR",
        /// Regie itself; `systemMessage` says what.
        System = "SYSTEM",
    }

    /// Who may read a message.
    Visibility {
        /// Everyone in the conversation, the customer too.
        Public = "PUBLIC",
        /// Agents and supervisors; never the customer.
        Internal = "INTERNAL",
        /// The agent whom a supervisor coaches by it (`coachAgent`), while they are the primary agent or a consultant, and
        /// supervisors in a monitor or review session; nobody else.
        Coaching = "COACHING",
    }

    /// Customer sentiment in seven levels, worst first, from the customer's messages only.
    SentimentLevel {
        /// Score -0.65 or lower.
        VeryNegative = "VERY_NEGATIVE",
        /// Score above -0.65, up to -0.4.
        Negative = "NEGATIVE",
        /// Score above -0.4, up to -0.2.
        SlightlyNegative = "SLIGHTLY_NEGATIVE",
        /// Score between -0.2 and 0.2. Every conversation starts here; a bare statement of a problem stays here.
        Neutral = "NEUTRAL",
        /// Score from 0.2, below 0.4.
        SlightlyPositive = "SLIGHTLY_POSITIVE",
        /// Score from 0.4, below 0.65.
        Positive = "POSITIVE",
        /// Score 0.65 or higher.
        VeryPositive = "VERY_POSITIVE",
        /// Analysis is switched off, or no scorer knows the customer's language.
        NotAvailable = "NOT_AVAILABLE",
    }

    /// Whose score of a message it is, the weakest first: a later one replaces an earlier one, never the reverse.
    #[derive(Default)]
    ScoreSource {
        /// Regie's own scorer, with the operator's adapter where there is one.
        #[default]
        Default = "DEFAULT",
        /// The operator's scorer, asked after Regie's own.
        Operator = "OPERATOR",
        /// The gateway, with the message.
        Gateway = "GATEWAY",
        /// A supervisor, by `correctSentiment`.
        Supervisor = "SUPERVISOR",
    }

    /// What a customer's message is for: by its words, in English and Dutch.
    Intent {
        /// Nothing but thanks, a goodbye, "ok" or emoji. Right after an answer it waits for none.
        Closing = "CLOSING",
        /// It asks something, also about something that is wrong, and is not unhappy.
        Question = "QUESTION",
        /// It says that something is wrong.
        Problem = "PROBLEM",
        /// It asks for something to be done, without complaining.
        Request = "REQUEST",
        /// Anything else: greetings, answers, figures.
        Other = "OTHER",
    }

    /// What in a customer's words should be looked at, however they feel: in English and Dutch.
    EscalationSignal {
        /// They threaten to leave for a competitor, or never to come back.
        Leaving = "LEAVING",
        /// They threaten with a lawyer, a court, an authority, or to hold the organisation liable.
        Legal = "LEGAL",
        /// They insult or abuse whoever reads it.
        Abuse = "ABUSE",
        /// They say that they have been in touch about it before.
        RepeatedContact = "REPEATED_CONTACT",
        /// They ask for a manager.
        ManagerWanted = "MANAGER_WANTED",
        /// Somebody may be in danger: fire, gas, injury, violence, or that they may harm themselves. No substitute for an
        /// emergency service.
        Danger = "DANGER",
    }

    /// From which sentiment level on supervisors are alerted.
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

    /// What must have happened before a conversation of a workstream may be monitored.
    MonitoringNotice {
        /// Nothing.
        None = "NONE",
        /// The customer was told (`noticeGivenAt`).
        Notice = "NOTICE",
        /// The customer was told and agreed (`consent` GRANTED).
        ConsentRequired = "CONSENT_REQUIRED",
    }

    /// What the customer answered when asked for consent to be watched.
    Consent {
        /// Agreed.
        Granted = "GRANTED",
        /// Refused.
        Denied = "DENIED",
        /// Not asked, or no answer.
        Unknown = "UNKNOWN",
    }

    /// How soon a conversation should be looked after, by the operator's own measure; no rule acts on it.
    Priority {
        /// After the others.
        Low = "LOW",
        /// What a conversation has that nobody gave another.
        Normal = "NORMAL",
        /// Before the others.
        High = "HIGH",
        /// Before all others.
        Urgent = "URGENT",
    }

    /// What an offer does when it is accepted.
    OfferKind {
        /// Gives an unassigned conversation to the agent.
        Assignment = "ASSIGNMENT",
        /// Makes the agent the primary agent in another's place.
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

    /// Why an offer or a transfer request was cancelled.
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
        /// The conversation changed its mode.
        ModeChanged = "MODE_CHANGED",
        /// A supervisor force-closed it.
        ForceClosed = "FORCE_CLOSED",
        /// A time limit closed or moved it.
        AutoClosed = "AUTO_CLOSED",
        /// The target is no longer a member of the queue.
        MembershipLost = "MEMBERSHIP_LOST",
        /// A supervisor gave the conversation back to a queue.
        Requeued = "REQUEUED",
        /// A supervisor took the conversation over.
        TakenOver = "TAKEN_OVER",
        /// A supervisor took all work from the target.
        Drained = "DRAINED",
    }

    /// What a supervisor's look is.
    LookKind {
        /// A monitor session: it follows what is in conversation, or in WRAP_UP.
        Monitor = "MONITOR",
        /// A review session: it reads what is not there to be monitored.
        Review = "REVIEW",
    }

    /// Why a monitor or review session ended.
    MonitoringEnd {
        /// The supervisor stopped it.
        Stopped = "STOPPED",
        /// The conversation came to a state without it: a monitored one to OPEN, WAITING or CLOSED, a reviewed
        /// one to ACTIVE (accepted) or WRAP_UP.
        StateChanged = "STATE_CHANGED",
        /// The supervisor became its primary agent.
        BecamePrimary = "BECAME_PRIMARY",
        /// The organisation switched monitoring off.
        SettingDisabled = "SETTING_DISABLED",
        /// The customer's consent went, or the workstream came to ask for a notice or consent that was lacking.
        ConsentWithdrawn = "CONSENT_WITHDRAWN",
        /// The token that held it expired, or was revoked.
        TokenExpired = "TOKEN_EXPIRED",
        /// The supervisor showed a newer token that does not allow it: the role, the permission or the
        /// queue is missing.
        AccessLost = "ACCESS_LOST",
        /// A review session lasted 60 minutes.
        TimeLimit = "TIME_LIMIT",
        /// A reviewed conversation moved to another queue: who has that one in scope may review it there.
        QueueChanged = "QUEUE_CHANGED",
        /// The customer of a reviewed conversation was erased.
        CustomerErased = "CUSTOMER_ERASED",
        /// The supervisor began another review while 100 of theirs were running: the oldest ended.
        Superseded = "SUPERSEDED",
    }

    /// What Regie itself says in a transcript.
    SystemMessage {
        /// A supervisor became a participant.
        SupervisorJoined = "SUPERVISOR_JOINED",
        /// A supervisor is no longer a participant.
        SupervisorLeft = "SUPERVISOR_LEFT",
        /// A supervisor ended the conversation.
        ForceClosed = "FORCE_CLOSED_BY_SUPERVISOR",
        /// A supervisor became the primary agent.
        TakenOver = "TAKEN_OVER_BY_SUPERVISOR",
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
        /// Ends monitor and review sessions whose token expired, and review sessions that lasted long enough.
        MonitorExpiry = "MONITOR_EXPIRY",
        /// Shows the next reason for attention that comes with time.
        Attention = "ATTENTION",
    }

    /// Why a conversation needs somebody to look at it now. Thresholds in seconds are the
    /// workstream's (`Workstream.attention`); each holds for the clocks that start while it is set.
    AttentionReason {
        /// The customer's sentiment is at or below the organisation's `sentimentAlertThreshold`;
        /// never with DO_NOT_SEND, or while the sentiment is NOT_AVAILABLE.
        SentimentAtOrBelowThreshold = "SENTIMENT_AT_OR_BELOW_THRESHOLD",
        /// Nobody has taken it for `waitingSeconds` since `waitingSince`, offers that were not
        /// accepted included.
        WaitingForAgentTooLong = "WAITING_FOR_AGENT_TOO_LONG",
        /// Nobody has answered the customer for `unansweredSeconds` since `unansweredSince`; not in WRAP_UP.
        CustomerUnansweredTooLong = "CUSTOMER_UNANSWERED_TOO_LONG",
        /// Agents, all together, rejected or missed two or more offers or transfer requests since
        /// one of them last took it; not in WRAP_UP.
        OfferDeclinedRepeatedly = "OFFER_DECLINED_REPEATEDLY",
        /// The live-chat customer is away (`customerAwaySince`).
        CustomerDisconnected = "CUSTOMER_DISCONNECTED",
        /// It has been ACTIVE with an agent for `handledSeconds` since it was picked, accepted or
        /// reopened; a transfer does not start this again.
        HandledTooLong = "HANDLED_TOO_LONG",
        /// WRAP_UP: the customer has written since the contact ended. On asynchronous channels its agent may reopen it,
        /// and while this holds the auto-close moves it to OPEN in its queue instead of closing it.
        CustomerWroteInWrapUp = "CUSTOMER_WROTE_IN_WRAP_UP",
        /// The newest PUBLIC message by an agent, a bot or a supervisor could not be delivered. Ends with its delivery,
        /// with the next such message, and by `acknowledgeAttention` until the next failure.
        DeliveryFailed = "DELIVERY_FAILED",
        /// Its agent asked for a supervisor's help (`requestHelp`). Ends as `HelpEnd` says.
        HelpRequested = "HELP_REQUESTED",
        /// A customer's message gave an escalation signal (`Conversation.escalationSignals` says which), in a workstream
        /// whose `escalationSignals` are on. Ends when the message is removed, or edited to say it no more.
        EscalationSignal = "ESCALATION_SIGNAL",
    }

    /// What a supervisor may do about a reason for attention.
    SupervisorAction {
        /// Watch silently: `monitorConversation`.
        Monitor = "MONITOR",
        /// Write to its agent alone: `coachAgent`, while monitoring.
        Coach = "COACH",
        /// Take part: `joinConversation`, while monitoring.
        Join = "JOIN",
        /// Handle it in the agent's place: `takeOverConversation`.
        TakeOver = "TAKE_OVER",
        /// Give it to another agent or queue: `assignConversation`.
        Assign = "ASSIGN",
        /// Give it back to a queue: `requeueConversation`.
        Requeue = "REQUEUE",
        /// End it from outside: `forceCloseConversation`.
        ForceClose = "FORCE_CLOSE",
        /// Say that the request for help is answered: `answerHelp`.
        AnswerHelp = "ANSWER_HELP",
        /// Say that it is seen to: `acknowledgeAttention`.
        Acknowledge = "ACKNOWLEDGE",
    }

    /// Why a request for help ended.
    HelpEnd {
        /// The agent took it back.
        Cancelled = "CANCELLED",
        /// A supervisor answered it, without a message that everybody here reads.
        Answered = "ANSWERED",
        /// A supervisor joined.
        Joined = "JOINED",
        /// A supervisor wrote an INTERNAL message.
        Message = "MESSAGE",
        /// The agent is not the primary agent any more.
        NoLongerPrimary = "NO_LONGER_PRIMARY",
        /// The conversation ended.
        Closed = "CLOSED",
    }

    /// How far a PUBLIC message of the organisation came on its way to the customer, as its gateway says.
    DeliveryState {
        /// The gateway has not said. Gateways that never say anything leave it so.
        Pending = "PENDING",
        /// The channel's provider took it.
        Sent = "SENT",
        /// It reached the customer.
        Delivered = "DELIVERED",
        /// The customer read it.
        Read = "READ",
        /// It did not reach the customer.
        Failed = "FAILED",
    }
}

mod insights;

pub use insights::*;
