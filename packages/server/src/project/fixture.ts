import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Json, JsonObject } from '../model/index.ts';
import { check, place } from './check.ts';
import type { Finding } from './project.ts';
import { anything, choice, group, list, names, open, text } from './shapes.ts';
import { readYaml } from './yaml.ts';

/** Steps that an agent of another server tells of. */
const STEP_KINDS = ['tool', 'search', 'handoff', 'thought'] as const;

const STATUSES = ['completed', 'waiting', 'failed'] as const;

const fixture = group({
  agent: text().nullish(),
  context: open().nullish(),
  turns: list(
    group({
      say: text().nullish(),
      form: z.union([open(), z.literal('cancel')], { error: 'must be a group of fields, or cancel' }).nullish(),
      model: list(
        group({
          agent: text().nullish(),
          text: z.string({ error: 'must be a text' }).nullish(),
          reasoning: z.string({ error: 'must be a text' }).nullish(),
          calls: list(group({ name: text(), arguments: open().nullish() })).nullish(),
        }),
      ).nullish(),
      tools: list(group({ name: text(), result: z.unknown() })).nullish(),
      remote: list(
        group({
          agent: text(),
          steps: list(
            group({ kind: choice(STEP_KINDS).nullish(), name: text(), input: anything(), output: anything() }),
          ).nullish(),
          text: z.string({ error: 'must be a text' }).nullish(),
          citations: list(
            group({
              title: text().nullish(),
              url: text().nullish(),
              description: text().nullish(),
              source: text().nullish(),
              start: z.number({ error: 'must be a number' }).nullish(),
              end: z.number({ error: 'must be a number' }).nullish(),
            }),
          ).nullish(),
          ask: text().nullish(),
          fail: group({ code: text(), message: text() }).nullish(),
        }),
      ).nullish(),
      expect: group({
        text: z.string({ error: 'must be a text' }).nullish(),
        contains: z.union([text(), names()], { error: 'must be a text or a list of texts' }).nullish(),
        steps: names().nullish(),
        events: names().nullish(),
        status: choice(STATUSES).nullish(),
      }).nullish(),
    }).refine(({ say, form }) => (say == null) !== (form == null), 'must have `say` or `form`, one of them'),
  ).min(1, 'must have at least one turn'),
});

const EXAMPLES = {
  agent: 'agent: greeter',
  context: 'context: { clientID: "7" }',
  turns: 'turns: [{ say: Hello, expect: { contains: name } }]',
};

/** One thing that is said in a fixture, what model and tools then do, and what is expected. */
export interface FixtureTurn {
  /** What the person writes; `(form)` where they answer with one. */
  readonly say: string;
  /** The values of a form that answers the question of the turn before, an approval for instance; or that it is cancelled. Default: `say` is said. */
  readonly form?: JsonObject | 'cancel';
  /** What models reply, in the order in which they are asked. Default: none are asked. */
  readonly model: readonly {
    readonly agent?: string;
    readonly text?: string;
    readonly reasoning?: string;
    readonly calls?: readonly { readonly name: string; readonly arguments?: JsonObject }[];
  }[];
  /** What tools give back in place of being called, in order; tools that are not named here are called. */
  readonly tools: readonly { readonly name: string; readonly result: Json }[];
  /** What agents of other servers do when they are asked or answered, each in order. No server is asked. */
  readonly remote: readonly {
    readonly agent: string;
    readonly steps?: readonly {
      readonly kind?: (typeof STEP_KINDS)[number];
      readonly name: string;
      readonly input?: Json;
      readonly output?: Json;
    }[];
    readonly text?: string;
    readonly citations?: readonly JsonObject[];
    readonly ask?: string;
    readonly fail?: { readonly code: string; readonly message: string };
  }[];
  readonly expect: {
    /** Everything that was said, exactly. */
    readonly text?: string;
    readonly contains?: readonly string[];
    /** Names of the steps, without calls of models. */
    readonly steps?: readonly string[];
    /** The log, a line an event; `*` stands for anything. */
    readonly events?: readonly string[];
    readonly status?: (typeof STATUSES)[number];
  };
}

/** A conversation and what is expected of it. */
export interface Fixture {
  /** Name of the agent. Default: the project's. */
  readonly agent?: string;
  readonly context: JsonObject;
  readonly turns: readonly FixtureTurn[];
}

/** Reads the fixture in a file, or says what is wrong with it. `file` is what findings call it. */
export async function readFixture(path: string, file: string): Promise<Fixture | readonly Finding[]> {
  const written = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof written !== 'string') {
    const message = `The file cannot be read (${written.code ?? 'unknown cause'}).`;
    return [{ severity: 'error', file, line: 1, field: '', message, fix: 'Check that it exists.' }];
  }
  const read = readYaml(written, file);
  if (!('value' in read)) return read;
  // A field that nobody knows expects nothing: a fixture would pass for a typing mistake.
  const remarks = check(fixture, read.value, EXAMPLES).map((remark) => ({ ...remark, severity: 'error' as const }));
  if (remarks.length > 0) return place(read, remarks);
  return complete(withoutNulls(read.value) as unknown as z.infer<typeof fixture>);
}

/** The fixture as a file. */
export function writeFixture(one: unknown): string {
  return stringify(one, { lineWidth: 0 });
}

function complete({ agent, context, turns }: z.infer<typeof fixture>): Fixture {
  return {
    ...(agent ? { agent } : {}),
    context: (context ?? {}) as JsonObject,
    turns: turns.map(({ say, form, model, tools, remote, expect }) => ({
      say: say ?? '(form)',
      ...(form == null ? {} : { form: form as JsonObject | 'cancel' }),
      model: (model ?? []) as FixtureTurn['model'],
      tools: (tools ?? []) as FixtureTurn['tools'],
      remote: (remote ?? []) as FixtureTurn['remote'],
      expect: {
        ...expect,
        ...(typeof expect?.contains === 'string' ? { contains: [expect.contains] } : {}),
      } as FixtureTurn['expect'],
    })),
  };
}

/** Members that are null count as absent. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member as Json)]));
}
