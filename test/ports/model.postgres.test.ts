import { afterAll, beforeAll } from 'vitest';
import type { Store } from '../../packages/server/src/ports/index.ts';
import { createDatabase } from '../../packages/server/src/storage/postgres/database.ts';
import { createStore } from '../../packages/server/src/storage/postgres/store.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { modelSuite } from './model.suite.ts';

let database: TestDatabase;
let stores: Store[];
beforeAll(async () => {
  database = await createTestDatabase();
  const node = () => createStore(createDatabase({ url: database.url, connections: 4, prepare: true }));
  stores = [node(), node(), node()];
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await database.drop();
});

/** Rows that belong to a row of another table, which is not there; and how often statements have waited for each other: whoever is told to give way has lost a second. */
const STRAYS = `
  SELECT 'deadlocks' AS name, deadlocks::int AS count FROM pg_stat_database WHERE datname = current_database() UNION ALL
  SELECT 'events', count(*)::int FROM clew.events WHERE NOT EXISTS (SELECT 1 FROM clew.runs WHERE n = run_n)
  UNION ALL SELECT 'archives', count(*)::int FROM clew.archives WHERE NOT EXISTS (SELECT 1 FROM clew.runs WHERE n = run_n)
  UNION ALL SELECT 'archived events', count(*)::int FROM clew.events JOIN clew.archives USING (run_n)
  UNION ALL SELECT 'runs', count(*)::int FROM clew.runs WHERE NOT EXISTS (SELECT 1 FROM clew.threads WHERE id = thread_id)
  UNION ALL SELECT 'messages', count(*)::int FROM clew.messages WHERE NOT EXISTS (SELECT 1 FROM clew.threads WHERE id = thread_id)
  UNION ALL SELECT 'sent', count(*)::int FROM clew.sent WHERE NOT EXISTS (SELECT 1 FROM clew.runs WHERE id = run_id)`;

modelSuite({
  name: 'PostgreSQL',
  async open() {
    await database.empty();
    return {
      stores,
      async strays() {
        const rows = await database.query<{ name: string; count: number }>(STRAYS);
        return rows.filter(({ count }) => count > 0).map(({ name, count }) => `${name}: ${count}`);
      },
      close: async () => {},
    };
  },
});
