import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import {
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { ClewError } from '../../model/index.ts';
import type { Channel } from './channel.ts';

/** The public key of somebody who signs for a channel. */
export interface ClientKey {
  /** Beginning of the hash of the key: the same key has the same id everywhere. */
  readonly kid: string;
  /** The one algorithm that the key's type has here. */
  readonly alg: 'RS256' | 'ES256' | 'EdDSA';
  readonly key: KeyObject;
}

/** Shortest RSA key that is taken. */
const RSA_BITS = 2_048;

/** Reads a public key in PEM (SPKI, PKCS#1 or a certificate). Throws `invalid_request` with a sentence that says what it must be. */
export function readClientKey(pem: string): ClientKey {
  if (pem.includes('PRIVATE KEY'))
    throw unusable('This is a private key. Keep it where the tokens are signed, and register the public one.');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw unusable('This is not a public key in PEM.');
  }
  const spki = key.export({ type: 'spki', format: 'der' });
  const kid = createHash('sha256').update(spki).digest('hex').slice(0, 32);
  return { kid, alg: algorithmOf(key), key };
}

function algorithmOf(key: KeyObject): ClientKey['alg'] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') {
    if ((details?.modulusLength ?? 0) >= RSA_BITS) return 'RS256';
    throw unusable(`An RSA key needs ${RSA_BITS} bits or more.`);
  }
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return 'ES256';
  if (type === 'ed25519') return 'EdDSA';
  throw unusable('A key must be of the type RSA, EC (P-256) or Ed25519.');
}

function unusable(message: string): ClewError {
  return new ClewError('invalid_request', undefined, {
    issues: [{ path: ['body', 'client_public_key'], message, type: 'value_error' }],
  });
}

/** Verifies a signed token with one of the keys, or with the channel's JWKS. Rejects with `unauthorized` or `token_expired`. */
export type VerifySigned = (
  token: string,
  by: { channel: Channel; keys: readonly ClientKey[]; now: number },
) => Promise<JWTPayload>;

/** Algorithms of keys that a JWKS has: each is fit for one of them. */
const JWKS_ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];

/** `fetchText` reads a JWKS; it decides which addresses may be asked. */
export function createVerifier(fetchText: (url: string) => Promise<string>): VerifySigned {
  const sets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();
  const setOf = (url: string) => {
    let set = sets.get(url);
    if (!set) {
      set = createRemoteJWKSet(new URL(url), {
        [customFetch]: async (address) => new Response(await fetchText(String(address))),
      });
      sets.set(url, set);
    }
    return set;
  };

  return async (token, { channel, keys, now }) => {
    const { alg, kid } = headerOf(token);
    const options: JWTVerifyOptions = {
      requiredClaims: ['exp', 'sub'],
      clockTolerance: channel.clockSkewSeconds,
      currentDate: new Date(now),
      ...(channel.audience === null ? {} : { audience: channel.audience }),
    };
    const fitting = keys.filter((key) => key.alg === alg || (key.alg === 'EdDSA' && alg === 'Ed25519'));
    const named = fitting.filter((key) => key.kid === kid);
    for (const { key } of named.length > 0 ? named : fitting) {
      const payload = await verified(() => jwtVerify(token, key, { ...options, algorithms: [alg] }));
      if (payload) return payload;
    }
    if (channel.jwks !== null && JWKS_ALGORITHMS.includes(alg)) {
      const set = setOf(channel.jwks);
      const payload = await verified(() => jwtVerify(token, set, { ...options, algorithms: JWKS_ALGORITHMS }));
      if (payload) return payload;
    }
    throw new ClewError('unauthorized');
  };
}

/** The claims; undefined when another key may have signed. */
async function verified(verify: () => Promise<{ payload: JWTPayload }>): Promise<JWTPayload | undefined> {
  try {
    return (await verify()).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new ClewError('token_expired');
    if (error instanceof errors.JWTClaimValidationFailed) {
      const what = error.reason === 'missing' ? 'is missing from the token' : 'of the token is not what it must be';
      throw new ClewError(
        'unauthorized',
        `The claim "${error.claim}" ${what}. Sign a new one and send the request again.`,
      );
    }
    // A key set that cannot be read is nobody's fault who asks: `fetchText` has said so in the log.
    if (error instanceof errors.JOSEError || error instanceof ClewError) return undefined;
    throw error;
  }
}

function headerOf(token: string): { alg: string; kid: string | undefined } {
  try {
    const { alg = '', kid } = decodeProtectedHeader(token);
    return { alg, kid: typeof kid === 'string' ? kid : undefined };
  } catch {
    throw new ClewError('unauthorized');
  }
}
