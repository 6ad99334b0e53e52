import { afterAll, beforeAll } from 'vitest';
import { createDatabase } from '../../packages/server/src/storage/postgres/database.ts';
import { createStore } from '../../packages/server/src/storage/postgres/store.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { storeSuite } from './store.suite.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

for (const prepare of [true, false]) {
  storeSuite({
    name: `PostgreSQL, statements ${prepare ? 'prepared by name' : 'not prepared'}`,
    async open() {
      await database.empty();
      const store = createStore(createDatabase({ url: database.url, connections: 5, prepare }));
      return { store, close: () => store.close() };
    },
  });
}
