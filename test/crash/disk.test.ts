import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { FAST, startPostgres } from '../kit/postgres.ts';
import { serve } from '../kit/server.ts';
import { canMount, smallDisk } from '../kit/small-disk.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { until } from '../kit/until.ts';
import { startCluster } from './cluster.ts';
import { lookIntoFile } from './look-into-file.ts';
import { expectDatabase, readLedger } from './outcome.ts';
import { startTraffic } from './traffic.ts';

const LEASE_MS = 3_000;
const WITHOUT = canMount ? '' : ' (skipped: only root on Linux can mount a small disk, and not in every container)';

const FULL = /^503 .*"code":"database_full"|^503 .*disk of the database is full/;

it.skipIf(!canMount)(
  `SQLite on a full disk refuses clearly, loses nothing, and goes on when there is room${WITHOUT}`,
  async () => {
    const disk = smallDisk(12);
    const file = join(disk.folder, 'clew.db');
    const ledger = join(tempDir(), 'ledger');
    writeFileSync(ledger, '');
    const server = await serve({
      project: join(import.meta.dirname, 'project'),
      args: ['--db', file, '--lease-ms', String(LEASE_MS)],
      env: { CLEW_TEST_LEDGER: ledger },
    });
    const traffic = startTraffic(server.url);
    for (let time = 1; time <= 2; time += 1) {
      const before = traffic.again.length;
      await until(() => traffic.ended >= time * 5);
      disk.fill();
      await until(() => traffic.again.length >= before + 10);
      disk.free();
      const { begun } = traffic;
      await until(() => traffic.ended >= begun);
    }
    await traffic.stop();
    for (const why of traffic.again) expect(why).toMatch(FULL);
    expect((await server.stop()).code).toBe(0);
    const db = new DatabaseSync(file, { readOnly: true });
    onTestFinished(() => db.close());
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    await expectDatabase(lookIntoFile(db), readLedger(ledger));
  },
);

it.skipIf(!canMount || process.env.DATABASE_URL !== undefined)(
  `PostgreSQL on a full disk: nodes refuse clearly, lose nothing, and go on when there is room${WITHOUT}`,
  async () => {
    const disk = smallDisk(120);
    const wal = tempDir();
    chmodSync(wal, 0o777);
    // Where its log cannot be written, PostgreSQL stops, which is another case.
    const postgres = await startPostgres([...FAST, 'max_wal_size=64MB'], {
      folder: disk.folder,
      initdb: [`--waldir=${join(wal, 'wal')}`],
    });
    onTestFinished(() => postgres.stop());
    const cluster = await startCluster({ leaseMs: LEASE_MS, postgres });
    const traffic = startTraffic(cluster.balancer.url);
    await until(() => traffic.ended >= 5);
    disk.fill();
    await until(() => traffic.again.length >= 10);
    disk.free();
    const { begun } = traffic;
    await until(() => traffic.ended >= begun);
    await traffic.stop();
    for (const why of traffic.again) expect(why).toMatch(FULL);
    await expectDatabase(cluster.look, cluster.ledger());
  },
);
