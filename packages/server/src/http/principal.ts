import { errors, jwtVerify, SignJWT } from 'jose';
import { v5 } from 'uuid';
import { ClewError, type Scope } from '../model/index.ts';

/** Tells from the `Authorization` header in whose name a request is made. Rejects with `unauthorized` or `token_expired`. */
export type Identify = (authorization: string | undefined) => Promise<Scope>;

export interface Tokens {
  /** A token for a person. The tenant is the installation's unless another is named. */
  issue(person: { readonly userName: string; readonly tenantId?: string }): Promise<IssuedToken>;
  readonly identify: Identify;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

export interface TokenOptions {
  /** The installation's own secret, 32 bytes or more. A token signed with another one is a stranger's. */
  readonly secret: Uint8Array;
  /** UUID of the installation's tenant. */
  readonly tenantId: string;
  readonly clock: { now(): number };
  /** How long a token is valid. */
  readonly ttlSeconds: number;
  /** Who a request without one of our tokens is made for. Default `local`. */
  readonly localUserName?: string;
}

/** Names become ids in this namespace: the same person has the same id after every restart and on every machine. */
const NAMESPACE = '6f0a5d3e-2f0c-5c57-9a63-5b1c2d6a9e41';

/** Tokens that were verified or found to be a stranger's. Verifying costs some 50 µs, more than the rest of a request here. */
const REMEMBERED = 1_000;

/** The id of a person (`sub` of a token). */
export function userIdOf(userName: string): string {
  return v5(userName, NAMESPACE);
}

/**
 * Identity for a server on loopback. A request without a token, or with one that this installation did not sign (clients of watsonx
 * Orchestrate bring their own), is made for the local person, who is the operator; one with a token of ours for the person it names, as a
 * user. A token of ours that has expired is refused with `token_expired`, for then the client knows how to get a new one.
 */
export function createTokens(options: TokenOptions): Tokens {
  const { secret, tenantId, clock, ttlSeconds } = options;
  const localName = options.localUserName ?? 'local';
  const local: Scope = { tenantId, userId: userIdOf(localName), userName: localName, audience: 'operator' };
  const known = new Map<string, { scope: Scope; expiresAt: number }>();

  const remember = (token: string, entry: { scope: Scope; expiresAt: number }): Scope => {
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value as string);
    known.set(token, entry);
    return entry.scope;
  };

  const verify = async (token: string): Promise<Scope> => {
    try {
      const currentDate = new Date(clock.now());
      const { payload } = await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        audience: 'authenticated',
        currentDate,
      });
      const { sub, username, tenant_id: tenant, exp } = payload;
      if (typeof sub !== 'string' || typeof username !== 'string' || typeof tenant !== 'string' || !exp) {
        throw new ClewError('unauthorized');
      }
      const scope: Scope = { tenantId: tenant, userId: sub, userName: username, audience: 'user' };
      return remember(token, { scope, expiresAt: exp * 1000 });
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new ClewError('token_expired');
      if (error instanceof ClewError) throw error;
      if (!(error instanceof errors.JOSEError)) throw error;
      return remember(token, { scope: local, expiresAt: Number.POSITIVE_INFINITY });
    }
  };

  return {
    async issue({ userName, tenantId: tenant = tenantId }) {
      const issuedAt = Math.floor(clock.now() / 1000);
      const sub = userIdOf(userName);
      const claims = { username: userName, tenant_id: tenant, woTenantId: tenant, woUserId: sub };
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(sub)
        .setAudience('authenticated')
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .sign(secret);
      return { token, expiresInSeconds: ttlSeconds };
    },
    async identify(authorization) {
      if (authorization === undefined) return local;
      const token = /^Bearer +([\w.+/=-]+)$/i.exec(authorization)?.[1];
      if (token === undefined) return local;
      const entry = known.get(token);
      if (!entry) return verify(token);
      if (entry.expiresAt <= clock.now()) {
        known.delete(token);
        throw new ClewError('token_expired');
      }
      return entry.scope;
    },
  };
}
