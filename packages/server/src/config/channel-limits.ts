import { z } from 'zod';
import { saying } from './member-kinds.ts';

/** What one visitor, one address or all together may do. Null: there is no end to it. */
export interface Ceilings {
  /** Messages that start or continue a run, a minute. */
  readonly runsPerMinute: number | null;
  /** Runs that are worked on or queued at once. */
  readonly openRuns: number | null;
  /** New conversations, a day. */
  readonly threadsPerDay: number | null;
  /** Requests at once, streams included, at each node. */
  readonly openRequests: number | null;
  /** Files that are uploaded, a day. */
  readonly uploadsPerDay: number | null;
  /** Their bytes, a day. */
  readonly uploadBytesPerDay: number | null;
}

/** How much may come in by a channel. Operators are not counted. */
export interface ChannelLimits {
  /** Each anonymous visitor. */
  readonly visitor: Ceilings;
  /** Each signed user and each API key. Default: no ceilings. */
  readonly user: Ceilings;
  /** The visitors of one IPv4 address, or of the first 64 bits of an IPv6 one, together. */
  readonly address: Ceilings;
  /** All together. */
  readonly channel: Ceilings;
  /** Longest message. Null: 32,000 for visitors, any for users. */
  readonly messageCharacters: number | null;
  /** Largest request body, files apart. Null: 262,144 for visitors, more where `messageCharacters` asks for it; `limits.bodyBytes` for users. */
  readonly requestBytes: number | null;
  /** Files that are sent in one conversation. Null: 100 for visitors, any number for users. */
  readonly threadFiles: number | null;
  /** Their bytes. Null: 209,715,200 (200 MiB) for visitors, any for users. */
  readonly threadFileBytes: number | null;
  /** Tokens of models, input and output, from midnight to midnight UTC. Null: any number. */
  readonly tokensPerDay: number | null;
  /** What models cost in that time, in the currency of the configured prices. Null: any sum. */
  readonly moneyPerDay: number | null;
}

const NONE: Ceilings = {
  runsPerMinute: null,
  openRuns: null,
  threadsPerDay: null,
  openRequests: null,
  uploadsPerDay: null,
  uploadBytesPerDay: null,
};
const VISITOR: Ceilings = {
  runsPerMinute: 20,
  openRuns: 5,
  threadsPerDay: 100,
  openRequests: 20,
  uploadsPerDay: 100,
  uploadBytesPerDay: 209_715_200,
};
const ADDRESS: Ceilings = {
  runsPerMinute: 60,
  openRuns: 20,
  threadsPerDay: 500,
  openRequests: 200,
  uploadsPerDay: 500,
  uploadBytesPerDay: 1_073_741_824,
};
/** For channels that anybody may come in by. */
const CHANNEL: Ceilings = {
  runsPerMinute: 600,
  openRuns: 200,
  threadsPerDay: 20_000,
  openRequests: 2_000,
  uploadsPerDay: 20_000,
  uploadBytesPerDay: 10_737_418_240,
};

const count = z
  .int(saying('must be a whole number, or null for none'))
  .min(1, saying('must be at least 1; `clew channels pause` stops a channel'))
  .nullable()
  .optional();
const ceilings = z
  .strictObject(
    {
      runsPerMinute: count,
      openRuns: count,
      threadsPerDay: count,
      openRequests: count,
      uploadsPerDay: count,
      uploadBytesPerDay: count,
    },
    saying('must be a group of ceilings'),
  )
  .optional();

/** How `limits` of a channel stand in the file. Null takes a ceiling away. */
export const limitsSchema = z
  .strictObject(
    {
      visitor: ceilings,
      user: ceilings,
      address: ceilings,
      channel: ceilings,
      messageCharacters: count,
      requestBytes: count,
      threadFiles: count,
      threadFileBytes: count,
      tokensPerDay: count,
      moneyPerDay: z
        .number(saying('must be a number, or null for none'))
        .positive(saying('must be more than 0; `clew channels pause` stops a channel'))
        .nullable()
        .optional(),
    },
    saying('must be a group of limits'),
  )
  .optional();

/** The names that may stand in `limits`, and in a group of ceilings. */
export const LIMIT_NAMES: readonly string[] = [...Object.keys(limitsSchema.unwrap().shape), ...Object.keys(NONE)];

/** The limits of a channel with what the file leaves out. `anybody`: whether anonymous visitors may come in. */
export function resolveLimits(written: z.infer<typeof limitsSchema>, { anybody }: { anybody: boolean }): ChannelLimits {
  const {
    visitor,
    user,
    address,
    channel,
    messageCharacters,
    requestBytes,
    threadFiles,
    threadFileBytes,
    tokensPerDay,
    moneyPerDay,
  } = written ?? {};
  return Object.freeze({
    visitor: over(VISITOR, visitor),
    user: over(NONE, user),
    address: over(ADDRESS, address),
    channel: over(anybody ? CHANNEL : NONE, channel),
    messageCharacters: messageCharacters ?? null,
    requestBytes: requestBytes ?? null,
    threadFiles: threadFiles ?? null,
    threadFileBytes: threadFileBytes ?? null,
    tokensPerDay: tokensPerDay ?? null,
    moneyPerDay: moneyPerDay ?? null,
  });
}

function over(usual: Ceilings, written: z.infer<typeof ceilings> = {}): Ceilings {
  const given = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
  return Object.freeze({ ...usual, ...given });
}
