// Every word of the desk, in English. The Dutch dictionary must have the same shape, and both must
// have a word for every value of the schema's enums: leave one out and it does not compile.

import type {
  AttentionReason,
  Channel,
  ParticipantRole,
  Presence,
  SentimentLevel,
  State,
  StatusReason,
} from '../gql/graphql';
import type { TokenProblem } from '../api/session';
import type { ConnectionState } from '../api/connection';
import { codes } from './codes.en';

export const en = {
  language: 'English',
  languages: 'Language',
  title: 'Regie desk',
  codes,

  signIn: {
    heading: 'Sign in',
    intro: 'Paste the token of a supervisor. The demo prints some when it starts, and shows them in GraphiQL.',
    token: 'Token',
    submit: 'Sign in',
    kept: 'It is kept in this tab only.',
    signOut: 'Sign out',
    signedInAs: (subject: string) => `Signed in as ${subject}`,
    demo: 'Sign in to the demo as',
    problem: {
      unreadable: 'This is not a token: it cannot be read.',
      ended: 'This token has ended.',
      otherPerson: 'This token is of somebody else. Sign out first.',
      refused: 'The server does not accept this token.',
    } satisfies Record<TokenProblem, string>,
    notSupervisor: 'This token has no supervisor role, so there is little to see here.',
  },

  token: {
    ending: (time: string) => `Your sign-in ends in ${time}.`,
    ended: 'Your sign-in has ended. What you see is no longer live.',
    next: 'Next token',
    submit: 'Go on',
  },

  connection: {
    connecting: 'Connecting',
    live: 'Live',
    lost: 'Reconnecting',
  } satisfies Record<ConnectionState, string>,
  connectionLabel: 'Connection',
  connectionLost: 'The connection is lost. What you see is how it was; the desk goes on where it stopped.',

  unread: {
    unreachable: 'The server cannot be reached.',
    trying: 'The desk keeps trying.',
    heading: 'This conversation cannot be read now.',
  },

  list: {
    heading: 'Ongoing conversations',
    count: (shown: number, total: number) => (shown < total ? `${shown} of ${total}` : `${total}`),
    more: 'Show more',
    empty: 'No conversations.',
    emptyFiltered: 'No conversation matches the filters.',
    loading: 'Loading',
    clear: 'Clear filters',
    filters: 'Filters',
    queue: 'Queue',
    state: 'State',
    sentiment: 'Sentiment',
    order: 'Order',
    all: 'All',
    orders: {
      attention: 'Attention first',
      waiting: 'Longest wait first',
      sentiment: 'Unhappiest first',
      newest: 'Newest first',
    },
    sentiments: {
      unhappy: 'Unhappy',
      neutral: 'Neutral',
      happy: 'Happy',
    },
    waits: 'No agent yet',
    unanswered: 'Unanswered',
    nobody: 'Nobody yet',
    offered: (name: string) => `Offered to ${name}`,
    unnamed: 'Unnamed customer',
    erased: 'Erased customer',
    needsAttention: 'Needs attention',
  },

  panel: {
    choose: 'Choose a conversation to see it here.',
    close: 'Close',
    gone: 'This conversation is not there any more, or not yours to see.',
    about: 'About',
    queue: 'Queue',
    agent: 'Agent',
    channel: 'Channel',
    started: 'Started',
    waiting: 'No agent for',
    unanswered: 'Unanswered for',
    response: 'Average response',
    autoClose: 'Closes by itself',
    attention: 'Attention',
    since: (time: string) => `for ${time}`,
    participants: 'Participants',
    left: (time: string) => `until ${time}`,
    you: 'you',
    watching: (people: string) => `Watched by ${people}`,
    pending: (name: string, time: string) => `${name} has ${time} to answer.`,
    actions: 'Actions',
    why: 'Why not',
  },

  act: {
    monitor: 'Monitor',
    stopMonitoring: 'Stop monitoring',
    join: 'Join',
    leave: 'Leave',
    assign: 'Assign',
    cancelOffer: 'Withdraw offer',
    transfer: 'Transfer',
    cancelTransfer: 'Cancel transfer',
    forceClose: 'Force close',
    cancel: 'Cancel',
    reason: 'Reason',
    reasonHint: 'Optional; kept in the audit trail.',
    busy: 'Sending',
    again: 'Try again',
    dismiss: 'Dismiss',
    unreachable: 'The server cannot be reached, so it is not sure that this was done. Trying again does it only once.',
  },

  assign: {
    heading: 'Assign',
    agents: 'To an agent',
    queues: 'To a queue',
    search: 'Search by name',
    everybody: 'Also people with another presence',
    none: 'Nobody fits.',
    noQueue: 'There is no other queue that fits.',
    free: (free: number, total: number) => `${free} of ${total} units free`,
    handles: (count: number) => (count === 1 ? '1 conversation' : `${count} conversations`),
    choose: 'Choose to whom.',
    override: 'Confirm what stands against it.',
    overridePresence: (presence: string) => `Assign although the presence is ${presence}`,
    overrideCapacity: (units: number) =>
      `Exceed the capacity by ${units === 1 ? '1 unit' : `${units} units`}`,
    overrideDeclines: (times: number) => `Ask again after ${times} declines`,
    submit: 'Assign',
  },

  transfer: {
    heading: 'Transfer',
    intro: 'Until they accept, the conversation stays with its agent.',
    submit: 'Ask for transfer',
  },

  forceClose: {
    heading: 'Force close',
    warning:
      'This ends the conversation for everybody, at once and for good. Customer and agent are told that a supervisor ended it. Use it sparingly.',
    submit: 'Force close',
  },

  transcript: {
    heading: 'Transcript',
    locked: 'Monitor the conversation to read along. Agent and customer do not notice; the audit trail does.',
    lockedBecause: 'It cannot be read now.',
    earlier: 'Earlier messages',
    ended: 'The transcript has ended for you.',
    empty: 'No messages yet.',
    erased: 'Erased at the customer’s request',
    internal: 'Internal',
    agent: 'Agent',
    bot: 'Bot',
    customer: 'Customer',
    system: 'Regie',
    supervisor: (subject: string) => `Supervisor ${subject}`,
  },

  write: {
    label: 'Message',
    send: 'Send',
    internal: 'To colleagues',
    public: 'To everybody',
    visibility: 'Who reads it',
    reveals: 'Agents will see that you are watching; the customer will not.',
    placeholder: 'Write a message',
  },

  state: {
    OPEN: 'Open',
    ACTIVE: 'Active',
    WAITING: 'Waiting',
    WRAP_UP: 'Wrap-up',
    CLOSED: 'Closed',
  } satisfies Record<State, string>,

  statusReason: {
    AWAITING_AGENT_ASSIGNMENT: 'awaits an agent',
    AWAITING_AGENT_ACCEPTANCE: 'awaits acceptance',
    IN_CONVERSATION: 'in conversation',
    AWAITING_CUSTOMER_RESPONSE: 'awaits the customer',
    MOVED_TO_WRAP_UP_BY_AGENT: 'ended by the agent',
    MOVED_TO_WRAP_UP_BY_CUSTOMER: 'ended by the customer',
    CUSTOMER_DISCONNECTED: 'customer disconnected',
    CUSTOMER_LEFT_OPEN: 'customer left',
    ENDED_BY_CUSTOMER: 'ended by the customer',
    ENDED_BY_AGENT: 'closed by the agent',
    ENDED_BY_BOT: 'closed by the bot',
    AUTO_CLOSED_BY_SYSTEM: 'closed automatically',
    AUTO_CLOSED_FROM_WAITING: 'closed after waiting',
    FORCE_CLOSED_BY_SUPERVISOR: 'closed by a supervisor',
  } satisfies Record<StatusReason, string>,

  sentiment: {
    VERY_NEGATIVE: 'Very negative',
    NEGATIVE: 'Negative',
    SLIGHTLY_NEGATIVE: 'Slightly negative',
    NEUTRAL: 'Neutral',
    SLIGHTLY_POSITIVE: 'Slightly positive',
    POSITIVE: 'Positive',
    VERY_POSITIVE: 'Very positive',
    NOT_AVAILABLE: 'Not available',
  } satisfies Record<SentimentLevel, string>,

  attention: {
    SENTIMENT_AT_OR_BELOW_THRESHOLD: 'Unhappy customer',
    WAITING_FOR_AGENT_TOO_LONG: 'Waits too long',
    CUSTOMER_UNANSWERED_TOO_LONG: 'Unanswered too long',
    OFFER_DECLINED_REPEATEDLY: 'Declined repeatedly',
    CUSTOMER_DISCONNECTED: 'Customer disconnected',
    HANDLED_TOO_LONG: 'Takes very long',
    CUSTOMER_WROTE_IN_WRAP_UP: 'Customer wrote after the end',
    DELIVERY_FAILED: 'Not delivered',
    ESCALATION_SIGNAL: 'Escalation signal',
  } satisfies Record<AttentionReason, string>,

  channel: {
    LIVE_CHAT: 'Live chat',
    PERSISTENT_CHAT: 'Chat',
    SMS: 'SMS',
    WHATSAPP: 'WhatsApp',
    FACEBOOK: 'Facebook',
    LINE: 'LINE',
    WECHAT: 'WeChat',
    TEAMS: 'Teams',
    APPLE_MESSAGES: 'Apple Messages',
    GOOGLE_BUSINESS_MESSAGES: 'Google Messages',
    CUSTOM_MESSAGING: 'Messaging',
    VOICE: 'Telephone',
    RECORD: 'Record',
  } satisfies Record<Channel, string>,

  presence: {
    AVAILABLE: 'Available',
    BUSY: 'Busy',
    BUSY_DO_NOT_DISTURB: 'Do not disturb',
    AWAY: 'Away',
    OFFLINE: 'Offline',
    INACTIVE: 'Inactive',
  } satisfies Record<Presence, string>,

  role: {
    CUSTOMER: 'Customer',
    PRIMARY_AGENT: 'Agent',
    CONSULTANT: 'Consultant',
    SUPERVISOR: 'Supervisor',
  } satisfies Record<ParticipantRole, string>,

  detail: {
    heldBy: (name: string) => `${name} has it.`,
    units: (required: number, consumed: number, total: number) =>
      `It takes ${required}; ${consumed} of ${total} are in use.`,
    presence: (presence: string) => `The presence is ${presence}.`,
    state: (state: string) => `It is in the state ${state}.`,
  },
};

export type Dictionary = typeof en;
