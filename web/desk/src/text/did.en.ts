// What somebody did, said once it is done, in English. `whom` is the agent or queue that it was done to; null where that is not known.

import type { OwnAction } from '../live/auditView';

const to = (words: string, whom: string | null) => (whom ? `${words} ${whom}` : words);

export const did: Record<OwnAction, (whom: string | null) => string> = {
  MONITOR_CONVERSATION: () => 'Began to monitor',
  STOP_MONITORING: () => 'Stopped monitoring',
  REVIEW_CONVERSATION: () => 'Began to review',
  STOP_REVIEW: () => 'Ended the review',
  COACH_AGENT: () => 'Coached the agent',
  JOIN_CONVERSATION: () => 'Joined',
  LEAVE_CONVERSATION: () => 'Left',
  SEND_MESSAGE: () => 'Wrote a message',
  REACT_TO_MESSAGE: () => 'Reacted to a message',
  ASSIGN_CONVERSATION: (whom) => to('Assigned', whom && `to ${whom}`),
  CANCEL_OFFER: () => 'Withdrew the offer',
  TRANSFER_CONVERSATION: (whom) => (whom ? `Asked ${whom} to take it` : 'Asked for a transfer'),
  CANCEL_TRANSFER: () => 'Cancelled the transfer',
  REQUEUE_CONVERSATION: (whom) => to('Gave back to', whom ?? 'its queue'),
  TAKE_OVER_CONVERSATION: () => 'Took over',
  FORCE_CLOSE_CONVERSATION: () => 'Ended the conversation',
  BULK_ACTION: () => 'Did something to many at once',
  UPDATE_CONVERSATION: () => 'Changed labels or priority',
  CORRECT_SENTIMENT: () => 'Corrected the sentiment',
  ACKNOWLEDGE_ATTENTION: () => 'Marked as seen to',
  ANSWER_HELP: () => 'Gave help',
  SET_PRESENCE: (whom) => to('Set the presence of', whom ?? 'an agent'),
  DRAIN_AGENT: (whom) => to('Took all work from', whom ?? 'an agent'),
  NOTIFY_AGENTS: (whom) => to('Told something to', whom ?? 'agents'),
  ADD_QUEUE_MEMBER: (whom) => to('Put into a queue:', whom ?? 'an agent'),
  REMOVE_QUEUE_MEMBER: (whom) => to('Took out of a queue:', whom ?? 'an agent'),
};
