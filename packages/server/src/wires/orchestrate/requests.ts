import { isUuid } from '@clew/wire/orchestrate';
import type { z } from 'zod';
import { ClewError, type Issue, type JsonObject } from '../../model/index.ts';
import type { WireRequest } from '../endpoint.ts';
import { fastapiIssues } from './issues.ts';

/** Deeper than any client goes, and shallow enough for whatever walks or writes the value. */
const DEEPEST = 200;

/**
 * The body as its schema has it. Rejects with `invalid_request`: for a shape that does not fit, and for text that no database and no
 * other client could take (NUL, half of a surrogate pair).
 */
export function decodeBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const unfit = unfitText(body);
  if (unfit) throw invalid(['body', ...unfit.path.slice(0, 8)].map(printable), unfit.message, unfit.type);
  return decode(schema, body, 'body');
}

/** The query as its schema has it; members in `lists` may come several times. Others: the last one counts. */
export function decodeQuery<S extends z.ZodType>(
  schema: S,
  query: URLSearchParams,
  lists: readonly string[] = [],
): z.output<S> {
  const raw: Record<string, unknown> = {};
  for (const [name, value] of query) {
    if (name !== '__proto__' && !lists.includes(name)) raw[name] = value;
  }
  for (const name of lists) {
    const values = query.getAll(name).filter((value) => value !== '');
    if (values.length > 0) raw[name] = values;
  }
  return decode(schema, raw, 'query');
}

/** An id from the path, in lower case. Not a UUID: 422, as FastAPI does, not 404. */
export function pathId(request: WireRequest, name: string): string {
  const value = request.params[name] ?? '';
  if (!isUuid(value)) throw invalid(['path', name], 'Input should be a valid UUID', 'uuid_parsing');
  return value.toLowerCase();
}

/** An id from a body or query, where null and the empty string mean none. */
export function idOrNone(value: string | null | undefined): string | undefined {
  return value ? value.toLowerCase() : undefined;
}

/** One complaint as an error. */
export function invalid(path: Issue['path'], message: string, type = 'value_error'): ClewError {
  return new ClewError('invalid_request', undefined, { issues: [{ path, message, type }] });
}

/** The text cut to `limit` UTF-16 units, never between the halves of a pair. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = text.codePointAt(limit - 1) ?? 0;
  return text.slice(0, end > 0xffff ? limit - 1 : limit);
}

function decode<S extends z.ZodType>(schema: S, input: unknown, place: string): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ClewError('invalid_request', undefined, { issues: fastapiIssues(result.error.issues, place, input) });
}

/** A name as it may stand in a reply. */
function printable(name: string | number): string | number {
  return typeof name === 'string' ? name.toWellFormed().replaceAll('\0', '\ufffd') : name;
}

/** The first text in `value` that cannot be stored. Its path is put together on the way out, since almost every body has none. */
function unfitText(
  value: unknown,
  depth = 0,
): { path: (string | number)[]; type: string; message: string } | undefined {
  if (typeof value === 'string') {
    if (value.isWellFormed() && !value.includes('\0')) return undefined;
    return { path: [], type: 'string_unicode', message: 'Text may not contain NUL or half of a surrogate pair' };
  }
  if (value === null || typeof value !== 'object') return undefined;
  if (depth === DEEPEST) {
    return { path: [], type: 'recursion_loop', message: `Input is nested more than ${DEEPEST} levels deep` };
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      const unfit = unfitText(value[i], depth + 1);
      if (unfit) return { ...unfit, path: [i, ...unfit.path] };
    }
    return undefined;
  }
  for (const name in value) {
    const unfit = unfitText(name) ?? unfitText((value as Record<string, unknown>)[name], depth + 1);
    if (unfit) return { ...unfit, path: [name, ...unfit.path] };
  }
  return undefined;
}

/** Most characters of JSON that are kept with a thread or a message beside what it says: each change adds to it. */
const MOST_KEPT = 262_144;

/** What is kept after a change. Throws `too_large`. */
export function bounded<T extends JsonObject>(kept: T): T {
  if (JSON.stringify(kept).length <= MOST_KEPT) return kept;
  throw new ClewError(
    'too_large',
    `No more than ${MOST_KEPT.toLocaleString('en-US')} characters of JSON are kept with it. Send fewer members, or shorter ones.`,
  );
}
