import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, describe, expect, test } from 'vitest';
import { type Called, type CallOptions, start } from './start.ts';

const anonymous = (limits: object) => ({ mode: 'anonymous', limits });
const server = await start(
  {
    default: { modes: ['anonymous', 'apiKey'] },
    counted: anonymous({ visitor: { uploadsPerDay: 2 } }),
    weighed: anonymous({ visitor: { uploadBytesPerDay: 10_000 } }),
    small: anonymous({ channel: { uploadBytesPerDay: 5_000 } }),
    tidy: anonymous({ threadFiles: 2 }),
    stopped: anonymous({}),
  },
  [],
);
afterAll(() => server.end());

async function visit(channel: string): Promise<CallOptions> {
  const headers = { 'x-ibm-wo-orchestrate-id': channel };
  const { body } = await server.call('/auth/visitor', { method: 'POST', headers });
  return { token: body.access_token, headers };
}

/** Uploads files of these sizes, as browsers do. */
async function upload(
  { token, headers }: CallOptions,
  ...sizes: number[]
): Promise<Pick<Called, 'status' | 'headers' | 'body'>> {
  const body = new FormData();
  for (const [at, size] of sizes.entries()) body.append('files', new File(['x'.repeat(size)], `${at}.txt`));
  const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/orchestrate/upload-to-s3`, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${token}` },
    body,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const send = (who: CallOptions, files: unknown[], { id, thread_id }: { id?: string; thread_id?: string } = {}) =>
  server.call('/orchestrate/runs', {
    ...who,
    method: 'POST',
    body: {
      message: { id, role: 'user', content: [{ response_type: 'file_download', files }] },
      agent_id: 'echo',
      thread_id,
    },
  });

describe('uploads', () => {
  test('of a visitor have an end a day; what is refused says when to come again, and others go on', async () => {
    const who = await visit('counted');
    expect((await upload(who, 10)).status).toBe(200);
    const { status, body } = await upload(who, 10, 10);
    expect([status, body.map(({ statusCode, errorSubject }: Called['body']) => [statusCode, errorSubject])]).toEqual([
      200,
      [
        [200, null],
        [429, 'rate_limited'],
      ],
    ]);
    const refused = await upload(who, 10);
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(82_000);
    expect(seconds).toBeLessThanOrEqual(86_400);
    expect((await upload(await visit('counted'), 10)).status).toBe(200);
    const operator = { token: await server.operator(), headers: { 'x-ibm-wo-orchestrate-id': 'counted' } };
    for (let n = 0; n < 4; n++) expect((await upload(operator, 10)).status).toBe(200);
  });

  test('are refused by their length before any of it is read', async () => {
    const who = await visit('weighed');
    expect((await upload(who, 8_000)).status).toBe(200);
    const [status, body] = await announce(who, 9_000);
    expect([status, body]).toEqual([429, expect.stringContaining('"rate_limited"')]);
    const [never, why] = await announce(who, 20_000);
    expect([never, why]).toEqual([413, expect.stringContaining('10,000 bytes of files a day')]);
    expect((await upload(who, 2_000)).status).toBe(200);
  });

  test('that are refused for what they are take nothing', async () => {
    const who = await visit('weighed');
    const body = () => {
      const form = new FormData();
      form.append('files', new File([`\x7fELF\x02\x01${'x'.repeat(9_000)}`], 'tool'));
      return form;
    };
    for (let n = 0; n < 3; n++) {
      const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/orchestrate/upload-to-s3`, {
        method: 'POST',
        headers: { ...who.headers, authorization: `Bearer ${who.token}` },
        body: body(),
      });
      expect(response.status).toBe(415);
    }
    expect((await upload(who, 9_000)).status).toBe(200);
  });

  test('of all visitors together have an end, too', async () => {
    expect((await upload(await visit('small'), 4_000)).status).toBe(200);
    expect((await upload(await visit('small'), 4_000)).status).toBe(429);
    expect((await upload(await visit('small'), 900)).status).toBe(200);
  });

  test('stop while the channel is paused', async () => {
    const who = await visit('stopped');
    const pause = { token: await server.operator(), method: 'POST' };
    await server.call('/private/channels/stopped/pause', pause);
    await expect.poll(async () => (await upload(who, 10)).body.code).toBe('channel_paused');
  });
});

test('a conversation holds so many files, and a message that is repeated counts once', async () => {
  const who = await visit('tidy');
  const files = (await upload(who, 1, 2, 3)).body;
  const { thread_id } = (await send(who, [files[0]])).body;
  const id = randomUUID();
  const second = await send(who, [files[1]], { id, thread_id });
  expect(second.status).toBe(200);
  expect((await send(who, [files[1]], { id, thread_id })).body.run_id).toBe(second.body.run_id);
  const refused = await send(who, [files[2]], { thread_id });
  expect([refused.status, refused.body.code]).toEqual([413, 'too_many_files']);
  expect((await send(who, [files[2]])).status).toBe(200);
});

/** Announces a body of this length and sends nothing of it. */
function announce({ token, headers }: CallOptions, length: number): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `http://127.0.0.1:${server.port}/api/v1/orchestrate/upload-to-s3`,
      {
        method: 'POST',
        headers: {
          ...headers,
          authorization: `Bearer ${token}`,
          'content-type': 'multipart/form-data; boundary=b',
          'content-length': length + 4_096,
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          outgoing.destroy();
          resolve([response.statusCode ?? 0, text]);
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.flushHeaders();
  });
}
