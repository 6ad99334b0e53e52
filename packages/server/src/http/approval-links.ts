import { createHmac } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { ClewError } from '../model/index.ts';

/** What an approval link is about: one question of one run, and for whom it was made. */
export interface ApprovalClaims {
  readonly tenantId: string;
  readonly runId: string;
  readonly waitId: string;
  /** Name of the person whom it is meant for; stands in the log beside the decision. */
  readonly name: string;
  /** Id of the person who had it made. */
  readonly issuerId: string;
}

/** Makes and reads the addresses under which a person decides without signing in. */
export interface ApprovalLinks {
  /** An address, and when it ends, in milliseconds since 1970. */
  make(claims: ApprovalClaims, seconds: number): Promise<{ readonly url: string; readonly expiresAt: number }>;
  /** What the token of an address says. Rejects with `approval_link_invalid`. */
  read(token: string): Promise<ApprovalClaims>;
}

export interface ApprovalLinkOptions {
  /** The installation's secret, the same on all its servers. */
  readonly secret: Uint8Array;
  /** Address of the server without a slash at the end; known once it listens. */
  readonly publicUrl: () => string;
  readonly clock: { now(): number };
}

const AUDIENCE = 'clew-approval';

/**
 * Addresses `<public url>/approve?t=<JWT>`: in the query, since paths are logged. The key is derived from the installation's secret: no link is ever a token of a person, nor the other way round. A link
 * that can be taken back was not made: it ends with its question, and by itself.
 */
export function createApprovalLinks({ secret, publicUrl, clock }: ApprovalLinkOptions): ApprovalLinks {
  const key = createHmac('sha256', secret).update('clew approvals').digest();
  return {
    async make({ tenantId, runId, waitId, name, issuerId }, seconds) {
      const exp = Math.ceil(clock.now() / 1_000) + seconds;
      const token = await new SignJWT({ tid: tenantId, wait: waitId, name, by: issuerId })
        .setProtectedHeader({ alg: 'HS256' })
        .setAudience(AUDIENCE)
        .setSubject(runId)
        .setExpirationTime(exp)
        .sign(key);
      return { url: `${publicUrl()}/approve?t=${token}`, expiresAt: exp * 1_000 };
    },
    async read(token) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          audience: AUDIENCE,
          currentDate: new Date(clock.now()),
          requiredClaims: ['sub', 'exp', 'tid', 'wait'],
        });
        const { sub, tid, wait, name, by } = payload;
        return {
          tenantId: String(tid),
          runId: String(sub),
          waitId: String(wait),
          name: String(name),
          issuerId: String(by),
        };
      } catch (cause) {
        throw new ClewError('approval_link_invalid', undefined, { cause });
      }
    },
  };
}
