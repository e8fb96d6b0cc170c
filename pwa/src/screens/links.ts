/** Links out of the app: the dialler, the map. Both are opened by the phone itself; nothing is asked of any server. */
import type { Json } from '../store/types';

export function telephoneLink(number: string): string {
  return `tel:${number.replace(/[^\d+*#,;]/g, '')}`;
}

type Address = Record<string, Json>;

/** The address in one line, as it is written in its country. */
export function addressLine(address: Address): string {
  const region = [address.state, address.postal_code].filter(Boolean).join(' ');
  return [address.line, address.city, region].filter(Boolean).join(', ');
}

/** Where a map app shows the address. `geo:` is known to every phone but Apple's, which have a scheme of their own. */
export function mapLink(address: Address, userAgent: string): string {
  const query = encodeURIComponent(addressLine(address));
  return /iPhone|iPad|Macintosh/.test(userAgent) ? `maps://?q=${query}` : `geo:0,0?q=${query}`;
}
