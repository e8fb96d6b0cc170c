/** A record as a screen shows it, made for a test. */
import type { Json, RecordShown } from '../../../pwa/src/store/types';

let made = 0;

export function shown(
  kind: string,
  fields: Record<string, Json>,
  more: Partial<RecordShown> = {},
): RecordShown {
  made += 1;
  return {
    id: `${kind}-${made}`,
    kind,
    patient: 'p',
    version: 7,
    deleted: false,
    fields,
    contested: {},
    overruled: {},
    unsent: [],
    ...more,
  };
}
