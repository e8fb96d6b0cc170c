import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default {
  preprocess: vitePreprocess(),
  // Styles stay in files of their own: the Content-Security-Policy allows no style written by script.
  compilerOptions: { runes: true, css: 'external' },
};
