/** Stores for tests, sealed by a passkey that always gives the same. */
import { showPasskey, unwrapKey, type Shown } from '../../pwa/src/store/keys';
import type { Account } from '../../pwa/src/store/memory';
import { Store } from '../../pwa/src/store/store';

/** What the passkey of this name gives: 32 bytes that only it gives. */
export async function passkey(credential = 'passkey'): Promise<Shown> {
  const bytes = new TextEncoder().encode(`the secret of ${credential}`);
  return showPasskey(credential, await crypto.subtle.digest('SHA-256', bytes));
}

export async function makeStore(account: Account, isLog = () => false): Promise<Store> {
  return (await Store.create(account, isLog, await passkey(), 0))!;
}

/** The key of a store that `makeStore` made. */
export async function keyOf(store: Store): Promise<CryptoKey> {
  const [wrap] = await store.wraps();
  return (await unwrapKey(store.member, wrap!, await passkey()))!;
}

export async function unlock(store: Store): Promise<void> {
  await store.unlock(await keyOf(store));
}

/** The store as another tab or a later start finds it, opened. */
export async function reopen(member: string, isLog = () => false): Promise<Store> {
  const store = (await Store.open(member, isLog))!;
  await unlock(store);
  return store;
}
