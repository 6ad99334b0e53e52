import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { ChannelConfig, ChannelMode } from './channel.ts';
import { LIMIT_NAMES, limitsSchema, resolveLimits } from './channel-limits.ts';
import type { WrittenSection } from './file.ts';
import { saying, text, texts, wholeNumber } from './member-kinds.ts';
import type { Mistake } from './mistake.ts';
import { type Complain, readGroup, type Section } from './section.ts';

const MODES = ['open', 'anonymous', 'signed', 'apiKey'] as const;
const mode = z.enum(MODES, saying(`must be one of ${MODES.join(', ')}`));

const channel = z.strictObject(
  {
    mode: mode.optional(),
    modes: z.array(mode, saying('must be a list')).min(1, saying('must have an entry')).optional(),
    origins: z
      .array(
        text.refine(isOrigin, saying('must be an origin: scheme, host and port, without a path')),
        saying('must be a list'),
      )
      .optional(),
    agents: texts.optional(),
    id: text.min(1, saying('must have a character')).optional(),
    keys: texts.optional(),
    jwks: z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .refine(isAuthentic, saying('must be an https address: on the way of http anybody can put in keys of their own'))
      .optional(),
    audience: text.optional(),
    clockSkewSeconds: wholeNumber(0, 600).optional(),
    visitorSeconds: wholeNumber(60, 86_400).optional(),
    visitorDays: wholeNumber(0, 365).optional(),
    proofOfWork: z
      .union(
        [z.boolean(), z.strictObject({ difficulty: wholeNumber(1, 100) })],
        saying('must be true or false, or have a `difficulty` from 1 to 100'),
      )
      .optional(),
    limits: limitsSchema,
  },
  saying('must be a group of settings'),
);
type Written = z.infer<typeof channel>;

const EXAMPLES = {
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

const CHANNELS: Section<typeof channel> = {
  name: 'channels',
  noun: 'channel',
  names: { allowed: /^[\w-]{1,64}$/, fix: 'Use letters, digits, `_` and `-`.' },
  fix: 'Write, for example, `channels: { default: { mode: signed } }`.',
  entry: channel,
  examples: EXAMPLES,
  page: 'docs/config.md',
  inner: LIMIT_NAMES,
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
  const found: [string, ChannelConfig][] = [];
  for (const { key: name, value, complain } of readGroup(CHANNELS, written, mistakes)) {
    const modes = value.modes ?? (value.mode ? [value.mode] : undefined);
    if (!modes || (value.modes && value.mode)) {
      const message = modes ? 'A channel has `mode` or `modes`, not both.' : 'A channel needs a `mode`.';
      complain([name], message, `Write, for example, \`${EXAMPLES.mode}\`.`);
      continue;
    }
    if (modes.includes('open') && value.origins?.includes('*')) {
      complain([name, 'origins'], 'An open channel cannot take pages of every origin.', 'List the origins.');
    }
    found.push([name, toChannel(value, modes, readKeys(value, { name, project, complain }))]);
  }
  return Object.freeze(found.length === 0 ? { default: DEFAULT } : Object.fromEntries(found));
}

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
