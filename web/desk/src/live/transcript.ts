// A transcript as a pure function of what was read and what was then posted. Messages have
// numbers, so whatever arrives twice or early ends up once and in its place. What an agent alone reads has no
// number: it stays behind the message that it came after.

export interface Numbered {
  id: string;
  /** The place in the transcript, from 1; null for what is to the agent alone. */
  number?: number | null;
}

export type TranscriptChange<M extends Numbered> =
  | { kind: 'read'; messages: readonly M[]; before: string | null }
  | { kind: 'earlier'; messages: readonly M[]; before: string | null }
  | { kind: 'posted'; message: M }
  | { kind: 'ended' };

export interface Transcript<M extends Numbered> {
  messages: readonly M[];
  /** Where earlier messages go on; null when there are none. */
  before: string | null;
  ended: boolean;
}

export function applyToTranscript<M extends Numbered>(
  transcript: Transcript<M> | null,
  change: TranscriptChange<M>,
): Transcript<M> | null {
  if (change.kind === 'read') return { messages: change.messages, before: change.before, ended: false };
  if (transcript === null) return null;
  switch (change.kind) {
    case 'earlier':
      return { ...transcript, messages: merge(change.messages, transcript.messages), before: change.before };
    case 'posted':
      return { ...transcript, messages: merge(transcript.messages, [change.message]) };
    case 'ended':
      return { ...transcript, ended: true };
  }
}

function merge<M extends Numbered>(some: readonly M[], others: readonly M[]): M[] {
  const byId = new Map([...some, ...others].map((message) => [message.id, message]));
  let last = 0;
  const placed = [...byId.values()].map((message) => {
    last = message.number ?? last;
    return { message, place: message.number ?? last + 0.5 };
  });
  return placed.sort((one, other) => one.place - other.place).map(({ message }) => message);
}
