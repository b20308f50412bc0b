// The words for the figures of today, in English.

import type { FigureName, Interval } from '../live/todayView';

export const today = {
  heading: 'Today',
  of: (queue: string) => `Today: ${queue}`,
  day: 'Day',
  dayBefore: 'The day before',
  dayAfter: 'The day after',
  waitingThen: 'Waiting at its end',
  waitingThenIs: 'How many conversations waited in a queue for somebody to take them when the day ended.',
  byQueueThen: 'The whole day, by queue',
  zone: (zone: string) => `Time zone ${zone}`,
  nothingYet: 'Nothing has been counted yet.',
  none: 'no figures',
  interval: 'Chart by',
  intervals: { HOUR: 'Hours', QUARTER_HOUR: 'Quarters of an hour' } satisfies Record<Interval, string>,
  wall: 'For the wall',
  wallHint: 'Large and without controls, for a screen on the wall. Escape leaves it.',
  figures: {
    waiting: 'Waiting now',
    serviceLevel: 'Service level',
    abandoned: 'Abandoned',
    speed: 'Speed of answer',
    handle: 'Handle time',
    sentiment: 'Sentiment',
  } satisfies Record<FigureName, string>,
  definitions: {
    waiting:
      'How many conversations wait in a queue at this moment for somebody to take them. One that is offered to an agent still waits, and one that came back to a queue waits again.',
    serviceLevel:
      'Of all waits that ended because an agent took the conversation or the customer left, the share that an agent took in time. What is in time is set for each workstream; unless somebody changed it, 20 seconds for calls and 60 for messages. Customers who left at once do not count.',
    abandoned:
      'Of all waits that ended because an agent took the conversation or the customer left, the share in which the customer left. Customers who left at once do not count.',
    speed:
      'How long it took on average until an agent took a conversation that waited in a queue. It counts in the hour in which the agent took it.',
    handle:
      'How long agents had a conversation in hand on average. Time in which it was set aside and time to wrap up are not part of it. It counts when the agent is done with it.',
    sentiment:
      'What customers’ messages felt like on average, from −1.00 for very unhappy to +1.00 for very happy. Below it: how many messages were so unhappy that they raise an alert.',
  } satisfies Record<FigureName, string>,
  whatIs: (figure: string) => `What ${figure} means`,
  draw: (figure: string) => `${figure} over the day`,
  longest: (time: string) => `longest ${time}`,
  inTime: (within: number, cases: number) => `${within} of ${cases} in time`,
  left: (left: number, cases: number) => `${left} of ${cases} left`,
  nineInTen: (time: string) => `nine in ten within ${time}`,
  handled: (count: number) => (count === 1 ? '1 handled' : `${count} handled`),
  unhappy: (unhappy: number, all: number) => `${unhappy} of ${all} messages very unhappy`,
  overTheDay: (figure: string) => `${figure} over the day`,
  chartOf: (figure: string) => `Chart: ${figure} over the day, by queue. The table below has the same figures.`,
  asTable: 'The same as a table',
  notDrawn: 'The chart cannot be loaded. The table below has its figures; to try again, load the page again.',
  mostDrawn: (most: number) => `The first ${most} queues are drawn; the table has all.`,
  byQueue: 'So far today, by queue',
  all: 'All together',
  from: 'From',
  upToNow: 'Counted up to now.',
  behind: (seconds: number) => (seconds === 1 ? 'Counted up to 1 second ago.' : `Counted up to ${seconds} seconds ago.`),
  countedTo: (time: string) => `Counted up to ${time}; the rest follows.`,
  complete: 'Nothing is missing.',
  completeSince: (time: string) => `Complete since ${time}.`,
};
