// What is known of a conversation besides what is said in it.

import type { ReactNode } from 'react';
import type { Act } from '../live/useAct';
import type { PanelFragment } from '../gql/graphql';
import { useText } from '../text';
import { clock, duration, since, until, useNow } from '../time';
import type { Questions } from './Actions';
import { LabelEditor } from './LabelEditor';
import { Reasons } from './Reasons';
import { SentimentLine } from './SentimentLine';
import { Stars } from './Signs';

interface Props {
  conversation: PanelFragment;
  me: string;
  act: Act;
  questions: Questions;
  onCoach: () => void;
}

export function Facts({ conversation, me, act, questions, onCoach }: Props) {
  const { t, lang } = useText();
  const now = useNow();
  const person = (subject: string) => (subject === me ? `${subject} (${t.panel.you})` : subject);
  const watchers = [...(conversation.runningMonitorSessions ?? []), ...(conversation.runningReviewSessions ?? [])].map(
    (session) => person(session.supervisor),
  );
  const mine = conversation.runningReviewSessions?.find((session) => session.supervisor === me);
  const offer = conversation.pendingOffer;

  return (
    <section className="facts" aria-label={t.panel.about}>
      {offer?.agent && <p className="pending">{t.panel.pending(offer.agent.name, until(offer.dueAt, now))}</p>}
      {conversation.attention.length > 0 && (
        <Reasons conversation={conversation} act={act} questions={questions} onCoach={onCoach} />
      )}
      <LabelEditor conversation={conversation} act={act} />
      <SentimentLine of={conversation.sentimentHistory} />
      {mine && <p className="watching">{t.past.reviewEnds(until(mine.endsAt, now))}</p>}
      {watchers.length > 0 && <p className="watching">{t.panel.watching(watchers.join(', '))}</p>}
      <details open={conversation.state === 'CLOSED'}>
        <summary>
          {[conversation.queue?.name, conversation.agent?.name ?? t.list.nobody, t.channel[conversation.channel]].filter(Boolean).join(' · ')}
        </summary>
        <dl>
          <Fact name={t.panel.started}>{clock(conversation.startedAt, lang, now)}</Fact>
          {conversation.waitingSince && <Fact name={t.panel.waiting}>{since(conversation.waitingSince, now)}</Fact>}
          {conversation.unansweredSince && (
            <Fact name={t.panel.unanswered}>{since(conversation.unansweredSince, now)}</Fact>
          )}
          {conversation.averageResponseSeconds != null && (
            <Fact name={t.panel.response}>{duration(conversation.averageResponseSeconds * 1000)}</Fact>
          )}
          {conversation.autoCloseAt && <Fact name={t.panel.autoClose}>{clock(conversation.autoCloseAt, lang, now)}</Fact>}
          {conversation.closedAt && <Fact name={t.past.closed}>{clock(conversation.closedAt, lang, now)}</Fact>}
          {conversation.disposition && <Fact name={t.past.disposition}>{conversation.disposition.label}</Fact>}
          {conversation.rating && (
            <Fact name={t.past.rating}>
              <Stars score={conversation.rating.score} />
              {conversation.rating.comment && <span className="quiet"> {conversation.rating.comment}</span>}
            </Fact>
          )}
          {conversation.closingNote && <Fact name={t.past.note}>{conversation.closingNote}</Fact>}
          {conversation.attributes?.map(({ key, value }) => (
            <Fact key={key} name={key}>
              {value}
            </Fact>
          ))}
        </dl>
        <h4>{t.panel.participants}</h4>
        <ul>
          {conversation.participants.map((one, place) => (
            <li key={place}>
              {one.agent?.name ?? (one.supervisor ? person(one.supervisor) : t.role[one.role])}
              <span className="quiet">
                {one.agent || one.supervisor ? ` ${t.role[one.role]},` : ''} {clock(one.joinedAt, lang, now)}
                {one.leftAt && ` ${t.panel.left(clock(one.leftAt, lang, now))}`}
              </span>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
