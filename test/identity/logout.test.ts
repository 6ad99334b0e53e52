import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { say, site, start } from './start.ts';

const SHOP = 'https://shop.example.com';
const server = await start({
  default: { modes: ['signed', 'anonymous', 'apiKey'], origins: [SHOP] },
  other: { mode: 'anonymous', origins: ['https://other.example.com'] },
  proven: { mode: 'anonymous', origins: ['https://proven.example.com'], proofOfWork: { difficulty: 1 } },
});
afterAll(() => server.end());
const shop = site();
await server.call('/private/embed/config', {
  method: 'POST',
  token: await server.operator(),
  body: { client_public_key: shop.publicKey },
});

/** Of the group of P-256: (r, s) and (r, n - s) are both signatures of the same. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const SIGNS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];

const logout = (token?: string, headers: Record<string, string> = {}) =>
  server.call('/auth/logout', { method: 'POST', token, headers });
const visit = async (token?: string) => (await server.call('/auth/visitor', { method: 'POST', token })).body;
const threads = async (token?: string, headers: Record<string, string> = {}) => {
  const { status, body } = await server.call('/threads', { token, headers });
  return [status, body.code];
};

describe('signing out', () => {
  test('ends a visitor with all its tokens, and nobody else', async () => {
    const first = await visit();
    const second = await visit(first.access_token);
    const neighbour = await visit();
    const { threadId } = await say(server, 'hello', { token: first.access_token });
    expect(await threads(second.access_token)).toEqual([200, undefined]);
    expect((await logout(second.access_token)).status).toBe(204);
    for (const { access_token: token } of [first, second]) expect(await threads(token)).toEqual([401, 'unauthorized']);
    const next = await visit(second.access_token);
    expect(next.visitor_id).not.toBe(first.visitor_id);
    expect((await server.call(`/threads/${threadId}`, { token: next.access_token })).status).toBe(404);
    expect(await threads(neighbour.access_token)).toEqual([200, undefined]);
  });

  test('ends the token of a person; one that is signed anew is good', async () => {
    const claims = { sub: `u-${crypto.randomUUID()}` };
    const token = await shop.sign(claims);
    expect(await threads(token)).toEqual([200, undefined]);
    expect((await logout(token)).status).toBe(204);
    expect(await threads(token)).toEqual([401, 'unauthorized']);
    expect(await threads(await shop.sign({ ...claims, exp: Math.floor(Date.now() / 1_000) + 800 }))).toEqual([
      200,
      undefined,
    ]);
  });

  test('ends the token however its signature is written', async () => {
    const token = await shop.sign({ sub: `u-${crypto.randomUUID()}` });
    const [head, claims, signature] = token.split('.') as [string, string, string];
    const bytes = Buffer.from(signature, 'base64url');
    const s = ORDER - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
    const mirrored = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
    // 64 bytes leave four bits of the last character over.
    const spare = SIGNS.filter((sign) => Buffer.from(signature.slice(0, -1) + sign, 'base64url').equals(bytes));
    expect(spare).toHaveLength(16);
    const same = [
      ...spare.map((sign) => `${head}.${claims}.${signature.slice(0, -1)}${sign}`),
      `${head}.${claims}.${mirrored.toString('base64url')}`,
    ];
    for (const one of same.slice(-2)) expect(await threads(one)).toEqual([200, undefined]);
    await logout(token);
    for (const one of same) expect(await threads(one)).toEqual([401, 'unauthorized']);
  });

  test('ends all tokens of a session that a site names with jti', async () => {
    const [sub, jti] = [`u-${crypto.randomUUID()}`, 'session-1'];
    const both = await Promise.all(
      [300, 400].map((n) => shop.sign({ sub, jti, exp: Math.floor(Date.now() / 1_000) + n })),
    );
    const other = await shop.sign({ sub: 'somebody else', jti });
    for (const token of [...both, other]) expect(await threads(token)).toEqual([200, undefined]);
    await logout(both[0]);
    for (const token of both) expect(await threads(token)).toEqual([401, 'unauthorized']);
    expect(await threads(other)).toEqual([200, undefined]);
  });

  test('ends the visitor that somebody was, too: its threads move no more', async () => {
    const { access_token: visitor } = await visit();
    await say(server, 'hello', { token: visitor });
    await logout(await shop.sign({ sub: 'ana' }), { 'x-clew-visitor': visitor });
    const token = await shop.sign({ sub: 'ben' });
    const { body } = await server.call('/threads', { token, headers: { 'x-clew-visitor': visitor } });
    expect(body.total).toBe(0);
    expect(await threads(visitor)).toEqual([401, 'unauthorized']);
  });

  test('ends a visitor whose client made its id up', async () => {
    const headers = { 'x-ibm-wo-user-id': 'anonymous-0f3a9c1e-1111-4222-8333-444455556666' };
    expect(await threads(undefined, headers)).toEqual([200, undefined]);
    expect((await logout(undefined, headers)).status).toBe(204);
    expect(await threads(undefined, headers)).toEqual([401, 'unauthorized']);
  });

  test('is nothing for what is nobody’s, and no way to revoke an API key', async () => {
    expect((await logout()).status).toBe(204);
    expect((await logout('nonsense')).status).toBe(204);
    expect((await logout(await site().sign({ sub: 'ana' }))).status).toBe(204);
    const made = await server.call('/private/keys', {
      method: 'POST',
      token: await server.operator(),
      body: { name: 'program' },
    });
    expect((await logout(made.body.key)).body.code).toBe('invalid_request');
    expect(await threads(made.body.key)).toEqual([200, undefined]);
  });

  test('is refused to pages that may not use the server', async () => {
    const { access_token: token } = await visit();
    expect((await logout(token, { origin: 'https://evil.example.com' })).status).toBe(403);
    expect(await threads(token)).toEqual([200, undefined]);
  });
});

test('is kept only of visitors that there can be, and once', async () => {
  const kept = () => {
    const db = new DatabaseSync(join(server.folder, '.clew', 'clew.db'), { readOnly: true });
    const { rows } = db.prepare('SELECT count(*) AS rows FROM revoked').get() as { rows: number };
    db.close();
    return rows;
  };
  const leave = (origin: string, id = crypto.randomUUID()) =>
    logout(undefined, { origin, 'x-ibm-wo-user-id': `anonymous-${id}` });
  const before = kept();
  const known = crypto.randomUUID();
  for (const origin of [SHOP, SHOP, 'https://proven.example.com'])
    expect((await leave(origin, known)).status).toBe(204);
  expect(kept()).toBe(before + 1);
});

test('a pause can be seen before anybody says anything', async () => {
  const token = await server.operator();
  await server.call('/private/channels/default/pause', { method: 'POST', token });
  expect((await server.call('/auth/channel')).body).toMatchObject({ channel: 'default', paused: true, ready: true });
  await server.call('/private/channels/default/resume', { method: 'POST', token });
  expect((await server.call('/auth/channel')).body.paused).toBe(false);
});
