import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../../src/config/index.ts';
import { createIdentity, createTokens } from '../../../src/http/index.ts';
import { ClewError } from '../../../src/model/index.ts';
import { openSqlite } from '../../../src/storage/sqlite/store.ts';
import { solve } from '../solve.ts';

const tenantId = '00000000-0000-4000-8000-0000000000a0';
const secret = new Uint8Array(32).fill(7);

/** Two nodes of one installation: what they share is the store. */
function twoNodes() {
  const { store } = openSqlite({ file: ':memory:' });
  onTestFinished(() => store.close());
  let now = Date.now();
  let id = 0;
  const clock = { now: () => now, id: () => `00000000-0000-4000-8000-${String(++id).padStart(12, '0')}` };
  const { channels } = loadConfig({ project: import.meta.dirname, variable: () => undefined });
  const visitors = { ...channels.default, modes: ['anonymous'], proofOfWork: { difficulty: 1 } } as never;
  const node = () =>
    createIdentity({
      channels: { default: visitors },
      tenantId,
      secret,
      store,
      clock,
      tokens: createTokens({ secret, tenantId, clock, ttlSeconds: 60 }),
      publicUrl: () => '',
      hosts: [],
      fetchText: () => Promise.reject(new Error('There is no network here.')),
      isPaused: async () => false,
      onRefused: () => {},
    });
  return { one: node(), other: node(), wait: (ms: number) => (now += ms) };
}

const asking = (headers: Readonly<Record<string, string>> = {}) => ({
  header: (name: string) => headers[name],
});

describe('two nodes', () => {
  test('that change keys at the same moment lose no change', async () => {
    const { one, other, wait } = twoNodes();
    const make = (node: typeof one, n: number) =>
      node.desk.makeApiKey({ role: 'user', name: `key ${n}`, channel: null });
    await Promise.all(Array.from({ length: 12 }, (_, n) => make(n % 2 === 0 ? one : other, n)));
    wait(2_000);
    expect(await one.desk.apiKeys()).toHaveLength(12);
  });

  test('take a proof of work once, and end a visitor together', async () => {
    const { one, other, wait } = twoNodes();
    const altcha = await solve((await one.desk.challenge(asking())) as never);
    const visit = await other.desk.visit(asking(), altcha);
    if ('challenge' in visit) throw new Error(visit.refusal);
    expect(await one.desk.visit(asking(), altcha)).toMatchObject({ refusal: 'The proof of work was shown before.' });

    const bearer = { authorization: `Bearer ${visit.token}` };
    const isLetIn = (node: typeof one) =>
      node.identify(bearer.authorization, bearer).then(
        () => true,
        (error: unknown) => (error instanceof ClewError ? error.code : error),
      );
    expect([await isLetIn(one), await isLetIn(other)]).toEqual([true, true]);
    await one.desk.signOut(asking(bearer));
    expect(await isLetIn(one)).toBe('unauthorized');
    wait(2_000);
    expect(await isLetIn(other)).toBe('unauthorized');
  });
});
