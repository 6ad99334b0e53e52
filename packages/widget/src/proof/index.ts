/** What a server asks of strangers that may be programs: loaded only where it does. */
import { type Challenge, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2';

/**
 * Solves a challenge of ALTCHA's (proof of work, version 2): what `POST /auth/visitor` wants as `altcha`. Takes seconds of the processor, beside the page's own
 * thread. Undefined when it takes over a minute and a half. Rejects where the page has no `crypto.subtle`: it needs https or localhost.
 */
export async function solve(challenge: unknown): Promise<string | undefined> {
  const solution = await solveChallenge({ challenge: challenge as Challenge, deriveKey });
  return solution ? btoa(JSON.stringify({ challenge, solution })) : undefined;
}
