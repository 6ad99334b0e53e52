import { constants, publicEncrypt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { clew } from '../../packages/server/test/cli/console.ts';
import { S3_BUCKET, S3_KEYS, S3_REGION, startS3Server } from '../kit/s3-server.ts';
import { say, seconds, site, start } from './start.ts';

/** Somebody who is told of runs and refuses, saying again what was sent. */
const told: string[] = [];
const subscriber = createServer((request, response) => {
  told.push(JSON.stringify(request.headers));
  response.writeHead(500, { 'x-said': String(request.headers['webhook-signature']) }).end(told.at(-1));
});
await new Promise<void>((done) => subscriber.listen(0, '127.0.0.1', done));
const HOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const s3 = await startS3Server();
const server = await start({ default: { modes: ['signed', 'anonymous', 'apiKey'] } }, [], {
  files: {
    'agents/payer.ts': `export const agent = { name: 'payer', description: 'Pays.' };
export default async function* payer(turn) { yield JSON.stringify(await turn.tool('pay', {})); }`,
    'tools/pay.ts': `import { defineTool, z } from 'clew';
export default defineTool({ displayName: 'Pay', description: 'Pays.', permission: 'write_only', input: z.object({}), run: () => 'paid' });`,
  },
  config: {
    files: { store: 's3', bucket: S3_BUCKET, region: S3_REGION, endpoint: s3.endpoint },
    webhooks: [
      {
        name: 'refuses',
        url: `http://127.0.0.1:${(subscriber.address() as AddressInfo).port}/`,
        events: ['run.completed', 'run.waiting'],
        secretEnv: 'HOOK_SECRET',
      },
    ],
  },
  env: {
    HOOK_SECRET,
    AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey,
  },
});
afterAll(async () => {
  await server.end();
  subscriber.close();
  await s3.close();
});

/** Uploads a file. Gives back what the server said. */
async function upload(token: string): Promise<string> {
  const form = new FormData();
  form.append('files', new File(['of no interest'], 'notes.txt'));
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${server.url}/api/v1/orchestrate/upload-to-s3`, {
    method: 'POST',
    headers,
    body: form,
  });
  return response.text();
}

test('secrets of a whole run are in no log, error, description, export or database', async () => {
  const shop = site('rsa');
  const operator = await server.operator();
  await server.call('/private/embed/config', {
    method: 'POST',
    token: operator,
    body: { client_public_key: shop.publicKey },
  });
  const { body } = await server.call('/private/embed/generate-key-pair', { method: 'POST', token: operator });
  const seal = (text: string) =>
    publicEncrypt({ key: body.public_key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(text)).toString('base64');
  const user_payload = seal(JSON.stringify({ name: 'Ana', sso_token: 'CANARY-sso-token' }));
  const signed = await shop.sign({ sub: 'ana', user_payload });
  const clear = await shop.sign({ sub: 'ben', user_payload: { name: 'Ben', sso_token: 'CANARY-sso-clear' } });
  const apiKey = (await server.call('/private/keys', { method: 'POST', token: operator, body: { name: 'bot' } })).body
    .key;
  const visitor = (await server.call('/auth/visitor', { method: 'POST' })).body.access_token;
  const expired = await shop.sign({ sub: 'ana', exp: seconds() - 900, user_payload });

  const seen: string[] = [];
  for (const token of [signed, clear, apiKey, visitor, operator]) {
    const { threadId, runId, stream } = await say(server, 'hello', { token, agent: 'secretive' });
    seen.push(stream);
    for (const path of [
      `/threads/${threadId}`,
      `/threads/${threadId}/messages`,
      `/orchestrate/runs/${runId}`,
      `/orchestrate/runs/${runId}/events`,
      `//runs/${runId}/events`,
      `//sessions/${threadId}`,
      '/private/keys',
      '/private/embed/config',
    ]) {
      seen.push((await server.call(path, { token })).text);
    }
    for (const broken of [{}, { message: token, thread_id: token, agent_id: 'echo' }, [token]]) {
      seen.push(
        (await server.call('/orchestrate/runs', { method: 'POST', token, body: broken })).text.replaceAll(token, ''),
      );
    }
  }
  for (const token of [expired, `${signed}x`, `${apiKey}x`, `${visitor}x`]) {
    const refused = await server.call('/threads', { token, headers: { 'x-clew-visitor': visitor } });
    expect([refused.status, refused.body.code]).toEqual([401, expect.stringMatching(/unauthorized|token_expired/)]);
    seen.push(refused.text);
  }
  // A link for somebody else, a file and its address, both with the bucket as it should be and out of order.
  const { runId } = await say(server, 'pay', { token: signed, agent: 'payer' });
  const made = await server.call(`/orchestrate/runs/${runId}/approval/link`, {
    method: 'POST',
    token: signed,
    body: {},
  });
  const link = new URL(made.body.url);
  for (const address of [`/${link.pathname}${link.search}`, `/${link.pathname}${link.search}x`])
    seen.push((await server.call(address)).text);
  const file = new URL(JSON.parse(await upload(signed))[0].url);
  const address = `/${file.pathname}${file.search}`;
  expect((await server.call(address)).status).toBe(200);
  s3.fail(403, 403, 500, 500, 500, 500);
  seen.push((await server.call(address)).text, await upload(signed), (await server.call(`${address}x`)).text);
  await expect.poll(() => told.length).toBeGreaterThan(2);
  const webhook = { token: operator, method: 'POST' };
  for (const path of ['/private/webhooks/refuses/test', '/private/webhooks/retry', '/private/erasures'])
    seen.push((await server.call(path, { ...webhook, body: { sub: 'nobody' } })).text);
  for (const path of ['/private/webhooks', '/private/erasures', '/private/channels', '//metrics'])
    seen.push((await server.call(path, { token: operator })).text);
  const leaving = await shop.sign({ sub: 'ana', jti: 'CANARY-session', user_payload });
  seen.push((await server.call('/auth/logout', { method: 'POST', token: leaving })).text);
  seen.push((await server.call('/threads', { token: leaving })).text);
  for (const path of [
    '//docs',
    '//openapi.json',
    '//orchestrate/openapi.json',
    '//acp/openapi.json',
    '/auth/channel',
  ]) {
    seen.push((await server.call(path)).text);
  }
  const exported = await clew(['threads', 'list', '--json', '--url', `http://127.0.0.1:${server.port}`], {
    cwd: server.folder,
  });
  expect(exported.code).toBe(0);
  seen.push(exported.stdout, exported.stderr);

  await server.stop();
  const log = server.output();
  for (const one of ['"request"', 'a webhook was not delivered']) expect(log).toContain(one);
  const secret = readFileSync(join(server.folder, '.clew', 'secret'), 'utf8').trim();
  const folder = join(server.folder, '.clew');
  const database = readdirSync(folder)
    .filter((name) => name !== 'secret')
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n');
  const wanted = {
    'the secret of the installation': secret,
    'a private key': 'PRIVATE KEY',
    'a payload': 'CANARY-sso-token',
    'a payload that came in the clear': 'CANARY-sso-clear',
    'a signed token': signed.split('.')[2] as string,
    'a token of a visitor': visitor.split('.')[2] as string,
    'a token of the operator': operator.split('.')[2] as string,
    'a token that was given back': leaving.split('.')[2] as string,
    'the token of an approval link': link.searchParams.get('t')?.split('.')[2] as string,
    'the signature of a file': file.searchParams.get('sig') as string,
    'the secret of a webhook': HOOK_SECRET.slice(6),
    'the signature of a webhook': JSON.parse(told[0] as string)['webhook-signature'].slice(3),
    'the secret of the bucket': S3_KEYS.secretAccessKey,
    'an API key': apiKey.split('_').slice(2).join('_'),
  };
  const places = { replies: seen.join('\n'), log, database };
  const found = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(wanted).flatMap(([what, needle]) => (text.includes(needle) ? [`${what} is in ${place}`] : [])),
  );
  expect(found).toEqual([]);
  expect(places.replies).not.toContain(user_payload);
});
