import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createUploads, type Uploads } from '../../src/engine/index.ts';
import type { UploadLimits } from '../../src/engine/uploads.ts';
import type { Scope } from '../../src/model/index.ts';
import { openSqlite } from '../../src/storage/sqlite/store.ts';

const T0 = Date.UTC(2026, 0, 5, 22, 10, 0);
const HOUR = 3_600_000;
const MIB = 1_048_576;
const NONE = { uploadsPerDay: null, uploadBytesPerDay: null };
const LIMITS: UploadLimits = {
  ...{ visitor: NONE, user: NONE, address: NONE, channel: NONE },
  ...{ threadFiles: null, threadFileBytes: null },
};
const visitor = (userId = 'v', address = '192.0.2.1'): Scope => ({
  ...{ tenantId: 't', userId, userName: 'visitor', audience: 'visitor', channel: 'shop', address },
});
const refusal = (code: string, retryAfterSeconds?: number) => expect.objectContaining({ code, retryAfterSeconds });

let now: number;
let paused: boolean;
let { store } = openSqlite({ file: ':memory:' });
beforeEach(async () => {
  await store.close();
  store = openSqlite({ file: ':memory:' }).store;
  now = T0;
  paused = false;
});
afterEach(() => store.close());

const uploads = (limits: Partial<UploadLimits>): Uploads =>
  createUploads({
    store,
    clock: { now: () => now },
    limitsOf: (channel) => (channel === 'shop' ? { ...LIMITS, ...limits } : undefined),
    isPaused: async () => paused,
  });

async function* inPieces(...sizes: number[]) {
  for (const size of sizes) yield Buffer.alloc(size);
}

async function drain(bytes: AsyncIterable<Uint8Array>): Promise<number> {
  let sum = 0;
  for await (const piece of bytes) sum += piece.byteLength;
  return sum;
}

/** Uploads a file of so many bytes; how many arrived. */
const put = (shield: Uploads, scope: Scope, ...sizes: number[]) => shield.count(scope, inPieces(...sizes), drain);

describe('what may be uploaded', () => {
  test('is so many files a day, and each becomes free a day after its hour began', async () => {
    const shield = uploads({ visitor: { ...NONE, uploadsPerDay: 2 } });
    await put(shield, visitor(), 10);
    now += 2 * HOUR;
    await put(shield, visitor(), 10);
    await expect(put(shield, visitor(), 10)).rejects.toEqual(refusal('rate_limited', 21 * 3_600 + 3_000));
    await expect(shield.ask(visitor(), 0)).rejects.toEqual(refusal('rate_limited', 21 * 3_600 + 3_000));
    await put(shield, visitor('other'), 10);
    now = T0 - (T0 % HOUR) + 24 * HOUR;
    await put(shield, visitor(), 10);
  });

  test('is so many bytes a day, to the byte, however many come at once', async () => {
    const shield = uploads({ visitor: { ...NONE, uploadBytesPerDay: 4 * MIB } });
    expect(await put(shield, visitor(), MIB, MIB, 1_000)).toBe(2 * MIB + 1_000);
    const rest = 2 * MIB - 1_000;
    await expect(put(shield, visitor(), rest, 1)).rejects.toEqual(refusal('rate_limited', 23 * 3_600 + 3_000));
    const results = await Promise.allSettled([1, 2, 3].map(() => put(shield, visitor(), rest)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(put(shield, visitor(), 1)).rejects.toEqual(expect.objectContaining({ code: 'rate_limited' }));
  });

  test('is asked by the announced length before anything is read; what never fits is too large', async () => {
    const shield = uploads({ visitor: { ...NONE, uploadBytesPerDay: 2 * MIB } });
    await shield.ask(visitor(), 2 * MIB + 4_096);
    await expect(shield.ask(visitor(), 2 * MIB + 4_097)).rejects.toEqual(refusal('too_large'));
    await put(shield, visitor(), MIB);
    await shield.ask(visitor(), MIB);
    await expect(shield.ask(visitor(), 2 * MIB)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  test('no more is read than there is left', async () => {
    const shield = uploads({ visitor: { ...NONE, uploadBytesPerDay: 3 * MIB } });
    let given = 0;
    async function* endless() {
      for (;;) {
        given += MIB;
        yield Buffer.alloc(MIB);
      }
    }
    await expect(shield.count(visitor(), endless(), drain)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(given).toBe(4 * MIB);
  });

  test('what was not stored takes nothing', async () => {
    const shield = uploads({ visitor: { uploadsPerDay: 1, uploadBytesPerDay: 2 * MIB } });
    for (let n = 0; n < 5; n++) {
      const failing = shield.count(visitor(), inPieces(MIB, 10), async (bytes) => {
        await drain(bytes);
        throw new Error('refused');
      });
      await expect(failing).rejects.toThrow('refused');
    }
    await put(shield, visitor(), 2 * MIB);
    await shield.giveBack(visitor(), { files: 1, bytes: 2 * MIB });
    await put(shield, visitor(), 2 * MIB);
  });

  test('is shared by an address and by all, of which one who is refused takes nothing', async () => {
    const shield = uploads({
      visitor: { ...NONE, uploadBytesPerDay: 100 },
      channel: { ...NONE, uploadBytesPerDay: 250 },
    });
    for (let n = 0; n < 5; n++) await put(shield, visitor('a'), 100).catch(() => {});
    await put(shield, visitor('b'), 100);
    await expect(put(shield, visitor('c'), 100)).rejects.toMatchObject({ code: 'rate_limited' });
    await put(shield, visitor('c'), 50);
  });

  test('is nothing while the channel is paused, and anything for those who are not counted', async () => {
    const shield = uploads({ visitor: { uploadsPerDay: 1, uploadBytesPerDay: 1 } });
    paused = true;
    await expect(shield.ask(visitor(), 10)).rejects.toEqual(refusal('channel_paused', 30));
    const { channel: _, ...operator } = visitor();
    await shield.ask(operator, 10 * MIB);
    expect(await put(shield, operator, 10 * MIB)).toBe(10 * MIB);
  });
});

describe('what a thread may hold', () => {
  test('is so many files and bytes, which are free again with the thread', async () => {
    const shield = uploads({ threadFiles: 3, threadFileBytes: 1_000 });
    await shield.admitSent(visitor(), 'one', { files: 2, bytes: 600 });
    await expect(shield.admitSent(visitor(), 'one', { files: 2, bytes: 2 })).rejects.toEqual(refusal('too_many_files'));
    await expect(shield.admitSent(visitor(), 'one', { files: 1, bytes: 401 })).rejects.toEqual(
      refusal('too_many_files'),
    );
    await shield.admitSent(visitor(), 'one', { files: 1, bytes: 400 });
    await shield.takeBackSent(visitor(), 'one', { files: 1, bytes: 400 });
    await shield.admitSent(visitor(), 'one', { files: 1, bytes: 400 });
    await shield.admitSent(visitor(), 'two', { files: 3, bytes: 1_000 });
    await shield.forget('one');
    await shield.admitSent(visitor(), 'one', { files: 3, bytes: 1_000 });
  });

  test('has an end for visitors also where the channel does not say, and none for users', async () => {
    const shield = uploads({});
    const many = { files: 101, bytes: 101 };
    await expect(shield.admitSent(visitor(), 'one', many)).rejects.toEqual(refusal('too_many_files'));
    await shield.admitSent({ ...visitor(), audience: 'user' }, 'one', many);
  });
});
