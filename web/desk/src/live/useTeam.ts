// The team as it is, kept right by the server: a list like that of the ongoing conversations, with agents in it.

import { useCallback, useState } from 'react';
import { applyUpdate, type Begin, following, type List, type Update } from 'regie-client';
import { useClient, useKept } from 'regie-client/react';
import { inFrame } from '../frame';
import { graphql } from '../gql';
import type { TeamSubscription, TeamRowFragment } from '../gql/graphql';
import { type TeamView, teamFilterOf, teamOrderOf } from './teamView';

/** So many the server tells of at once. */
export const MOST_AGENTS = 100;

export const TeamRowFragmentDoc = graphql(`
  fragment TeamRow on LiveAgent {
    agent {
      id
      name
    }
    presence
    presenceSince
    activeConversations
    longestHandleSince
    handledToday
    meanHandleSecondsToday
    openHelpRequests
    capacity {
      totalUnits
      consumedUnits
    }
  }
`);

const Team = graphql(`
  subscription Team($filter: AgentsLiveFilter, $orderBy: AgentsLiveOrder, $timeZone: String!, $after: LogCursor) {
    agentsLive(filter: $filter, orderBy: $orderBy, timeZone: $timeZone, first: 100, after: $after) {
      __typename
      ... on AgentsLiveSnapshot {
        cursor
        totalCount
        liveAgents {
          ...TeamRow
        }
      }
      ... on AgentsLiveChanges {
        cursor
        totalCount
        changes {
          __typename
          ... on LiveAgentEntered {
            index
            row {
              ...TeamRow
            }
          }
          ... on LiveAgentUpdated {
            index
            row {
              ...TeamRow
            }
          }
          ... on LiveAgentMoved {
            index
            row {
              ...TeamRow
            }
          }
          ... on LiveAgentLeft {
            agentId
          }
        }
      }
    }
  }
`);

export type TeamRow = TeamRowFragment & { id: string };

const rowOf = (row: TeamRowFragment): TeamRow => ({ ...row, id: row.agent.id });

/** As the client's lists have it. */
function updateOf(update: TeamSubscription['agentsLive']): Update<TeamRow> {
  const { cursor, totalCount } = update;
  if (update.__typename === 'AgentsLiveSnapshot') return { cursor, totalCount, conversations: update.liveAgents.map(rowOf) };
  const changes = update.changes.map((change) =>
    change.__typename === 'LiveAgentLeft' ? { conversationId: change.agentId } : { conversation: rowOf(change.row), index: change.index },
  );
  return { cursor, totalCount, changes };
}

/** The team; what was shown before stays until another list is there. */
export function useTeam(view: TeamView, timeZone: string) {
  const connection = useClient();
  const [list, setList] = useState<List<TeamRow> | null>(null);
  const variables = { filter: teamFilterOf(view), orderBy: teamOrderOf(view), timeZone };
  const key = JSON.stringify(variables);
  const begin = useCallback<Begin>(
    (link) => {
      let isOn = true;
      let newest: List<TeamRow> | null = null;
      const stop = following(connection, Team, JSON.parse(key), ({ agentsLive }: TeamSubscription) => {
        newest = applyUpdate(newest, updateOf(agentsLive));
        inFrame(() => isOn && setList(newest));
      })(link);
      return () => {
        isOn = false;
        stop();
      };
    },
    [connection, key],
  );
  return { list, ...useKept(begin) };
}
