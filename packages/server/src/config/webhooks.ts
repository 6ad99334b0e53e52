import { z } from 'zod';
import type { WrittenSection } from './file.ts';
import { saying, text, texts, wholeNumber } from './member-kinds.ts';
import type { Mistake } from './mistake.ts';
import { nearest } from './nearest.ts';
import { type Complain, readList, type Section } from './section.ts';
import type { WebhookConfig } from './webhook.ts';

const EVENTS = ['run.completed', 'run.failed', 'run.cancelled', 'run.waiting', 'feedback'] as const;

const webhook = z.strictObject(
  {
    url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
    events: z
      .array(z.enum(EVENTS, saying(`must be one of ${EVENTS.join(', ')}`)), saying('must be a list of events'))
      .min(1, saying('must have an entry')),
    secretEnv: z
      .string(saying('must be the name of a variable of the environment'))
      .regex(/^[A-Za-z_]\w*$/, saying('must be the name of a variable of the environment')),
    name: text.regex(/^[\w.-]{1,64}$/, saying('must have letters, digits, `.`, `_` and `-`, at most 64')).optional(),
    channel: z.union([z.string(), texts], saying('must be the name of a channel, or a list')).optional(),
    agents: texts.optional(),
    include: z
      .array(z.enum(['text', 'user'], saying('must be one of text, user')), saying('must be a list'))
      .optional(),
    timeoutSeconds: wholeNumber(1, 60).optional(),
  },
  saying('must be a group of settings'),
);
type Written = z.infer<typeof webhook>;

const EXAMPLES = {
  url: 'url: https://shop.example.com/hooks/clew',
  events: 'events: [run.completed, run.failed]',
  secretEnv: 'secretEnv: SHOP_WEBHOOK_SECRET',
  name: 'name: shop',
  channel: 'channel: shop',
  agents: 'agents: [guide]',
  include: 'include: [text]',
  timeoutSeconds: 'timeoutSeconds: 15',
};

const WEBHOOKS: Section<typeof webhook> = {
  name: 'webhooks',
  noun: 'webhook',
  fix: `Begin each with a dash: \`- ${EXAMPLES.url}\`.`,
  entry: webhook,
  examples: EXAMPLES,
  page: 'docs/webhooks.md',
  meant: { secret: 'secretEnv' },
};

/** What a subscriber's secret looks like: 24 to 64 bytes, as Standard Webhooks has it. */
const SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;

/**
 * The subscribers of the file, in its order. What is wrong goes to `mistakes`; no message holds a secret. A variable that is not set is no mistake: it concerns only
 * whoever starts a server, who finds `secrets` empty.
 */
export function resolveWebhooks(
  written: WrittenSection | undefined,
  known: { readonly channels: readonly string[]; readonly variable: (name: string) => string | undefined },
  mistakes: Mistake[],
): readonly WebhookConfig[] {
  const found: WebhookConfig[] = [];
  for (const { key: at, value, complain } of readList(WEBHOOKS, written, mistakes)) {
    const one = toWebhook(value, known.variable);
    check(one, { at, found, channels: known.channels, complain });
    found.push(one);
  }
  return Object.freeze(found);
}

function toWebhook(written: Written, variable: (name: string) => string | undefined): WebhookConfig {
  const { url, events, secretEnv, channel, agents, include, timeoutSeconds } = written;
  return Object.freeze({
    name: written.name ?? new URL(url).host.replace(/[^\w.-]/g, '-'),
    url,
    events: [...new Set(events)],
    secretEnv,
    secrets: variable(secretEnv)?.trim().split(/\s+/).filter(Boolean) ?? [],
    channels: channel === undefined ? null : [channel].flat(),
    agents: agents ?? null,
    include: include ?? [],
    timeoutSeconds: timeoutSeconds ?? 15,
  });
}

function check(
  one: WebhookConfig,
  about: { at: number; found: readonly WebhookConfig[]; channels: readonly string[]; complain: Complain },
): void {
  const { at, found, channels, complain } = about;
  const { username, password } = new URL(one.url);
  if (username || password)
    complain([at, 'url'], '`url` has a password in it.', 'Leave it out: what is sent is signed.');
  if (found.some(({ name }) => name === one.name))
    complain([at, 'name'], `Two webhooks are called \`${one.name}\`.`, 'Give each a `name` of its own.');
  for (const channel of one.channels ?? []) {
    if (channels.includes(channel)) continue;
    const near = nearest(channel, channels);
    const fix = near ? `Did you mean \`${near}\`?` : `There are: ${channels.join(', ')}.`;
    complain([at, 'channel'], `There is no channel \`${channel}\`.`, fix);
  }
  if (!one.secrets.every((secret) => SECRET.test(secret)))
    complain(
      [at, 'secretEnv'],
      `What ${one.secretEnv} holds is no secret of a webhook.`,
      'Set it to `whsec_` and 32 random bytes in base64: `echo whsec_$(openssl rand -base64 32)` makes one.',
    );
}
