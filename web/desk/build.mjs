// Bundles the desk into the folder given as argument: hashed names, every file but the page itself compressed, because the
// server embeds and sends them as they are.
import { build } from 'esbuild';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { options, pageOf } from './bundle.mjs';

const out = process.argv[2];
if (!out) throw new Error('usage: node build.mjs OUT');

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const { metafile } = await build({ ...options, outdir: out });

for (const name of await readdir(out)) {
  const path = join(out, name);
  await writeFile(path, gzipSync(await readFile(path), { level: 9 }));
}
const template = await readFile(new URL('src/index.html', import.meta.url), 'utf8');
await writeFile(join(out, 'index.html'), pageOf(template, metafile));
