// The ongoing conversations: asked for above, acted on below, all of them between.

import { useCallback, useState } from 'react';
import { query } from 'regie-client';
import { useClient } from 'regie-client/react';
import { graphql } from '../gql';
import type { RowFragment } from '../gql/graphql';
import { useOngoing } from '../live/ongoing';
import { filterOf, isFiltered, orderOf, type View } from '../live/view';
import { useWatched } from '../live/watched';
import { useText } from '../text';
import { BulkBar } from './BulkBar';
import { Filters } from './Filters';
import { ReadTrouble } from './ReadTrouble';
import { Row } from './Row';
import { Rows } from './Rows';
import { SavedViews } from './SavedViews';

/** So many can be acted on at once, as the server has it. */
export const MOST_PICKED = 500;
const PAGE = 100;

const Names = graphql(`
  query Names($filter: OngoingFilter, $orderBy: OngoingOrder, $first: Int!, $after: String) {
    ongoingConversations(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      nodes {
        id
        subject
        customer {
          name
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

export interface PickedOne {
  customer: string | null;
  subject: string | null;
}
/** What is picked, by ids, in the order in which it was picked. */
export type Picked = ReadonlyMap<string, PickedOne>;
const pickedOf = ({ customer, subject }: { customer: { name?: string | null }; subject?: string | null }): PickedOne => ({
  customer: customer.name ?? null,
  subject: subject ?? null,
});

interface Props {
  view: View;
  onView: (view: View) => void;
  queues: readonly { id: string; name: string }[];
  me: string;
  chosen: readonly string[];
  onChoose: (id: string) => void;
}

export function Conversations({ view, onView, queues, me, chosen, onChoose }: Props) {
  const { t } = useText();
  const connection = useClient();
  const asked = { filter: filterOf(view, me), orderBy: orderOf(view) };
  const { rows, from, total, look, ...kept } = useOngoing(asked.filter, asked.orderBy);
  const watched = useWatched(me);
  const [picked, setPicked] = useState<Picked>(new Map());
  const [collecting, setCollecting] = useState(false);

  const pick = useCallback((row: RowFragment, isPicked: boolean) => {
    setPicked((before) => {
      const next = new Map(before);
      if (isPicked) next.set(row.id, pickedOf(row));
      else next.delete(row.id);
      return next.size > MOST_PICKED ? before : next;
    });
  }, []);
  const collect = async () => {
    setCollecting(true);
    const found = new Map<string, PickedOne>();
    for (let after: string | null = null, more = true; more && found.size < MOST_PICKED; ) {
      const { data }: { data: import('../gql/graphql').NamesQuery | null } = await query(connection, Names, { ...asked, first: PAGE, after });
      for (const node of data?.ongoingConversations.nodes ?? []) found.set(node.id, pickedOf(node));
      after = data?.ongoingConversations.pageInfo.endCursor ?? null;
      more = data?.ongoingConversations.pageInfo.hasNextPage ?? false;
    }
    setPicked(new Map([...found].slice(0, MOST_PICKED)));
    setCollecting(false);
  };

  return (
    <>
      <div className="heading">
        <h2 id="ongoing" tabIndex={-1}>
          {t.list.heading}
        </h2>
        {rows && <span className="count">{total}</span>}
        <SavedViews me={me} />
      </div>
      <Filters view={view} onView={onView} queues={queues} watched={watched.size} />
      <ReadTrouble {...kept} />
      <label className="check pick-all">
        <input
          type="checkbox"
          checked={picked.size > 0}
          disabled={collecting || !rows?.length}
          ref={(box) => {
            if (box) box.indeterminate = picked.size > 0 && picked.size < Math.min(total, MOST_PICKED);
          }}
          onChange={() => (picked.size > 0 ? setPicked(new Map()) : void collect())}
        />
        {picked.size > 0 ? t.bulk.picked(picked.size) : total > MOST_PICKED ? t.bulk.pickMost(MOST_PICKED) : t.bulk.pickAll}
      </label>
      {!rows && !kept.trouble && <p className="empty">{t.list.loading}</p>}
      {rows?.length === 0 && <p className="empty">{isFiltered(view) ? t.list.emptyFiltered : t.list.empty}</p>}
      <Rows label={t.list.heading} rows={rows ?? []} from={from} total={rows ? total : 0} list={JSON.stringify(asked)} onSight={look}>
        {(row, inTurn) => (
          <Row
            row={row}
            mine={watched.has(row.id)}
            chosen={chosen.includes(row.id)}
            picked={picked.has(row.id)}
            inTurn={inTurn}
            onChoose={onChoose}
            onPick={pick}
          />
        )}
      </Rows>
      {picked.size > 0 && <BulkBar picked={picked} queues={queues} onPicked={setPicked} />}
    </>
  );
}
