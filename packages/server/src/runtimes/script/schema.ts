import { z } from 'zod';
import type { Json, JsonObject, Part } from '../../model/index.ts';

/** One turn of a script. What is given is done in this order: step, say, parts, ask, then, fail. */
export interface ScriptTurn {
  /** Said only when the text of the message fits: a part of it (case does not matter), or a regular expression between slashes. */
  readonly when?: string;
  /** A visible unit of work with a given result. */
  readonly step?: ScriptStep;
  /** Text. The items of a list are said one after the other, as one message. */
  readonly say?: string | readonly string[];
  /** A pause in milliseconds before each item of `say`; a single text is then said word by word. */
  readonly delayMs: number;
  readonly parts: readonly Part[];
  /** A question: the run waits for the answer. */
  readonly ask?: string;
  /** What follows the answer: the first turn that fits it. */
  readonly then: readonly ScriptTurn[];
  /** Ends the run as failed. */
  readonly fail?: { readonly code: string; readonly message: string };
}

interface ScriptStep {
  readonly name: string;
  readonly title?: string;
  readonly kind: 'tool' | 'search' | 'handoff' | 'thought';
  readonly input?: Json;
  readonly output: Json;
  readonly delayMs: number;
}

/** What is wrong at one place of a script. */
export interface ScriptIssue {
  /** Where, from the top of the script: `[0, 'say']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const json = z.json() as z.ZodType<Json>;
const object = z.record(z.string(), json) as z.ZodType<JsonObject>;
const delay = z.number().int('Give whole milliseconds.').min(0).max(600_000).default(0);
const text = z.string().min(1, 'Write a text, or leave the field out.');

const part = z.discriminatedUnion('type', [
  z
    .strictObject({ type: z.literal('text'), text: z.string(), content_type: text.optional(), name: text.optional() })
    .transform(({ content_type: contentType, ...rest }) => ({ ...rest, ...(contentType && { contentType }) })),
  z.strictObject({
    type: z.literal('citation'),
    start: z.number().int().min(0).optional(),
    end: z.number().int().min(0).optional(),
    url: text.optional(),
    title: text.optional(),
    description: text.optional(),
    source: text.optional(),
  }),
  z
    .strictObject({
      type: z.literal('file'),
      content_type: text,
      name: text.optional(),
      content: z.string().optional(),
      encoding: z.enum(['plain', 'base64']).optional(),
      url: text.optional(),
    })
    .refine((file) => (file.content === undefined) !== (file.url === undefined), 'Give either content or url.')
    .transform(({ content_type: contentType, ...rest }) => ({ ...rest, contentType })),
  z.strictObject({ type: z.literal('form'), name: text, schema: object, ui: object.optional(), data: json.optional() }),
  z.strictObject({ type: z.literal('item'), kind: text, value: object }),
]);

const step = z
  .strictObject({
    name: text,
    title: text.optional(),
    kind: z.enum(['tool', 'search', 'handoff', 'thought']).default('tool'),
    input: json.optional(),
    output: json.default(null),
    delay_ms: delay,
  })
  .transform(({ delay_ms: delayMs, ...rest }) => ({ ...rest, delayMs }));

const turn: z.ZodType<ScriptTurn> = z
  .strictObject({
    when: text
      .refine(isPattern, 'This is not a regular expression. Write /…/ around a valid one, or plain text.')
      .optional(),
    step: step.optional(),
    say: z.union([text, z.array(text).min(1)], 'Write a text, or a list of texts.').optional(),
    delay_ms: delay,
    parts: z.array(part).default([]),
    ask: text.optional(),
    // biome-ignore lint/suspicious/noThenProperty: the word of the script language; a turn is never awaited.
    then: z.lazy(() => z.array(turn)).default([]),
    fail: z.strictObject({ code: text, message: text }).optional(),
  })
  .refine(({ ask, then }) => ask !== undefined || then.length === 0, {
    path: ['then'],
    message: 'Only a turn that asks has a then.',
  })
  .refine(
    ({ step, say, parts, ask, fail }) => step || say || parts.length > 0 || ask || fail,
    'This turn does nothing. Give it say, step, parts, ask or fail.',
  )
  .transform(({ delay_ms: delayMs, ...rest }) => ({ ...rest, delayMs })) as unknown as z.ZodType<ScriptTurn>;

const script = z.array(turn, 'A script is a list of turns.').min(1, 'A script has at least one turn.');

/** Reads the `script` of an agent file, or says everything that is wrong with it. */
export function readScript(value: unknown): { script: readonly ScriptTurn[] } | { issues: readonly ScriptIssue[] } {
  const result = script.safeParse(value);
  if (result.success) return { script: result.data };
  return {
    issues: result.error.issues.map((issue) => ({
      path: issue.path.map((step) => (typeof step === 'number' ? step : String(step))),
      message:
        issue.code === 'unrecognized_keys'
          ? `There is no field ${issue.keys.join(', ')} here.`
          : sentence(issue.message),
    })),
  };
}

/** The regular expression that a `when` writes between slashes; undefined for plain text. Throws when it is not valid. */
export function patternOf(when: string): RegExp | undefined {
  const match = /^\/(.+)\/([imsu]*)$/s.exec(when);
  return match ? new RegExp(match[1]!, match[2]) : undefined;
}

function isPattern(when: string): boolean {
  try {
    patternOf(when);
    return true;
  } catch {
    return false;
  }
}

function sentence(message: string): string {
  return message.endsWith('.') ? message : `${message}.`;
}
