/**
 * The service worker: the app shell, and never a record. After the first visit the app opens without a network. A new
 * version is fetched whole, then waits until the member starts it.
 */
import { createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { START, WAKE } from './worker';

declare const self: ServiceWorkerGlobalScope;
declare const __SHELL__: PrecacheEntry[];

/** Background Sync, which not every browser has and TypeScript does not know. */
interface SyncEvent extends ExtendableEvent {
  tag: string;
}

precacheAndRoute(__SHELL__);
// Every page is the one page: the route stands behind the `#`.
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/api\//, /^\/healthz$/],
  }),
);

self.addEventListener('message', (event) => {
  if (event.data === START) void self.skipWaiting();
});

// On the first visit there is no older page to disturb.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

// The worker holds no key and sends nothing: it wakes an open page, which syncs if it is unlocked.
self.addEventListener('sync', (event) => {
  if ((event as SyncEvent).tag === WAKE) (event as SyncEvent).waitUntil(wakePages());
});

async function wakePages(): Promise<void> {
  for (const page of await self.clients.matchAll({ type: 'window' })) page.postMessage(WAKE);
}
