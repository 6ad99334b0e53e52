import { expect, it, vi } from 'vitest';
import { enterApart, lostAttempts } from '../../src/engine/attempts.ts';
import { createGate } from '../../src/engine/gate.ts';
import type { NewEvent, RunEvent } from '../../src/model/index.ts';

const never = new AbortController().signal;

it('lets one in after the other, and passes over those who gave up', async () => {
  const gate = createGate(60_000);
  const entered: number[] = [];
  const gone = new AbortController();
  const enter = (n: number, signal = never) =>
    gate
      .enter(signal, () => {})
      .then((leave) => {
        entered.push(n);
        return leave;
      });
  const first = await enter(1);
  const second = enter(2, gone.signal);
  const third = enter(3);
  gone.abort(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  await expect(enter(4, gone.signal)).rejects.toThrow('gone');
  expect(entered).toEqual([1]);
  first();
  (await third)();
  (await enter(5))();
  expect(entered).toEqual([1, 3, 5]);
});

it('lets the next one in when the time of one is up, and says so', async () => {
  vi.useFakeTimers();
  const gate = createGate(1_000);
  const late = vi.fn();
  const leave = await gate.enter(never, late);
  const next = gate.enter(never, late);
  await vi.advanceTimersByTimeAsync(999);
  expect(late).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(late).toHaveBeenCalledTimes(1);
  leave();
  (await next)();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(late).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});

it('gives a run twice the time for each time that it was lost after it, so that what kills later is found, and not who comes after it', async () => {
  vi.useFakeTimers();
  const started = (lapsed: boolean): NewEvent => ({
    type: 'run.started',
    at: 0,
    data: { epoch: 1, ...(lapsed ? { lapsed } : {}) },
  });
  const logs = new Map(['kills', 'silent', 'slow'].map((run) => [run, [1, 2, 3].map((n) => started(n > 1))]));
  const lost = (run: string) => lostAttempts(logs.get(run) as RunEvent[]);
  const died: string[] = [];
  while (died.length === 0) {
    const gate = createGate(3_000);
    const node = new AbortController();
    for (const [run, log] of logs) {
      const fact = async (event: NewEvent) => void (node.signal.aborted || log.push(event));
      const entered = enterApart({
        gate,
        log: { fact, text() {}, flush: async () => {}, close: async () => {} },
        clock: { now: () => 0, id: () => '' },
        signal: node.signal,
        lost: lost(run),
      });
      void entered
        .then(() => run === 'kills' && setTimeout(() => node.abort(new Error('dead')), 4_000))
        .catch(() => {});
    }
    await vi.advanceTimersByTimeAsync(60_000);
    expect(node.signal.aborted).toBe(true);
    for (const [run, log] of logs) {
      log.push(started(true));
      if (lost(run).apart >= 3) died.push(run);
    }
  }
  vi.useRealTimers();
  expect(died).toEqual(['kills']);
  expect(lost('kills')).toEqual({ all: 6, apart: 3, survived: 1 });
  expect(lost('silent').apart).toBe(1);
});

it('is left when the log cannot be written, or is not, by the time that the run is let go', async () => {
  const gate = createGate(60_000);
  const lost = { all: 2, apart: 0, survived: 0 };
  const enter = (fact: () => Promise<void>, signal = never) =>
    enterApart({
      gate,
      log: { fact, text() {}, flush: fact, close: fact },
      clock: { now: () => 0, id: () => '' },
      signal,
      lost,
    });
  await expect(enter(() => Promise.reject(new Error('full')))).rejects.toThrow('full');
  const cut = new AbortController();
  const waiting = enter(() => new Promise(() => {}), cut.signal);
  setImmediate(() => cut.abort(new Error('lapsed')));
  await expect(waiting).rejects.toThrow('lapsed');
  (await enter(async () => {}))();
});
