/**
 * The service worker: the app shell, and never a record. After the first visit the app opens without a network. A new
 * version is fetched whole, then waits until the member starts it.
 */
import { createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { START, WAKE } from './worker';

declare const self: ServiceWorkerGlobalScope;
declare const __SHELL__: PrecacheEntry[];
/** Parts of the app that few need: kept from their first use on. */
declare const __LATER__: string[];

const LATER = 'later';

/** Background Sync, which not every browser has and TypeScript does not know. */
interface SyncEvent extends ExtendableEvent {
  tag: string;
}

precacheAndRoute(__SHELL__);
// Every page is the one page: the route stands behind the `#`.
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/api\//, /^\/(healthz|readyz|metrics)$/],
  }),
);

registerRoute(
  ({ sameOrigin, url }) => sameOrigin && __LATER__.includes(url.pathname),
  ({ request }) => keptOrFetched(request),
);

self.addEventListener('message', (event) => {
  if (event.data === START) void self.skipWaiting();
});

// On the first visit there is no older page to disturb.
self.addEventListener('activate', (event) =>
  event.waitUntil(Promise.all([self.clients.claim(), dropOld()])),
);

// The worker holds no key and sends nothing: it wakes an open page, which syncs if it is unlocked.
self.addEventListener('sync', (event) => {
  if ((event as SyncEvent).tag === WAKE) (event as SyncEvent).waitUntil(wakePages());
});

async function keptOrFetched(request: Request): Promise<Response> {
  const cache = await caches.open(LATER);
  const kept = await cache.match(request.url);
  if (kept) return kept;
  const fetched = await fetch(request);
  if (fetched.ok) await cache.put(request.url, fetched.clone());
  return fetched;
}

/** Parts of an older version. */
async function dropOld(): Promise<void> {
  const cache = await caches.open(LATER);
  for (const { url } of await cache.keys())
    if (!__LATER__.includes(new URL(url).pathname)) await cache.delete(url);
}

async function wakePages(): Promise<void> {
  for (const page of await self.clients.matchAll({ type: 'window' })) page.postMessage(WAKE);
}
