import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { ChannelConfig, ChannelMode } from './channel.ts';
import { LIMIT_NAMES, limitsSchema, resolveLimits } from './channel-limits.ts';
import { CONFIG_FILE, type WrittenSection } from './file.ts';
import type { Mistake } from './mistake.ts';
import { nearest } from './nearest.ts';

const MODES = ['open', 'anonymous', 'signed', 'apiKey'] as const;
const saying = (rule: string) => ({ error: rule });
const mode = z.enum(MODES, saying(`must be one of ${MODES.join(', ')}`));
const texts = z.array(z.string(saying('must be a text')), saying('must be a list'));
const number = (min: number, max: number) =>
  z
    .int(saying('must be a whole number'))
    .min(min, saying(`must be at least ${min}`))
    .max(max, saying(`must be at most ${max}`));

const channel = z.strictObject(
  {
    mode: mode.optional(),
    modes: z.array(mode, saying('must be a list')).min(1, saying('must have an entry')).optional(),
    origins: z
      .array(
        z
          .string(saying('must be a text'))
          .refine(isOrigin, saying('must be an origin: scheme, host and port, without a path')),
        saying('must be a list'),
      )
      .optional(),
    agents: texts.optional(),
    id: z.string(saying('must be a text')).min(1, saying('must have a character')).optional(),
    keys: texts.optional(),
    jwks: z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .refine(isAuthentic, saying('must be an https address: on the way of http anybody can put in keys of their own'))
      .optional(),
    audience: z.string(saying('must be a text')).optional(),
    clockSkewSeconds: number(0, 600).optional(),
    visitorSeconds: number(60, 86_400).optional(),
    visitorDays: number(0, 365).optional(),
    proofOfWork: z
      .union(
        [z.boolean(), z.strictObject({ difficulty: number(1, 100) })],
        saying('must be true or false, or have a `difficulty` from 1 to 100'),
      )
      .optional(),
    limits: limitsSchema,
  },
  saying('must be a group of settings'),
);
type Written = z.infer<typeof channel>;
const MEMBERS = Object.keys(channel.shape);

const EXAMPLES: Readonly<Record<string, string>> = {
  mode: 'mode: signed',
  modes: 'modes: [signed, anonymous]',
  origins: 'origins: [https://www.example.com]',
  agents: 'agents: [guide]',
  id: 'id: my-site',
  keys: 'keys: [keys/site.pem]',
  jwks: 'jwks: https://login.example.com/.well-known/jwks.json',
  audience: 'audience: chat',
  clockSkewSeconds: 'clockSkewSeconds: 60',
  visitorSeconds: 'visitorSeconds: 3600',
  visitorDays: 'visitorDays: 30',
  proofOfWork: 'proofOfWork: true',
  limits: 'limits: { visitor: { runsPerMinute: 20 } }',
};

const NONE = { origins: [], agents: null, id: null, keys: [], jwks: null, audience: null } as const;

/** 256 tries of 4,000 rounds are a quarter of a second on a laptop, and one or two on a phone. */
const DIFFICULTY = 4;

/** The channel of an installation that configures none. */
const DEFAULT: ChannelConfig = Object.freeze({
  modes: ['open'],
  ...NONE,
  clockSkewSeconds: 60,
  visitorSeconds: 3_600,
  visitorDays: 30,
  proofOfWork: null,
  limits: resolveLimits(undefined, { anybody: false }),
} as const);

/** The channels of the file, by name; without any, `default`, which is open. What is wrong goes to `mistakes`. Keys in files are read. */
export function resolveChannels(
  written: WrittenSection | undefined,
  project: string,
  mistakes: Mistake[],
): Readonly<Record<string, ChannelConfig>> {
  const none = Object.freeze({ default: DEFAULT });
  if (!written || written.value === null || written.value === undefined) return none;
  const complain: Complain = (path, message, fix) =>
    mistakes.push({
      source: CONFIG_FILE,
      line: written.lineOf(path),
      key: ['channels', ...path].map(String).join('.'),
      message,
      fix,
    });
  if (typeof written.value !== 'object' || Array.isArray(written.value)) {
    complain([], 'This is a group of channels.', 'Write, for example, `channels: { default: { mode: signed } }`.');
    return none;
  }
  const found: [string, ChannelConfig][] = [];
  for (const [name, value] of Object.entries(written.value)) {
    if (!/^[\w-]{1,64}$/.test(name)) {
      complain([name], 'A channel cannot have this name.', 'Use letters, digits, `_` and `-`.');
      continue;
    }
    const read = channel.safeParse(value ?? {});
    for (const issue of read.error?.issues ?? []) explain(issue, name, complain);
    if (!read.success) continue;
    const modes = read.data.modes ?? (read.data.mode ? [read.data.mode] : undefined);
    if (!modes || (read.data.modes && read.data.mode)) {
      const message = modes ? 'A channel has `mode` or `modes`, not both.' : 'A channel needs a `mode`.';
      complain([name], message, `Write, for example, \`${EXAMPLES.mode}\`.`);
      continue;
    }
    if (modes.includes('open') && read.data.origins?.includes('*')) {
      complain([name, 'origins'], 'An open channel cannot take pages of every origin.', 'List the origins.');
    }
    found.push([name, toChannel(read.data, modes, readKeys(read.data, { name, project, complain }))]);
  }
  return found.length === 0 ? none : Object.freeze(Object.fromEntries(found));
}

type Complain = (path: readonly PropertyKey[], message: string, fix: string) => void;

function toChannel(written: Written, modes: readonly ChannelMode[], keys: readonly string[]): ChannelConfig {
  const { mode: _, limits, proofOfWork, ...members } = written;
  const given = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  return Object.freeze({
    ...DEFAULT,
    ...given,
    modes: [...new Set(modes)],
    keys,
    proofOfWork: proofOfWork === true ? { difficulty: DIFFICULTY } : proofOfWork || null,
    limits: resolveLimits(limits, { anybody: modes.includes('anonymous') }),
  });
}

/** A key that stands in the configuration itself would be taken for a path; that is refused, too, for private ones are pasted by mistake. */
function readKeys(
  { keys = [] }: Written,
  { name, project, complain }: { name: string; project: string; complain: Complain },
): string[] {
  return keys.flatMap((file) => {
    let text: string;
    try {
      text = readFileSync(resolve(project, file), 'utf8');
    } catch {
      const shown = file.includes('-----BEGIN') ? 'A key does not stand here; the path of its file does.' : undefined;
      complain(
        [name, 'keys'],
        shown ?? `The key \`${file.slice(0, 80)}\` cannot be read.`,
        `Write, for example, \`${EXAMPLES.keys}\`; the path counts from the project folder.`,
      );
      return [];
    }
    if (/-----BEGIN (RSA )?PUBLIC KEY-----|-----BEGIN CERTIFICATE-----/.test(text)) return [text];
    const message = text.includes('PRIVATE KEY')
      ? `\`${file}\` holds a private key, which belongs to the signer alone.`
      : `\`${file}\` is not a public key in PEM.`;
    complain([name, 'keys'], message, 'Name the file of the public key; `openssl pkey -pubout` makes it.');
    return [];
  });
}

function explain(issue: z.core.$ZodIssue, name: string, complain: Complain): void {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const near = nearest(key, issue.path.length > 0 ? LIMIT_NAMES : MEMBERS);
      const fix = near ? `Did you mean \`${near}\`?` : 'Remove it; docs/config.md lists the settings there are.';
      complain([name, ...issue.path, key], 'There is no such setting.', fix);
    }
    return;
  }
  const example = EXAMPLES[String(issue.path[0])] ?? EXAMPLES.mode;
  const what = issue.path.filter((step) => typeof step === 'string').at(-1) ?? name;
  complain([name, ...issue.path], `\`${String(what)}\` ${issue.message}.`, `Write, for example, \`${example}\`.`);
}

function isOrigin(text: string): boolean {
  if (text === '*' || text === 'null') return true;
  return URL.canParse(text) && new URL(text).origin === text.toLowerCase();
}

/** Whether what an address gives can be nobody else's: by https, from this machine, or from an address that is written out. A name can be anybody's over http. */
function isAuthentic(url: string): boolean {
  if (!URL.canParse(url)) return true; // That is said already.
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || /^(localhost|\[.*\]|\d+(\.\d+){3})$/.test(hostname);
}
