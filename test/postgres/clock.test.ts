import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { watchClock } from '../../packages/server/src/app/clock-watch.ts';
import { load } from '../../packages/server/test/config/folder.ts';
import { createTestDatabase } from '../kit/database.ts';

test.each([
  [3_600, 'ahead of'],
  [-3_600, 'behind'],
])('a clock that differs by %i seconds is told in the log', async (seconds, how) => {
  const { url, drop } = await createTestDatabase('nothing');
  onTestFinished(() => drop());
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => lines.push(line) });
  onTestFinished(watchClock(load(null, { env: { CLEW_DATABASE_URL: url } }), log, () => Date.now() + seconds * 1_000));
  await expect.poll(() => lines, { timeout: 20_000 }).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, seconds: 3_600, msg: expect.stringContaining(how) });
});
