import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../../src/config/index.ts';
import { createSignOuts } from '../../../src/engine/index.ts';
import { createIdentity, createTokens } from '../../../src/http/index.ts';
import { ClewError } from '../../../src/model/index.ts';
import { openSqlite } from '../../../src/storage/sqlite/store.ts';
import { solve } from '../solve.ts';

const tenantId = '00000000-0000-4000-8000-0000000000a0';
const secret = new Uint8Array(32).fill(7);

/** Two nodes of one installation: what they share is the store. */
function twoNodes(...modes: readonly string[]) {
  const { store } = openSqlite({ file: ':memory:' });
  onTestFinished(() => store.close());
  let now = Date.now();
  let id = 0;
  const clock = { now: () => now, id: () => `00000000-0000-4000-8000-${String(++id).padStart(12, '0')}` };
  const { channels } = loadConfig({ project: import.meta.dirname, variable: () => undefined });
  const visitors = { ...channels.default, modes: ['anonymous', ...modes], proofOfWork: { difficulty: 1 } } as never;
  const tokens = createTokens({ secret, tenantId, clock, ttlSeconds: 60 });
  const admitSignOut = createSignOuts({ store, clock });
  const node = () =>
    createIdentity({
      channels: { default: visitors },
      tenantId,
      secret,
      store,
      clock,
      tokens,
      publicUrl: () => '',
      hosts: [],
      fetchText: () => Promise.reject(new Error('There is no network here.')),
      isPaused: async () => false,
      admitSignOut,
      onRefused: () => {},
    });
  return { one: node(), other: node(), tokens, admitSignOut, wait: (ms: number) => (now += ms) };
}

const asking = (headers: Readonly<Record<string, string>> = {}, address?: string) => ({
  header: (name: string) => headers[name],
  ...(address === undefined ? {} : { scope: { address } }),
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

  test('keep no more than a thousand visitors of one address who sign out in a day, and end the token of a person all the same', async () => {
    const { one, other, tokens, admitSignOut } = twoNodes('open');
    const visitor = async () => {
      const visit = await one.desk.visit(asking(), await solve((await one.desk.challenge(asking())) as never));
      if ('challenge' in visit) throw new Error(visit.refusal);
      return visit.token;
    };
    const [first, late] = [await visitor(), await visitor()];
    const { token } = await tokens.issue({ userName: 'ana' });
    const bearer = { authorization: `Bearer ${token}` };
    const leave = (shown: string, address: string) =>
      other.desk.signOut(asking({ ...bearer, 'x-clew-visitor': shown }, address));

    await leave(first, '192.0.2.1');
    for (let n = 0; n < 999; n += 1) await admitSignOut('192.0.2.1');
    const again = { authorization: `Bearer ${(await tokens.issue({ userName: 'ben' })).token}` };
    expect(await one.identify(again.authorization, again)).toMatchObject({ userName: 'ben' });
    const headers = { ...again, 'x-clew-visitor': late };
    await expect(one.desk.signOut(asking(headers, '192.0.2.1'))).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(one.identify(again.authorization, again)).rejects.toMatchObject({ code: 'unauthorized' });
    // Who has left already takes nothing, and other addresses are not touched.
    await leave(first, '192.0.2.1');
    await leave(late, '192.0.2.2');
  });
});
