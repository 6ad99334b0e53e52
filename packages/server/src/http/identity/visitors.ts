import { errors, jwtVerify, SignJWT } from 'jose';
import { ClewError } from '../../model/index.ts';
import type { Channel } from './channel.ts';

/** What a visitor's token says. */
export interface VisitorToken {
  /** UUID of the visitor. */
  readonly visitorId: string;
  readonly channel: string;
  /** Origin of the page that asked for it; null when it was none. */
  readonly origin: string | null;
}

export interface VisitorTokens {
  issue(visitor: VisitorToken, seconds: number): Promise<string>;
  /** Undefined when it is no such token. Rejects with `token_expired`. */
  read(token: string): Promise<VisitorToken | undefined>;
  /** The same for a token that may have been made up to `visitorDays` ago: of somebody who comes back. */
  readOld(token: string, channel: Channel): Promise<VisitorToken | undefined>;
}

/** Keeps them apart from the tokens of people, which have the same secret. */
const AUDIENCE = 'clew:visitor';
const DAY_SECONDS = 86_400;

export function createVisitorTokens(secret: Uint8Array, clock: { now(): number }): VisitorTokens {
  const seconds = () => Math.floor(clock.now() / 1_000);

  const verify = async (token: string, clockTolerance: number) => {
    try {
      const { payload } = await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        audience: AUDIENCE,
        requiredClaims: ['sub', 'exp', 'iat'],
        currentDate: new Date(clock.now()),
        clockTolerance,
      });
      const { sub, channel, origin = null, iat = 0 } = payload;
      if (typeof sub !== 'string' || typeof channel !== 'string') return undefined;
      return { iat, visitor: { visitorId: sub, channel, origin: typeof origin === 'string' ? origin : null } };
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new ClewError('token_expired');
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  };

  return {
    issue: ({ visitorId, channel, origin }, valid) =>
      new SignJWT({ channel, ...(origin === null ? {} : { origin }) })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(visitorId)
        .setAudience(AUDIENCE)
        .setIssuedAt(seconds())
        .setExpirationTime(seconds() + valid)
        .sign(secret),
    read: async (token) => (await verify(token, 0))?.visitor,
    async readOld(token, { name, visitorDays }) {
      const found = await verify(token, visitorDays * DAY_SECONDS).catch(() => undefined);
      if (found?.visitor.channel !== name) return undefined;
      const days = (seconds() - found.iat) / DAY_SECONDS;
      return days <= visitorDays ? found.visitor : undefined;
    },
  };
}
