// Types for every operation of the desk, from the schema that the server is tested against.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: ['src/**/*.{ts,tsx}', '!src/gql/**'],
  generates: {
    'src/gql/': {
      preset: 'client',
      // Fields are read where the fragment is spread: less to learn than masking.
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { ID: 'string', LogCursor: 'string', DateTime: 'string' },
        useTypeImports: true,
      },
    },
  },
};

export default config;
