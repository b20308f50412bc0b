// The tests that need no browser. The client package is taken as its sources are, as bundle.mjs does.
import { defineConfig } from 'vitest/config';
import { alias } from './bundle.mjs';

export default defineConfig({ resolve: { alias }, test: { environment: 'node' } });
