/** Node, with modules as a browser gets them: the server's Svelte has no reactivity. */
import type { Environment } from 'vitest/runtime';

export default {
  name: 'node-with-browser-modules',
  viteEnvironment: 'client',
  setup: () => ({ teardown: () => {} }),
} satisfies Environment;
