import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chartAccessFile, logFile, office, query } from '../../../../pwa/src/screens/office/asking';

interface Call {
  method: string;
  path: string;
  body?: unknown;
}

/** Everything that the office's screens can ask for. */
function asked(): Call[] {
  const calls: Call[] = [];
  const ask = office({
    ask: async (path, _read, { method, body }) => {
      calls.push({ path, method, body });
      return { trouble: 'offline' };
    },
  });
  const filter = { member: 'M', patient: null, from: '2026-05-01', to: null };
  ask.members();
  ask.add({ name: 'N', email: 'n@x', role: 'coordinator', teams: ['T'], phone: null });
  ask.invite('ID');
  ask.leave('ID');
  ask.devices();
  ask.revoke('ID');
  ask.log(filter, null);
  ask.find('Walter Pruitt', '1941-03-05');
  ask.open('ID', 'why');
  ask.openings(null);
  ask.lost('7.d');
  ask.takeIn('ID', 17);
  ask.dismiss('ID', 17);
  ask.restore();
  ask.endRestore();
  ask.salvage('7.r');
  ask.takeInSalvage('ID', 'ID');
  ask.dismissSalvage('ID', 'ID');
  ask.due();
  ask.retain('ID', 'approve');
  ask.retain('ID', 'withdraw');
  ask.retain('ID', 'release');
  ask.hold('ID', 'why');
  ask.chartAccess('ID', null);
  calls.push({ method: 'GET', path: logFile(filter) });
  calls.push({ method: 'GET', path: chartAccessFile('ID') });
  return calls;
}

const routes = readFileSync(join(import.meta.dirname, '../../../../server/routes.py'), 'utf8');
const known = [...routes.matchAll(/method="(\w+)", path="([^"]+)"/g)].map(
  ([, method, path]) => `${method} ${path!.replace(/<int:\w+>/g, '17').replace(/<\w+>/g, 'ID')}`,
);

test.each(asked())('the server answers at $method $path', ({ method, path }) => {
  expect(known).toContain(`${method} ${path.split('?')[0]}`);
});

test('a name that is looked for stands in no address', () => {
  const calls = asked();
  expect(calls.filter(({ path }) => /Pruitt|1941|why/.test(path))).toEqual([]);
  expect(calls.find(({ path }) => path.includes('search'))?.body).toEqual({
    name: 'Walter Pruitt',
    birth_date: '1941-03-05',
  });
});

test('an address says only what is asked for', () => {
  expect(query({ member: 'M', patient: null, from: '' })).toBe('?member=M');
  expect(query({ after: null })).toBe('');
  expect(logFile({ member: null, patient: null, from: null, to: null })).toBe(
    '/api/office/access.csv',
  );
});
