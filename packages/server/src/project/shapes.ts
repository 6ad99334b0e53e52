import { z } from 'zod';

/**
 * The shapes that fields of project files have, with complaints that complete the sentence "`field` …". Objects are strict so that
 * unknown members are reported; `check` makes warnings of those.
 */

const saying = (rule: string) => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? 'is missing' : rule),
});

/** Text that is not blank. */
export const text = () =>
  z.string(saying('must be a text')).refine((value) => value.trim() !== '', { error: 'must not be empty' });
export const flag = () => z.boolean(saying('must be true or false'));
export const list = <T extends z.ZodType>(item: T) => z.array(item, saying('must be a list'));
/** The names are checked for being names by whoever knows what they name. */
export const names = () => list(text());
export const choice = <const T extends readonly string[]>(words: T) =>
  z.enum(
    words,
    saying(
      `must be ${words
        .filter((word) => word !== '')
        .join(', ')
        .replace(/, ([^,]*)$/, ' or $1')}`,
    ),
  );
export const group = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape, saying('must be a group of fields'));
/** Fields whose names are not Clew's business. */
export const open = () => z.record(z.string(), z.unknown(), saying('must be a group of fields'));
export const anything = () => z.unknown().optional();
