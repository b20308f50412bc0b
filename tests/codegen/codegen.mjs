// graphql-codegen over schema.graphql and over a running server: TypeScript for clients (client-preset) and Kotlin
// types. What is generated from either must be the same, and must compile.
import { generate } from '@graphql-codegen/cli';
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
    return { typescript: await readFile(`${folder}/ts/graphql.ts`, 'utf8'), kotlin: await readFile(`${folder}/Regie.kt`, 'utf8') };
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
console.log('codegen: TypeScript and Kotlin, by file and by address alike');
