// What is said, live, for who monitors, has joined or reviews; and a place to write.

import { useId, useLayoutEffect, useRef } from 'react';
import type { PanelFragment } from '../gql/graphql';
import { useTranscript } from '../live/useTranscript';
import { useText } from '../text';
import { Composer } from './Composer';
import { MessageItem } from './MessageItem';
import { ReadTrouble, Unread } from './ReadTrouble';

interface Props {
  conversation: PanelFragment;
  me: string;
  /** How often somebody asked to coach. */
  coaching: number;
}

export function TranscriptView({ conversation, me, coaching }: Props) {
  const { t } = useText();
  const label = useId();
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
    <section className="transcript" aria-labelledby={label}>
      <h3 id={label}>{t.transcript.heading}</h3>
      {reads ? (
        <>
          <Messages key={`${conversation.id} ${writes}`} id={conversation.id} me={me} label={label} />
          {writes && <Composer key={conversation.id} conversation={conversation} me={me} handles={handles} coaching={coaching} />}
        </>
      ) : monitor.allowed || reviewConversation.allowed ? (
        <p className="locked">{monitor.allowed ? t.transcript.locked : t.transcript.toReview}</p>
      ) : (
        <p className="locked">
          {t.transcript.lockedBecause} {refused.code && (t.codes[refused.code] ?? refused.message)}
        </p>
      )}
    </section>
  );
}

function Messages({ id, me, label }: { id: string; me: string; label: string }) {
  const { t, lang } = useText();
  const { transcript, readEarlier, missed, ...kept } = useTranscript(id, lang === 'nl' ? 'NL' : 'EN');
  const log = useRef<HTMLDivElement>(null);
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
      {missed && <Unread fault={missed} again={() => void readEarlier()} />}
      {transcript.before && !missed && (
        <button type="button" className="quiet earlier" onClick={() => void readEarlier()}>
          {t.transcript.earlier}
        </button>
      )}
      {transcript.messages.length === 0 && <p className="empty">{t.transcript.empty}</p>}
      {/* What comes is heard from around the list, which stays a list. */}
      <div
        className="log"
        role="log"
        aria-labelledby={label}
        tabIndex={0}
        ref={log}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
        // A picture takes its room when it has come.
        onLoadCapture={() => atEnd.current && toEnd()}
      >
        <ol className="messages">
          {transcript.messages.map((message) => (
            <MessageItem key={message.id} message={message} me={me} />
          ))}
        </ol>
      </div>
      {transcript.ended && <p className="empty">{t.transcript.ended}</p>}
    </>
  );
}
