import { expect, it, onTestFinished } from 'vitest';
import { createDatabase } from '../../packages/server/src/storage/postgres/database.ts';
import { type Migration, migrate } from '../../packages/server/src/storage/postgres/migrate.ts';
import { testDatabase } from '../kit/database.ts';
import { pause } from '../kit/until.ts';

const TABLES: Migration = {
  version: 1,
  name: '0001_tables',
  sql: `CREATE TABLE clew.a (n int PRIMARY KEY, x int); CREATE TABLE clew.b (n int PRIMARY KEY, x int);
    INSERT INTO clew.a SELECT n, 0 FROM generate_series(1, 8) n; INSERT INTO clew.b SELECT n, 0 FROM generate_series(1, 8) n`,
};
const COLUMNS: Migration = {
  version: 2,
  name: '0002_columns',
  sql: 'ALTER TABLE clew.a ADD COLUMN y int; ALTER TABLE clew.b ADD COLUMN y int',
};

/** An empty database with two tables. */
async function twoTables() {
  const own = await testDatabase('nothing');
  const database = createDatabase({ url: own.url, connections: 10, prepare: true });
  onTestFinished(() => database.close());
  await migrate(database, [TABLES]);
  return { database, ...own };
}

it('changes tables on which others work, in this order and in that, and breaks none of them off', async () => {
  const { database, query } = await twoTables();
  const broken: unknown[] = [];
  let over = false;
  let done = 0;
  // Each on a row of its own: only the tables stand in the way. One of them goes the other way round.
  const worker = async (n: number) => {
    const [first, second] = n > 1 ? ['a', 'b'] : ['b', 'a'];
    while (!over) {
      await pause(10);
      const work = database.transaction(async (session) => {
        await session.run(`UPDATE clew.${first} SET x = x + 1 WHERE n = $1`, n);
        await pause(5);
        await session.run(`UPDATE clew.${second} SET x = x + 1 WHERE n = $1`, n);
      });
      await work.then(
        () => {
          done += 1;
        },
        (error: unknown) => void broken.push(error),
      );
    }
  };
  const workers = Array.from({ length: 8 }, (_, n) => worker(n + 1));
  await expect.poll(() => done).toBeGreaterThan(20);
  const before = await deadlocks();
  expect(await migrate(database, [TABLES, COLUMNS])).toMatchObject({ version: 2 });
  over = true;
  await Promise.all(workers);
  expect(broken).toEqual([]);
  expect(await query('SELECT y FROM clew.a JOIN clew.b USING (y)')).toEqual([]);
  expect(await deadlocks()).toEqual(before);

  function deadlocks() {
    return query('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()');
  }
});

it('waits for whoever holds a table, and lets others work meanwhile', async () => {
  const { database, query } = await twoTables();
  const held = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const holding = database.transaction(async (session) => {
    await session.rows('SELECT 1 FROM clew.b');
    held.resolve();
    await over.promise;
  });
  await held.promise;
  const migrating = migrate(database, [TABLES, COLUMNS]);
  for (let n = 1; n <= 3; n += 1) {
    await pause(200);
    await database.run('UPDATE clew.a SET x = $1', n);
    expect(await query('SELECT max(version) AS version FROM clew.migrations')).toEqual([{ version: 1 }]);
  }
  over.resolve();
  await holding;
  expect(await migrating).toMatchObject({ version: 2 });
});
