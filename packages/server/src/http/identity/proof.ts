import { createHmac } from 'node:crypto';
import type { Challenge } from 'altcha-lib';
import { z } from 'zod';
import type { JsonObject } from '../../model/index.ts';
import type { Channel } from './channel.ts';

/** Asks visitors for some computing time before they get a token (ALTCHA, proof of work of version 2). */
export interface Proofs {
  /** A new challenge for the channel, as clients get it. Costs nothing worth counting. */
  challenge(channel: Channel): Promise<JsonObject>;
  /** Takes a solved challenge: base64 of JSON with `challenge` and `solution`. Undefined when it is good, which it is once; else a sentence that says why not. */
  take(channel: Channel, shown: string): Promise<string | undefined>;
}

const ALGORITHM = 'PBKDF2/SHA-256';
/** Rounds of hashing of one try, for each step of difficulty. */
const ROUNDS = 1_000;
/** Beginning of the key that is looked for, hexadecimal: one try in 256 finds it. */
const PREFIX = '00';
/** How long a challenge is good. */
const SECONDS = 600;
/** Longest solved challenge, in characters of base64. */
const LONGEST = 4_096;

const solved = z.object({
  challenge: z.object({
    parameters: z.looseObject({
      algorithm: z.literal(ALGORITHM),
      nonce: z.string(),
      salt: z.string(),
      cost: z.int(),
      keyLength: z.int(),
      keyPrefix: z.string(),
      expiresAt: z.number(),
      data: z.object({ channel: z.string() }),
    }),
    signature: z.string(),
  }),
  solution: z.object({ counter: z.int(), derivedKey: z.string(), time: z.number().optional() }),
});

/** Loaded when it is wanted: most channels ask for no proof. */
async function altcha() {
  const [{ createChallenge, verifySolution }, { deriveKey }] = await Promise.all([
    import('altcha-lib'),
    import('altcha-lib/algorithms/pbkdf2'),
  ]);
  return { createChallenge, verifySolution, deriveKey };
}

/**
 * Challenges are made without deriving a key, since anybody may ask for one; a solution costs one key, once its signature is right. Rejected: the deterministic mode,
 * which derives a key for every challenge.
 */
export function createProofs(
  secret: Uint8Array,
  clock: { now(): number },
  revoke: (key: string, until: number, at: number) => Promise<boolean>,
): Proofs {
  const hmacSignatureSecret = createHmac('sha256', secret).update('clew proofs of work').digest('hex');
  return {
    async challenge({ name, proofOfWork }) {
      const { createChallenge, deriveKey } = await altcha();
      const challenge = await createChallenge({
        algorithm: ALGORITHM,
        cost: ROUNDS * (proofOfWork?.difficulty ?? 1),
        keyPrefix: PREFIX,
        deriveKey,
        expiresAt: Math.floor(clock.now() / 1_000) + SECONDS,
        data: { channel: name },
        hmacSignatureSecret,
      });
      return challenge as unknown as JsonObject;
    },
    async take({ name }, shown) {
      const read = shown.length > LONGEST ? undefined : solved.safeParse(parse(shown)).data;
      if (!read) return 'The proof of work cannot be read: it is base64 of JSON with `challenge` and `solution`.';
      const { parameters } = read.challenge;
      const { verifySolution, deriveKey } = await altcha();
      const result = await verifySolution({
        challenge: read.challenge as Challenge,
        solution: { ...read.solution, time: 0 },
        deriveKey,
        hmacSignatureSecret,
      }).catch(() => undefined);
      const until = parameters.expiresAt * 1_000;
      if (result?.expired || until <= clock.now()) return 'The challenge has expired.';
      if (!result?.verified) return 'The proof of work is not right.';
      if (parameters.data.channel !== name) return 'The challenge is of another channel.';
      // Signed parameters cannot be written in two ways, while a signature could be.
      const first = await revoke(`proof ${parameters.nonce}`, until, clock.now());
      return first ? undefined : 'The proof of work was shown before.';
    },
  };
}

function parse(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
