import { z } from 'zod';

/** The sentence about a value that a schema does not take, after the member's name: `must be a text`. */
export const saying = (rule: string) => ({ error: rule });

export const text = z.string(saying('must be a text'));
export const texts = z.array(text, saying('must be a list'));

/** A whole number in these bounds, each included. `of` says of what: ` of milliseconds`. */
export const wholeNumber = (min: number, max: number, of = '') =>
  z
    .int(saying(`must be a whole number${of}`))
    .min(min, saying(`must be at least ${min}`))
    .max(max, saying(`must be at most ${max}`));
