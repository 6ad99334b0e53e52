import { describe, expect, test } from 'vitest';
import { ApiError, parseLine, readFrames } from '../src/client/index.ts';

async function idsOf(response: Response): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of readFrames(response)) ids.push(id);
  return ids;
}

/** A body that comes in pieces of the given number of bytes. */
function inPieces(text: string, size: number): Response {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
  return new Response(body);
}

const frame = (id: string, text = '') => JSON.stringify({ id, event: 'message.delta', data: { text } });

describe('a stream is read', () => {
  test.each([
    ['bare lines', `${frame('1')}\n${frame('2')}\n`],
    ['bare lines without the last end', `${frame('1')}\n${frame('2')}`],
    ['lines that end as on Windows, with blank ones between', `${frame('1')}\r\n\r\n${frame('2')}\r\n`],
    [
      'server-sent events',
      `: hello\n\nid: 1\nevent: message.delta\nretry: 5\ndata: ${frame('1')}\n\n: beat\n\ndata:${frame('2')}\n\ndata: [DONE]\n\n`,
    ],
    [
      'what is no frame between frames',
      `${frame('1')}\nnull\n17\n"x"\n{"a":\n{"no":"event"}\n[]\n<html>\n${frame('2')}\n`,
    ],
  ])('from %s', async (_, text) => {
    for (const size of [1, 7, 10_000]) expect(await idsOf(inPieces(text, size))).toEqual(['1', '2']);
  });

  test('whatever its texts contain, however they are cut', async () => {
    const text = 'ä😀\u2028\u0085"\\\n{}: data: id:';
    for (const size of [1, 2, 3, 5]) {
      for await (const { data } of readFrames(inPieces(`${frame('1', text)}\n`, size))) expect(data).toEqual({ text });
    }
  });

  test('from nothing', async () => {
    expect(await idsOf(new Response(''))).toEqual([]);
    expect(await idsOf(new Response(null))).toEqual([]);
  });

  test('until it breaks', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        if (pulled === 1) controller.enqueue(new TextEncoder().encode(`${frame('1')}\n${frame('2').slice(0, 5)}`));
        else controller.error(new Error('reset'));
      },
    });
    const frames = readFrames(new Response(body));
    expect((await frames.next()).value).toMatchObject({ id: '1' });
    await expect(frames.next()).rejects.toThrow(expect.objectContaining({ code: 'stream_lost', isTransient: true }));
    expect(ApiError).toBeDefined();
  });

  test('no further than somebody wants, and then let go', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(`${frame('1')}\n`)),
      cancel() {
        cancelled = true;
      },
    });
    for await (const _ of readFrames(new Response(body))) break;
    expect(cancelled).toBe(true);
  });
});

test('a line that is none is nothing', () => {
  for (const line of ['', ' ', ':', 'data:', 'data: [DONE]', 'id: 1', '{', '{}', 'event: done'])
    expect(parseLine(line)).toBeUndefined();
});
