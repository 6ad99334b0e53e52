import { AcpError } from '@clew/wire/acp-client';
import { guarded } from './guarded-fetch.ts';
import type { AgentCard, Client, Message, SendMessageRequest, StreamResponse, Task } from './sdk.ts';

/** Where the card of an agent is, relative to its address and to the root of its server, in the order in which it is asked for: 0.3 and later, then earlier. */
const CARD_PATHS = ['.well-known/agent-card.json', '.well-known/agent.json'];

/** The oldest version that the library speaks; 0.2 has the same methods and messages, and the card in another place. */
const OLDEST = '0.3';

/** The two ways of A2A to speak over HTTP. gRPC is not spoken. */
const BINDINGS = ['JSONRPC', 'HTTP+JSON'];

/** What is said in one stream, after the event that names the task. */
export interface Begun {
  readonly first: StreamResponse;
  readonly rest: AsyncGenerator<StreamResponse, void, undefined>;
}

/** An agent of an A2A server. All of it rejects with `AcpError`, whatever the library throws. */
export interface A2aClient {
  /** Sends a message; resolves with the first event. */
  send(message: Message, options: { readonly signal: AbortSignal }): Promise<Begun>;
  /** The task as it is now. */
  task(id: string, options: { readonly signal: AbortSignal }): Promise<Task>;
  /** What happens to a task from now on; undefined when the server does not stream. */
  follow(
    id: string,
    options: { readonly signal: AbortSignal },
  ): Promise<AsyncGenerator<StreamResponse, void, undefined> | undefined>;
  cancel(id: string, options: { readonly signal: AbortSignal }): Promise<unknown>;
}

/** What `createA2aClient` needs. */
export interface A2aAddress {
  /** Address of the agent, of its server, or of its card (`….json`), without a slash at the end. */
  readonly url: string;
  /** Sent with each request, that for the card included. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A client for an agent of an A2A server (0.2.1 to 1.0). The card is read before the first call and again after one that failed, in case the agent has moved. Nothing is
 * sent to another origin than that of `url`: an interface that the card places elsewhere is asked at `url` itself, since cards often name the address inside of a container.
 */
export function createA2aClient({ url, headers }: A2aAddress): A2aClient {
  const fetch = guarded(headers);
  let opened: Promise<{ readonly client: Client; readonly streams: boolean }> | undefined;

  /** Calls the agent, in the words of this server's errors. */
  async function calling<T>(
    signal: AbortSignal,
    work: (client: Client, streams: boolean) => Promise<T>,
    reopen = true,
  ): Promise<T> {
    try {
      opened ??= open({ url, fetch });
      const { client, streams } = await opened;
      return await work(client, streams);
    } catch (error) {
      if (reopen) opened = undefined;
      signal.throwIfAborted();
      throw faultOf(error);
    }
  }

  return {
    send: (message, { signal }) =>
      calling(signal, async (client, streams) => {
        const request: SendMessageRequest = { tenant: '', message, configuration: undefined, metadata: undefined };
        if (!streams) {
          const result = await client.sendMessage(request, { signal });
          const isMessage = 'messageId' in result;
          const first: StreamResponse = {
            payload: isMessage ? { $case: 'message', value: result } : { $case: 'task', value: result },
          };
          return { first, rest: telling(nothing(), signal) };
        }
        const events = client.sendMessageStream(request, { signal });
        const { value: first, done } = await events.next();
        if (done || !first) throw new AcpError('malformed', 'The server answered with a stream without events.');
        return { first, rest: telling(events, signal) };
      }),
    task: (id, { signal }) => calling(signal, (client) => client.getTask({ tenant: '', id }, { signal })),
    follow: (id, { signal }) =>
      calling(signal, async (client, streams) =>
        streams ? telling(client.resubscribeTask({ tenant: '', id }, { signal }), signal) : undefined,
      ),
    cancel: (id, { signal }) =>
      calling(signal, (client) => client.cancelTask({ tenant: '', id, metadata: undefined }, { signal }), false),
  };
}

async function* nothing(): AsyncGenerator<StreamResponse, void, undefined> {}

/** The events, with what breaks them off in the words of this server. */
async function* telling(
  events: AsyncGenerator<StreamResponse, void, undefined>,
  signal: AbortSignal,
): AsyncGenerator<StreamResponse, void, undefined> {
  try {
    yield* events;
  } catch (error) {
    signal.throwIfAborted();
    throw faultOf(error);
  }
}

/** Reads the card and makes a client of the library, which is loaded only here. */
async function open({ url, fetch }: { url: string; fetch: typeof globalThis.fetch }) {
  const { ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory, RestTransportFactory } = await import(
    '@a2a-js/sdk/client'
  );
  const legacyCompat = { enabled: true };
  const cardResolver = new DefaultAgentCardResolver({ fetchImpl: fetch, legacyCompat });
  const raw = await readCard(url, fetch);
  const card = confined(asCard(cardResolver.normalizeAgentCard(raw)), url);
  const factory = new ClientFactory({
    transports: [
      new JsonRpcTransportFactory({ fetchImpl: fetch, legacyCompat }),
      new RestTransportFactory({ fetchImpl: fetch, legacyCompat }),
    ],
    cardResolver,
    // A server that does not stream names the task at once and is asked about it.
    clientConfig: { polling: true },
  });
  return { client: await factory.createFromAgentCard(card), streams: card.capabilities?.streaming === true };
}

async function readCard(url: string, fetch: typeof globalThis.fetch): Promise<unknown> {
  const root = new URL(url).origin;
  const places = url.endsWith('.json')
    ? [url]
    : [...new Set(CARD_PATHS.flatMap((path) => [`${url}/${path}`, `${root}/${path}`]))];
  let missing: unknown;
  for (const place of places) {
    try {
      return await (await fetch(place, { headers: { accept: 'application/json' } })).json();
    } catch (error) {
      if (!(error instanceof AcpError && error.status === 404)) throw error;
      missing = error;
    }
  }
  throw missing;
}

function asCard(card: AgentCard | null | undefined): AgentCard {
  if (Array.isArray(card?.supportedInterfaces) && card.supportedInterfaces.length > 0) return card;
  throw new AcpError('malformed', 'The card of the agent names no address.');
}

/** The card with nothing in it that leads to another server, or to a version that the library does not know by its name. */
function confined(card: AgentCard, url: string): AgentCard {
  const own = url.replace(/\/\.well-known\/[^/]+\.json$/, '');
  const { origin } = new URL(url);
  const supportedInterfaces = card.supportedInterfaces
    .filter(({ protocolBinding }) => BINDINGS.includes(protocolBinding?.toUpperCase()))
    .map((one) => ({
      ...one,
      url: URL.canParse(one.url) && new URL(one.url).origin === origin ? one.url : own,
      protocolVersion: /^0\.[0-2]\b/.test(one.protocolVersion) ? OLDEST : one.protocolVersion,
    }));
  if (supportedInterfaces.length === 0)
    throw new AcpError('malformed', 'The agent speaks neither JSON-RPC nor HTTP+JSON.');
  return { ...card, supportedInterfaces };
}

/** Codes of JSON-RPC errors that tell of the task rather than of the call. Source: A2A 1.0, section 5.4. */
const TASK_NOT_FOUND = -32001;

/** What the library throws, as an `AcpError`, so that one place puts the failures of all remote agents into words (`failures.ts`). */
function faultOf(error: unknown): AcpError {
  if (error instanceof AcpError) return error;
  const { cause, message, name } = error instanceof Error ? error : new Error(String(error));
  if (cause instanceof AcpError) return cause;
  const { envelopeCode, statusCode } = (isToldError(error) ? error : isToldError(cause) ? cause : {}) as ToldError;
  if (envelopeCode === TASK_NOT_FOUND || /TaskNotFound/.test(name))
    return new AcpError('not_found', message, { status: 404 });
  if (envelopeCode !== undefined) return new AcpError('refused', message, { status: 400 });
  if (statusCode !== undefined) return new AcpError('refused', message, { status: statusCode });
  return new AcpError('malformed', message, { cause: error });
}

/** An error that the server told, as the library throws it. */
interface ToldError {
  readonly envelopeCode?: number;
  readonly statusCode?: number;
}

function isToldError(error: unknown): error is ToldError {
  return error instanceof Error && ('envelopeCode' in error || 'statusCode' in error);
}
