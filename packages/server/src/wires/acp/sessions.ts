import { message, parseUuid, type Session, type SessionInput } from '@clew/wire/acp';
import type { Engine, StartCommand } from '../../engine/engine.ts';
import { ClewError, type JsonObject, type Scope } from '../../model/index.ts';
import { decodeMessage } from './message.ts';
import type { AcpOptions } from './options.ts';
import { EXTRA } from './parts.ts';
import { decodeBody, invalid } from './requests.ts';

/** Messages of a history that are read at the same time. */
const AT_ONCE = 8;

type Said = NonNullable<StartCommand['history']>[number];

/** A session as this server describes it. Rejects with `thread_not_found`. */
export async function describeSession({ engine, info }: AcpOptions, scope: Scope, sessionId: string): Promise<Session> {
  const { library } = engine;
  const thread = await library.readThread(scope, sessionId);
  const { items } = await library.listMessages(scope, sessionId, { limit: Number.MAX_SAFE_INTEGER, offset: 0 });
  const { state } = (thread.extra[EXTRA] ?? {}) as JsonObject;
  return {
    id: sessionId,
    history: items.map(({ id }) => `${info.publicUrl()}/resources/${id}`),
    state: typeof state === 'string' ? state : null,
  };
}

/** Keeps the address of the state that a client has for a session. */
export async function keepState(
  { library, clock }: Engine,
  scope: Scope,
  { sessionId, state }: { sessionId: string; state: string },
): Promise<void> {
  const { extra } = await library.readThread(scope, sessionId);
  if ((extra[EXTRA] as JsonObject | undefined)?.state === state) return;
  await library.updateThread(scope, sessionId, { at: clock.now(), extra: { ...extra, [EXTRA]: { state } } });
}

/**
 * The messages of a session that a client brings along, for a thread that is made: a thread that exists has its own. Addresses of this server are not
 * read over the network. `invalid_request` for those that may not be read, or lead to no message.
 */
export async function historyOf(
  options: AcpOptions,
  scope: Scope,
  { id, history }: SessionInput,
): Promise<NonNullable<StartCommand['history']>> {
  const { engine, info } = options;
  if (!history || history.length === 0 || (id && (await exists(engine, scope, id)))) return [];
  const own = `${info.publicUrl()}/resources/`;
  const messages: Said[] = [];
  // A few at a time, so that one request cannot open hundreds of connections.
  for (let from = 0; from < history.length; from += AT_ONCE) {
    const some = history.slice(from, from + AT_ONCE).map(async (url, n): Promise<Said> => {
      const messageId = url.startsWith(own) ? parseUuid(url.slice(own.length)) : undefined;
      if (!messageId) return fetchMessage(options, url, from + n);
      const { role, parts, agentName } = await engine.library.findMessage(scope, messageId);
      return { role, parts, agentName };
    });
    messages.push(...(await Promise.all(some)));
  }
  return messages;
}

async function fetchMessage({ fetchText }: AcpOptions, url: string, place: number): Promise<Said> {
  const where = ['body', 'session', 'history', place];
  if (!fetchText) throw invalid(where, 'is not an address of this server, and no other is read');
  const text = await fetchText(url);
  try {
    return decodeMessage(decodeBody(message, JSON.parse(text)));
  } catch {
    throw invalid(where, 'does not lead to a message');
  }
}

async function exists({ library }: Engine, scope: Scope, threadId: string): Promise<boolean> {
  try {
    await library.readThread(scope, threadId);
    return true;
  } catch (error) {
    if (error instanceof ClewError && error.code === 'thread_not_found') return false;
    throw error;
  }
}
