import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDisk } from '../../packages/server/src/storage/files/index.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { anna, fileSuite } from './files.suite.ts';

const rules = {
  bytes: 10_000,
  spreadsheetBytes: 1_000,
  types: ['image/*', 'text/*', 'application/pdf', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
};

async function* once(text: string) {
  yield Buffer.from(text);
}

fileSuite({ name: 'a disk', open: async () => openDisk({ folder: join(tempDir(), 'files'), rules }) });

test('what is refused or breaks off leaves nothing in the folder', async () => {
  const folder = tempDir();
  const files = openDisk({ folder, rules });
  const put = (text: string) => files.put(anna, { id: randomUUID(), name: 'a.txt', at: 1, bytes: once(text) });
  await expect(put('x'.repeat(10_001))).rejects.toMatchObject({ code: 'too_large' });
  await expect(put('PK\x03\x04')).rejects.toMatchObject({ code: 'file_type_refused' });
  expect(readdirSync(folder)).toEqual(['incoming']);
  expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
});

test('what a process that died left half done goes after a day', async () => {
  const folder = tempDir();
  const [old, fresh] = [join(folder, 'incoming', 'old'), join(folder, 'incoming', 'fresh')];
  for (const left of [old, fresh]) {
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, 'content'), 'half');
  }
  utimesSync(old, 1, 1);
  await openDisk({ folder, rules }).put(anna, { id: randomUUID(), name: 'a.txt', at: 1, bytes: once('x') });
  expect([existsSync(old), existsSync(fresh)]).toEqual([false, true]);
});

test('a database in memory has its files in a folder that goes with it', async () => {
  const files = openDisk({ folder: null, rules });
  const { id } = await files.put(anna, { id: randomUUID(), name: 'a.txt', at: 1, bytes: once('x') });
  await files.close();
  await expect(files.find(id)).rejects.toMatchObject({ code: 'file_not_found' });
});
