import type { KeyboardEvent } from 'react';
import { isFiltered, MOST, PAGE, type View } from '../live/view';
import { useLiveList } from '../live/useLiveList';
import { useText } from '../text';
import { useNow } from '../time';
import { Filters } from './Filters';
import { ReadTrouble } from './ReadTrouble';
import { Row } from './Row';

interface Props {
  view: View;
  onView: (view: View) => void;
  queues: readonly { id: string; name: string }[];
  chosen: string | null;
  onChoose: (id: string) => void;
}

export function LiveList({ view, onView, queues, chosen, onChoose }: Props) {
  const { t } = useText();
  const { list, ...kept } = useLiveList(view);
  const now = useNow();

  return (
    <>
      <div className="heading">
        <h1 id="ongoing">{t.list.heading}</h1>
        {list && <span className="count">{t.list.count(list.rows.length, list.total)}</span>}
      </div>
      <Filters view={view} onView={onView} queues={queues} />
      <ReadTrouble {...kept} />
      {!list && !kept.trouble && <p className="empty">{t.list.loading}</p>}
      {list?.rows.length === 0 && <p className="empty">{isFiltered(view) ? t.list.emptyFiltered : t.list.empty}</p>}
      <ul className="rows" onKeyDown={walk}>
        {list?.rows.map((row) => (
          <li key={row.id}>
            <Row row={row} now={now} chosen={row.id === chosen} onChoose={() => onChoose(row.id)} />
          </li>
        ))}
      </ul>
      {list && list.rows.length < list.total && view.first < MOST && (
        <button type="button" className="more" onClick={() => onView({ ...view, first: view.first + PAGE })}>
          {t.list.more}
        </button>
      )}
    </>
  );
}

/** Up and down go from row to row. */
export function walk(event: KeyboardEvent<HTMLUListElement>) {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('button.row')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined || !rows[to]) return;
  event.preventDefault();
  rows[to].focus();
}
