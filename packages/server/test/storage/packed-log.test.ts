import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/model/index.ts';
import { packLog, pruneLog, unpackLog } from '../../src/storage/packed-log.ts';

const runId = 'r';

/** A log whose events have these data, whatever they say. */
function logOf(data: readonly unknown[], every = 1): RunEvent[] {
  return data.map((one, n) => ({ seq: (n + 1) * every, type: 'custom.emitted', at: 7 * n, data: one }) as RunEvent);
}

test('a log is the same after it was packed, whatever JSON it has, from every place and to every length', () => {
  // What the log has has been JSON before: there is no -0 in it.
  const json = fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(
      fc.array(json),
      fc.nat(40),
      fc.integer({ min: -1, max: 30 }),
      fc.integer({ min: 1, max: 9 }),
      (...given) => {
        const [data, after, limit, every] = given;
        const log = logOf(data, every);
        const { log: packed, events } = packLog(log);
        expect(events).toBe(log.length);
        expect(JSON.stringify(unpackLog(packed, { runId }))).toBe(JSON.stringify(log));
        const wanted = log.filter(({ seq }) => seq > after).slice(0, limit < 0 ? undefined : limit);
        expect(unpackLog(packed, { runId, after, limit })).toEqual(wanted);
      },
    ),
  );
});

test('names that mean something to objects, line ends and halves of characters are data like others', () => {
  const log = logOf([
    JSON.parse('{"__proto__":1,"constructor":{}}'),
    '\n\r\u2028',
    '\ud800',
    '\u0000',
    'z'.repeat(1e6),
  ]);
  const unpacked = unpackLog(packLog(log).log, { runId });
  expect(JSON.stringify(unpacked)).toBe(JSON.stringify(log));
});

test('a log that is damaged says so, wherever it is damaged, and is not pruned', () => {
  const log = logOf(Array.from({ length: 50 }, (_, n) => ({ n, text: `some words ${n * n}` })));
  const { log: packed } = packLog(log);
  let harmless = 0;
  for (let at = 0; at < packed.length; at += 1) {
    const broken = Uint8Array.from(packed);
    broken[at] = (broken[at] ?? 0) ^ 0x55;
    try {
      // A few bits of a frame mean nothing.
      expect(unpackLog(broken, { runId }), `byte ${at}`).toEqual(log);
      harmless += 1;
    } catch (error) {
      expect(error, `byte ${at}`).toMatchObject({ code: 'database_unusable' });
      expect(String(error)).toContain('run r is damaged');
      expect(pruneLog(broken)).toBeUndefined();
    }
  }
  expect(harmless).toBeLessThan(5);
  for (const length of [0, 1, 5, packed.length - 1])
    expect(() => unpackLog(packed.subarray(0, length), { runId })).toThrow(/damaged/);
});

test('only deltas are pruned, and a log without any stays as it is', () => {
  expect(pruneLog(packLog(logOf([1, 2])).log)).toBeUndefined();
});
