import { found, type Line } from '../finding.ts';
import { NoAnswer } from './ask.ts';

/** How the server words a refusal. */
export interface ErrorReply {
  readonly code?: string;
  readonly detail?: unknown;
}

/** What a refusal means to whoever put the chat there. `token`: what the request was sent with. */
export function refused(response: Response, { code, detail }: ErrorReply, token?: string): Line {
  const said = typeof detail === 'string' ? detail : `Status ${response.status}.`;
  if (code === 'token_expired')
    return found(
      'token_expired',
      `The server says: ${said}`,
      'Sign a fresh one at each view of the page:',
      ".setExpirationTime('15m')",
    );
  if (response.status === 401 && token !== undefined)
    return found(
      'token_refused',
      `The server does not take the token: ${said}`,
      'Sign it with the private key whose public key is registered for the channel (`clew keys list`), and with the `aud` that the channel wants; or register another key:',
      'clew keys new',
    );
  return found(
    'server_error',
    `${response.url} answers with status ${response.status}${code ? ` (${code})` : ''}: ${said}`,
    'The log of the server has more; docs/errors.md says what the code means.',
  );
}

/** What it means when there was no answer. Throws what is no failure of the connection. */
export function brokenOff(error: unknown): Line {
  if (!(error instanceof NoAnswer)) throw error;
  return found(
    'host_unreachable',
    `The server stopped to answer: ${error.message}.`,
    'Does it run, and does the proxy before it pass all paths on?',
  );
}

/** The body of an answer; an empty object when it is no JSON. */
export async function bodyOf(response: Response): Promise<unknown> {
  return response.json().catch(() => ({}));
}
