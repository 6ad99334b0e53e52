import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { freePort } from '../kit/ports.ts';
import { serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { pause, until } from '../kit/until.ts';
import { lookIntoFile } from './look-into-file.ts';
import { expectDatabase, randomFrom, readLedger, SEED } from './outcome.ts';
import { startTraffic } from './traffic.ts';

const RUNS = 60;
const KILLS = 20;
const LEASE_MS = 5_000;

it(`loses, doubles and repeats nothing over ${KILLS} kills (CLEW_TEST_SEED=${SEED})`, async () => {
  const folder = tempDir();
  const ledger = join(folder, 'ledger');
  const file = join(folder, 'clew.db');
  writeFileSync(ledger, '');
  const random = randomFrom(SEED);
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

  // Conversations begin all the time that the server is being killed: there is always something to lose.
  const traffic = startTraffic(url, { everyMs: 60 });
  for (let kill = 0; kill < KILLS; kill += 1) {
    await pause(random() * 250);
    await server.stop('SIGKILL');
    server = await start();
  }
  const restarted = Date.now();
  await until(() => traffic.begun >= RUNS);
  await traffic.stop();

  expect((await server.stop()).code).toBe(0);
  const db = new DatabaseSync(file, { readOnly: true });
  await expectDatabase(lookIntoFile(db), readLedger(ledger));
  const last = db.prepare('SELECT max(ended_at) AS at FROM runs').get();
  db.close();
  expect(Number(last?.at) - restarted, 'every run ends within twice the lease after the last restart').toBeLessThan(
    2 * LEASE_MS,
  );
});
