/** What the Security screen asks the office for, in one go: it is all there, or why it is not. */
import type { NoAnswer, Reply } from '../../sync/client';
import type { Activity, Device, Passkey } from '../../state/types';

export interface Account {
  passkeys: Passkey[];
  devices: Device[];
  activity: Activity[];
}

interface Security {
  passkeys(): Promise<Reply<Passkey[]>>;
  devices(): Promise<Reply<Device[]>>;
  activity(): Promise<Reply<Activity[]>>;
}

export async function askAccount(security: Security): Promise<Reply<Account>> {
  const [passkeys, devices, activity] = await Promise.all([
    security.passkeys(),
    security.devices(),
    security.activity(),
  ]);
  if ('answer' in passkeys && 'answer' in devices && 'answer' in activity)
    return {
      answer: { passkeys: passkeys.answer, devices: devices.answer, activity: activity.answer },
    };
  return [passkeys, devices, activity].find((reply): reply is NoAnswer => 'trouble' in reply)!;
}
