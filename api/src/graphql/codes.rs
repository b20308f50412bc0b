//! The codes that clients switch on, one for each of the domain's.

use async_graphql::Enum;

use domain;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Why something was refused. Clients switch on these; a new one is a change of the schema.
        /// The same text stands in `extensions.code` of top-level errors.
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode { $($(#[$doc])* #[graphql(name = $text)] $name,)* }

        impl From<domain::Code> for ErrorCode {
            fn from(code: domain::Code) -> Self {
                match code { $(domain::Code::$name => Self::$name,)* }
            }
        }
    };
}

error_codes! {
    /// No valid token. Sign in again.
    Unauthenticated = "UNAUTHENTICATED",
    /// There is nothing with this id, or you may not know of it.
    NotFound = "NOT_FOUND",
    /// A value is not what the field takes; `path` names the field.
    InvalidInput = "INVALID_INPUT",
    /// Your token lacks the role.
    RoleRequired = "ROLE_REQUIRED",
    /// Your token has the role AGENT, but no agent has its subject.
    AgentUnknown = "AGENT_UNKNOWN",
    /// The queue is not in your token's `queues`, or the channel not in its `channels`.
    OutOfScope = "OUT_OF_SCOPE",
    /// The organisation switched this action off.
    SettingDisabled = "SETTING_DISABLED",
    /// Your token lacks the permission.
    PermissionMissing = "PERMISSION_MISSING",
    /// A token with the role API_ACCESS may not assign.
    ApiAccessConflict = "API_ACCESS_CONFLICT",
    /// The conversation is at another version than `expectedVersion`, or the monitoring notice is another text
    /// than the one acknowledged.
    VersionConflict = "VERSION_CONFLICT",
    /// The idempotency key was used for another input.
    IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED",
    /// CLOSED is final.
    ConversationClosed = "CONVERSATION_CLOSED",
    /// The conversation's state does not allow it; the error names the state and what is needed.
    InvalidState = "INVALID_STATE",
    /// Not possible on this channel.
    ChannelNotSupported = "CHANNEL_NOT_SUPPORTED",
    /// Not possible in this mode.
    ModeNotSupported = "MODE_NOT_SUPPORTED",
    /// You are its primary agent.
    OwnConversation = "OWN_CONVERSATION",
    /// The customer was not told that conversations may be watched.
    NoticeNotGiven = "NOTICE_NOT_GIVEN",
    /// The customer did not consent to be watched.
    ConsentNotGranted = "CONSENT_NOT_GRANTED",
    /// You do not monitor this conversation.
    NotMonitoring = "NOT_MONITORING",
    /// You are not in this conversation in the role that this needs.
    NotParticipant = "NOT_PARTICIPANT",
    /// Somebody has it; the error names the agent.
    AlreadyAssigned = "ALREADY_ASSIGNED",
    /// An earlier offer or transfer request waits for its answer.
    OfferPending = "OFFER_PENDING",
    /// No offer or transfer request waits for an answer (from you).
    NoPendingOffer = "NO_PENDING_OFFER",
    /// What the input names does not exist; `path` names the field.
    TargetNotFound = "TARGET_NOT_FOUND",
    /// The target is a bot.
    TargetIsBot = "TARGET_IS_BOT",
    /// A bot handles it; bots hand over by releasing to the queue.
    PrimaryIsBot = "PRIMARY_IS_BOT",
    /// The agent is not a member of the conversation's queue.
    TargetNotInQueue = "TARGET_NOT_IN_QUEUE",
    /// The agent handles it already.
    TargetIsPrimary = "TARGET_IS_PRIMARY",
    /// The conversation is in that queue already.
    TargetQueueIsCurrent = "TARGET_QUEUE_IS_CURRENT",
    /// The kind of queue or workstream does not fit the channel.
    QueueKindMismatch = "QUEUE_KIND_MISMATCH",
    /// The agent's presence is not among the workstream's allowed presences.
    PresenceNotAllowed = "PRESENCE_NOT_ALLOWED",
    /// The agent has too few capacity units left; the error has the figures.
    CapacityExceeded = "CAPACITY_EXCEEDED",
    /// The agent declined this conversation three times or more.
    DeclinedTooOften = "DECLINED_TOO_OFTEN",
    /// Something still uses it; the error names what.
    ResourceInUse = "RESOURCE_IN_USE",
    /// The cursor is older than the log, or of another log: read a fresh state, and go on from its `asOf`.
    CursorExpired = "CURSOR_EXPIRED",
    /// This server has not come to the place of `minCursor` within 2 seconds. Ask again, here or at another server.
    CursorAhead = "CURSOR_AHEAD",
    /// Not a cursor, or a page cursor of another list.
    CursorInvalid = "CURSOR_INVALID",
    /// The operation is too large; the error names the limit.
    LimitExceeded = "LIMIT_EXCEEDED",
    /// Too many requests of this viewer; wait for as many seconds as `extensions.retryAfter` or the header `Retry-After`
    /// says. Nothing was done.
    RateLimited = "RATE_LIMITED",
    /// A fault on our side; the message carries an id that the operator finds in the log.
    Internal = "INTERNAL",
}
