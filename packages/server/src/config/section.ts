import type { z } from 'zod';
import { CONFIG_FILE, type WrittenSection } from './file.ts';
import type { Mistake } from './mistake.ts';
import { nearest } from './nearest.ts';

/** A section of the file whose entries have a shape of their own, and how mistakes in it are worded. */
export interface Section<S extends z.ZodObject> {
  readonly name: 'models' | 'channels' | 'webhooks';
  /** What an entry is called: `channel`. */
  readonly noun: string;
  /** The names that entries may have, and what to do about another; absent: the section is a list. */
  readonly names?: { readonly allowed: RegExp; readonly fix: string };
  /** What to do about a value that is no such group or list. */
  readonly fix: string;
  readonly entry: S;
  /** Members as one writes them. The first is shown where an entry as a whole is wrong. */
  readonly examples: Readonly<Record<string, string>>;
  /** The page that lists the members. */
  readonly page: string;
  /** Members of the groups inside of an entry. */
  readonly inner?: readonly string[];
  /** What people write in place of a member. */
  readonly meant?: Readonly<Record<string, string>>;
}

/** Says what is wrong at a place of the section, and what to do. */
export type Complain = (path: readonly PropertyKey[], message: string, fix: string) => void;

/** An entry that fits: by its name or, in a list, its place from 0. */
export interface SectionEntry<K, T> {
  readonly key: K;
  readonly value: T;
  readonly complain: Complain;
}

/** The entries of a section that is a group, one after another; what is wrong with the others goes to `mistakes`. */
export function readGroup<S extends z.ZodObject>(
  section: Section<S>,
  written: WrittenSection | undefined,
  mistakes: Mistake[],
): Generator<SectionEntry<string, z.infer<S>>, void, undefined> {
  return readSection<S, string>(section, written, mistakes);
}

/** The same for a section that is a list. */
export function readList<S extends z.ZodObject>(
  section: Section<S>,
  written: WrittenSection | undefined,
  mistakes: Mistake[],
): Generator<SectionEntry<number, z.infer<S>>, void, undefined> {
  return readSection<S, number>(section, written, mistakes);
}

function* readSection<S extends z.ZodObject, K extends string | number>(
  section: Section<S>,
  written: WrittenSection | undefined,
  mistakes: Mistake[],
): Generator<SectionEntry<K, z.infer<S>>, void, undefined> {
  if (!written || written.value === null || written.value === undefined) return;
  const { name, noun, names } = section;
  const complain: Complain = (path, message, fix) =>
    mistakes.push({
      source: CONFIG_FILE,
      line: written.lineOf(path),
      key: [name, ...path].map(String).join('.'),
      message,
      fix,
    });
  if (typeof written.value !== 'object' || Array.isArray(written.value) !== !names) {
    complain([], `This is a ${names ? 'group' : 'list'} of ${noun}s.`, section.fix);
    return;
  }
  for (const [at, value] of Object.entries(written.value)) {
    const key = (names ? at : Number(at)) as K;
    if (names && !names.allowed.test(at)) {
      complain([key], `A ${noun} cannot have this name.`, names.fix);
      continue;
    }
    // Without its input an issue would not tell a member that is missing from one that has a wrong value.
    const read = section.entry.safeParse(value ?? {}, { reportInput: true });
    if (read.success) yield { key, value: read.data, complain };
    else for (const issue of read.error.issues) explain(issue, key, { section, complain });
  }
}

function explain(
  issue: z.core.$ZodIssue,
  key: string | number,
  { section, complain }: { readonly section: Section<z.ZodObject>; readonly complain: Complain },
): void {
  const { noun, entry, examples, page, inner = [], meant = {} } = section;
  if (issue.code === 'unrecognized_keys') {
    for (const member of issue.keys) {
      const known = issue.path.length > 0 ? inner : Object.keys(entry.shape);
      const near = Object.hasOwn(meant, member) ? meant[member] : nearest(member, known);
      const fix = near ? `Did you mean \`${near}\`?` : `Remove it; ${page} lists the settings there are.`;
      complain([key, ...issue.path, member], 'There is no such setting.', fix);
    }
    return;
  }
  const example = examples[String(issue.path[0])] ?? Object.values(examples)[0];
  const what = issue.path.filter((step) => typeof step === 'string').at(-1);
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined && issue.path.length === 1;
  const message = isMissing
    ? `A ${noun} needs \`${what}\`.`
    : `${what === undefined && typeof key === 'number' ? `A ${noun}` : `\`${what ?? key}\``} ${issue.message}.`;
  complain([key, ...issue.path], message, `Write, for example, \`${example}\`.`);
}
