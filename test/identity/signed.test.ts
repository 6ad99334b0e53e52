import { constants, createHmac, createPublicKey, publicEncrypt } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactEncrypt, exportJWK, UnsecuredJWT } from 'jose';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { say, seconds, site, start } from './start.ts';

const server = await start({ default: { mode: 'signed', audience: 'chat', clockSkewSeconds: 5 } });
afterAll(() => server.end());
const operator = await server.operator();
const shop = site('rsa');
const CLAIMS = { sub: 'customer-7', aud: 'chat' };

const register = (...keys: string[]) =>
  server.call('/private/embed/config', { method: 'POST', token: operator, body: { client_public_keys: keys } });
const ask = (token?: string) => server.call('/threads', { token });

test('a channel without a key says so, and how it is mended', async () => {
  const reply = await ask(await shop.sign(CLAIMS));
  expect([reply.status, reply.body.code]).toEqual([401, 'unauthorized']);
  const without = await ask();
  expect([without.status, without.body.code]).toEqual([403, 'security_not_set_up']);
  expect(without.body.detail).toContain('clew keys new --channel default');
  const status = await server.call('/auth/channel');
  expect(status.body).toMatchObject({
    channel: 'default',
    modes: ['signed'],
    ready: false,
    code: 'security_not_set_up',
  });
});

describe('with a key', () => {
  test('its users come in, and nobody else', async () => {
    expect((await register(shop.publicKey)).status).toBe(200);
    expect((await server.call('/auth/channel')).body).toMatchObject({ ready: true, code: null });
    expect((await ask(await shop.sign(CLAIMS))).status).toBe(200);
    const without = await ask();
    expect([without.status, without.body.code, without.headers.get('www-authenticate')]).toEqual([
      401,
      'token_required',
      'Bearer',
    ]);
    expect((await ask(await site('rsa').sign(CLAIMS))).body.code).toBe('unauthorized');
    expect((await server.call('//agents')).body.data.code).toBe('token_required');
  });

  test('who signs in by name does not', async () => {
    const body = { username: 'ana', password: '' };
    expect((await server.call('/auth/token', { method: 'POST', body })).status).toBe(401);
  });

  test.each([
    ['has expired', { exp: seconds() - 60 }, 'token_expired'],
    ['has no end', { exp: undefined }, 'unauthorized'],
    ['is for somebody else', { aud: 'billing' }, 'unauthorized'],
    ['is not valid yet', { nbf: seconds() + 600 }, 'unauthorized'],
    ['names nobody', { sub: '' }, 'unauthorized'],
    ['names nobody at all', { sub: undefined }, 'unauthorized'],
  ])('a token that %s is refused', async (_, change, code) => {
    const reply = await ask(await shop.sign({ ...CLAIMS, ...change }));
    expect([reply.status, reply.body.code]).toEqual([401, code]);
  });

  test('clocks may differ by the seconds that were set', async () => {
    expect((await ask(await shop.sign({ ...CLAIMS, exp: seconds() - 1 }))).status).toBe(200);
  });

  test('a token cannot choose its algorithm', async () => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const head = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...CLAIMS, exp: seconds() + 900 })}`;
    for (const secret of [shop.publicKey, shop.publicKey.trim(), '']) {
      const signature = createHmac('sha256', secret).update(head).digest('base64url');
      expect((await ask(`${head}.${signature}`)).status).toBe(401);
    }
    const unsigned = new UnsecuredJWT(CLAIMS).setExpirationTime('15m').encode();
    expect((await ask(unsigned)).status).toBe(401);
    for (const alg of ['PS256', 'RS512']) expect((await ask(await shop.sign(CLAIMS, { alg }))).status).toBe(401);
    const swapped = (await shop.sign(CLAIMS)).split('.');
    swapped[1] = encode({ ...CLAIMS, sub: 'somebody-else', exp: seconds() + 900 });
    expect((await ask(swapped.join('.'))).status).toBe(401);
  });

  test.each(['rsa', 'ec', 'ed25519'] as const)('keys of the type %s sign', async (type) => {
    const other = site(type);
    const replied = await register(shop.publicKey, other.publicKey);
    const { kid } = replied.body.client_public_keys[1];
    expect((await ask(await other.sign(CLAIMS))).status).toBe(200);
    expect((await ask(await other.sign(CLAIMS, { kid }))).status).toBe(200);
    expect((await ask(await other.sign(CLAIMS, { kid: 'its-own-name' }))).status).toBe(200);
  });

  test('a rotation has an overlap, and a key that is taken away is refused at once', async () => {
    const next = site('ec');
    const [before, after] = [await shop.sign(CLAIMS), await next.sign(CLAIMS)];
    await register(next.publicKey, shop.publicKey);
    expect([(await ask(before)).status, (await ask(after)).status]).toEqual([200, 200]);
    await register(next.publicKey);
    expect([(await ask(before)).status, (await ask(after)).status]).toEqual([401, 200]);
    await register(shop.publicKey);
  });

  test('keys that cannot be used are refused with the reason', async () => {
    const reason = async (key: string) => (await register(key)).body.detail[0].msg;
    const pem = (key: { export(options: object): string | Buffer }) =>
      key.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(await reason('nonsense')).toMatch(/not a public key/);
    expect(await reason(pem(shop.privateKey))).toMatch(/private key/);
    const { generateKeyPairSync } = await import('node:crypto');
    const short = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey;
    expect(await reason(short.export({ type: 'spki', format: 'pem' }).toString())).toMatch(/2048 bits/);
    expect((await ask(await shop.sign(CLAIMS))).status).toBe(200);
  });
});

describe('a signed user', () => {
  test('is the same under the same sub, by name where the site gives one', async () => {
    const { threadId } = await say(server, 'hello', { token: await shop.sign({ ...CLAIMS, name: 'Ana Li' }) });
    const again = await server.call(`/threads/${threadId}`, { token: await shop.sign(CLAIMS) });
    expect([again.status, again.body.created_by_username]).toEqual([200, 'Ana Li']);
    const other = await server.call(`/threads/${threadId}`, {
      token: await shop.sign({ ...CLAIMS, sub: 'customer-8' }),
    });
    expect(other.status).toBe(404);
  });

  test('keeps a sub that is a UUID', async () => {
    const sub = '7b0f3c1e-2222-4333-8444-abcdefabcdef';
    const token = await shop.sign({ ...CLAIMS, sub });
    const { threadId } = await say(server, 'hello', { token });
    expect((await server.call(`/threads/${threadId}`, { token })).body.created_by).toBe(sub);
  });

  test('has the context that was signed, whatever the page says', async () => {
    const token = await shop.sign({ ...CLAIMS, context: { plan: 'gold' } });
    const context = { plan: 'platinum', note: 'from the page' };
    const { stream } = await say(server, 'hello', { token, agent: 'secretive', context });
    expect(stream).toContain('gold');
    expect(stream).toContain('from the page');
    expect(stream).not.toContain('platinum');
  });

  test('is no operator', async () => {
    const token = await shop.sign({ ...CLAIMS, role: 'operator', audience: 'operator' });
    for (const [method, path] of [
      ['GET', '/private/embed/config'],
      ['POST', '/private/embed/config'],
      ['POST', '/v1/embed/secure/generate-key-pair'],
      ['GET', '/private/keys'],
      ['POST', '/private/keys'],
      ['DELETE', '/private/keys/abc'],
    ] as const) {
      const address = path.startsWith('/v1') ? `/${path}` : path;
      const reply = await server.call(address, {
        method,
        token,
        ...(method === 'POST' ? { body: { name: 'x' } } : {}),
      });
      expect([path, reply.status, reply.body.code]).toEqual([path, 403, 'operator_only']);
    }
  });
});

describe('user_payload', () => {
  const PAYLOAD = { name: 'Payload Name', custom_user_id: '42', sso_token: 'CANARY-sso' };
  const nameOf = async (user_payload: unknown) => {
    const token = await shop.sign({ ...CLAIMS, sub: crypto.randomUUID(), user_payload });
    const { threadId } = await say(server, 'hello', { token });
    return (await server.call(`/threads/${threadId}`, { token })).body.created_by_username;
  };
  const makePair = async () =>
    (await server.call('/private/embed/generate-key-pair', { method: 'POST', token: operator })).body
      .public_key as string;
  const pkcs1 = (key: string, text: string) =>
    publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(text)).toString('base64');

  test('is opened as documented, as JWE, and in the clear; after a rotation, too', async () => {
    const key = await makePair();
    const old = pkcs1(key, JSON.stringify(PAYLOAD));
    expect(await nameOf(old)).toBe('Payload Name');
    const jwe = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(PAYLOAD)))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
      .encrypt(createPublicKey(key));
    expect(await nameOf(jwe)).toBe('Payload Name');
    expect(await nameOf(PAYLOAD)).toBe('Payload Name');
    await makePair();
    expect(await nameOf(old)).toBe('Payload Name');
    await makePair();
    expect(await nameOf(old)).not.toBe('Payload Name');
  });

  test('reaches an agent that declares it, and its tools; nobody else, and no page can bring one', async () => {
    const user_payload = pkcs1(await makePair(), JSON.stringify(PAYLOAD));
    const token = await shop.sign({ ...CLAIMS, user_payload });
    const context = { wxo_user_payload: { custom_user_id: 'forged' } };
    const { stream } = await say(server, 'hello', { token, agent: 'secretive', context });
    expect(stream).toContain('for 42');
    expect(stream).not.toMatch(/CANARY-sso|forged/);
    const { stream: without } = await say(server, 'hello', {
      token: await shop.sign(CLAIMS),
      agent: 'secretive',
      context,
    });
    expect(without).toContain('for nobody');
  });

  test('that cannot be opened changes nothing and tells nothing', async () => {
    const key = await makePair();
    const good = pkcs1(key, JSON.stringify(PAYLOAD));
    const broken = Buffer.from(good, 'base64');
    broken[10] = (broken[10] ?? 0) ^ 0xff;
    for (const payload of [broken.toString('base64'), pkcs1(key, 'no json'), 'x', '', 'a.b.c.d.e', 'x'.repeat(9_000)]) {
      expect(await nameOf(payload)).toMatch(/^[\da-f-]{36}$/);
    }
  });
});

test('keys can come from an address, which is asked as rarely as can be', async () => {
  const login = site('rsa');
  let asked = 0;
  const keys = createServer(async (_, response) => {
    asked += 1;
    const jwk = { ...(await exportJWK(createPublicKey(login.publicKey))), kid: 'k1', alg: 'RS256', use: 'sig' };
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void keys.close());
  const jwks = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`;
  const served = await start({ default: { mode: 'signed', jwks } });
  for (const sub of ['a', 'b', 'c']) {
    const token = await login.sign({ sub }, { kid: 'k1' });
    expect((await served.call('/threads', { token })).status).toBe(200);
  }
  expect(asked).toBe(1);
  expect((await served.call('/threads', { token: await site('rsa').sign({ sub: 'a' }, { kid: 'k1' }) })).status).toBe(
    401,
  );
  await served.end();
});

test('security can be switched on over the API, and off again', async () => {
  const served = await start();
  const origin = 'http://localhost:3000';
  const page = (token?: string) => served.call('/threads', { token, headers: { origin } });
  const set = (body: object) => served.call('//v1/private/embed/config', { method: 'POST', body });
  expect((await page()).status).toBe(200);
  expect((await set({ client_public_key: shop.publicKey, is_security_enabled: true })).body).toMatchObject({
    is_security_enabled: true,
    client_public_key: shop.publicKey,
    public_key: null,
  });
  expect((await page()).body.code).toBe('token_required');
  expect((await page(await shop.sign({ sub: 'a' }))).status).toBe(200);
  expect((await set({ is_security_enabled: false })).body.is_security_enabled).toBe(false);
  expect((await page()).status).toBe(200);
  await served.end();
});
