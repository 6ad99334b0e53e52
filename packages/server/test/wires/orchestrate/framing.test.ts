import { describe, expect, test } from 'vitest';
import { defaultFraming, framingOf, jsonArray } from '../../../src/wires/orchestrate/framing.ts';

describe('framing', () => {
  const frames = [
    { id: '1-0', line: '{"id": "1-0", "event": "a", "data": {"text": "x\u2028y\u0085z\u2029"}}' },
    { id: '1-1', line: '{"id": "1-1", "event": "done", "data": {}}' },
  ];
  const escaped = '{"id": "1-0", "event": "a", "data": {"text": "x\\u2028y\\u0085z\\u2029"}}';

  test.each([undefined, '*/*', 'application/json', 'application/json, text/plain, */*'])(
    'is bare lines for Accept: %s',
    (accept) => {
      const framing = framingOf(accept) ?? defaultFraming;
      expect(framing.headers['Content-Type']).toBe('text/event-stream; charset=utf-8');
      expect(framing.keepAlive).toBeUndefined();
      expect(framing.write(frames)).toBe(`${escaped}\n${frames[1]?.line}\n`);
    },
  );

  test.each(['text/event-stream', 'application/json, text/event-stream', 'Text/Event-Stream; q=1'])(
    'is server-sent events for Accept: %s',
    (accept) => {
      const framing = framingOf(accept);
      expect(framing?.headers['Content-Type']).toBe('text/event-stream; charset=utf-8');
      expect(framing?.keepAlive).toEqual({ everyMs: 15_000, text: expect.stringMatching(/^:.*\n\n$/) });
      expect(framing?.write(frames)).toBe(`id: 1-0\ndata: ${escaped}\n\nid: 1-1\ndata: ${frames[1]?.line}\n\n`);
    },
  );

  test('is bare lines under their own name for Accept: application/x-ndjson', () => {
    expect(framingOf('application/x-ndjson')?.headers['Content-Type']).toBe('application/x-ndjson; charset=utf-8');
    expect(framingOf('application/x-ndjson')?.keepAlive).toBeUndefined();
  });

  test('of an array does not depend on how it is cut', () => {
    const whole = JSON.parse([...jsonArray(frames)].join(''));
    expect(whole.map(({ id }: { id: string }) => id)).toEqual(['1-0', '1-1']);
    expect(JSON.parse([...jsonArray(frames, 1)].join(''))).toEqual(whole);
    expect([...jsonArray([])].join('')).toBe('[]');
  });
});
