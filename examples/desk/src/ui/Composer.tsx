// A message to colleagues, to the agent alone or, for who has joined or handles it, to everybody.

import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import { Coach, Write } from '../api/acts';
import { useAct } from '../api/useAct';
import type { PanelFragment, Visibility } from '../gql/graphql';
import { useText } from '../text';
import { TroubleNotice } from './TroubleNotice';

interface Props {
  conversation: PanelFragment;
  /** Whether the person at the desk is its agent. */
  handles: boolean;
}

export function Composer({ conversation, handles }: Props) {
  const { t } = useText();
  const act = useAct();
  const id = useId();
  const [text, setText] = useState('');
  const [wish, setWish] = useState<Visibility>(handles ? 'PUBLIC' : 'INTERNAL');
  const { send, leave, coach } = conversation.viewerCan;
  // Who can leave has joined. Only they and its agent may write to the customer.
  const joined = leave.allowed || handles;
  const visibility = wish === 'PUBLIC' && !joined ? 'INTERNAL' : wish;
  const answer = visibility === 'COACHING' ? coach : send;
  const ready = answer.allowed && text.trim() !== '' && !act.busy;
  const says = visibility === 'COACHING' ? t.write.onlyAgent : !joined && t.write.reveals;

  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!ready) return;
    const it = { conversationId: conversation.id, text };
    if (await (visibility === 'COACHING' ? act.run(Coach, it) : act.run(Write, { ...it, visibility }))) setText('');
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
          {answer.code ? t.codes[answer.code] : says}
        </span>
        <button type="submit" className="primary" aria-disabled={!ready} aria-describedby={`${id}-hint`}>
          {act.busy ? t.act.busy : t.write.send}
        </button>
      </div>
      <TroubleNotice act={act} />
    </form>
  );
}
