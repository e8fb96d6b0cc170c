import { beforeEach, expect, test, vi } from 'vitest';
import { kindNamed } from '../../../pwa/src/fields/catalogue';
import { FormState, lockedFields, type FormOptions } from '../../../pwa/src/fields/form.svelte';
import type { App } from '../../../pwa/src/state/app.svelte';
import type { Edit, Refused } from '../../../pwa/src/store/types';
import { shown } from '../screens/shown';

let drafts: Map<string, unknown>;
let kept: Edit[][];
let again: [string, Edit | undefined][];

beforeEach(() => {
  drafts = new Map();
  kept = [];
  again = [];
  vi.useFakeTimers();
});

function open(options: Partial<FormOptions>): FormState {
  let made = 0;
  const app = {
    me: { member: 'me', role: 'coordinator' },
    newId: () => `new-${(made += 1)}`,
    draft: (key: string) => ({
      get: async () => drafts.get(key) ?? null,
      put: async (value: unknown) => void drafts.set(key, value),
      clear: async () => void drafts.delete(key),
    }),
    save: async (edits: Edit[]) => void kept.push(edits),
    sendAgain: async (id: string, edit?: Edit) => void again.push([id, edit]),
  };
  return new FormState(app as unknown as App, {
    kind: 'medication',
    patient: 'p',
    ...options,
  });
}

const medication = (dose = '5 mg') => shown('medication', { name: 'Lisinopril', dose });

test('a form sends what was changed, having seen the version that it opened with', async () => {
  const record = medication();
  const form = open({ record });
  form.change('dose', '10 mg');
  expect(await form.save()).toBe(true);
  expect(kept).toMatchObject([
    [
      {
        record: record.id,
        kind: 'medication',
        patient: 'p',
        seen: 7,
        set: { dose: '10 mg' },
      },
    ],
  ]);
});

test('an appointment that ends before it starts is asked about, by the clocks of both zones', async () => {
  const form = open({ kind: 'appointment', start: { type: 'home-visit' } });
  form.change('start', { local: '2026-11-25T10:00', zone: 'America/New_York' });
  form.change('end', { local: '2026-11-25T09:30', zone: 'America/New_York' });
  expect(form.problems).toEqual({ end: { code: 'ends_before' } });
  form.change('end', { local: '2026-11-25T09:30', zone: 'America/Chicago' });
  expect(form.problems).toEqual({});
  expect(await form.save()).toBe(true);
});

test('an appointment whose times were wrong before can be changed otherwise', () => {
  const wall = (local: string) => ({ local, zone: 'America/New_York' });
  const times = { start: wall('2026-11-25T10:00'), end: wall('2026-11-25T09:30') };
  const record = shown('appointment', { type: 'home-visit', ...times });
  const form = open({ kind: 'appointment', record });
  form.change('reason', 'Blood pressure');
  expect(form.problems).toEqual({});
});

test('a form that changed nothing writes nothing', async () => {
  const form = open({ record: medication() });
  form.change('dose', '10 mg');
  form.change('dose', '5 mg');
  expect(await form.save()).toBe(true);
  expect(kept).toEqual([]);
});

test('what is wrong is told and nothing is saved', async () => {
  const form = open({});
  form.change('dose', 'x'.repeat(201));
  expect(await form.save()).toBe(false);
  expect(form.problems).toEqual({
    name: { code: 'required' },
    dose: { code: 'too_long', limit: 200 },
  });
  expect(kept).toEqual([]);
});

test('what belongs to the edit is kept with it in one write', async () => {
  const form = open({ record: medication() });
  form.change('dose', '10 mg');
  const look: Edit = {
    record: 'v',
    kind: 'visit',
    patient: 'p',
    seen: 3,
    add: { medications_seen: [{}] },
  };
  await form.save([look]);
  expect(kept).toHaveLength(1);
  expect(kept[0]).toHaveLength(2);
});

test('a dead battery takes nothing: values, id and what was seen come back', async () => {
  const first = open({ purpose: 'visit' });
  first.change('name', 'Metformin');
  await vi.advanceTimersByTimeAsync(600);
  const second = open({ purpose: 'visit' });
  await second.restore();
  expect([second.restored, second.values.name, second.record]).toEqual([
    true,
    'Metformin',
    first.record,
  ]);
  await second.save();
  expect(kept[0]?.[0]).toMatchObject({
    record: first.record,
    seen: 0,
    set: { name: 'Metformin' },
  });
  expect(drafts.size).toBe(0);
});

test('what a new record starts with is no draft until somebody types', async () => {
  const form = open({ start: { status: 'active' } });
  await form.putAway();
  expect(drafts.size).toBe(0);
  form.change('name', 'Metformin');
  await form.save();
  expect(kept[0]?.[0]?.set).toEqual({ name: 'Metformin', status: 'active' });
});

test('starting over shows the record as it stands', async () => {
  const record = medication();
  const first = open({ record });
  first.change('dose', '7 mg');
  await first.putAway();
  const second = open({
    record: {
      ...record,
      version: 9,
      fields: { name: 'Lisinopril', dose: '20 mg' },
    },
  });
  await second.restore();
  expect(second.values.dose).toBe('7 mg');
  await second.startOver();
  expect([second.values.dose, second.isChanged, drafts.size]).toEqual(['20 mg', false, 0]);
});

test('a contested field is settled by choosing the value that it shows', async () => {
  const form = open({ record: medication() });
  form.settle('dose', '5 mg');
  await form.save();
  expect(kept[0]?.[0]?.set).toEqual({ dose: '5 mg' });
});

test('remarks say who made them and when', async () => {
  const form = open({ record: medication() });
  form.change('note', [{ text: 'Bottle is empty.' }]);
  await form.save();
  const [remark] = kept[0]?.[0]?.add?.note as Record<string, string>[];
  expect(remark).toMatchObject({ text: 'Bottle is empty.', by: 'me' });
  expect(remark?.at).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test('a refused change opens as its author left it and is sent again, mended', async () => {
  const record = medication();
  const mend: Refused = {
    id: 'a/3',
    n: 3,
    refused_at: 0,
    refusal: {
      code: 'invalid',
      field: 'dose',
      message: 'Longer than 200 characters.',
    },
    change: {
      n: 3,
      at: 0,
      record: record.id,
      kind: 'medication',
      patient: 'p',
      seen: 5,
      set: { dose: 'x'.repeat(300) },
    },
  };
  const form = open({ record, mend });
  expect(form.values.dose).toHaveLength(300);
  expect(await form.save()).toBe(false);
  form.change('dose', '10 mg');
  expect(await form.save()).toBe(true);
  expect(again).toMatchObject([['a/3', { record: record.id, set: { dose: '10 mg' } }]]);
  expect(kept).toEqual([]);
});

test('what a role may not write is not in the form, nor what is said once of a record that exists', () => {
  expect(open({}).fields.map(({ name }) => name)).toContain('source');
  expect(open({ record: medication() }).fields.map(({ name }) => name)).not.toContain('source');
  expect(open({ kind: 'patient' }).fields.map(({ name }) => name)).not.toContain('merged_into');
});

test('a signature locks the fields that it covers', () => {
  const visit = kindNamed('visit')!;
  expect(lockedFields(visit, {}).size).toBe(0);
  expect([...lockedFields(visit, { signature: [{ name: 'A' }] })]).toContain('note_how');
});
