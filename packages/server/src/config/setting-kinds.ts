import { z } from 'zod';

export type SettingValue = string | number | boolean | null;

/** What a setting takes: how a value is checked, and how both sides of a mistake are worded. */
export interface Kind {
  /** `integer` and `boolean` values may come as text from the environment and the command line. */
  readonly type: 'integer' | 'boolean' | 'text' | 'choice' | 'path' | 'address';
  readonly schema: z.ZodType<SettingValue>;
  /** Completes the sentence "`x` is not …". */
  readonly rule: string;
  /** The words that a choice allows. */
  readonly words?: readonly string[];
  /** Whether a value is never shown, not even when it is wrong. Default false. */
  readonly secret?: boolean;
}

export function integer(min: number, max: number): Kind {
  const range = `a whole number from ${count(min)} to ${count(max)}`;
  return { type: 'integer', schema: z.int().min(min).max(max), rule: range };
}

export function choice(...words: string[]): Kind {
  return { type: 'choice', schema: z.enum(words), rule: `one of ${words.join(', ')}`, words };
}

export const yesOrNo: Kind = { type: 'boolean', schema: z.boolean(), rule: 'true or false' };
export const text: Kind = {
  type: 'text',
  schema: z.string().trim().min(1),
  rule: 'a text with at least one character',
};
/** Addresses and networks, with commas or spaces between them. */
export const networks: Kind = {
  type: 'text',
  schema: z.string().trim().min(1).refine(isNetworks),
  rule: 'a list of addresses and networks such as `10.0.0.0/8`, with commas between them',
};
export const path: Kind = { type: 'path', schema: z.string().trim().min(1), rule: 'the path of a file' };
export const address: Kind = {
  type: 'address',
  schema: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/[?#]/.test(url))
    .transform((url) => url.replace(/\/+$/, '')),
  rule: 'an address that begins with http:// or https:// and has no ? or #',
};

export const database: Kind = {
  type: 'address',
  schema: z
    .string()
    .trim()
    .regex(/^postgres(ql)?:\/\/[^\s]+$/)
    .refine((url) => URL.canParse(url)),
  rule: 'an address that begins with postgres:// and has one host (a password with special characters is percent-encoded in it)',
  secret: true,
};

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** A hundred years. */
const LONGEST_MS = 36_500 * UNIT_MS.d;

/** A length of time with its unit, `90d`, `12h` or `30m`; its value is in milliseconds. */
export function duration(leastMs: number): Kind {
  const least = leastMs >= UNIT_MS.h ? `${leastMs / UNIT_MS.h}h` : `${leastMs / UNIT_MS.m}m`;
  return {
    type: 'text',
    schema: z
      .string()
      .trim()
      .regex(/^\d{1,6}[mhd]$/)
      .transform((text) => Number.parseInt(text, 10) * UNIT_MS[text.at(-1) as keyof typeof UNIT_MS])
      .refine((ms) => ms >= leastMs && ms <= LONGEST_MS),
    rule: `a length of time such as \`90d\`, \`12h\` or \`30m\`, from ${least} to 36500d`,
  };
}

export const LARGEST = 2_147_483_647;

/** Archives and programs are not among them: nothing here could read them. */
export const FILE_TYPES = [
  'image/*',
  'audio/*',
  'video/*',
  'text/*',
  'application/pdf',
  'application/json',
  'application/yaml',
  'application/xml',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation',
];

/** A setting as its row has it. */
export type Row = readonly [
  kind: Kind,
  env: `CLEW_${string}`,
  flag: string,
  fallback: SettingValue | undefined,
  example: string,
  description: string,
  /** Where the default is not simply the value. */
  shownDefault?: string,
];

function isNetworks(written: string): boolean {
  const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
  return written.split(/[,\s]+/).every((one) => network.safeParse(one).success);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
