import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Admission, createAdmission, type RunLimits } from '../../src/engine/index.ts';
import type { Run, RunEvent, Scope } from '../../src/model/index.ts';
import { openSqlite } from '../../src/storage/sqlite/store.ts';

const T0 = Date.UTC(2026, 0, 5, 22, 0, 0);
const NONE = { runsPerMinute: null, openRuns: null, threadsPerDay: null };
const LIMITS: RunLimits = {
  visitor: NONE,
  user: NONE,
  address: NONE,
  channel: NONE,
  messageCharacters: null,
  tokensPerDay: null,
  moneyPerDay: null,
};
const visitor = (userId = 'v', address = '192.0.2.1'): Scope => ({
  tenantId: 't',
  userId,
  userName: 'visitor',
  audience: 'visitor',
  channel: 'shop',
  address,
});
const says = (text: string, makesThread = false) => ({
  messages: [{ parts: [{ type: 'text' as const, text }] }],
  makesThread,
});
const refusal = (code: string, retryAfterSeconds?: number) => expect.objectContaining({ code, retryAfterSeconds });

let now: number;
let paused: boolean;
let log: RunEvent[];
let runs: number;
let { store } = openSqlite({ file: ':memory:' });
beforeEach(async () => {
  await store.close();
  store = openSqlite({ file: ':memory:' }).store;
  now = T0;
  paused = false;
  log = [];
  runs = 0;
});
afterEach(() => store.close());

function admission(limits: Partial<RunLimits>): Admission {
  return createAdmission({
    store: { takeQuotas: store.takeQuotas, returnQuotas: store.returnQuotas, readMilestones: async () => log },
    clock: { now: () => now },
    limitsOf: (channel) => (channel === 'shop' ? { ...LIMITS, ...limits } : undefined),
    isPaused: async () => paused,
  });
}

/** Admits a run; its id. */
async function begin(shield: Admission, scope = visitor(), wish = says('Hello')): Promise<string> {
  runs += 1;
  await shield.admitRun(scope, `run ${runs}`, wish);
  return `run ${runs}`;
}

const ended = (id: string) => ({ id, options: { channel: 'shop' } }) as unknown as Run;

describe('what a channel lets in', () => {
  test('is so many messages a minute from one visitor, and it says when there may be more', async () => {
    const shield = admission({ visitor: { ...NONE, runsPerMinute: 2 } });
    await begin(shield);
    now += 15_000;
    await begin(shield);
    await expect(begin(shield)).rejects.toEqual(refusal('rate_limited', 45));
    await begin(shield, visitor('other'));
    now += 45_000;
    await begin(shield);
    await expect(begin(shield)).rejects.toEqual(refusal('rate_limited', 10));
  });

  test('is shared by an address and by all, of which one who is refused takes nothing', async () => {
    const shield = admission({
      visitor: { ...NONE, runsPerMinute: 1 },
      address: { ...NONE, runsPerMinute: 2 },
      channel: { ...NONE, runsPerMinute: 3 },
    });
    await begin(shield, visitor('a'));
    for (let n = 0; n < 20; n++) await expect(begin(shield, visitor('a'))).rejects.toEqual(refusal('rate_limited', 60));
    await begin(shield, visitor('b'));
    for (let n = 0; n < 20; n++)
      await expect(begin(shield, visitor(`c${n}`))).rejects.toEqual(refusal('rate_limited', 60));
    await begin(shield, visitor('d', '192.0.2.2'));
    await expect(begin(shield, visitor('e', '192.0.2.3'))).rejects.toEqual(refusal('rate_limited', 60));
    const { channel: _, ...operator } = visitor('o');
    await begin(shield, operator);
  });

  test('is so many runs at once, until they end, wait, or are given up', async () => {
    const shield = admission({ visitor: { ...NONE, openRuns: 2 } });
    const first = await begin(shield);
    await begin(shield);
    await expect(begin(shield)).rejects.toEqual(refusal('rate_limited', 5));
    await shield.left(ended(first));
    const third = await begin(shield);
    await shield.release(third);
    const fourth = await begin(shield);
    await shield.move(visitor(), fourth, 'an answered run');
    await expect(begin(shield)).rejects.toEqual(refusal('rate_limited', 5));
    await shield.left(ended('an answered run'));
    const fifth = await begin(shield);
    // Answers that come too late free nothing.
    const answers = admission({});
    await answers.admitRun(visitor(), fifth, says('Hello'));
    await answers.takeBack(visitor(), fifth);
    await expect(begin(shield)).rejects.toEqual(refusal('rate_limited', 5));
    now += 900_000;
    await begin(shield);
  });

  test('is so many conversations a day, with a message or without', async () => {
    const shield = admission({ visitor: { ...NONE, threadsPerDay: 2 } });
    await shield.admitThread(visitor());
    await begin(shield, visitor(), says('Hello', true));
    await begin(shield);
    await expect(shield.admitThread(visitor())).rejects.toEqual(refusal('rate_limited', 86_400));
    await expect(begin(shield, visitor(), says('Hello', true))).rejects.toEqual(refusal('rate_limited', 86_400));
    now += 86_400_000;
    await shield.admitThread(visitor());
  });

  test('is as long as the channel says, and for visitors no longer than 32,000 characters', async () => {
    const long = says('x'.repeat(32_001));
    await begin(admission({}), { ...visitor(), audience: 'user' }, long);
    await expect(begin(admission({}), visitor(), long)).rejects.toEqual(refusal('message_too_long'));
    await begin(admission({ messageCharacters: 40_000 }), visitor(), long);
    const short = admission({ messageCharacters: 4 });
    await expect(begin(short, { ...visitor(), audience: 'user' })).rejects.toEqual(refusal('message_too_long'));
    await begin(short, visitor(), says('1234'));
  });

  test('is nothing while the channel is paused', async () => {
    const shield = admission({});
    paused = true;
    await expect(begin(shield)).rejects.toEqual(refusal('channel_paused', 30));
    await expect(shield.admitThread(visitor())).rejects.toEqual(refusal('channel_paused', 30));
    const { channel: _, ...operator } = visitor('o');
    await begin(shield, operator);
    paused = false;
    await begin(shield);
  });
});

describe('a budget', () => {
  const used = (input: number, output: number, cost?: number): RunEvent =>
    ({
      seq: 1,
      at: T0,
      type: 'step.completed',
      data: {
        stepId: 's',
        kind: 'model',
        output: { usage: { input_tokens: input, output_tokens: output, ...(cost === undefined ? {} : { cost }) } },
      },
    }) as unknown as RunEvent;
  const event = (type: string) => ({ seq: 1, at: T0, type, data: {} }) as unknown as RunEvent;

  test('of tokens lasts until midnight UTC', async () => {
    const shield = admission({ tokensPerDay: 100 });
    log = [used(60, 20)];
    await shield.left(ended(await begin(shield)));
    const run = await begin(shield);
    log = [used(60, 20), used(1, 0)];
    await shield.left(ended(run));
    await expect(begin(shield)).rejects.toEqual(refusal('budget_exhausted', 7_200));
    now += 7_200_000;
    await begin(shield);
  });

  test('of money counts what the prices say, and each part of a run once', async () => {
    const shield = admission({ moneyPerDay: 1 });
    const run = await begin(shield);
    log = [used(1, 1, 0.4), event('run.waiting')];
    await shield.left(ended(run));
    log = [...log, event('run.resumed'), used(1, 1, 0.4), used(1, 1)];
    await shield.left(ended(run));
    await begin(shield);
    log = [used(1, 1, 0.2)];
    await shield.left(ended(run));
    await expect(begin(shield)).rejects.toEqual(refusal('budget_exhausted', 7_200));
  });
});
