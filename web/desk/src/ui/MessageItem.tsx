// One message: who, what, what belongs to it, and what became of it.

import type { MessageFragment } from '../gql/graphql';
import { useText } from '../text';
import type { Dictionary } from '../text/en';
import { clock } from '../time';
import { Attachments, nameOf } from './Attachments';

export function MessageItem({ message, me }: { message: MessageFragment; me: string }) {
  const { t, lang } = useText();
  const gone = message.erasedAt ? t.transcript.erased : message.removedAt ? t.transcript.removed : null;
  return (
    <li data-author={message.author} data-mine={message.supervisor === me} data-internal={message.visibility !== 'PUBLIC'}>
      <p className="by">
        <span className="author">{authorOf(message, t)}</span>
        {message.visibility === 'INTERNAL' && <span className="tag">{t.transcript.internal}</span>}
        {message.visibility === 'COACHING' && (
          <span className="tag">{t.transcript.coaching(message.coachedAgent?.name ?? t.transcript.agent)}</span>
        )}
        <time dateTime={message.postedAt}>{clock(message.postedAt, lang)}</time>
        {message.editedAt && !gone && (
          <span className="edited">{t.transcript.edited(clock(message.editedAt, lang))}</span>
        )}
      </p>
      {message.replyTo && <Quote of={message.replyTo} />}
      {(gone || message.text) && <p className="text">{gone ? <em>{gone}</em> : message.text}</p>}
      <Attachments of={message.attachments} />
      <Revisions of={message} />
      <Reactions of={message} />
      <Delivery of={message} />
    </li>
  );
}

/** The message that this one answers, so far as it fits a line. */
function Quote({ of }: { of: NonNullable<MessageFragment['replyTo']> }) {
  const { t } = useText();
  const gone = of.erasedAt ? t.transcript.erased : of.removedAt ? t.transcript.removed : null;
  const words = gone ?? (of.text || of.attachments.map((one) => nameOf({ ...one, fileName: null }, t)).join(', '));
  return (
    <blockquote>
      <span className="visually-hidden">{t.transcript.answers} </span>
      <span className="author">{authorOf(of, t)}</span> {words}
    </blockquote>
  );
}

/** What it said before; for who monitors or reviews. */
function Revisions({ of }: { of: MessageFragment }) {
  const { t, lang } = useText();
  if (!of.revisions?.length) return null;
  return (
    <details className="revisions">
      <summary>{t.transcript.revisions}</summary>
      <ul>
        {of.revisions.map((revision) => (
          <li key={revision.replacedAt}>
            {revision.text} <span className="quiet">{t.panel.left(clock(revision.replacedAt, lang))}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Reactions({ of }: { of: MessageFragment }) {
  const { t } = useText();
  if (of.reactions.length === 0) return null;
  return (
    <ul className="reactions" aria-label={t.transcript.reactions}>
      {of.reactions.map((one, place) => (
        <li key={place} title={authorOf(one, t)}>
          {one.reaction}
          <span className="visually-hidden"> {authorOf(one, t)}</span>
        </li>
      ))}
    </ul>
  );
}

/** How far it came; nothing where its gateway has not said. */
function Delivery({ of: { delivery } }: { of: MessageFragment }) {
  const { t } = useText();
  if (!delivery || delivery.state === 'PENDING') return null;
  return (
    <p className="delivery" data-state={delivery.state}>
      {t.transcript.delivery[delivery.state]}
      {delivery.errorDescription && `: ${delivery.errorDescription}`}
    </p>
  );
}

type By = Pick<MessageFragment, 'author' | 'supervisor' | 'agent'>;

function authorOf(by: By, t: Dictionary): string {
  switch (by.author) {
    case 'AGENT':
      return by.agent?.name ?? t.transcript.agent;
    case 'BOT':
      return by.agent?.name ?? t.transcript.bot;
    case 'SUPERVISOR':
      return t.transcript.supervisor(by.supervisor ?? '');
    case 'CUSTOMER':
      return t.transcript.customer;
    case 'SYSTEM':
      return t.transcript.system;
  }
}
