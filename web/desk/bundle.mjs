// How the desk is bundled, for the server (build.mjs) and while it is worked on (develop.mjs).
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const client = (file) => join(here, '../client/src', file);

/** The client package as its sources are. */
export const alias = {
  'regie-client/react': client('react/index.ts'),
  'regie-client': client('index.ts'),
};

/** Its packages are those of the desk: one React, one lock file. */
const onePackages = {
  name: 'one-packages',
  setup: (build) =>
    build.onResolve({ filter: /^(graphql|graphql-ws|react)(\/|$)/ }, ({ path, kind, pluginData }) =>
      pluginData === here ? null : build.resolve(path, { kind, resolveDir: here, pluginData: here })),
};

const PAGE = 'src/main.tsx';

export const options = {
  absWorkingDir: here,
  alias,
  bundle: true,
  charset: 'utf8',
  define: { 'process.env.NODE_ENV': '"production"' },
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  entryPoints: { desk: PAGE },
  format: 'esm',
  jsx: 'automatic',
  // A file, not a data: address, so that the policy stays narrow.
  loader: { '.svg': 'file' },
  logLevel: 'warning',
  metafile: true,
  minify: true,
  plugins: [onePackages],
  // What is not needed at once is a file of its own: the chart, the sign-in.
  splitting: true,
  target: 'es2022',
  tsconfigRaw: '{}',
};

/** The page with the files of a build in it. */
export function pageOf(template, metafile) {
  const [script, output] = Object.entries(metafile.outputs).find(([, one]) => one.entryPoint === PAGE);
  const icon = Object.keys(metafile.outputs).find((name) => name.endsWith('.svg'));
  const shared = output.imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => basename(path));
  const tags = [
    `<link rel="icon" type="image/svg+xml" href="desk/assets/${basename(icon)}">`,
    `<link rel="stylesheet" href="desk/assets/${basename(output.cssBundle)}">`,
    ...shared.map((name) => `<link rel="modulepreload" href="desk/assets/${name}">`),
    `<script type="module" src="desk/assets/${basename(script)}"></script>`,
  ];
  return template.replace('<!-- files -->', tags.join('\n    '));
}
