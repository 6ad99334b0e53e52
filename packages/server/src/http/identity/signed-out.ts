import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';

/** Which tokens were given back before their time. Kept in the store, so that it holds on every node and after a restart. */
export interface SignedOut {
  /** Whether what the key stands for was given back: at most `MAX_AGE_MS` ago somebody may have done so elsewhere. */
  has(key: string): Promise<boolean>;
  /** `until`: when it ends by itself. */
  add(key: string, until: number): Promise<void>;
}

/** A visitor with all its tokens: those that were renewed, and those of other tabs. */
export function visitorKey(visitorId: string): string {
  return `visitor ${visitorId}`;
}

/**
 * One token, by what was signed and not by its signature: the last character of that has bits that nobody looks at, and whoever has one ECDSA signature can make the other
 * (r, n - s), so that one token can be written in many ways. A site that gives all tokens of a session one `jti` ends them together.
 */
export function tokenKey(token: string, { sub, jti }: Pick<JWTPayload, 'sub' | 'jti'> = {}): string {
  const what = jti === undefined ? token.slice(0, token.lastIndexOf('.')) : JSON.stringify([sub, jti]);
  return `${jti === undefined ? 'token' : 'jti'} ${createHash('sha256').update(what).digest('base64url')}`;
}

/** Another node hears of it within this time. */
const MAX_AGE_MS = 1_000;
/** Keys that are remembered, with what was found of them. */
const REMEMBERED = 10_000;

export function createSignedOut(
  store: {
    revoke(key: string, until: number, at: number): Promise<boolean>;
    isRevoked(key: string, at: number): Promise<boolean>;
  },
  clock: { now(): number },
): SignedOut {
  const known = new Map<string, { readonly gone: Promise<boolean>; readonly readAt: number }>();

  const keep = (key: string, gone: Promise<boolean>): Promise<boolean> => {
    known.delete(key);
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value as string);
    known.set(key, { gone, readAt: clock.now() });
    gone.catch(() => known.delete(key));
    return gone;
  };

  return {
    has(key) {
      const entry = known.get(key);
      if (entry && clock.now() - entry.readAt < MAX_AGE_MS) return entry.gone;
      return keep(key, store.isRevoked(key, clock.now()));
    },
    async add(key, until) {
      await store.revoke(key, until, clock.now());
      await keep(key, Promise.resolve(true));
    },
  };
}
