// Writes src/schema.ts from schema.graphql: what caches and code generators must be told. With `--check` it writes
// nothing, and fails where the file is not what it would write.
import { readFile, writeFile } from 'node:fs/promises';
import { buildSchema, isAbstractType, isScalarType, isSpecifiedScalarType } from 'graphql';

const source = new URL('../../../schema.graphql', import.meta.url);
const target = new URL('../src/schema.ts', import.meta.url);
/** What each scalar is in TypeScript, as it comes in JSON. A new one stops this script until it has its line. */
const TYPES = { DateTime: 'string', LogCursor: 'string' };

const schema = buildSchema(await readFile(source, 'utf8'));
const types = Object.values(schema.getTypeMap())
  .filter(({ name }) => !name.startsWith('__'))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

const scalars = { ID: 'string' };
for (const { name } of types.filter((type) => isScalarType(type) && !isSpecifiedScalarType(type))) {
  if (!TYPES[name]) throw new Error(`no TypeScript type for the scalar ${name}: add it to scripts/schema.mjs`);
  scalars[name] = TYPES[name];
}
const possibleTypes = {};
for (const type of types.filter(isAbstractType)) {
  possibleTypes[type.name] = schema
    .getPossibleTypes(type)
    .map(({ name }) => name)
    .sort();
}
const codes = schema.getType('ErrorCode').getValues().map(({ name }) => name);

const literal = (value) => JSON.stringify(value, null, 2).replaceAll('"', "'").replace(/^( *)'(\w+)':/gm, '$1$2:');
const text = `// Made from schema.graphql by scripts/schema.mjs; \`npm run generate\` makes it again.

/** What each interface and union can be: \`possibleTypes\` of a cache that is normalised. */
export const possibleTypes: Record<string, string[]> = ${literal(possibleTypes)};

/** What each scalar is in TypeScript: \`scalars\` of graphql-codegen, \`customScalarTypes\` of Relay. */
export const scalars = ${literal(scalars)} as const;

/** The codes that a refusal or an error may have; a later server may know more. */
export const errorCodes = ${literal(codes)} as const;

export type ErrorCode = (typeof errorCodes)[number];
`;

if (process.argv.includes('--check')) {
  if (text !== (await readFile(target, 'utf8'))) {
    console.error('src/schema.ts is not of schema.graphql: run `npm run generate` in web/client');
    process.exit(1);
  }
} else await writeFile(target, text);
