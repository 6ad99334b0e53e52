import type { Part } from '../model/index.ts';

/**
 * How what is said now stands to what an earlier attempt said: `behind` when it is a beginning of that (or all of it), `ahead` when it goes on
 * from there, `different` when it says something else.
 */
export type Relation = 'behind' | 'ahead' | 'different';

/** Compares the parts of a message said so far with those in the log. A text part that is still growing may be a beginning of the other. */
export function relate(now: readonly Part[], logged: readonly Part[]): Relation {
  const common = Math.min(now.length, logged.length);
  for (let index = 0; index < common; index += 1) {
    const mine = now[index] as Part;
    const theirs = logged[index] as Part;
    if (same(mine, theirs)) continue;
    if (mine.type !== 'text' || theirs.type !== 'text') return 'different';
    if (theirs.text.startsWith(mine.text) && index === now.length - 1) return 'behind';
    return mine.text.startsWith(theirs.text) && index === logged.length - 1 ? 'ahead' : 'different';
  }
  return now.length > logged.length ? 'ahead' : 'behind';
}

/** Whether two lists of parts are the same. */
export function equal(now: readonly Part[], logged: readonly Part[]): boolean {
  return now.length === logged.length && now.every((part, index) => same(part, logged[index] as Part));
}

function same(one: Part, other: Part): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
