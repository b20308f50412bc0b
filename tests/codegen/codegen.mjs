// graphql-codegen over schema.graphql and over a running server: TypeScript for clients (client-preset), Kotlin
// types, and what Apollo Client's cache must know (fragment-matcher). What is generated from either must be the same, and must compile.
import { generate } from '@graphql-codegen/cli';
import { InMemoryCache, gql } from '@apollo/client/core';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { callers } from '../conformance/lib/server.mjs';

const SCALARS = { ID: 'string', LogCursor: 'string', DateTime: 'string' };

async function generated(schema) {
  const folder = await mkdtemp(join(tmpdir(), 'codegen-'));
  try {
    await generate(
      {
        schema,
        documents: ['operations.graphql'],
        silent: true,
        generates: {
          [`${folder}/ts/`]: {
            preset: 'client',
            presetConfig: { fragmentMasking: false },
            config: { strictScalars: true, enumsAsTypes: true, useTypeImports: true, scalars: SCALARS },
          },
          // What Apollo Client needs to know of interfaces and unions.
          [`${folder}/possible.json`]: { plugins: ['fragment-matcher'] },
          [`${folder}/Regie.kt`]: {
            plugins: ['kotlin'],
            config: { package: 'regie', scalars: { ID: 'String', LogCursor: 'String', DateTime: 'java.time.Instant' } },
          },
        },
      },
      true,
    );
    const program = ts.createProgram([`${folder}/ts/graphql.ts`], {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      baseUrl: import.meta.dirname,
      paths: { '*': ['node_modules/*'] },
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
    });
    const faults = ts.getPreEmitDiagnostics(program);
    assert.equal(ts.formatDiagnostics(faults, { getCanonicalFileName: (f) => f, getCurrentDirectory: () => folder, getNewLine: () => '\n' }), '');
    const text = (name) => readFile(`${folder}/${name}`, 'utf8');
    return {
      typescript: await text('ts/graphql.ts'),
      kotlin: await text('Regie.kt'),
      possible: JSON.parse(await text('possible.json')),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const { BASE_URL } = process.env;
const byFile = await generated('../../schema.graphql');
const byUrl = await generated([{ [`${BASE_URL}/graphql`]: { headers: { authorization: `Bearer ${callers.several}` } } }]);
assert.match(byFile.typescript, /export type ListSubscriptionVariables = Exact<\{\s+first\?: [^;]+;\s+after\?: [^;]*string/);
assert.match(byFile.kotlin, /data class ForceCloseConversationInput\(/);
assert.deepEqual(byUrl, byFile, 'the server tells of another schema than schema.graphql');
// Apollo's cache takes a fragment on an interface for each of its types by this alone.
const cache = new InMemoryCache({ possibleTypes: byFile.possible.possibleTypes });
const query = gql`query Close { errors { ... on CommandError { code } } }`;
cache.writeQuery({ query, data: { errors: [{ __typename: 'InvalidState', code: 'INVALID_STATE' }] } });
assert.equal(cache.readQuery({ query }).errors[0].code, 'INVALID_STATE');
console.log('codegen: TypeScript and Kotlin, by file and by address alike');
