import type { IncomingHttpHeaders } from 'node:http';
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { v5 } from 'uuid';
import { ClewError, type Scope } from '../model/index.ts';

/** Tells from the `Authorization` header, and others, in whose name a request is made. Rejects with `unauthorized`, `token_expired` and their like. */
export type Identify = (authorization: string | undefined, headers: IncomingHttpHeaders) => Promise<Scope>;

export interface Tokens {
  /** A token for a person. The tenant is the installation's unless another is named. Default audience `user`. */
  issue(person: { readonly userName: string; readonly tenantId?: string }): Promise<IssuedToken>;
  /** In whose name a token of this installation speaks; undefined for a stranger's. Rejects with `unauthorized` or `token_expired`. */
  read(token: string): Promise<Scope | undefined>;
  /** In whose name a request to an open channel is made. */
  identify(authorization: string | undefined): Promise<Scope>;
  /** The local person, who is the operator. */
  readonly local: Scope;
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

/** `scope` is undefined for a stranger's token. */
interface Entry {
  readonly scope: Scope | undefined;
  readonly expiresAt: number;
}

/** Names become ids in this namespace: the same person has the same id after every restart and on every machine. */
export const NAMESPACE = '6f0a5d3e-2f0c-5c57-9a63-5b1c2d6a9e41';

/** Tokens that were verified or found to be a stranger's. Verifying costs some 50 µs, more than the rest of a request here. */
const REMEMBERED = 1_000;

/** The token of an `Authorization: Bearer …` header. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^Bearer +([\w.+/=-]+)$/i.exec(authorization)?.[1];
}

/** The id of a person (`sub` of a token). */
export function userIdOf(userName: string): string {
  return v5(userName, NAMESPACE);
}

const OPERATOR = 'operator';
const OPERATOR_SECONDS = 300;

/** A token of five minutes that makes its bearer the operator of the installation, for whoever can read its secret. */
export function signOperatorToken(secret: Uint8Array, now: number): Promise<string> {
  const sub = userIdOf('local');
  return sign({ sub, claims: { username: 'local', role: OPERATOR } }, { secret, now, ttlSeconds: OPERATOR_SECONDS });
}

function sign(
  { sub, claims }: { sub: string; claims: JWTPayload },
  { secret, now, ttlSeconds }: { secret: Uint8Array; now: number; ttlSeconds: number },
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(sub)
    .setAudience('authenticated')
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds)
    .sign(secret);
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
  const known = new Map<string, Entry>();

  const remember = (token: string, entry: Entry): Scope | undefined => {
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value as string);
    known.set(token, entry);
    return entry.scope;
  };

  const verify = async (token: string): Promise<Scope | undefined> => {
    try {
      const currentDate = new Date(clock.now());
      const { payload } = await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        audience: 'authenticated',
        currentDate,
      });
      const { sub, username, role, exp, tenant_id: tenant = role === OPERATOR ? tenantId : undefined } = payload;
      if (typeof sub !== 'string' || typeof username !== 'string' || typeof tenant !== 'string' || !exp) {
        throw new ClewError('unauthorized');
      }
      const scope: Scope = {
        tenantId: tenant,
        userId: sub,
        userName: username,
        audience: role === OPERATOR ? OPERATOR : 'user',
      };
      return remember(token, { scope, expiresAt: exp * 1000 });
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new ClewError('token_expired');
      if (error instanceof ClewError) throw error;
      if (!(error instanceof errors.JOSEError)) throw error;
      return remember(token, { scope: undefined, expiresAt: Number.POSITIVE_INFINITY });
    }
  };

  const read = async (token: string): Promise<Scope | undefined> => {
    const entry = known.get(token);
    if (!entry) return verify(token);
    if (entry.expiresAt <= clock.now()) {
      known.delete(token);
      throw new ClewError('token_expired');
    }
    return entry.scope;
  };

  return {
    local,
    read,
    async issue({ userName, tenantId: tenant = tenantId }) {
      const sub = userIdOf(userName);
      const claims = { username: userName, tenant_id: tenant, woTenantId: tenant, woUserId: sub };
      const token = await sign({ sub, claims }, { secret, now: clock.now(), ttlSeconds });
      return { token, expiresInSeconds: ttlSeconds };
    },
    async identify(authorization) {
      const token = bearerOf(authorization);
      return (token === undefined ? undefined : await read(token)) ?? local;
    },
  };
}
