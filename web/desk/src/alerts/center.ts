// The alerts of who is signed in: what comes, who is told and how, and what they wish. Kept for the tab; wishes for the browser.

import { type Connection, follow } from 'regie-client';
import { inFrame } from '../frame';
import { graphql } from '../gql';
import type { AlertedFragment } from '../gql/graphql';
import { keep, kept } from '../kept';
import { usePlaces } from '../place';
import { Store } from '../store';
import { type Alert, type Alerts, everything, isSame, isTold, isWanted, none, type Wishes, withAlert } from './alert';
import { notify } from './notify';
import { chime } from './sound';

export const AlertedFragmentDoc = graphql(`
  fragment Alerted on Conversation {
    id
    subject
    customer {
      name
    }
    agent {
      id
      name
    }
  }
`);

const Attention = graphql(`
  subscription Attention($after: LogCursor) {
    conversationChanges(filter: { types: [ATTENTION_CHANGED] }, after: $after) {
      __typename
      ... on ConversationChangeEvent {
        cursor
        committedAt
        change {
          __typename
          ... on AttentionChanged {
            added {
              attentionReason
            }
          }
        }
        conversation {
          ...Alerted
        }
      }
      ... on ConversationLeftScope {
        cursor
      }
    }
  }
`);

const Sentiment = graphql(`
  subscription SentimentAlerts($after: LogCursor) {
    sentimentAlerts(after: $after) {
      cursor
      committedAt
      conversation {
        ...Alerted
      }
    }
  }
`);

/** So many are shown at once, and each so long. */
const MOST_TOASTS = 3;
const TOAST_MS = 12_000;

export class AlertCenter {
  readonly alerts: Store<Alerts>;
  readonly wishes: Store<Wishes>;
  readonly toasts = new Store<readonly Alert[]>([]);
  private words: (alert: Alert) => string = ({ reason }) => reason;
  private readonly ends: (() => void)[];

  constructor(
    connection: Connection,
    private readonly me: string,
  ) {
    this.alerts = new Store(kept(sessionStorage, 'alerts', me, none));
    this.wishes = new Store({ ...everything, ...kept<Partial<Wishes>>(localStorage, 'wishes', me, {}) });
    this.ends = [
      follow(connection, Attention, {}, {
        next: ({ conversationChanges: event }) => {
          if (event.__typename !== 'ConversationChangeEvent' || event.change.__typename !== 'AttentionChanged') return;
          for (const { attentionReason } of event.change.added) {
            // Whether they are told of sentiment is the server's to say, by their presence.
            if (attentionReason !== 'SENTIMENT_AT_OR_BELOW_THRESHOLD') this.came(event, attentionReason);
          }
        },
      }),
      follow(connection, Sentiment, {}, {
        next: ({ sentimentAlerts: event }) => this.came(event, 'SENTIMENT_AT_OR_BELOW_THRESHOLD'),
      }),
    ];
  }

  close() {
    for (const end of this.ends) end();
  }

  /** In whose words desktop notifications speak. */
  speak(words: (alert: Alert) => string) {
    this.words = words;
  }

  wish(change: Partial<Wishes>) {
    const now = Date.now();
    const wishes = { ...this.wishes.get(), ...change };
    const agents = Object.fromEntries(Object.entries(wishes.agents).filter(([, { until }]) => until > now));
    this.wishes.set({ ...wishes, agents });
    keep(localStorage, 'wishes', this.me, this.wishes.get());
    this.toasts.set(this.toasts.get().filter((alert) => isTold(alert, this.wishes.get(), now, [])));
  }

  seen = () => this.set({ ...this.alerts.get(), unseen: 0 });
  clear = () => this.set(none);
  dismiss = (alert: Alert) => this.toasts.set(this.toasts.get().filter((one) => one !== alert));

  private came(event: { cursor: string; committedAt: string; conversation: AlertedFragment }, reason: Alert['reason']) {
    const { cursor, committedAt, conversation } = event;
    const alert: Alert = {
      id: `${cursor} ${reason}`,
      reason,
      at: Date.parse(committedAt),
      conversationId: conversation.id,
      customer: conversation.customer.name ?? null,
      subject: conversation.subject ?? null,
      agent: conversation.agent ?? null,
    };
    const [wishes, now, before] = [this.wishes.get(), Date.now(), this.alerts.get()];
    if (!isWanted(alert, wishes, now) || withAlert(before, alert) === before) return;
    inFrame(() => this.set(withAlert(this.alerts.get(), alert)));
    if (isTold(alert, wishes, now, this.before())) this.tell(alert, wishes);
  }

  /** What they have before them. */
  private before(): readonly string[] {
    if (document.hidden) return [];
    const { kept, open } = usePlaces().get();
    return open ? [...kept, open] : kept;
  }

  private tell(alert: Alert, wishes: Wishes) {
    inFrame(() => this.toasts.set([...this.toasts.get().filter((one) => !isSame(one, alert)), alert].slice(-MOST_TOASTS)));
    setTimeout(() => this.dismiss(alert), TOAST_MS);
    if (wishes.sound) chime();
    if (wishes.desktop && document.hidden) notify(this.words(alert), alert.conversationId);
  }

  private set(alerts: Alerts) {
    this.alerts.set(alerts);
    keep(sessionStorage, 'alerts', this.me, alerts);
  }
}
