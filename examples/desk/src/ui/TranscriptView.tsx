// What is said, live, for who monitors, has joined or reviews; and a place to write.

import { useLayoutEffect, useRef } from 'react';
import type { PanelFragment } from '../gql/graphql';
import { useTranscript } from '../live/useTranscript';
import { useText } from '../text';
import { Composer } from './Composer';
import { MessageItem } from './MessageItem';
import { ReadTrouble, Unread } from './ReadTrouble';

interface Props {
  conversation: PanelFragment;
  me: string;
}

export function TranscriptView({ conversation, me }: Props) {
  const { t } = useText();
  const { monitor, stopMonitoring, reviewConversation, stopReview, takeOver } = conversation.viewerCan;
  // Who can stop monitoring is monitoring, and who can stop a review is reviewing.
  const monitors = stopMonitoring.allowed;
  // Whoever took it over has it, and reads and writes as its agent.
  const handles = takeOver.code === 'ALREADY_PRIMARY';
  const writes = monitors || handles;
  const reads = writes || stopReview.allowed;
  // What is closed is there to be reviewed alone.
  const refused = conversation.state === 'CLOSED' ? reviewConversation : monitor;
  return (
    <section className="transcript" aria-labelledby="transcript">
      <h3 id="transcript">{t.transcript.heading}</h3>
      {reads ? (
        <>
          <Messages key={`${conversation.id} ${writes}`} id={conversation.id} me={me} />
          {writes && <Composer key={`${conversation.id} ${handles}`} conversation={conversation} handles={handles} />}
        </>
      ) : monitor.allowed || reviewConversation.allowed ? (
        <p className="locked">{monitor.allowed ? t.transcript.locked : t.transcript.toReview}</p>
      ) : (
        <p className="locked">
          {t.transcript.lockedBecause} {refused.code && (t.codes[refused.code] ?? refused.message)} <code>{refused.code}</code>
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

  const atEnd = useRef(true);
  const toEnd = () => log.current?.scrollTo({ top: log.current.scrollHeight });

  // Down to what is newest, as it comes, and down again when that grows, unless somebody reads further up.
  useLayoutEffect(() => void toEnd(), [last]);
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
  }, [transcript]);

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
      <ol
        className="messages"
        role="log"
        aria-labelledby="transcript"
        tabIndex={0}
        ref={log}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
        // A picture takes its room when it has come.
        onLoadCapture={() => atEnd.current && toEnd()}
      >
        {transcript.messages.map((message) => (
          <MessageItem key={message.id} message={message} me={me} />
        ))}
      </ol>
      {transcript.ended && <p className="empty">{t.transcript.ended}</p>}
    </>
  );
}
