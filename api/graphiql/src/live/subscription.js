// One subscription that outlives its connection: when it is lost, it is asked for again with the
// last cursor as `after`, so that nothing is missed and nothing comes twice.

import { post } from '../request.js';

/** How many events are kept to show; the newest first. */
const KEPT = 25;
/** Waits between tries, in milliseconds; the last one goes on. */
const WAITS = [300, 1000, 2000, 4000];
/** The token ended, or was refused: the next one has to be waited for. */
const FORBIDDEN = 4403;
/** The client broke the protocol. Trying again would break it again. */
const FATAL = new Set([4400, 4401, 4406, 4409, 4429]);
/** It begins with a snapshot: lost before the first event, it begins again without a loss. */
const SNAPSHOT = 'ongoingConversationsLive';

/** Starts it. `onChange` is called whenever something to show is another. */
export function startSubscription({ source, name, client, session, onChange }) {
  let cursor;
  let unsubscribe = null;
  let wake = null;
  let isStopped = false;
  let needsToken = false;

  const subscription = {
    name,
    /** `connecting`, `live`, `lost`, `token` (waits for one) or `ended`. */
    state: 'connecting',
    /** Why it was lost or ended. */
    detail: '',
    received: 0,
    resumed: 0,
    /** The newest event first. */
    events: [],
    errors: undefined,
    /** Another token is at hand. */
    renewed() {
      needsToken = false;
      wake?.();
    },
    /** Tries again at once. */
    hurry() {
      if (!needsToken) wake?.();
    },
    stop() {
      isStopped = true;
      unsubscribe?.();
      wake?.();
    },
  };
  const show = (state, detail = '') => {
    subscription.state = state;
    subscription.detail = detail;
    onChange(subscription);
  };

  /** Runs until it is cut or over, and says which. */
  const once = () =>
    new Promise((resolve) => {
      const acknowledged = client.on('connected', () => live());
      const live = () => {
        if (subscription.state === 'live') return;
        if (subscription.state === 'lost') subscription.resumed += 1;
        show('live');
      };
      const over = (how) => {
        acknowledged();
        resolve(how);
      };
      unsubscribe = client.subscribe(source.ask(cursor), {
        next(result) {
          live();
          const taken = source.take(result);
          cursor = taken.cursor ?? cursor;
          subscription.received += 1;
          subscription.events = [taken.event, ...subscription.events].slice(0, KEPT);
          onChange(subscription);
        },
        error: (error) => over(Array.isArray(error) ? { errors: error } : { lost: error }),
        complete: () => over({}),
      });
      // Where the connection stands already, nothing says so but the first event.
      if (client.isOpen) live();
    });

  const pause = (milliseconds) =>
    new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    const isExact = source.hasAfter || source.field === SNAPSHOT;
    // Also an answer that is there at once comes after whoever starts this has it.
    const begins = await (isExact ? undefined : present(session));
    let tries = 0;
    while (!isStopped) {
      const received = subscription.received;
      const { errors, lost } = await once();
      if (isStopped) break;
      if (lost === undefined) {
        subscription.errors = errors;
        return show('ended', errors ? (errors[0]?.message ?? 'refused') : 'the server has no more');
      }
      if (FATAL.has(lost.code)) return show('ended', closing(lost));
      // Lost before anything came: go on from where the log was when it was asked for.
      if (subscription.received === 0) cursor = begins;
      if (subscription.received > received) tries = 0;
      if (lost.code === FORBIDDEN) {
        needsToken = true;
        show('token', 'the token ended; it goes on with the next one');
        await pause();
        show('lost', 'resuming with the new token');
      } else {
        show('lost', `resuming (${closing(lost)})`);
        await pause(WAITS[Math.min(tries, WAITS.length - 1)]);
        tries += 1;
      }
    }
    subscription.state = 'ended';
  };
  run();
  return subscription;
}

/** The cursor of now; undefined where this viewer has none. */
async function present(session) {
  const answer = await post({ query: '{ ongoingSummary { asOf } }' }, session.token);
  return answer.data?.ongoingSummary?.asOf;
}

const closing = ({ code, reason }) =>
  code === undefined ? 'no connection' : `${code} ${reason || 'without a reason'}`;
