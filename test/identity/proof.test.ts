import { afterAll, describe, expect, test } from 'vitest';
import { solve } from '../../packages/server/test/http/solve.ts';
import { say, start } from './start.ts';

const SHOP = 'https://shop.example.com';
const OTHER = 'https://other.example.com';
const server = await start({
  shop: { mode: 'anonymous', origins: [SHOP], proofOfWork: { difficulty: 1 } },
  other: { mode: 'anonymous', origins: [OTHER], proofOfWork: { difficulty: 1 } },
  free: { mode: 'anonymous', origins: ['https://free.example.com'] },
});
afterAll(() => server.end());

const visit = (body?: object, { origin = SHOP, token }: { origin?: string; token?: string } = {}) =>
  server.call('/auth/visitor', { method: 'POST', headers: { origin }, body, token });

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

describe('a visitor of a channel that wants a proof of work', () => {
  test('gets a challenge with the refusal, and a token for its solution', async () => {
    const refused = await visit();
    expect([refused.status, refused.body.code]).toEqual([403, 'proof_required']);
    expect(refused.headers.get('cache-control')).toBe('no-store');
    const { challenge } = refused.body;
    expect(challenge.parameters).toMatchObject({
      algorithm: 'PBKDF2/SHA-256',
      cost: 1_000,
      keyPrefix: '00',
      data: { channel: 'shop' },
    });
    const got = await visit({ altcha: await solve(challenge) });
    expect(got.status).toBe(200);
    const { stream } = await say(server, 'hello', { token: got.body.access_token, headers: { origin: SHOP } });
    expect(stream).toContain('hello');
    // It is renewed without another proof.
    const renewed = await visit(undefined, { token: got.body.access_token });
    expect([renewed.status, renewed.body.visitor_id]).toEqual([200, got.body.visitor_id]);
  });

  test('may ask for the challenge itself', async () => {
    const headers = { origin: SHOP };
    const { body, status } = await server.call('/auth/challenge', { headers });
    expect(status).toBe(200);
    expect((await visit({ altcha: await solve(body) })).status).toBe(200);
    expect((await server.call('/auth/channel', { headers })).body).toMatchObject({
      proof_of_work: true,
      paused: false,
    });
    const free = { origin: 'https://free.example.com' };
    expect((await server.call('/auth/channel', { headers: free })).body.proof_of_work).toBe(false);
    expect((await server.call('/auth/challenge', { headers: free })).status).toBe(422);
  });

  test('shows each solution once', async () => {
    const altcha = await solve((await visit()).body.challenge);
    const all = await Promise.all([visit({ altcha }), visit({ altcha }), visit({ altcha })]);
    expect(all.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
    const { challenge, solution } = JSON.parse(Buffer.from(altcha, 'base64').toString());
    const again = encode({ challenge: { ...challenge, signature: challenge.signature.toUpperCase() }, solution });
    expect((await visit({ altcha: again })).status).toBe(403);
  });

  test('is refused with a sentence and a new challenge for everything else', async () => {
    const { challenge } = (await visit(undefined, { origin: OTHER })).body;
    const elsewhere = await solve(challenge);
    const own = (await visit()).body.challenge;
    const { solution } = JSON.parse(Buffer.from(await solve(own), 'base64').toString());
    const easier = { ...own, parameters: { ...own.parameters, cost: 1 } };
    for (const [altcha, why] of [
      [elsewhere, 'The challenge is of another channel.'],
      ['nonsense', 'The proof of work cannot be read'],
      [encode({ challenge: own, solution: { ...solution, counter: solution.counter + 1 } }), 'is not right'],
      [encode({ challenge: easier, solution }), 'is not right'],
      [encode({ challenge: { ...own, parameters: { ...own.parameters, expiresAt: 1 } }, solution }), 'has expired'],
      [encode({ challenge: own, solution: { counter: 1.5, derivedKey: 'zz' } }), 'cannot be read'],
    ] as const) {
      const { status, body } = await visit({ altcha });
      expect([status, body.code, body.detail]).toEqual([403, 'proof_required', expect.stringContaining(why)]);
      expect(body.challenge.signature).not.toBe(own.signature);
    }
    expect((await visit({ altcha: 'x'.repeat(9_000) })).status).toBe(422);
  });

  test('cannot make up an id instead', async () => {
    const headers = { origin: SHOP, 'x-ibm-wo-user-id': 'anonymous-0f3a9c1e-1111-4222-8333-444455556666' };
    expect((await server.call('/threads', { headers })).body.code).toBe('token_required');
  });
});
