import { parseUuid } from '@clew/wire/acp';
import type { z } from 'zod';
import { ClewError, type Issue, valueAt } from '../../model/index.ts';
import type { WireRequest } from '../endpoint.ts';

/** Deeper than any client goes, and shallow enough for whatever walks or writes the value. */
const DEEPEST = 200;
/** Complaints of one reply. */
const MOST_ISSUES = 20;

/** The body as its schema has it. Rejects with `invalid_request`: for a shape that does not fit, and for text that is no Unicode or has NUL. */
export function decodeBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const unfit = unfitText(body, 0);
  if (unfit) throw invalid(['body', ...unfit.path.slice(0, 8)], unfit.message);
  return decode(schema, body, 'body');
}

/** The query as its schema has it; of several values the last one counts. */
export function decodeQuery<S extends z.ZodType>(schema: S, query: URLSearchParams): z.output<S> {
  return decode(schema, Object.fromEntries(query), 'query');
}

/** An id from the path, in its usual spelling. Not a UUID: 422. */
export function pathId(request: WireRequest, name: string): string {
  const id = parseUuid(request.params[name] ?? '');
  if (!id) throw invalid(['path', name], 'must be a UUID');
  return id;
}

/** One complaint as an error. */
export function invalid(path: Issue['path'], message: string): ClewError {
  return new ClewError('invalid_request', undefined, {
    issues: [{ path: path.map(printable), message, type: 'value_error' }],
  });
}

function decode<S extends z.ZodType>(schema: S, input: unknown, place: string): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, MOST_ISSUES).map((issue) => ({
    path: [place, ...(issue.path as (string | number)[])].map(printable),
    message: wording(issue, valueAt(input, issue.path) === undefined),
    type: issue.code ?? 'value_error',
  }));
  throw new ClewError('invalid_request', undefined, { issues });
}

function wording(issue: z.core.$ZodIssue, missing: boolean): string {
  if (missing) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected === 'object' || issue.expected === 'array' || issue.expected === 'int' ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_union':
      return 'must be of kind citation or trajectory';
    default:
      return issue.message;
  }
}

/** A name as it may stand in a reply. */
function printable(name: string | number): string | number {
  return typeof name === 'string' ? name.toWellFormed().replaceAll('\0', '\ufffd').slice(0, 100) : name;
}

interface Unfit {
  readonly path: (string | number)[];
  readonly message: string;
}

/** The first text in `value` that cannot be stored. Its path is put together on the way out, since almost every body has none. */
function unfitText(value: unknown, depth: number): Unfit | undefined {
  if (typeof value === 'string') {
    if (value.isWellFormed() && !value.includes('\0')) return undefined;
    return { path: [], message: 'may not contain NUL or half of a surrogate pair' };
  }
  if (value === null || typeof value !== 'object') return undefined;
  if (depth === DEEPEST) return { path: [], message: `is nested more than ${DEEPEST} levels deep` };
  for (const [name, member] of Object.entries(value)) {
    const unfit = (Array.isArray(value) ? undefined : unfitText(name, 0)) ?? unfitText(member, depth + 1);
    if (unfit) return { ...unfit, path: [name, ...unfit.path] };
  }
  return undefined;
}
