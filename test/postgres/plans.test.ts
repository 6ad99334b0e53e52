import { expect, it, onTestFinished } from 'vitest';
import { examine } from '../../bench/plans/examine.ts';
import { createDatabase } from '../../packages/server/src/storage/postgres/database.ts';
import { createTestDatabase } from '../kit/database.ts';

it('answers nothing that is asked of it by reading all events, runs or messages', async () => {
  const test = await createTestDatabase();
  onTestFinished(() => test.drop());
  const database = createDatabase({ url: test.url, connections: 3, prepare: true });
  const { filled, answers, offences } = await examine(database, 200_000, () => {});
  await database.close();
  expect(filled.events).toBeGreaterThanOrEqual(200_000);
  expect(answers.length).toBeGreaterThan(20);
  expect(answers.filter(({ plans }) => plans.length === 0)).toEqual([]);
  expect(
    offences.map(({ asked, plan, table }) => `${asked} reads all of ${table}:\n${plan.sql}\n${plan.text}`),
  ).toEqual([]);
});
