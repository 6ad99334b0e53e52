import { afterAll, expect, test } from 'vitest';
import { S3_BUCKET, S3_KEYS, S3_REGION, startS3Server } from '../kit/s3-server.ts';
import { type Filing, start } from './start.ts';

const s3 = await startS3Server();
const files = { store: 's3', bucket: S3_BUCKET, region: S3_REGION, endpoint: s3.endpoint, prefix: 'chat/' };
const keys = { AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey };
const server: Filing = await start({ files }, keys);
afterAll(async () => {
  await server.end();
  await s3.close();
});

const notes = new File(['# Notes\n\nThe code is 4711.\n'], 'notes.md');
const kept = () => [...s3.objects.keys()].filter((key) => key !== 'chat/clew-start');

test('a file goes to the bucket, is read by the agent, given out by the server, and goes with its thread', async () => {
  const [file] = (await server.upload([notes])).body;
  expect(kept()).toEqual([`chat/${new URL(file.url).pathname.split('/').at(-1)}`]);
  const { threadId, messages } = await server.say('What is the code?', { agent: 'reader', files: [file] });
  expect(JSON.stringify(messages.at(-1))).toContain('4711');

  const whole = await server.call(file.url);
  expect([whole.status, whole.text]).toEqual([200, '# Notes\n\nThe code is 4711.\n']);
  expect(whole.headers.get('content-disposition')).toContain('attachment; filename="notes.md"');
  const part = await server.call(file.url, { headers: { range: 'bytes=-6' } });
  expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '4711.\n', 'bytes 21-26/27']);
  const head = await server.call(file.url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '27']);

  await server.call(`/threads/${threadId}`, { method: 'DELETE' });
  expect(kept()).toEqual([]);
  expect((await server.call(file.url)).body).toMatchObject({ code: 'file_not_found' });
});

test('what can hold a script is only ever saved, whatever it is called, and never led to the bucket', async () => {
  const html = '<html><script>alert(1)</script></html>';
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  for (const [name, type, content] of [
    ['a.svg', 'image/svg+xml', svg],
    ['a.png', 'image/png', svg],
    ['a.html', 'text/html', html],
    ['a.jpg', 'image/jpeg', html],
    ['a.xhtml', 'application/xhtml+xml', `<?xml version="1.0"?>${html}`],
  ] as const) {
    const [file] = (await server.upload([new File([content], name, { type })])).body;
    const { status, headers } = await server.call(file.url, { redirect: 'manual' });
    expect([name, status, headers.get('content-disposition')?.split(';')[0]]).toEqual([name, 200, 'attachment']);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('a person who is erased has nothing in the bucket any more, files that were never sent included', async () => {
  const [sent] = (await server.upload([notes])).body;
  await server.upload([new File(['Nobody was told.'], 'unsent.txt')]);
  await server.say('What is the code?', { agent: 'reader', files: [sent] });
  expect(kept().length).toBeGreaterThanOrEqual(2);
  const erased = await server.call('/private/erasures', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sub: 'local' }),
  });
  expect(erased.status).toBe(200);
  expect(erased.body.counts.files).toBeGreaterThanOrEqual(2);
  expect(kept()).toEqual([]);
  expect((await server.call(sent.url)).body).toMatchObject({ code: 'file_not_found' });
});

test('while the bucket cannot be reached, files are unavailable and conversations go on', async () => {
  const [file] = (await server.upload([notes])).body;
  s3.fail(503, 503, 503);
  const refused = await server.call(file.url);
  expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
    503,
    'file_store_unavailable',
    '5',
  ]);
  expect((await server.say('hello', { agent: 'echo' })).messages.length).toBe(2);
  expect((await server.call(file.url)).status).toBe(200);
});

test.each<[string, object, Record<string, string>, RegExp]>([
  ['no key', {}, { AWS_ACCESS_KEY_ID: '' }, /AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not in the environment/],
  ['a wrong key', {}, { AWS_SECRET_ACCESS_KEY: 'canary-secret' }, /AWS_SECRET_ACCESS_KEY does not belong/],
])('a server does not start with %s, and says what to set', async (_, change, env, message) => {
  const failure = await start({ files: { ...files, ...change } }, { ...keys, ...env }).catch((error: Error) => error);
  expect((failure as Error).message).toMatch(message);
  expect((failure as Error).message).not.toContain('canary-secret');
});
