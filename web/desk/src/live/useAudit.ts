// What somebody did, a page at a time, latest first.

import { graphql } from '../gql';
import type { AuditTrailQuery } from '../gql/graphql';
import { type AuditView, auditFilterOf } from './auditView';
import { isBackwards } from './days';
import { usePages } from './usePages';

export const AuditRowFragmentDoc = graphql(`
  fragment AuditRow on AuditEntry {
    number
    action
    at
    refusal
    reason
    overrides
    target
    conversationId
    conversation {
      id
      subject
      customer {
        name
        erasedAt
      }
    }
    after {
      agent {
        name
      }
      queue {
        name
      }
    }
    monitorSession {
      startedAt
      endedAt
    }
    reviewSession {
      startedAt
      endedAt
    }
  }
`);

const AuditTrail = graphql(`
  query AuditTrail($filter: AuditFilter!, $first: Int!, $after: String) {
    auditLog(filter: $filter, first: $first, after: $after) {
      totalCount
      nodes {
        ...AuditRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const pageOf = ({ auditLog }: AuditTrailQuery) => auditLog;

export const useAudit = (view: AuditView, me: string) =>
  usePages(AuditTrail, isBackwards(view) ? null : { filter: auditFilterOf(view, me) }, pageOf);
