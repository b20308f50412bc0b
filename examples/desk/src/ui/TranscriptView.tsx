// What is said, live, for who monitors or has joined; and a place to write.

import { useLayoutEffect, useRef } from 'react';
import type { MessageFragment, PanelFragment } from '../gql/graphql';
import { useTranscript } from '../live/useTranscript';
import { useText } from '../text';
import type { Dictionary } from '../text/en';
import { clock } from '../time';
import { Composer } from './Composer';
import { ReadTrouble, Unread } from './ReadTrouble';

interface Props {
  conversation: PanelFragment;
  me: string;
}

export function TranscriptView({ conversation, me }: Props) {
  const { t } = useText();
  const { monitor, stopMonitoring } = conversation.viewerCan;
  // Who can stop monitoring is monitoring.
  const reads = stopMonitoring.allowed;
  return (
    <section className="transcript" aria-labelledby="transcript">
      <h3 id="transcript">{t.transcript.heading}</h3>
      {reads ? (
        <>
          <Messages key={conversation.id} id={conversation.id} me={me} />
          <Composer conversation={conversation} />
        </>
      ) : (
        <p className="locked">
          {monitor.allowed ? t.transcript.locked : t.transcript.lockedBecause}{' '}
          {monitor.code && (
            <>
              {t.codes[monitor.code] ?? monitor.message} <code>{monitor.code}</code>
            </>
          )}
        </p>
      )}
    </section>
  );
}

function Messages({ id, me }: { id: string; me: string }) {
  const { t, lang } = useText();
  const { transcript, readEarlier, missed, ...kept } = useTranscript(id, lang === 'nl' ? 'NL' : 'EN');
  const log = useRef<HTMLOListElement>(null);
  const last = transcript?.messages.at(-1)?.id;

  // Down to what is newest, as it comes.
  useLayoutEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [last]);

  if (!transcript) return kept.trouble ? <ReadTrouble {...kept} /> : <p className="empty">{t.list.loading}</p>;
  return (
    <>
      <ReadTrouble {...kept} />
      {missed && <Unread error={missed} again={() => void readEarlier()} />}
      {transcript.before && !missed && (
        <button type="button" className="quiet earlier" onClick={() => void readEarlier()}>
          {t.transcript.earlier}
        </button>
      )}
      {transcript.messages.length === 0 && <p className="empty">{t.transcript.empty}</p>}
      <ol className="messages" role="log" aria-labelledby="transcript" tabIndex={0} ref={log}>
        {transcript.messages.map((message) => (
          <li
            key={message.id}
            data-author={message.author}
            data-mine={message.supervisor === me}
            data-internal={message.visibility === 'INTERNAL'}
          >
            <p className="by">
              <span className="author">{authorOf(message, t)}</span>
              {message.visibility === 'INTERNAL' && <span className="tag">{t.transcript.internal}</span>}
              <time dateTime={message.postedAt}>{clock(message.postedAt, lang)}</time>
            </p>
            <p className="text">{message.erasedAt ? <em>{t.transcript.erased}</em> : message.text}</p>
          </li>
        ))}
      </ol>
      {transcript.ended && <p className="empty">{t.transcript.ended}</p>}
    </>
  );
}

function authorOf(message: MessageFragment, t: Dictionary): string {
  switch (message.author) {
    case 'AGENT':
      return message.agent?.name ?? t.transcript.agent;
    case 'BOT':
      return message.agent?.name ?? t.transcript.bot;
    case 'SUPERVISOR':
      return t.transcript.supervisor(message.supervisor ?? '');
    case 'CUSTOMER':
      return t.transcript.customer;
    case 'SYSTEM':
      return t.transcript.system;
  }
}
