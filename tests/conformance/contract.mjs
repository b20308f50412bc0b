// Whether schema.graphql is what a running server tells of itself, down to descriptions, by
// graphql-inspector's comparison and by graphql-js's text.

import { readFileSync } from 'node:fs';
import { diff } from '@graphql-inspector/core';
import { GraphQLSchema, buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { liveSchema } from './lib/server.mjs';

const kept = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
// The schema's own description stands above the text as a comment, for parsers that do not know it.
const told = new GraphQLSchema({ ...(await liveSchema()).toConfig(), description: undefined });
// Through text: what introspection tells by a field, such as `@oneOf`, the comparison seeks as a
// directive.
const live = buildSchema(printSchema(told));

const changes = await diff(kept, live);
for (const change of changes) console.log(`${change.criticality.level} ${change.message}`);

// Deprecations, `@specifiedBy`, `@oneOf` and the order-free rest, as text.
const text = (schema) => printSchema(lexicographicSortSchema(schema)).split('\n');
const [keptText, liveText] = [text(kept), text(live)];
const first = keptText.findIndex((line, index) => line !== liveText[index]);
if (first >= 0) console.log(`kept: ${keptText[first]}\nlive: ${liveText[first]}`);

const same = changes.length === 0 && first < 0 && keptText.length === liveText.length;
console.log(`contract: ${changes.length} changes, ${liveText.length} lines compared`);
process.exit(same ? 0 : 1);
