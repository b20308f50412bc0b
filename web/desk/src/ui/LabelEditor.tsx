// The operator's words for a conversation, and how soon it should be looked after: shown, and changed by who may.

import { type FormEvent, useId, useState } from 'react';
import { Update } from '../api/acts';
import type { Act } from '../live/useAct';
import type { PanelFragment, Priority } from '../gql/graphql';
import { useText } from '../text';
import { useStanding } from './Desk';
import { isLabelled, Labels } from './Signs';

export function LabelEditor({ conversation, act }: { conversation: PanelFragment; act: Act }) {
  const { t } = useText();
  const id = useId();
  const standing = useStanding();
  const [tag, setTag] = useState('');
  const { viewerCan, priority } = conversation;
  const tags = conversation.tags ?? [];
  const may = viewerCan.update.allowed && !standing;
  const update = (change: { addTags?: string[]; removeTags?: string[]; priority?: Priority }) =>
    act.run(Update, { conversationId: conversation.id, ...change });
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (!tag.trim() || act.busy) return;
    if ((await update({ addTags: [tag.trim()] })).kind === 'done') setTag('');
  };

  if (!viewerCan.update.allowed) {
    return isLabelled(conversation) ? (
      <p className="labels">
        <Labels of={conversation} />
      </p>
    ) : null;
  }
  return (
    <div className="labels edit" role="group" aria-label={t.label.heading}>
      <label htmlFor={`${id}-priority`} className="visually-hidden">
        {t.label.priority}
      </label>
      <select
        id={`${id}-priority`}
        className="priority"
        data-priority={priority}
        value={priority}
        disabled={!may}
        onChange={(event) => void update({ priority: event.target.value as Priority })}
      >
        {(Object.entries(t.priority) as [Priority, string][]).map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
      <ul>
        {tags.map((one) => (
          <li key={one}>
            <button type="button" className="label" aria-disabled={!may || act.busy} onClick={() => may && !act.busy && void update({ removeTags: [one] })}>
              <span className="visually-hidden">{t.label.remove} </span>
              {one} <span aria-hidden="true">×</span>
            </button>
          </li>
        ))}
      </ul>
      <form className="add" onSubmit={(event) => void add(event)}>
        <label htmlFor={`${id}-tag`} className="visually-hidden">
          {t.label.newTag}
        </label>
        <input id={`${id}-tag`} maxLength={50} placeholder={t.label.newTag} value={tag} onChange={(event) => setTag(event.target.value)} />
        <button type="submit" aria-disabled={!may || !tag.trim()}>
          {t.label.add}
        </button>
      </form>
    </div>
  );
}
