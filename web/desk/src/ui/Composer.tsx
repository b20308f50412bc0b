// A message to colleagues, to the agent alone or, for who has joined or handles it, to everybody.

import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { Coach, Write } from '../api/acts';
import { useAct } from '../live/useAct';
import { useDraft } from '../live/useDraft';
import type { PanelFragment, Visibility } from '../gql/graphql';
import { useText } from '../text';
import { TroubleNotice } from './TroubleNotice';

interface Props {
  conversation: PanelFragment;
  me: string;
  /** Whether the person at the desk is its agent. */
  handles: boolean;
  /** How often somebody asked to coach: then it is written to the agent. */
  coaching: number;
}

export function Composer({ conversation, me, handles, coaching }: Props) {
  const { t } = useText();
  const act = useAct();
  const id = useId();
  const { text, wish, setText, setWish, sent } = useDraft(conversation.id, me, handles ? 'PUBLIC' : 'INTERNAL');
  const { send, leave, coach } = conversation.viewerCan;
  // Who can leave has joined. Only they and its agent may write to the customer.
  const joined = leave.allowed || handles;
  // What cannot be chosen goes to colleagues, never further than was meant.
  const offered = wish === 'PUBLIC' ? joined : wish !== 'COACHING' || !handles;
  const visibility = offered ? wish : 'INTERNAL';
  const answer = visibility === 'COACHING' ? coach : send;
  const field = useRef<HTMLTextAreaElement>(null);
  const asked = useRef(coaching);
  useEffect(() => {
    if (coaching === asked.current) return;
    asked.current = coaching;
    setWish('COACHING');
    field.current?.focus();
  }, [coaching]);
  // Who takes over writes to the customer from then on; what is half written stays for whom it was.
  const empty = useRef(true);
  empty.current = text.trim() === '';
  useEffect(() => {
    setWish((before) => (empty.current ? (handles ? 'PUBLIC' : 'INTERNAL') : handles && before === 'COACHING' ? 'INTERNAL' : before));
  }, [handles]);
  const ready = answer.allowed && !empty.current && !act.busy;
  const hints = { COACHING: t.write.onlyAgent, PUBLIC: t.write.customerReads, INTERNAL: joined ? null : t.write.reveals };

  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!ready) return;
    const it = { conversationId: conversation.id, text };
    const outcome = await (visibility === 'COACHING' ? act.run(Coach, it) : act.run(Write, { ...it, visibility }));
    if (outcome.kind === 'done') sent();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void submit();
  };

  return (
    <form className="composer" onSubmit={(event) => void submit(event)}>
      <label htmlFor={`${id}-text`} className="visually-hidden">
        {t.write.label}
      </label>
      <textarea
        id={`${id}-text`}
        ref={field}
        rows={2}
        maxLength={10_000}
        placeholder={t.write.placeholder}
        value={text}
        aria-describedby={`${id}-hint`}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="bar">
        <select
          aria-label={t.write.visibility}
          value={visibility}
          onChange={(event) => setWish(event.target.value as Visibility)}
        >
          <option value="INTERNAL">{t.write.internal}</option>
          {!handles && <option value="COACHING">{t.write.coaching}</option>}
          {joined && <option value="PUBLIC">{t.write.public}</option>}
        </select>
        <span id={`${id}-hint`} className="quiet hint">
          {answer.code ? t.codes[answer.code] : hints[visibility]}
        </span>
        <button type="submit" className="primary" aria-disabled={!ready} aria-describedby={`${id}-hint`}>
          {act.busy ? t.act.busy : t.write.send}
        </button>
      </div>
      <TroubleNotice act={act} />
    </form>
  );
}
