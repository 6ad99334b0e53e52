import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createGroup } from '../../src/storage/postgres/group.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A group of letters; small ones are patient for 5 ms. What went together stands in `groups`, and `land` ends the oldest that is under way. */
function letters() {
  const groups: string[] = [];
  const landing: (() => void)[] = [];
  const group = createGroup<string, string>({
    size: 4,
    flights: 2,
    patience: { ms: 5, of: (letter) => letter === letter.toLowerCase() },
    async work(jobs) {
      groups.push(jobs.join(''));
      await new Promise<void>((resolve) => landing.push(resolve));
      return jobs;
    },
  });
  const add = (text: string) => {
    for (const letter of text) void group.add(letter);
  };
  const land = async () => {
    landing.shift()?.();
    await pass(0);
  };
  return { group, groups, add, land };
}

/** Lets so many milliseconds go by, and what is due then be done. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('does at once what is asked for when nothing went shortly before, all of a turn together', async () => {
  const { groups, add } = letters();
  add('ab');
  await pass(0);
  expect(groups).toEqual(['ab']);
});

it('lets the patient wait for each other, and no longer than that', async () => {
  const { groups, add } = letters();
  add('a');
  await pass(1);
  add('b');
  await pass(2);
  add('c');
  expect(groups).toEqual(['a']);
  await pass(3);
  expect(groups).toEqual(['a', 'bc']);
  await pass(20);
  expect(groups).toEqual(['a', 'bc']);
});

it('takes the patient along with the first one that is in a hurry', async () => {
  const { groups, add } = letters();
  add('a');
  await pass(1);
  add('b');
  await pass(1);
  add('C');
  await pass(0);
  expect(groups).toEqual(['a', 'bC']);
  await pass(20);
  expect(groups).toHaveLength(2);
});

it('does not wait for more than go together', async () => {
  const { groups, add } = letters();
  add('a');
  await pass(1);
  add('bcde');
  await pass(0);
  expect(groups).toEqual(['a', 'bcde']);
});

it('begins no more than it may have under way, and takes up what waited when one has ended', async () => {
  const { group, groups, add, land } = letters();
  add('A');
  await pass(0);
  add('B');
  await pass(0);
  add('Cd');
  await pass(50);
  expect(groups).toEqual(['A', 'B']);
  await land();
  expect(groups).toEqual(['A', 'B', 'Cd']);
  let idle = false;
  void group.idle().then(() => {
    idle = true;
  });
  await land();
  expect(idle).toBe(false);
  await land();
  expect(idle).toBe(true);
});
