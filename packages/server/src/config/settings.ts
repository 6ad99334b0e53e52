import { z } from 'zod';
import type { Config } from './config.ts';

/** Dotted paths of the leaves of a type: `server.port`. */
type Leaves<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends object ? Leaves<T[K], `${P}${K}.`> : `${P}${K}`;
}[keyof T & string];

/** Where a value stands in `Config` and in `clew.config.yaml`. The project folder itself cannot be set inside of it. */
export type SettingKey = Exclude<Leaves<Config>, 'project'>;

export type SettingValue = string | number | null;

/** What a setting takes: how a value is checked, and how both sides of a mistake are worded. */
export interface Kind {
  /** `integer` values may come as digits from the environment and the command line. */
  readonly type: 'integer' | 'text' | 'choice' | 'path' | 'address';
  readonly schema: z.ZodType<SettingValue>;
  /** Completes the sentence "`x` is not …". */
  readonly rule: string;
  /** The words that a choice allows. */
  readonly words?: readonly string[];
}

/** One thing that can be set, in three places: file < environment < command line. */
export interface Setting extends Kind {
  readonly key: SettingKey;
  readonly env: `CLEW_${string}`;
  /** Without the dashes. */
  readonly flag: string;
  /** Undefined: worked out when the configuration is loaded; `shownDefault` says how. */
  readonly fallback: SettingValue | undefined;
  /** The default as `docs/config.md` and `--help` show it. */
  readonly shownDefault: string;
  /** One or two sentences, with units. */
  readonly description: string;
  /** A value that works, as one writes it in the file. */
  readonly example: string;
}

function integer(min: number, max: number): Kind {
  const range = `a whole number from ${count(min)} to ${count(max)}`;
  return { type: 'integer', schema: z.int().min(min).max(max), rule: range };
}

function choice(...words: string[]): Kind {
  return { type: 'choice', schema: z.enum(words), rule: `one of ${words.join(', ')}`, words };
}

const text: Kind = { type: 'text', schema: z.string().trim().min(1), rule: 'a text with at least one character' };
const path: Kind = { type: 'path', schema: z.string().trim().min(1), rule: 'the path of a file' };
const address: Kind = {
  type: 'address',
  schema: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/[?#]/.test(url))
    .transform((url) => url.replace(/\/+$/, '')),
  rule: 'an address that begins with http:// or https:// and has no ? or #',
};

const LARGEST = 2_147_483_647;

type Row = readonly [
  kind: Kind,
  env: Setting['env'],
  flag: string,
  fallback: SettingValue | undefined,
  example: string,
  description: string,
  /** Where the default is not simply the value. */
  shownDefault?: string,
];

/** The type makes the table complete: a member of `Config` without a row does not compile. */
const ROWS: { readonly [K in SettingKey]: Row } = {
  'server.host': [
    text,
    'CLEW_HOST',
    'host',
    '127.0.0.1',
    '0.0.0.0',
    'Network address to listen on. `0.0.0.0` lets other machines connect.',
  ],
  'server.port': [
    integer(0, 65_535),
    'CLEW_PORT',
    'port',
    4321,
    '8080',
    'Port to listen on. 0 takes one that is free.',
  ],
  'server.publicUrl': [
    address,
    'CLEW_PUBLIC_URL',
    'public-url',
    null,
    'https://chat.example.com',
    'Address under which clients reach the server, for instance behind a proxy.',
    'from host and port',
  ],
  'server.graceMs': [
    integer(0, 3_600_000),
    'CLEW_GRACE_MS',
    'grace-ms',
    5_000,
    '10000',
    'How long runs may go on after the server was told to stop, in milliseconds. What is not done by then goes on at the next start.',
  ],
  'storage.file': [
    path,
    'CLEW_DB',
    'db',
    undefined,
    'data/clew.db',
    'The SQLite database. In the file the path counts from the project folder, elsewhere from the current folder. `:memory:` keeps nothing.',
    '.clew/clew.db',
  ],
  'storage.synchronous': [
    choice('normal', 'full'),
    'CLEW_SYNCHRONOUS',
    'synchronous',
    'normal',
    'full',
    'What a write waits for. `normal` survives a crash of the process, `full` also a power failure, at the cost of speed.',
  ],
  'engine.leaseMs': [
    integer(1_000, 3_600_000),
    'CLEW_LEASE_MS',
    'lease-ms',
    15_000,
    '30000',
    'A worker that is silent this long, in milliseconds, is taken for dead, and its runs go on elsewhere.',
  ],
  'engine.concurrency': [
    integer(1, 100_000),
    'CLEW_CONCURRENCY',
    'concurrency',
    2_000,
    '500',
    'Runs worked on at once. More wait in the queue.',
  ],
  'engine.coalesceMs': [
    integer(0, 1_000),
    'CLEW_COALESCE_MS',
    'coalesce-ms',
    40,
    '20',
    'Pieces of an answer are joined for this many milliseconds before they are stored and sent. 0 joins only what is said at the same moment.',
  ],
  'engine.coalesceBytes': [
    integer(1, 1_048_576),
    'CLEW_COALESCE_BYTES',
    'coalesce-bytes',
    2_048,
    '4096',
    'Pieces that together reach this many bytes are stored and sent at once.',
  ],
  'engine.waitMs': [
    integer(0, LARGEST),
    'CLEW_WAIT_MS',
    'wait-ms',
    86_400_000,
    '604800000',
    'A run whose question nobody answers for this long, in milliseconds, fails with `answer_timeout`. 0 lets it wait for ever.',
  ],
  'limits.bodyBytes': [
    integer(1_024, LARGEST),
    'CLEW_BODY_BYTES',
    'body-bytes',
    1_048_576,
    '4194304',
    'The largest request body, in bytes. A larger one is refused with status 413.',
  ],
  'auth.tokenSeconds': [
    integer(60, LARGEST),
    'CLEW_TOKEN_SECONDS',
    'token-seconds',
    86_400,
    '3600',
    'How long a token that the server gives out is valid, in seconds.',
  ],
  acpPort: [
    integer(0, 65_535),
    'CLEW_ACP_PORT',
    'acp-port',
    null,
    '8000',
    'A port on which ACP is served alone. It is served on the main port, too.',
    'none',
  ],
  acpHistoryHosts: [
    text,
    'CLEW_ACP_HISTORY_HOSTS',
    'acp-history-hosts',
    null,
    'acp.example.com,10.0.0.7:8000',
    'Other ACP servers from which the history of a session is read, `host` or `host:port`, with commas between them. A name that leads into a private network is refused; name the address itself.',
    'none',
  ],
  defaultAgent: [
    text,
    'CLEW_DEFAULT_AGENT',
    'default-agent',
    null,
    'guide',
    'Name of the agent that answers when a client names none.',
    'the first by name that is not hidden',
  ],
  'log.level': [
    choice('fatal', 'error', 'warn', 'info', 'debug', 'silent'),
    'CLEW_LOG_LEVEL',
    'log-level',
    'info',
    'debug',
    'How much the server logs.',
  ],
  'log.format': [
    choice('pretty', 'json'),
    'CLEW_LOG_FORMAT',
    'log-format',
    undefined,
    'json',
    'How it logs: `pretty` for people, `json` for machines.',
    'pretty on a terminal, else json',
  ],
};

/** Everything that can be set: what the loader, the help texts and `docs/config.md` are made from. */
export const SETTINGS: readonly Setting[] = Object.entries(ROWS).map(
  ([key, [kind, env, flag, fallback, example, description, shownDefault]]) => ({
    ...kind,
    key: key as SettingKey,
    env,
    flag,
    fallback,
    shownDefault: shownDefault ?? String(fallback),
    description,
    example,
  }),
);

/** The name under which parsed flags hold a setting: `public-url` becomes `publicUrl`. */
export function flagMember(setting: Pick<Setting, 'flag'>): string {
  return setting.flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
