import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type AgentCard, type Artifact, type Part, Role, TaskState } from '@a2a-js/sdk';
import { LegacyJsonRpcTransportHandler } from '@a2a-js/sdk/compat/v0_3/server';
import {
  AgentEvent,
  DefaultRequestHandler,
  InMemoryTaskStore,
  JsonRpcTransportHandler,
  type RequestContext,
  ServerCallContext,
  UnauthenticatedUser,
} from '@a2a-js/sdk/server';
import { onTestFinished } from 'vitest';

/** What an agent of the server can do with one message. */
export interface Worker {
  /** The text of the message. */
  readonly said: string;
  readonly request: RequestContext;
  /** What was said in the same task before, the question included. */
  readonly goesOn: boolean;
  /** Aborts when the task is cancelled. */
  readonly cancelled: AbortSignal;
  /** Makes the task known: the first thing of every task. One that goes on is known already. */
  begin(): void;
  status(state: keyof typeof STATES, text?: string): void;
  /** A piece of a result; `append` adds to the one of this id. */
  artifact(id: string, parts: readonly (string | Part)[], append?: boolean): void;
  /** The whole answer, without a task. */
  message(text: string): void;
}

const STATES = {
  working: TaskState.TASK_STATE_WORKING,
  completed: TaskState.TASK_STATE_COMPLETED,
  failed: TaskState.TASK_STATE_FAILED,
  rejected: TaskState.TASK_STATE_REJECTED,
  canceled: TaskState.TASK_STATE_CANCELED,
  'input-required': TaskState.TASK_STATE_INPUT_REQUIRED,
  'auth-required': TaskState.TASK_STATE_AUTH_REQUIRED,
};

export interface A2aServerOptions {
  /** Default `0.3.0`. */
  readonly version?: '0.2.5' | '0.3.0' | '1.0';
  /** Default true. */
  readonly streaming?: boolean;
  /** What `Authorization` has to be. Default: anything. */
  readonly authorization?: string;
  /** Address in the card. Default: that of the server. */
  readonly cardUrl?: string;
  /** Path of the agent. Default `/`. */
  readonly path?: string;
  /** Sees every call before it is answered; what it returns is answered in its place. */
  readonly intercept?: (call: Call) => Intercepted | undefined | Promise<Intercepted | undefined>;
}

export interface Call {
  readonly path: string;
  readonly method: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into calls of every kind
  readonly params: any;
  readonly headers: IncomingMessage['headers'];
}

export interface Intercepted {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Breaks the connection off after so many events of the stream. */
  readonly cutAfter?: number;
}

export interface A2aServer {
  readonly url: string;
  /** Every call, that for the card as `card`. */
  readonly calls: Call[];
  /** Breaks off all connections that are open. */
  cut(): void;
  close(): Promise<void>;
}

/** A server of one agent, made with the official library over `node:http`: `work` does what each message asks for. Closed after the test. */
export async function startA2aServer(
  work: (worker: Worker) => Promise<void> | void,
  options: A2aServerOptions = {},
): Promise<A2aServer> {
  const { version = '0.3.0', streaming = true, path = '/', intercept = () => undefined } = options;
  const calls: Call[] = [];
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const card = cardFor({ version, streaming, url: options.cardUrl ?? `${url}${path}` });

  const cancels = new Map<string, AbortController>();
  const handler = new DefaultRequestHandler(card.core, new InMemoryTaskStore(), {
    async execute(request, bus) {
      const { taskId, contextId } = request;
      const cancel = new AbortController();
      cancels.set(taskId, cancel);
      const about = { taskId, contextId, metadata: undefined };
      const parts = request.userMessage.parts;
      const statusOf = (state: keyof typeof STATES, words?: string) => ({
        state: STATES[state],
        message: words === undefined ? undefined : { ...messageOf(words), contextId, taskId },
        timestamp: new Date().toISOString(),
      });
      // What comes of a message begins with the task: the library wants it so.
      if (request.task) bus.publish(AgentEvent.task(request.task));
      try {
        await work({
          said: parts.map(({ content }) => (content?.$case === 'text' ? content.value : '')).join(''),
          request,
          goesOn: request.task !== undefined,
          cancelled: cancel.signal,
          begin: () =>
            bus.publish(
              AgentEvent.task({
                id: taskId,
                contextId,
                status: { state: TaskState.TASK_STATE_SUBMITTED, message: undefined, timestamp: undefined },
                artifacts: [],
                history: [request.userMessage],
                metadata: undefined,
              }),
            ),
          status: (state, words) => bus.publish(AgentEvent.statusUpdate({ ...about, status: statusOf(state, words) })),
          artifact: (artifactId, given, append = false) =>
            bus.publish(
              AgentEvent.artifactUpdate({
                ...about,
                append,
                lastChunk: false,
                artifact: artifactOf(artifactId, given),
              }),
            ),
          message: (words) => bus.publish(AgentEvent.message({ ...messageOf(words), contextId })),
        });
        if (cancel.signal.aborted) bus.publish(AgentEvent.statusUpdate({ ...about, status: statusOf('canceled') }));
      } finally {
        bus.finished();
      }
    },
    async cancelTask(taskId) {
      cancels.get(taskId)?.abort();
    },
  });
  const rpc = version === '1.0' ? new JsonRpcTransportHandler(handler) : new LegacyJsonRpcTransportHandler(handler);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const isCard = request.method === 'GET';
    const read = isCard ? { method: 'card', params: request.url } : JSON.parse(body);
    const call: Call = { path: request.url ?? '', method: read.method, params: read.params, headers: request.headers };
    calls.push(call);
    const other = await intercept(call);
    if (other && other.cutAfter === undefined) {
      response.writeHead(other.status ?? 200, other.headers ?? {}).end(other.body ?? '');
      return;
    }
    if (options.authorization !== undefined && request.headers.authorization !== options.authorization) {
      response.writeHead(401).end('Who are you?');
      return;
    }
    const file = version === '0.2.5' ? 'agent.json' : 'agent-card.json';
    if (isCard) {
      const isHere = request.url === `/.well-known/${file}`;
      response.writeHead(isHere ? 200 : 404, { 'content-type': 'application/json' });
      response.end(isHere ? JSON.stringify(card.wire) : '{"detail":"Not Found"}');
      return;
    }
    const context = new ServerCallContext({
      user: new UnauthenticatedUser(),
      requestedVersion: version === '1.0' ? '1.0' : '0.3',
    });
    const result = await rpc.handle(body, context);
    if (!(Symbol.asyncIterator in result)) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let sent = 0;
    // Read to the end though nobody listens: the library keeps the task up to date by it.
    for await (const event of result) {
      if (sent === other?.cutAfter) response.write(': cut\n\n', () => response.destroy());
      else if (other === undefined || sent < (other.cutAfter ?? 0))
        response.write(`data: ${JSON.stringify(event)}\n\n`);
      sent += 1;
    }
    response.end();
  }

  const close = async () => {
    for (const cancel of cancels.values()) cancel.abort();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return { url, calls, cut: () => server.closeAllConnections(), close };
}

function messageOf(words: string) {
  const empty = { contextId: '', taskId: '', metadata: undefined, extensions: [], referenceTaskIds: [] };
  return { ...empty, messageId: crypto.randomUUID(), role: Role.ROLE_AGENT, parts: [textPart(words)] };
}

function artifactOf(artifactId: string, parts: readonly (string | Part)[]): Artifact {
  const given = parts.map((part) => (typeof part === 'string' ? textPart(part) : part));
  return { artifactId, name: '', description: '', parts: given, metadata: undefined, extensions: [] };
}

function textPart(value: string): Part {
  return { content: { $case: 'text', value }, metadata: undefined, filename: '', mediaType: '' };
}

/** The card as the library wants it, and as it is on the wire. */
function cardFor({ version, streaming, url }: { version: string; streaming: boolean; url: string }) {
  const about = {
    name: 'Far',
    description: 'Works elsewhere.',
    version: '1',
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: [],
  };
  const capabilities = { streaming, pushNotifications: false };
  const isOld = version !== '1.0';
  const face = { url, protocolBinding: 'JSONRPC', tenant: '', protocolVersion: isOld ? '0.3' : '1.0' };
  const core: AgentCard = {
    ...about,
    provider: undefined,
    capabilities: { ...capabilities, extensions: [] },
    supportedInterfaces: [face],
    securitySchemes: {},
    securityRequirements: [],
    signatures: [],
  };
  const { tenant: _, ...named } = face;
  const wire = isOld
    ? { ...about, capabilities, url, protocolVersion: version, preferredTransport: 'JSONRPC' }
    : { ...about, capabilities, supportedInterfaces: [named] };
  return { core, wire };
}
