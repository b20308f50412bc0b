// A port for a server that shall come back at the same one. It lies below those that systems give to
// outgoing connections, so that none of these takes it while the server is away.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

export async function freePort() {
  for (let tries = 0; ; tries += 1) {
    const probe = createServer();
    const port = randomInt(20_000, 32_000);
    try {
      await once(probe.listen(port, '127.0.0.1'), 'listening');
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || tries === 50) throw error;
      continue;
    }
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
