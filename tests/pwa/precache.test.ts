import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles } from '../../pwa/precache';

test('everything that was built is listed but the worker; a name that does not follow the content has a revision', async () => {
  const dist = await mkdtemp(join(tmpdir(), 'shell-'));
  await mkdir(join(dist, 'assets/deep'), { recursive: true });
  for (const path of ['index.html', 'sw.js', 'assets/a-1.js', 'assets/deep/b-2.css'])
    await writeFile(join(dist, path), path);
  const shell = await listFiles(dist, 'assets');
  expect(shell).toEqual([
    { url: '/assets/a-1.js', revision: null },
    { url: '/assets/deep/b-2.css', revision: null },
    { url: '/index.html', revision: expect.stringMatching(/^[0-9a-f]{16}$/) },
  ]);
  await writeFile(join(dist, 'index.html'), 'another');
  const [before, after] = [shell, await listFiles(dist, 'assets')].map((one) => one[2]!.revision);
  expect(after).not.toBe(before);
  await rm(dist, { recursive: true });
});
