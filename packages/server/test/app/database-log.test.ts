import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createDatabaseLog } from '../../src/app/database-log.ts';
import { ClewError } from '../../src/model/index.ts';

/** A log whose lines can be read, of a server whose database can be taken away. */
function world() {
  const stream = new PassThrough();
  let written = '';
  stream.on('data', (text) => {
    written += text;
  });
  let now = 1_000_000;
  let away = false;
  const { log, close } = createDatabaseLog({
    log: pino({ base: null }, stream),
    clock: { now: () => now },
    check: () => (away ? Promise.reject(new ClewError('database_unavailable')) : Promise.resolve()),
    lookMs: 5,
  });
  onTestFinished(close);
  const lines = () =>
    written
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    log,
    lines,
    setAway: (is: boolean) => {
      away = is;
    },
    pass: (ms: number) => {
      now += ms;
    },
    async says(text: string) {
      await expect.poll(() => lines().map(({ msg }) => msg)).toContain(text);
    },
  };
}

const gone = () =>
  new ClewError('database_unavailable', undefined, {
    cause: Object.assign(new Error('the database system is shutting down\nand more'), { code: '57P03' }),
  });

test('a database that is away is one line with its cause, and one when it is back', async () => {
  const { log, lines, setAway, pass, says } = world();
  setAway(true);
  for (let run = 0; run < 1_000; run += 1) log.error({ err: gone(), runId: `run-${run}` }, 'something broke');
  expect(lines()).toEqual([
    expect.objectContaining({
      level: 50,
      code: 'database_unavailable',
      cause: 'the database system is shutting down',
      sqlState: '57P03',
    }),
  ]);
  pass(60_000);
  log.error({ err: gone() }, 'a request failed');
  expect(lines()).toHaveLength(2);
  setAway(false);
  pass(10_000);
  await says('the database can be used again');
  expect(lines().at(-1)).toMatchObject({ level: 30 });
  log.error({ err: gone() }, 'something broke');
  expect(lines(), 'the next trouble is told').toHaveLength(4);
});

test('all else is told as it is, through children, too', () => {
  const { log, lines } = world();
  log.error({ err: new Error('of an agent'), runId: 'a' }, 'something broke');
  log.child({ part: 'x' }).error(new Error('bare'));
  log.error('words');
  log.warn({ err: gone() }, 'a warning');
  log.info('still here');
  expect(lines().map(({ msg }) => msg)).toEqual(['something broke', 'bare', 'words', 'a warning', 'still here']);
});
