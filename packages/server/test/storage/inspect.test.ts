import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { inspectSqlite } from '../../src/storage/sqlite/inspect.ts';
import { readMigrations } from '../../src/storage/sqlite/migrate.ts';
import { openSqlite } from '../../src/storage/sqlite/store.ts';

const newest = readMigrations().at(-1)?.version;

function fileIn(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clew-inspect-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'clew.db');
}

it('sees no file, one at work and one at rest, and changes none of them', async () => {
  const file = fileIn();
  expect(inspectSqlite(file)).toEqual({ version: 0, newest, locked: false, damage: null, documents: new Map() });
  const { store } = openSqlite({ file });
  expect(inspectSqlite(file)).toMatchObject({ version: newest, newest, locked: true, damage: null });
  await store.check();
  await store.close();
  const before = readFileSync(file);
  expect(inspectSqlite(file)).toMatchObject({ version: newest, locked: false, damage: null });
  expect(readFileSync(file).equals(before)).toBe(true);
});

it('tells a damaged file', async () => {
  const file = fileIn();
  const { store } = openSqlite({ file });
  await store.close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, 8_192, 12_288);
  writeFileSync(file, bytes);
  expect(inspectSqlite(file).damage).toMatch(/page|tree/i);
});
