import { type Challenge, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { fine, found, type Line } from '../finding.ts';
import { ask } from './ask.ts';
import { isLocal } from './local.ts';
import { bodyOf, brokenOff, type ErrorReply, refused } from './refusal.ts';

interface VisitorReply extends ErrorReply {
  readonly access_token?: string;
  readonly challenge?: unknown;
}

/** Comes as a visitor does: with a proof of work, where the channel wants one. */
export async function visit(
  host: string,
  { headers, now }: { readonly headers: Readonly<Record<string, string>>; readonly now: () => number },
): Promise<{ readonly lines: readonly Line[]; readonly token: string | undefined }> {
  const post = async (body?: object) => {
    const { response } = await ask(`${host}/api/v1/auth/visitor`, {
      now,
      method: 'POST',
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { response, body: (await bodyOf(response)) as VisitorReply };
  };
  try {
    let reply = await post();
    const { code, challenge } = reply.body;
    const wantsProof = code === 'proof_required' && challenge !== undefined;
    if (wantsProof) {
      const solution = await solveChallenge({ challenge: challenge as Challenge, deriveKey });
      reply = await post({ altcha: Buffer.from(JSON.stringify({ challenge, solution })).toString('base64') });
    }
    if (!reply.response.ok) return { lines: [refused(reply.response, reply.body)], token: undefined };
    const how = wantsProof ? ' for a proof of work' : '';
    return { lines: [fine(`A visitor gets a token${how}.`)], token: reply.body.access_token };
  } catch (error) {
    return { lines: [brokenOff(error)], token: undefined };
  }
}

/** Whether browsers let the page compute with `crypto.subtle`. */
export function isSecure(page: string): boolean {
  const { protocol, hostname } = new URL(page);
  return protocol === 'https:' || isLocal(hostname);
}

export function proofImpossible(page: string): Line {
  return found(
    'proof_needs_https',
    'The channel asks visitors for a proof of work, which browsers compute on pages with https only.',
    'Serve the page over https:',
    page.replace(/^http:/, 'https:'),
  );
}
