import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anna, begin, delta, end, T0, uuid } from '../../../../test/ports/store/kit.ts';
import type { Store } from '../../src/ports/index.ts';
import { openSqlite } from '../../src/storage/sqlite/store.ts';

const LATER = T0 + 86_400_000;
let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew-archives-'));
  store = openSqlite({ file: join(folder, 'clew.db') }).store;
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A run with so many deltas that has ended and is archived. */
async function archived(deltas = 20): Promise<string> {
  const { run, lease } = await begin(store);
  const words = Array.from({ length: deltas }, (_, n) => delta(`word ${n} ${crypto.randomUUID()}`));
  await store.append(lease, 2, words, { status: 'running' });
  await end(store, lease, { seq: 2 + deltas });
  expect(await store.archiveRuns(LATER, 10)).toEqual({ runs: 1, events: deltas + 3 });
  return run.id;
}

/** Looks into the file while the store has it, and changes it. */
function inFile<T>(work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(join(folder, 'clew.db'));
  try {
    return work(db);
  } finally {
    db.close();
  }
}

it('says so when an archived log is damaged or gone, and goes on with everything else', async () => {
  const runId = await archived();
  for (const damage of [`UPDATE archives SET log = x'01ff00'`, 'DELETE FROM archives']) {
    inFile((db) => db.exec(damage));
    const damaged = { code: 'database_unusable', message: expect.stringContaining(`run ${runId} is damaged`) };
    await expect(store.readEvents(anna, runId, 0, 10)).rejects.toMatchObject(damaged);
    await expect(store.readMilestones(anna, runId)).rejects.toMatchObject(damaged);
    expect(await store.readRun(anna, runId)).toMatchObject({ status: 'completed', lastSeq: 23 });
    expect(await store.readEvents(anna, runId, 23, 10)).toEqual([]);
  }
  expect(await store.pruneDeltas(LATER, 10)).toEqual({ runs: 1, events: 0 });
  await store.deleteThread(anna, uuid('41'));
});

it('leaves no byte of an archived log behind when its person is erased', async () => {
  await archived(2_000);
  const log = inFile((db) => db.prepare('SELECT log FROM archives').get()?.log as Uint8Array);
  // A page holds some of it, and what is larger than a page lies in others.
  const pieces = Array.from({ length: Math.floor(log.length / 500) }, (_, n) =>
    Buffer.from(log.slice(n * 500, n * 500 + 32)),
  );
  const found = () => {
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    return pieces.filter((piece) => files.some((bytes) => bytes.includes(piece))).length;
  };
  expect(found()).toBeGreaterThan(50);
  const threads = await store.threadsOf({ tenantId: anna.tenantId, userId: anna.userId }, 10);
  const { counts } = await store.removeThreads(threads, null);
  expect(counts).toMatchObject({ threads: 1, runs: 1, events: 2_003 });
  await store.scrub(counts);
  expect(found()).toBe(0);
  expect(inFile((db) => db.prepare('SELECT count(*) AS n FROM archives').get()?.n)).toBe(0);
});
