import { expect, it, vi } from 'vitest';
import { createGate } from '../../src/engine/gate.ts';

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
