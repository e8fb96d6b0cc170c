/**
 * `npm run measure`: what opening costs with 40 charts of 30 records and a morning's unsent work. Printed, never
 * judged: it runs in Node, on a made-up disk in memory, so that sealing and summarising are what is measured.
 */
import 'fake-indexeddb/auto';
import { save } from '../../pwa/src/store/save';
import type { Me, ServerRecord } from '../../pwa/src/store/types';
import { applyAnswer } from '../../pwa/src/sync/answer';
import { keyOf, makeStore } from './keys';

const CHARTS = 40;
const RECORDS = 30;
const UNSENT = 60;
const TRIES = 15;

const KINDS = ['medication', 'observation', 'task', 'appointment', 'visit', 'goal', 'condition'];

function record(chart: number, nth: number): ServerRecord {
  const patient = `patient-${chart}`;
  const kind = nth === 0 ? 'patient' : KINDS[nth % KINDS.length]!;
  const start = { local: '2026-11-21T10:00', zone: 'America/New_York' };
  const name = { family: `Family ${chart}`, given: 'Given' };
  const fields = { name, description: 'Call the pharmacy. '.repeat(8), start, status: 'booked' };
  const rest = { deleted: false, fields, contested: {}, overruled: {} };
  return { id: nth === 0 ? patient : `${patient}-${nth}`, kind, patient, version: 1, ...rest };
}

async function median(act: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let nth = 0; nth < TRIES; nth += 1) {
    const start = performance.now();
    await act();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(TRIES / 2)]!;
}

const member = crypto.randomUUID();
const store = await makeStore({ me: { member } as Me, device: 'd', secret: 's' });
const key = await keyOf(store);
const records = Array.from({ length: CHARTS * RECORDS }, (_, n) =>
  record(Math.floor(n / RECORDS), n % RECORDS),
);
const nothing = { accepted: [], refused: [], set_aside: [], forget: [], more: false };
const asked = { device: 'd', reads: [] };
const pull = () => applyAnswer(store, { ...nothing, epoch: 'e', cursor: '1', records }, asked, 1);

const say = (what: string, milliseconds: number) =>
  console.log(`${what.padEnd(46)} ${milliseconds.toFixed(1).padStart(7)} ms`);
say(`take in ${records.length} records of ${CHARTS} charts`, await median(pull));
const reopen = async () => {
  store.lock();
  await store.unlock(key);
};
say('unlock and open the index', await median(reopen));
say(`open one chart of ${RECORDS} records`, await median(() => store.show('chart/patient-7')));
for (let n = 0; n < UNSENT; n += 1) {
  const { id, kind, patient } = record(n % 6, 1 + (n % 20));
  await save(store, [{ record: id, kind, patient, seen: 1, set: { status: `s${n}` } }], n);
}
say(`the same with ${UNSENT} unsent changes in 6 charts`, await median(reopen));
const one = record(7, 3);
const edit = {
  record: one.id,
  kind: one.kind,
  patient: one.patient,
  seen: 1,
  set: { status: 'x' },
};
say('save one edit', await median(() => save(store, [edit], 99)));
process.exit(0);
