// A message to colleagues or, for who has joined, to everybody.

import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import { Write } from '../api/acts';
import { useAct } from '../api/useAct';
import type { PanelFragment, Visibility } from '../gql/graphql';
import { useText } from '../text';
import { TroubleNotice } from './TroubleNotice';

export function Composer({ conversation }: { conversation: PanelFragment }) {
  const { t } = useText();
  const act = useAct();
  const id = useId();
  const [text, setText] = useState('');
  const [wish, setWish] = useState<Visibility>('INTERNAL');
  const { send, leave } = conversation.viewerCan;
  // Who can leave has joined, and only they may write to the customer.
  const joined = leave.allowed;
  const visibility = joined ? wish : 'INTERNAL';
  const ready = send.allowed && text.trim() !== '' && !act.busy;

  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!ready) return;
    if (await act.run(Write, { conversationId: conversation.id, text, visibility })) setText('');
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
        {joined ? (
          <select
            aria-label={t.write.visibility}
            value={wish}
            onChange={(event) => setWish(event.target.value as Visibility)}
          >
            <option value="INTERNAL">{t.write.internal}</option>
            <option value="PUBLIC">{t.write.public}</option>
          </select>
        ) : (
          <span className="tag">{t.write.internal}</span>
        )}
        <span id={`${id}-hint`} className="quiet hint">
          {send.code ? t.codes[send.code] : !joined && t.write.reveals}
        </span>
        <button type="submit" className="primary" aria-disabled={!ready} aria-describedby={`${id}-hint`}>
          {act.busy ? t.act.busy : t.write.send}
        </button>
      </div>
      <TroubleNotice act={act} />
    </form>
  );
}
