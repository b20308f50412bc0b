// Bundles the page into the folder given as argument: hashed names, every file but the page
// itself compressed, because the server embeds and sends them as they are.
import { build } from 'esbuild';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const out = process.argv[2];
if (!out) throw new Error('usage: node build.mjs OUT');

const common = {
  bundle: true,
  charset: 'utf8',
  define: { 'process.env.NODE_ENV': '"production"' },
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  format: 'esm',
  // A file, not a data: address: the browser loads icons once, and the policy stays narrow.
  // GraphiQL labels its icons by the names of its functions.
  keepNames: true,
  loader: { '.ttf': 'file' },
  logLevel: 'warning',
  metafile: true,
  minify: true,
  outdir: out,
  target: 'es2022',
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

// Workers first: the page must know their hashed names.
const workers = await build({
  ...common,
  entryPoints: {
    editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
    json: 'monaco-editor/esm/vs/language/json/json.worker.js',
    graphql: 'monaco-graphql/esm/graphql.worker.js',
  },
});
const workerNames = {};
for (const file of Object.keys(workers.metafile.outputs)) {
  workerNames[basename(file).split('-')[0]] = basename(file);
}

const page = await build({
  ...common,
  define: { ...common.define, WORKERS: JSON.stringify(workerNames) },
  // One file: GraphiQL asks for its editor at once anyway, and the styles of a part that is
  // loaded later would be nobody's to link.
  entryPoints: { regie: 'src/page.js' },
});
const entry = Object.entries(page.metafile.outputs).find(([, output]) => output.entryPoint);
const tags = [
  `<link rel="stylesheet" href="graphiql/assets/${basename(entry[1].cssBundle)}">`,
  `<script type="module" src="graphiql/assets/${basename(entry[0])}"></script>`,
];

for (const name of await readdir(out)) {
  const path = join(out, name);
  await writeFile(path, gzipSync(await readFile(path), { level: 9 }));
}
const template = await readFile('src/index.html', 'utf8');
await writeFile(join(out, 'index.html'), template.replace('<!-- files -->', tags.join('\n    ')));
