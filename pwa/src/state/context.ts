/**
 * Hands the app to every screen. main.ts mounts App.svelte with the prop `app`; App.svelte calls `provideApp(app)`
 * once, and any component below it calls `useApp()` while it is set up.
 */
import { createContext } from 'svelte';
import type { App } from './app.svelte';

export const [useApp, provideApp] = createContext<App>();
