/** The page's side of the service worker: a new version, and being woken when there is a signal. */

/** To the worker: start the version that waits. */
export const START = 'start';
/** From the worker, and the tag of the background sync: there is a signal. */
export const WAKE = 'wake';

interface Hears {
  /** A new version is here and waits. */
  updateReady(): void;
  wake(): void;
}

/** Background Sync, which Chromium has. */
interface WithSync {
  sync?: { register(tag: string): Promise<void> };
}

/** Registers the worker and looks for a new version whenever somebody comes back to the page. */
export async function registerWorker(hears: Hears): Promise<void> {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const hadWorker = serviceWorker.controller !== null;
  serviceWorker.addEventListener('message', ({ data }) => data === WAKE && hears.wake());
  serviceWorker.addEventListener('controllerchange', () => hadWorker && location.reload());
  // Refused in some private windows: the app then needs a signal to open, and works all the same.
  const registration = await serviceWorker
    .register('/sw.js', { updateViaCache: 'none' })
    .catch(() => null);
  if (!registration) return;
  const tell = (worker: ServiceWorker | null) => {
    if (worker?.state === 'installed' && serviceWorker.controller) hears.updateReady();
  };
  tell(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => tell(worker));
  });
  document.addEventListener('visibilitychange', () => {
    // Without a network there is none to find, which is no news.
    if (!document.hidden) registration.update().catch(() => {});
  });
}

/** Asks the server for a new version now; the page hears of it as of any other. */
export async function lookForUpdate(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.update().catch(() => {});
}

/** Starts the version that waits, or is on its way; the page loads again when it has. */
export async function activateUpdate(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration && !registration.waiting) {
    await registration.update().catch(() => {});
    if (registration.installing) await installed(registration.installing);
  }
  if (registration?.waiting) registration.waiting.postMessage(START);
  else location.reload();
}

/** Waits until a worker is whole, or is given up. */
function installed(worker: ServiceWorker): Promise<void> {
  return new Promise((resolve) => {
    worker.addEventListener('statechange', () => worker.state !== 'installing' && resolve());
  });
}

export async function wakeOnSignal(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  // Refused where the member has turned background sync off: the page's own rhythm does.
  await (registration as WithSync | undefined)?.sync?.register(WAKE).catch(() => {});
}
