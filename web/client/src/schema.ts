// Made from schema.graphql by scripts/schema.mjs; `npm run generate` makes it again.

/** What each interface and union can be: `possibleTypes` of a cache that is normalised. */
export const possibleTypes: Record<string, string[]> = {
  AgentsLiveChange: [
    'LiveAgentEntered',
    'LiveAgentLeft',
    'LiveAgentMoved',
    'LiveAgentUpdated'
  ],
  AgentsLiveUpdate: [
    'AgentsLiveChanges',
    'AgentsLiveSnapshot'
  ],
  AuditResource: [
    'AuditAgent',
    'AuditQueue',
    'AuditWorkstream'
  ],
  CommandError: [
    'AlreadyAssigned',
    'CapacityExceeded',
    'InvalidInput',
    'InvalidState',
    'MonitoringNoticeChanged',
    'NotPermitted',
    'PresenceNotAllowed',
    'Refused',
    'ResourceInUse',
    'VersionConflict'
  ],
  ConversationChange: [
    'AssignedToAgent',
    'AssignedToQueue',
    'AttentionAcknowledged',
    'AttentionChanged',
    'CapacityReleased',
    'Closed',
    'ConsentRecorded',
    'ConsultantLeft',
    'ConversationStarted',
    'CustomerChanged',
    'CustomerDisconnected',
    'CustomerReconnected',
    'CustomersMerged',
    'DispositionSet',
    'EscalationSignalled',
    'ForceClosed',
    'HelpEnded',
    'HelpRequested',
    'LabelsChanged',
    'MessageDelivery',
    'MessageEdited',
    'MessagePosted',
    'MessageReaction',
    'MessageRemoved',
    'MessageScored',
    'ModeChanged',
    'MonitoringStarted',
    'MonitoringStopped',
    'MovedToWrapUp',
    'OfferAccepted',
    'OfferCancelled',
    'OfferRejected',
    'OfferTimedOut',
    'Picked',
    'RatingRecorded',
    'Reactivated',
    'ReleasedToQueue',
    'Requeued',
    'ReviewStarted',
    'ReviewStopped',
    'SentimentAlertRaised',
    'SentimentChanged',
    'SentimentCorrected',
    'SetAside',
    'SupervisorJoined',
    'SupervisorLeft',
    'TakenOver',
    'TransferAccepted',
    'TransferCancelled',
    'TransferRejected',
    'TransferRequested',
    'TransferTimedOut'
  ],
  ConversationEvent: [
    'ConversationChangeEvent',
    'ConversationLeftScope'
  ],
  Node: [
    'Agent',
    'Conversation',
    'Customer',
    'Queue',
    'Workstream'
  ],
  Notification: [
    'AgentsNotifiedNotice',
    'ConversationEndedNotice',
    'DeliveryFailedNotice',
    'HelpEndedNotice',
    'HelpRequestedNotice',
    'MessageNotice',
    'ModeChangedNotice',
    'MonitoringEndedNotice',
    'OfferEndedNotice',
    'OfferReceivedNotice',
    'ParticipantJoinedNotice',
    'ParticipantLeftNotice',
    'PresenceSetNotice',
    'QueueMembershipNotice',
    'ReactionNotice',
    'ReviewEndedNotice',
    'TransferRequestedNotice'
  ],
  OngoingChange: [
    'OngoingEntered',
    'OngoingLeft',
    'OngoingMoved',
    'OngoingUpdated'
  ],
  OngoingConversationsUpdate: [
    'OngoingChanges',
    'OngoingSnapshot'
  ],
  OrganisationChange: [
    'AgentChanged',
    'AgentPresenceChanged',
    'MembershipChanged',
    'QueueChanged',
    'SupervisorSettingsChanged',
    'WorkstreamChanged'
  ],
  TranscriptEvent: [
    'TranscriptEnded',
    'TranscriptMessage'
  ]
};

/** What each scalar is in TypeScript: `scalars` of graphql-codegen, `customScalarTypes` of Relay. */
export const scalars = {
  ID: 'string',
  DateTime: 'string',
  LogCursor: 'string'
} as const;

/** The codes that a refusal or an error may have; a later server may know more. */
export const errorCodes = [
  'AGENT_ROW_NEEDED',
  'AGENT_UNKNOWN',
  'ALREADY_ASSIGNED',
  'ALREADY_PRIMARY',
  'API_ACCESS_CONFLICT',
  'CAPACITY_EXCEEDED',
  'CHANNEL_NOT_SUPPORTED',
  'CONSENT_NOT_GRANTED',
  'CONVERSATION_CLOSED',
  'CURSOR_AHEAD',
  'CURSOR_EXPIRED',
  'CURSOR_INVALID',
  'DECLINED_TOO_OFTEN',
  'DISPOSITION_REQUIRED',
  'DISPOSITION_UNKNOWN',
  'HELP_NOT_REQUESTED',
  'IDEMPOTENCY_KEY_REUSED',
  'INTERNAL',
  'INVALID_INPUT',
  'INVALID_STATE',
  'LIMIT_EXCEEDED',
  'MESSAGE_NOT_FOUND',
  'MODE_NOT_SUPPORTED',
  'NOTICE_NOT_GIVEN',
  'NOT_FOUND',
  'NOT_MONITORING',
  'NOT_PARTICIPANT',
  'NO_PENDING_OFFER',
  'OFFER_PENDING',
  'OUT_OF_SCOPE',
  'OWN_CONVERSATION',
  'PERMISSION_MISSING',
  'PRESENCE_NOT_ALLOWED',
  'PRIMARY_IS_BOT',
  'QUEUE_KIND_MISMATCH',
  'RATE_LIMITED',
  'RATING_NOT_POSSIBLE',
  'RESOURCE_IN_USE',
  'ROLE_REQUIRED',
  'SETTING_DISABLED',
  'TARGET_IS_BOT',
  'TARGET_IS_PRIMARY',
  'TARGET_NOT_FOUND',
  'TARGET_NOT_IN_QUEUE',
  'TARGET_QUEUE_IS_CURRENT',
  'UNAUTHENTICATED',
  'VERSION_CONFLICT'
] as const;

export type ErrorCode = (typeof errorCodes)[number];
