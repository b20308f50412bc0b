// The words for the team, in English.

export const team = {
  heading: 'Team',
  search: 'Search the team',
  count: (total: number) => (total === 1 ? '1 agent' : `${total} agents`),
  none: 'No agents.',
  noneSuch: 'No agent matches the filters.',
  most: (most: number, total: number) => `These are the first ${most} of ${total}. Narrow the list to see others.`,
  presence: 'Presence',
  orders: {
    name: 'By name',
    presence: 'By presence',
    load: 'Fullest first',
    longest: 'Longest handle time first',
    handled: 'Most handled today first',
  },
  helpOnly: 'Asks for help',
  help: (count: number) => (count === 1 ? 'Asks for help' : `Asks for help ${count} times`),
  units: (consumed: number, total: number) => `${consumed} of ${total} units`,
  today: (count: number, mean: string | null) =>
    mean === null ? 'none handled today' : `${count} handled today, ${mean} on average`,
  setPresence: 'Set presence',
  presenceOf: (name: string) => `Presence of ${name}`,
  choosePresence: 'Choose another presence.',
  notify: 'Notify',
  notifyQueue: (queue: string) => `Notify everybody in ${queue}`,
  notifyTo: (name: string) => `Notify ${name}`,
  words: 'What you want to say',
  writeWhat: 'Write what you want to say.',
  send: 'Send',
  told: (count: number) => (count === 1 ? '1 agent was told.' : `${count} agents were told.`),
  drain: 'Take all work',
  drainOf: (name: string) => `Take all work from ${name}`,
  drainWarning:
    'The agent gets no more work, and everything that they have goes back to its queue at once. The agent is told; customers are not.',
  goOffline: 'And sign them off: offline rather than away',
  drained: (requeued: number, refused: number) =>
    `${requeued === 1 ? '1 conversation went back to its queue' : `${requeued} conversations went back to their queues`}; ${refused} could not, and stayed.`,
};
