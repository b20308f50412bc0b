// The desk while it is worked on: bundled again at each change, and served before a Regie that runs elsewhere.
//
//   REGIE_URL=http://127.0.0.1:8080 PORT=5173 node develop.mjs
import { context } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { options, pageOf } from './bundle.mjs';

const regie = new URL(process.env.REGIE_URL ?? 'http://127.0.0.1:8080');
const port = Number(process.env.PORT ?? 5173);
const kinds = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
const files = new Map();
let page = 'One moment …';

const keep = {
  name: 'keep',
  setup: (build) =>
    build.onEnd(async ({ outputFiles, metafile, errors }) => {
      if (errors.length > 0) return;
      for (const { path, contents } of outputFiles) files.set(basename(path), contents);
      page = pageOf(await readFile(new URL('src/index.html', import.meta.url), 'utf8'), metafile);
    }),
};
const bundler = await context({ ...options, minify: false, outdir: 'dist', plugins: [...options.plugins, keep], write: false });
await bundler.watch();

/** Regie answers its own pages alone, so what is passed on says that it comes from one. */
const passed = (headers) => {
  const { origin, host, ...others } = headers;
  return { ...others, host: regie.host, ...(origin && { origin: regie.origin }) };
};

/** What Regie's own page says: of a demo's people, whose pictures are shown, and where people sign in. */
async function said() {
  const page = await fetch(regie).then((answer) => answer.text(), () => '');
  return (page.match(/<meta name="regie-[^>]*>/g) ?? []).join('');
}

const server = createServer((asked, answer) => {
  const [path] = asked.url.split('?');
  if (path === '/') {
    void said().then((more) => answer.setHeader('content-type', 'text/html; charset=utf-8').end(page.replace('<!-- demo -->', more)));
    return;
  }
  const file = path.startsWith('/desk/assets/') && files.get(basename(path));
  if (file) return answer.setHeader('content-type', kinds[path.split('.').pop()] ?? 'text/plain').end(file);
  const { origin, ...headers } = passed(asked.headers);
  const sent = request(new URL(asked.url, regie), { method: asked.method, headers }, (said) => {
    answer.writeHead(said.statusCode, said.headers);
    said.pipe(answer);
  });
  sent.on('error', () => answer.writeHead(502).end());
  asked.pipe(sent);
});
server.on('upgrade', (asked, socket, head) => {
  const there = connect(Number(regie.port || 80), regie.hostname, () => {
    const lines = Object.entries(passed(asked.headers)).map(([name, value]) => `${name}: ${value}`);
    there.write([`${asked.method} ${asked.url} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    there.write(head);
    socket.pipe(there).pipe(socket);
  });
  for (const one of [socket, there]) one.on('error', () => [socket, there].forEach((end) => end.destroy()));
});
server.listen(port, '127.0.0.1', () => process.stdout.write(`The desk: http://127.0.0.1:${port}/ before ${regie.href}\n`));
