import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, expect, test } from 'vitest';
import { secretBeside } from '../../packages/server/src/app/secret.ts';
import { signOperatorToken } from '../../packages/server/src/http/index.ts';
import { start } from './start.ts';

const server = await start({ channels: { default: { modes: ['signed', 'anonymous'] } } });
afterAll(() => server.end());

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const secret = secretBeside(`${server.folder}/.clew/clew.db`) as Uint8Array;
await server.call('/private/embed/config', {
  method: 'POST',
  token: await signOperatorToken(secret, Date.now()),
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ client_public_key: publicKey.export({ type: 'spki', format: 'pem' }) }),
});

const sign = (sub: string) =>
  new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).setSubject(sub).setExpirationTime('5m').sign(privateKey);

test('files of a visitor who signs in go along with the conversation, and away with it', async () => {
  const token = (await server.call('/auth/visitor', { method: 'POST' })).body.access_token;
  const files = (await server.upload([new File(['# Notes\n'], 'notes.md')], token)).body;
  const { threadId } = await server.say('what is this?', { agent: 'echo', files, token });
  const ana = await sign('ana');
  const moved = await server.call(`/threads/${threadId}/messages`, {
    token: ana,
    headers: { 'x-clew-visitor': token },
  });
  expect(moved.status).toBe(200);
  const url = /https?:[^"]*\/files\/[^"]*/.exec(moved.text)?.[0] as string;
  expect((await server.call(url)).text).toBe('# Notes\n');

  const ben = await sign('ben');
  expect((await server.call(`/threads/${threadId}`, { method: 'DELETE', token: ben })).status).toBe(404);
  expect((await server.call(url)).status).toBe(200);
  expect((await server.call(`/threads/${threadId}`, { method: 'DELETE', token: ana })).status).toBe(204);
  expect((await server.call(url)).status).toBe(404);
});
