import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { freePort } from '../kit/ports.ts';
import { serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { lookIntoFile } from './look-into-file.ts';
import { expectDatabase, expectWhole, randomFrom, readLedger, TASKS } from './outcome.ts';
import { converse, type Frame } from './patient-client.ts';

const RUNS = 60;
const KILLS = 20;
const LEASE_MS = 5_000;

/** A random number that a failing run can be repeated with. */
const seed = Number(process.env.CLEW_TEST_SEED ?? Date.now() % 100_000);

it(`loses, doubles and repeats nothing over ${KILLS} kills (CLEW_TEST_SEED=${seed})`, async () => {
  const folder = tempDir();
  const ledger = join(folder, 'ledger');
  const file = join(folder, 'clew.db');
  writeFileSync(ledger, '');
  const random = randomFrom(seed);
  const port = await freePort();
  const start = () =>
    serve({
      project: join(import.meta.dirname, 'project'),
      port,
      args: ['--db', file, '--lease-ms', String(LEASE_MS)],
      env: { CLEW_TEST_LEDGER: ledger },
    });
  let server = await start();
  const { url } = server;

  const killer = (async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, random() * 250));
      await server.stop('SIGKILL');
      server = await start();
    }
    return Date.now();
  })();
  const conversations: Promise<Frame[]>[] = [];
  const tasks: { answer: string }[] = [];
  let lastRestart: number | undefined;
  void killer.then((at) => {
    lastRestart = at;
  });
  // Conversations begin all the time that the server is being killed: there is always something to lose.
  for (let n = 0; n < RUNS || lastRestart === undefined; n += 1) {
    const { agent, text, answer } = TASKS[n % TASKS.length] as (typeof TASKS)[number];
    tasks.push({ answer: answer(text(n)) });
    conversations.push(converse(url, { agent, text: text(n) }));
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  const restarted = await killer;
  const all = await Promise.all(conversations);
  const recovered = Date.now() - restarted;

  for (const [n, frames] of all.entries()) await expectWhole(url, frames, tasks[n]?.answer ?? '');
  expect((await server.stop()).code).toBe(0);
  const db = new DatabaseSync(file, { readOnly: true });
  await expectDatabase(lookIntoFile(db), readLedger(ledger));
  db.close();
  expect(recovered, 'every run ends within twice the lease after the last restart').toBeLessThan(2 * LEASE_MS);
});
