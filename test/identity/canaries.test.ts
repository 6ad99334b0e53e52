import { constants, publicEncrypt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { clew } from '../../packages/server/test/cli/console.ts';
import { say, seconds, site, start } from './start.ts';

const server = await start({ default: { modes: ['signed', 'anonymous', 'apiKey'] } });
afterAll(() => server.end());

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
  expect(log).toContain('"request"');
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
    'an API key': apiKey.split('_').slice(2).join('_'),
  };
  const places = { replies: seen.join('\n'), log, database };
  const found = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(wanted).flatMap(([what, needle]) => (text.includes(needle) ? [`${what} is in ${place}`] : [])),
  );
  expect(found).toEqual([]);
  expect(places.replies).not.toContain(user_payload);
});
