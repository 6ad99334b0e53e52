import { z } from 'zod';
import { CONFIG_FILE, type WrittenSection } from './file.ts';
import type { Mistake } from './mistake.ts';
import { nearest } from './nearest.ts';

/** How a variable is written. */
const SOME_KEY = `\${MY_KEY}`;

const saying = (rule: string) => ({ error: rule });
const texts = z.record(z.string(), z.string(saying('must be a text')), saying('must be a group of texts'));
const price = z
  .number(saying('must be a number: the price of a million tokens'))
  .min(0, saying('must not be negative'));
const wait = z
  .int(saying('must be a whole number of milliseconds'))
  .min(1, saying('must be at least 1'))
  .max(3_600_000, saying('must be at most 3600000'));

const provider = z.strictObject(
  {
    baseUrl: z.string(saying('must be an address')).optional(),
    apiKey: z.string(saying(`must be the name of a variable, as \`${SOME_KEY}\``)).optional(),
    headers: texts.optional(),
    query: texts.optional(),
    defaults: z.record(z.string(), z.unknown(), saying('must be a group of parameters')).optional(),
    prices: z
      .record(
        z.string(),
        z.strictObject({ input: price, output: price }, saying('must have `input` and `output`')),
        saying('must be a group: a model, and its `input` and `output`'),
      )
      .optional(),
    firstTokenMs: wait.optional(),
    nextTokenMs: wait.optional(),
  },
  saying('must be a group of settings'),
);

/** A provider as the file writes it. */
export type WrittenProvider = z.infer<typeof provider>;
const MEMBERS = Object.keys(provider.shape);

const EXAMPLES: Readonly<Record<string, string>> = {
  baseUrl: 'baseUrl: http://127.0.0.1:8000/v1',
  apiKey: `apiKey: ${SOME_KEY}`,
  headers: 'headers: { X-Team: support }',
  query: 'query: { api-version: "2024-10-21" }',
  defaults: 'defaults: { temperature: 0.2 }',
  prices: 'prices: { my-model: { input: 0.15, output: 0.6 } }',
  firstTokenMs: 'firstTokenMs: 60000',
  nextTokenMs: 'nextTokenMs: 60000',
};

/** A variable in a text: `${NAME}`. */
export const VARIABLE = /\$\{([A-Za-z_]\w*)\}/g;

/** The providers in the section `models` that are free of mistakes. */
export function readProviders(
  written: WrittenSection | undefined,
  mistakes: Mistake[],
): Readonly<Record<string, WrittenProvider>> {
  if (!written || written.value === null || written.value === undefined) return {};
  const complain = (path: readonly PropertyKey[], message: string, fix: string) =>
    mistakes.push({
      source: CONFIG_FILE,
      line: written.lineOf(path),
      key: ['models', ...path].map(String).join('.'),
      message,
      fix,
    });
  if (typeof written.value !== 'object' || Array.isArray(written.value)) {
    complain(
      [],
      'This is a group of providers.',
      'Write, for example, `models: { ollama: { baseUrl: http://127.0.0.1:11434/v1 } }`.',
    );
    return {};
  }
  const found: Record<string, WrittenProvider> = {};
  for (const [name, value] of Object.entries(written.value)) {
    const before = mistakes.length;
    if (name === 'clew' || !/^[\w.-]+$/.test(name)) {
      complain([name], 'A provider cannot have this name.', 'Use letters, digits, `.`, `_` and `-`, and not `clew`.');
      continue;
    }
    const read = provider.safeParse(value ?? {});
    for (const issue of read.error?.issues ?? []) explain(issue, name, complain);
    if (!read.success) continue;
    for (const [path, text] of literals(read.data)) wrongText(text, [name, ...path], complain);
    if (mistakes.length === before) found[name] = read.data;
  }
  return found;
}

type Complain = (path: readonly PropertyKey[], message: string, fix: string) => void;

function explain(issue: z.core.$ZodIssue, name: string, complain: Complain): void {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const near = nearest(key, issue.path.length === 0 ? MEMBERS : ['input', 'output']);
      const fix = near ? `Did you mean \`${near}\`?` : 'Remove it; docs/models.md lists the settings there are.';
      complain([name, ...issue.path, key], 'There is no such setting.', fix);
    }
    return;
  }
  const example = EXAMPLES[String(issue.path[0])];
  const fix = example
    ? `Write, for example, \`${example}\`.`
    : 'Write, for example, `baseUrl: http://127.0.0.1:8000/v1`.';
  complain([name, ...issue.path], `\`${String(issue.path.at(-1) ?? name)}\` ${issue.message}.`, fix);
}

/** Texts in which variables may stand. */
function literals({ baseUrl, apiKey, headers, query }: WrittenProvider): [path: string[], text: string][] {
  const group = (name: string, members: Readonly<Record<string, string>> = {}) =>
    Object.entries(members).map(([member, text]): [string[], string] => [[name, member], text]);
  return [
    ...(baseUrl === undefined ? [] : [[['baseUrl'], baseUrl] as [string[], string]]),
    ...(apiKey === undefined ? [] : [[['apiKey'], apiKey] as [string[], string]]),
    ...group('headers', headers),
    ...group('query', query),
  ];
}

function wrongText(text: string, path: readonly string[], complain: Complain): void {
  const rest = text.replace(VARIABLE, '');
  if (rest.includes('${')) {
    complain(path, '`${` begins the name of a variable, and this is none.', `Write, for example, \`${SOME_KEY}\`.`);
  } else if (path.at(-1) === 'apiKey' && rest.trim() !== '') {
    // What was written is a secret: it is not shown.
    complain(
      path,
      'A key does not belong into a file.',
      `Set a variable of the environment and write its name, for example \`${EXAMPLES.apiKey}\`.`,
    );
  } else if (path.at(-1) === 'baseUrl' && rest === text && !isAddress(text)) {
    complain(
      path,
      `\`${text.slice(0, 60)}\` is no plain http or https address.`,
      `Write, for example, \`${EXAMPLES.baseUrl}\`.`,
    );
  }
}

/** An address to which paths can be added, without a user and a password in it. */
export function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}
