import { afterAll, beforeAll } from 'vitest';
import { createDatabase } from '../../packages/server/src/storage/postgres/database.ts';
import { createKnowledgeIndex } from '../../packages/server/src/storage/postgres/knowledge.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { knowledgeSuite } from './knowledge.suite.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

knowledgeSuite({
  name: 'PostgreSQL',
  async open() {
    await database.empty();
    const pool = createDatabase({ url: database.url, connections: 2, prepare: true });
    return { index: createKnowledgeIndex(pool), close: () => pool.close() };
  },
});
