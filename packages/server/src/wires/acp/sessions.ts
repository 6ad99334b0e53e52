import { message, parseUuid, type Session, type SessionInput } from '@clew/wire/acp';
import type { StartCommand } from '../../engine/engine.ts';
import {
  ClewError,
  type ErrorCode,
  type Json,
  type Message,
  maySee,
  type Scope,
  type ThreadState,
} from '../../model/index.ts';
import { decodeMessage } from './message.ts';
import type { AcpOptions } from './options.ts';
import { decodeBody, invalid } from './requests.ts';

/** Messages of a history that are read at the same time. */
const AT_ONCE = 8;

/** Messages that one request may bring, and the characters that it may make this server read from others. */
const MOST_NEW = 1_000;
const MOST_READ = 16_777_216;

type Copy = NonNullable<StartCommand['history']>[number];

/**
 * A session as this server describes it. The address of a copy says what it is a copy of (`?origin=`), so that a server which has that message knows it
 * when the session comes back. Rejects with `thread_not_found`.
 */
export async function describeSession(options: AcpOptions, scope: Scope, sessionId: string): Promise<Session> {
  const { library } = options.engine;
  const own = ownAddresses(options);
  const kept = await stateOf(options, scope, sessionId);
  const here = await library.listMessageIds(scope, sessionId);
  return {
    id: sessionId,
    history: here.map(({ id, origin }) => (origin ? `${own.of(id)}?origin=${encodeURIComponent(origin)}` : own.of(id))),
    // An address of its own for each value: another server can tell that it has changed.
    state: kept?.value === undefined ? (kept?.source ?? null) : `${own.of(sessionId)}?version=${kept.version}`,
  };
}

/** What agents keep with a session: not for visitors, whom no event tells of it either. Rejects with `thread_not_found`. */
async function stateOf({ engine }: AcpOptions, scope: Scope, id: string): Promise<ThreadState | undefined> {
  const kept = await engine.library.readThreadState(scope, id);
  return maySee(scope.audience, 'user') ? kept : undefined;
}

/** What an address of this server leads to: a message, else the state of the session with this id. `message_not_found` when it is neither. */
export async function readResource(
  options: AcpOptions,
  scope: Scope,
  id: string,
): Promise<{ message: Message } | { state: Json }> {
  const found = await orNone(options.engine.library.findMessage(scope, id), 'message_not_found');
  if (found) return { message: found };
  const kept = await orNone(stateOf(options, scope, id), 'thread_not_found');
  if (kept?.value === undefined) throw new ClewError('message_not_found');
  return { state: kept.value };
}

/**
 * What a client's session adds to the one that this server has, if any: messages that it has not, in the order of the client's history, and another state.
 * Addresses of this server are not read over the network. `invalid_request` for those that may not be read, or lead to no message, `message_not_found` for
 * messages that are not the caller's.
 */
export async function broughtBy(
  options: AcpOptions,
  scope: Scope,
  { id, history, state }: SessionInput,
): Promise<Pick<StartCommand, 'history' | 'state'>> {
  const brought = state ? await stateFrom(options, scope, { id, state }) : undefined;
  return {
    history: history?.length ? await newMessages(options, scope, { id, history }) : [],
    ...(brought ? { state: brought } : {}),
  };
}

async function newMessages(
  options: AcpOptions,
  scope: Scope,
  { id, history }: { id: SessionInput['id']; history: readonly string[] },
): Promise<Copy[]> {
  const { library } = options.engine;
  const own = ownAddresses(options);
  const here = (id && (await orNone(library.listMessageIds(scope, id), 'thread_not_found'))) || [];
  const known = new Set(here.flatMap((one) => (one.origin ? [one.id, nameOf(one.origin)] : [one.id])));
  let size = 0;

  const read = async ({ url, origin, place }: { url: string; origin: string; place: number }): Promise<Copy> => {
    const messageId = own.idOf(url);
    if (messageId) {
      const { role, parts, agentName, extra } = await library.findMessage(scope, messageId);
      return { role, parts, agentName, ...(extra ? { extra } : {}), origin };
    }
    const { text, said } = await fetchMessage(options, url, place);
    size += text.length;
    return { ...said, origin };
  };

  const news = history.flatMap((url, place) => {
    const origin = originOf(url);
    const names = [nameOf(origin), nameOf(url)];
    if (names.some((name) => known.has(name))) return [];
    for (const name of names) known.add(name);
    return [{ url, origin, place }];
  });
  if (news.length > MOST_NEW)
    throw invalid(['body', 'session', 'history'], `has more than ${MOST_NEW} messages that are not here`);
  const copies: Copy[] = [];
  // A few at a time, so that one request cannot open hundreds of connections.
  for (let from = 0; from < news.length; from += AT_ONCE) {
    copies.push(...(await Promise.all(news.slice(from, from + AT_ONCE).map(read))));
    if (size > MOST_READ) throw invalid(['body', 'session', 'history'], 'leads to more than 16 MiB of messages');
  }
  return copies;
}

async function fetchMessage(
  { fetchText }: AcpOptions,
  url: string,
  place: number,
): Promise<{ text: string; said: Copy }> {
  const where = ['body', 'session', 'history', place];
  if (!fetchText) throw invalid(where, 'is not an address of this server, and no other is read');
  const text = await fetchText(url);
  try {
    return { text, said: decodeMessage(decodeBody(message, JSON.parse(text))) };
  } catch {
    throw invalid(where, 'does not lead to a message');
  }
}

/** State at an address of this server is taken over as it is; that of the session itself is here. */
async function stateFrom(
  options: AcpOptions,
  scope: Scope,
  { id, state }: { id: SessionInput['id']; state: string },
): Promise<StartCommand['state']> {
  const threadId = ownAddresses(options).idOf(state);
  if (!threadId) return { source: state };
  if (threadId === id) return undefined;
  const found = await readResource(options, scope, threadId);
  if ('message' in found) throw new ClewError('message_not_found');
  return { source: state, value: found.state };
}

/** Addresses of messages and states on this server. What stands behind a `?` is for whoever passes them on. */
function ownAddresses({ info }: AcpOptions): { of(id: string): string; idOf(url: string): string | undefined } {
  const base = `${info.publicUrl()}/resources/`;
  return {
    of: (id) => `${base}${id}`,
    idOf: (url) => (url.startsWith(base) ? resourceId(url) : undefined),
  };
}

/** The same for all addresses of a message: its id, which no other message has, whatever its server is called. */
function nameOf(url: string): string {
  return resourceId(url) ?? url;
}

function resourceId(url: string): string | undefined {
  return parseUuid(/\/resources\/([^/]+)$/.exec(new URL(url).pathname)?.[1] ?? '');
}

/** Address of the message that an address leads to a copy of; itself when it does not say so. */
function originOf(url: string): string {
  const origin = resourceId(url) ? new URL(url).searchParams.get('origin') : null;
  return origin !== null && URL.canParse(origin) ? origin : url;
}

async function orNone<T>(reading: Promise<T>, code: ErrorCode): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ClewError && error.code === code) return undefined;
    throw error;
  }
}
