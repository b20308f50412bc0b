// Lints schema.graphql by the rules that @graphql-eslint recommends, for schemas and for Relay.
// Run from the repository's root: .ci/schema does.

import { fileURLToPath } from 'node:url';
import graphql from '@graphql-eslint/eslint-plugin';

const schema = fileURLToPath(new URL('../../schema.graphql', import.meta.url));

export default [
  {
    files: ['schema.graphql'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema } },
    },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // An id means that `node(id:)` finds it. Payloads, pages, errors and values are not to be found.
      '@graphql-eslint/strict-id-in-types': 'off',
      // `reason` is somebody's own words everywhere; a reason that Regie gives has the name of its enum (`attentionReason`).
      '@graphql-eslint/no-typename-prefix': 'off',
      '@graphql-eslint/relay-edge-types': [
        'error',
        {
          withEdgeSuffix: true,
          // Candidates, audit entries and messages are read where they belong, never by an id alone.
          shouldImplementNode: false,
          // Short lists that are bounded by nature (errors, participants, channels) have no pages.
          listTypeCanWrapOnlyEdgeType: false,
        },
      ],
    },
  },
];
