/** The made-up office after it went back to a copy of its records: `/?restoring`, with a role that leads. */
import type { RestoreStanding, SalvageOffer } from '../../../pwa/src/screens/office/answers';
import type { Device } from '../../../pwa/src/state/types';
import type { Json, PersonName, ServerRecord } from '../../../pwa/src/store/types';
import { ME } from './caseload';
import { json, type FakeServer } from './server';

const HOUR = 3_600_000;

export class FakeRestore {
  restoring = false;
  waiting = 3;
  #ended: number | null = null;
  readonly #offers: SalvageOffer[];

  constructor(
    private readonly server: FakeServer,
    private readonly devices: readonly Device[],
    private readonly now: number,
  ) {
    this.#offers = this.#found();
  }

  answer([room, id, hash, act]: readonly (string | undefined)[]): Response | null {
    if (room === 'restore' && id === 'end') return this.#end();
    if (room === 'restore') return json(this.#standing());
    if (room !== 'salvage') return null;
    if (!act) return json({ offers: this.restoring ? this.#offers : [], next: null });
    const at = this.#offers.findIndex((one) => one.record === id && one.hash === hash);
    if (at >= 0) this.#offers.splice(at, 1);
    return act === 'take-in' ? json({ accepted: true }) : new Response(null, { status: 204 });
  }

  #end(): Response {
    this.restoring = false;
    this.waiting = 0;
    this.#ended = Date.now();
    return new Response(null, { status: 204 });
  }

  #standing(): RestoreStanding {
    const was = this.restoring || this.#ended !== null;
    const began_at = was ? this.now - 5 * HOUR : null;
    const phones = this.devices
      .filter(({ revoked_at }) => revoked_at === null)
      .map(({ id, name, member_name, team_name, last_contact, status }, nth) => {
        const unsent = status?.unsent ?? null;
        return { id, name, member_name, team_name, last_contact, unsent, returned: nth < 2 };
      });
    return {
      restoring: this.restoring,
      ...{ began_at, ended_at: this.#ended, lost_since: began_at && began_at - 19 * HOUR },
      phones: was ? phones : [],
      ...{ waiting: was ? this.waiting : 0, salvage: was ? this.#offers.length : 0 },
    };
  }

  /** A copy that differs in a word, one in a long text, and one that the office has not at all. */
  #found(): SalvageOffer[] {
    const of = (kind: string) => [...this.server.records.values()].find((one) => one.kind === kind);
    const [medication, visit, task] = [of('medication'), of('visit'), of('task')];
    return [
      ...(medication ? [this.#offer(medication, { dose: '20 mg', timing: 'every evening' })] : []),
      ...(visit
        ? [
            this.#offer(
              visit,
              { note_how: 'Walks with a stick. Slept well this week. Eats well.' },
              { note_how: 'Walks with a stick. Sleeps badly. Eats well.' },
            ),
          ]
        : []),
      ...(task ? [{ ...this.#offer(task, {}), record: crypto.randomUUID(), current: null }] : []),
    ];
  }

  #offer(
    record: ServerRecord,
    copy: Record<string, Json>,
    today: Record<string, Json> = {},
  ): SalvageOffer {
    const patient = record.patient ? this.server.records.get(record.patient) : undefined;
    return {
      ...{ record: record.id, hash: record.id.slice(-8), kind: record.kind },
      ...{ patient: record.patient, patient_name: (patient?.fields.name as PersonName) ?? null },
      ...{ version: record.version, deleted: false, fields: { ...record.fields, ...copy } },
      current: { ...record.fields, ...today },
      ...{ member: ME.member, member_name: 'Imani Okafor', device_name: 'Pixel 8, Chrome' },
      offered_at: this.now - 2 * HOUR,
    };
  }
}
