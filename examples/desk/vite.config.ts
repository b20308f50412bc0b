import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Where Regie is. The default is where `cargo run -- demo` listens.
const regie = process.env.REGIE_URL ?? 'http://127.0.0.1:8080';

// The page asks its own origin, so neither CORS nor an address in the code is needed. Regie lets
// only its own pages open sockets, so the proxy says on whose behalf it asks.
const proxy = {
  // Whom the demo lets sign in; see src/api/demo.ts.
  '/graphiql/people': { target: regie, changeOrigin: true },
  // What the demo's messages have attached; see src/api/media.ts.
  '/demo/media': { target: regie, changeOrigin: true },
  '/graphql': { target: regie, changeOrigin: true, ws: true, rewriteWsOrigin: true },
};

export default defineConfig({
  plugins: [react()],
  server: { proxy },
  preview: { proxy },
  test: { environment: 'node' },
});
