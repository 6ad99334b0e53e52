import { z } from 'zod';
import type { WrittenSection } from './file.ts';
import { saying, text, wholeNumber } from './member-kinds.ts';
import type { Mistake } from './mistake.ts';
import { type Complain, readGroup, type Section } from './section.ts';

/** How a variable is written. */
const SOME_KEY = `\${MY_KEY}`;

const group = z.record(z.string(), text, saying('must be a group of texts'));
const price = z
  .number(saying('must be a number: the price of a million tokens'))
  .min(0, saying('must not be negative'));
const wait = wholeNumber(1, 3_600_000, ' of milliseconds');

const provider = z.strictObject(
  {
    baseUrl: z.string(saying('must be an address')).optional(),
    apiKey: z.string(saying(`must be the name of a variable, as \`${SOME_KEY}\``)).optional(),
    headers: group.optional(),
    query: group.optional(),
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

const EXAMPLES = {
  baseUrl: 'baseUrl: http://127.0.0.1:8000/v1',
  apiKey: `apiKey: ${SOME_KEY}`,
  headers: 'headers: { X-Team: support }',
  query: 'query: { api-version: "2024-10-21" }',
  defaults: 'defaults: { temperature: 0.2 }',
  prices: 'prices: { my-model: { input: 0.15, output: 0.6 } }',
  firstTokenMs: 'firstTokenMs: 60000',
  nextTokenMs: 'nextTokenMs: 60000',
};

const MODELS: Section<typeof provider> = {
  name: 'models',
  noun: 'provider',
  names: { allowed: /^(?!clew$)[\w.-]+$/, fix: 'Use letters, digits, `.`, `_` and `-`, and not `clew`.' },
  fix: 'Write, for example, `models: { ollama: { baseUrl: http://127.0.0.1:11434/v1 } }`.',
  entry: provider,
  examples: EXAMPLES,
  page: 'docs/models.md',
  inner: ['input', 'output'],
};

/** A variable in a text: `${NAME}`. */
export const VARIABLE = /\$\{([A-Za-z_]\w*)\}/g;

/** The providers in the section `models` that are free of mistakes. */
export function readProviders(
  written: WrittenSection | undefined,
  mistakes: Mistake[],
): Readonly<Record<string, WrittenProvider>> {
  const found: Record<string, WrittenProvider> = {};
  for (const { key: name, value, complain } of readGroup(MODELS, written, mistakes)) {
    const before = mistakes.length;
    for (const [path, one] of literals(value)) wrongText(one, [name, ...path], complain);
    if (mistakes.length === before) found[name] = value;
  }
  return found;
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
