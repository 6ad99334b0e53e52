import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { exportDatabase, importDatabase } from '../../packages/server/src/app/database.ts';
import type { Scope } from '../../packages/server/src/model/index.ts';
import type { Store } from '../../packages/server/src/ports/index.ts';
import { openPostgres } from '../../packages/server/src/storage/postgres/open.ts';
import { openSqlite } from '../../packages/server/src/storage/sqlite/store.ts';
import { testDatabase } from '../kit/database.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { answerTo, begin, ben, claim, delta, operator, RUNNING, say, T0, uuid } from '../ports/store/kit.ts';

const everybody: Scope = { ...operator, audience: 'operator' };

/** A bit of everything: threads with a state, copies, a run that ended, one that waits, one that is worked on, one in the queue. */
async function fill(store: Store): Promise<void> {
  const ended = await begin(store, { once: { key: 'k', fingerprint: 'f' }, state: { source: 'https://b.example/s' } });
  const odd = delta('ünï\u2028 \\ "quotes" \u0000 \ud800 \u{1F9F6}');
  await store.append(ended.lease, 2, [odd, { type: 'state.updated', at: T0, data: { state: null } }], RUNNING);
  await store.append(
    ended.lease,
    4,
    [
      { type: 'message.completed', at: T0 + 5, data: { message: answerTo(ended.message, 'Hi') } },
      { type: 'run.completed', at: T0 + 5, data: { context: {} } },
    ],
    { status: 'completed' },
  );
  const waits = await begin(store, { runId: uuid('52'), threadId: uuid('42'), message: say('x') }, ben);
  await store.append(
    waits.lease,
    2,
    [{ type: 'run.waiting', at: T0 + 1, data: { waitId: 'w1', messageId: uuid('99') } }],
    { status: 'waiting' },
  );
  await begin(store, { runId: uuid('53'), threadId: uuid('43'), message: say('works') });
  await begin(store, {
    runId: uuid('54'),
    message: say('later'),
    history: [{ id: uuid('61'), role: 'user', parts: [], agentName: null, origin: 'https://b.example/1' }],
  });
  await store.writeSetting('tenant', 'somebody');
  await store.takeQuotas([{ key: 'visitor', slot: 's', amount: 0.25, limit: null, until: T0 + 9 }], T0);
}

/** Everything that can be read, by whoever reads everything. */
async function contents(store: Store) {
  const all = { limit: 100, offset: 0 };
  const threads = (await store.listThreads(everybody, all)).items;
  const runs = (await store.listRuns(everybody, all)).items;
  return {
    threads,
    runs,
    messages: await Promise.all(threads.map(({ id }) => store.listMessages(everybody, id, all))),
    states: await Promise.all(threads.map(({ id }) => store.readThreadState(everybody, id))),
    events: await Promise.all(runs.map(({ id }) => store.readEvents(everybody, id, 0, -1))),
    tenant: await store.readSetting('tenant'),
  };
}

it('moves everything from SQLite to PostgreSQL, once', async () => {
  const file = join(tempDir(), 'clew.db');
  const before = openSqlite({ file }).store;
  await fill(before);
  const expected = await contents(before);
  expect(await before.archiveRuns(T0 + 1_000, 10)).toMatchObject({ runs: 1 });
  await before.close();

  const database = await testDatabase('nothing');
  const storage = {
    file,
    synchronous: 'normal',
    url: database.url,
    directUrl: null,
    connections: 2,
    prepare: true,
  } as const;
  expect(await importDatabase(storage)).toMatchObject({
    settings: 1,
    threads: 3,
    messages: 6,
    runs: 4,
    events: 13,
    sent: 1,
    quotas: 1,
  });
  const { store, notifier } = await openPostgres({ url: database.url });
  expect(await contents(store)).toEqual(expected);
  // Interrupted runs go on, and what was sent is known.
  expect(await store.claimRun({ ...claim, worker: 'new' }, T0 + 1)).toMatchObject({ epoch: 2 });
  await expect(begin(store, { once: { key: 'k', fingerprint: 'other' } })).rejects.toMatchObject({
    code: 'idempotency_conflict',
  });
  // What was archived is a log like others, until it is time again.
  expect(await store.archiveRuns(T0 + 1_000, 10)).toMatchObject({ runs: 1 });
  expect((await contents(store)).events.at(-1)).toEqual(expected.events.at(-1));
  await expect(importDatabase(storage)).rejects.toMatchObject({ message: expect.stringContaining('not empty') });
  await Promise.all([store.close(), notifier.close()]);
});

it('moves everything back into a SQLite file, while servers go on', async () => {
  const database = await testDatabase();
  const { store, notifier } = await openPostgres({ url: database.url });
  await fill(store);
  await store.keepSetting('secret', Buffer.alloc(32, 7).toString('base64url'));
  await store.pruneDeltas(T0 + 1_000, 10);
  const expected = await contents(store);
  expect(await store.archiveRuns(T0 + 1_000, 10)).toMatchObject({ runs: 1 });

  const folder = tempDir();
  const file = join(folder, 'copy', 'clew.db');
  const storage = {
    file: join(folder, 'none.db'),
    synchronous: 'normal',
    url: database.url,
    directUrl: null,
    connections: 2,
    prepare: true,
  } as const;
  const counts = await exportDatabase(storage, file);
  expect(counts).toMatchObject({ threads: 3, messages: 6, runs: 4, sent: 1, quotas: 1 });
  const secret = readFileSync(join(dirname(file), 'secret'), 'utf8').trim();
  expect(secret).toBe(Buffer.alloc(32, 7).toString('base64url'));
  await expect(exportDatabase(storage, file)).rejects.toMatchObject({ message: expect.stringContaining('already') });
  await Promise.all([store.close(), notifier.close()]);

  const copy = openSqlite({ file }).store;
  expect(await contents(copy)).toEqual(expected);
  expect(await copy.readSetting('secret')).toBeUndefined();
  expect(await copy.claimRun({ ...claim, worker: 'new' }, T0 + 1)).toMatchObject({ epoch: 2 });
  expect(await copy.archiveRuns(T0 + 1_000, 10)).toMatchObject({ runs: 1 });
  await copy.close();

  // And from SQLite to SQLite.
  const again = join(folder, 'again', 'clew.db');
  const one = { ...storage, url: null, file };
  const rest = await exportDatabase(one, again);
  expect(rest).toEqual({ ...counts, events: (counts.events ?? 0) + 1 }); // The claim.
  const last = openSqlite({ file: again }).store;
  expect((await contents(last)).events.at(-1)).toEqual(expected.events.at(-1));
  await last.close();
});
