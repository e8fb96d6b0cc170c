import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { precache } from './precache.ts';
import manifest from './package.json' with { type: 'json' };

const tests = fileURLToPath(new URL('../tests/pwa', import.meta.url));

/** `npm run dev:fake` opens the screens on a made-up server in memory; nothing of it is ever built. */
const fake: Plugin = {
  name: 'doorstep-fake',
  apply: (_, { command, mode }) => command === 'serve' && mode === 'fake',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) => html.replace('/src/main.ts', `/@fs${tests}/fake/main.ts`),
  },
};

export default defineConfig(() => ({
  plugins: [svelte(), fake, precache({ worker: 'src/sw.ts', later: /\/pdf[.-]/ })],
  define: { __VERSION__: JSON.stringify(manifest.version) },
  // The Content-Security-Policy knows no inline script and no data: address but for images.
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    // The engine, the catalogue, the words but the office's, and the first screens; `screens/Screens.svelte` says what
    // comes later.
    chunkSizeWarningLimit: 600,
  },
  server: {
    fs: { allow: ['..'] },
    proxy: { '/api': process.env.DOORSTEP_SERVER ?? 'http://localhost:8000' },
  },
  // Tests run on the browser's Svelte, as the app does.
  ...(process.env.VITEST ? { resolve: { conditions: ['browser'] } } : {}),
  test: {
    dir: tests,
    include: ['**/*.test.ts'],
    environment: `${tests}/environment.ts`,
    testTimeout: 60_000,
    server: { deps: { inline: [/svelte/] } },
  },
}));
