import { describe, expect, test } from 'vitest';
import { serve } from './kit.ts';

const linesOf = (text: string) =>
  text
    .split('\n\n')
    .filter(Boolean)
    .map((piece) => JSON.parse(piece.replace('data: ', '')) as { chunk: number; at: number; last: boolean });

describe('/health/stream', () => {
  test('writes lines one after another, under the headers of a stream', async () => {
    const { url } = await serve([]);
    const reply = await fetch(`${url}/health/stream?chunks=3&every_ms=10`);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    const lines = linesOf(await reply.text());
    expect(lines.map(({ chunk, last }) => [chunk, last])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).sort((a, b) => a - b));
  });

  test.each(['chunks=0', 'chunks=21', 'every_ms=1001', 'idle=121', 'chunks=many'])('refuses %s', async (query) => {
    const { url } = await serve([]);
    const reply = await fetch(`${url}/health/stream?${query}`);
    expect(reply.status).toBe(422);
    expect(await reply.json()).toMatchObject({
      code: 'invalid_request',
      detail: expect.stringContaining(query.split('=')[0]!),
    });
  });

  test('is open so often at once, and again when somebody has gone', async () => {
    const { url } = await serve([]);
    const gone = new AbortController();
    const open = await Promise.all(
      Array.from({ length: 32 }, () => fetch(`${url}/health/stream?chunks=1&idle=120`, { signal: gone.signal })),
    );
    expect(open.every(({ status }) => status === 200)).toBe(true);
    const refused = await fetch(`${url}/health/stream`);
    expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'rate_limited' }]);
    gone.abort();
    await expect.poll(async () => (await fetch(`${url}/health/stream?chunks=1`)).status).toBe(200);
  });
});
