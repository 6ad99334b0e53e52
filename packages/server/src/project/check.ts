import type { z } from 'zod';
import { valueAt } from '../model/index.ts';
import { nearest } from './nearest.ts';
import type { Finding } from './project.ts';
import { fieldName, type Path, type Places } from './yaml.ts';

/** A finding about a place in a file, before the place has become a file, a line and a field. */
export interface Remark {
  readonly severity: Finding['severity'];
  readonly path: Path;
  readonly message: string;
  readonly fix: string;
}

/** Gives remarks their place. */
export function place(places: Places, remarks: readonly Remark[]): Finding[] {
  return remarks.map(({ severity, path, message, fix }) => ({
    severity,
    file: places.file,
    line: places.lineOf(path),
    field: fieldName(path),
    message,
    fix,
  }));
}

/** Compares a value with its schema: wrong values are errors, unknown members warnings. `examples` has a line for each field at the top. */
export function check(schema: z.ZodObject, value: unknown, examples: Readonly<Record<string, string>>): Remark[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => remarks(issue, schema, value, examples));
}

type Issue = z.core.$ZodIssue;

function remarks(
  issue: Issue,
  schema: z.ZodObject,
  value: unknown,
  examples: Readonly<Record<string, string>>,
): Remark[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = nearest(key, membersAt(schema, path));
      const fix = near ? `Did you mean \`${near}\`?` : 'Remove it, or keep data of your own under `custom`.';
      return {
        severity: 'warning',
        path: [...path, key],
        message: 'Clew does not know this field and passes it over.',
        fix,
      };
    });
  }
  const given = valueAt(value, path);
  const words =
    issue.code === 'invalid_value'
      ? issue.values.filter((word): word is string => typeof word === 'string' && word !== '')
      : [];
  const near = typeof given === 'string' ? nearest(given, words) : undefined;
  const example = examples[String(path[0])];
  const shown = words.length > 0 && given !== undefined ? `, not \`${shorten(given)}\`` : '';
  const fix = near
    ? `Did you mean \`${near}\`?`
    : example
      ? `Write, for example, \`${example}\`.`
      : 'Correct it or remove the field.';
  return [{ severity: 'error', path, message: `\`${fieldName(path)}\` ${issue.message}${shown}.`, fix }];
}

/** Names of the members that a strict object in the schema knows. */
function membersAt(schema: z.ZodObject, path: Path): string[] {
  let node: unknown = schema;
  for (const step of path) {
    const object = unwrap(node);
    node = typeof step === 'number' ? (object as { element?: unknown }).element : (object as z.ZodObject).shape?.[step];
  }
  return Object.keys((unwrap(node) as z.ZodObject | undefined)?.shape ?? {});
}

function unwrap(node: unknown): unknown {
  let inner = node;
  while (
    typeof (inner as { unwrap?: unknown } | undefined)?.unwrap === 'function' &&
    !(inner as { element?: unknown }).element
  ) {
    inner = (inner as { unwrap(): unknown }).unwrap();
  }
  return inner;
}

function shorten(value: unknown): string {
  const written = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return written.length > 60 ? `${written.slice(0, 60)}…` : written;
}
