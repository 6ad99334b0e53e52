import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the model does with one request, in order. */
export type ModelStep =
  | { readonly text: string }
  | { readonly reasoning: string }
  /** A call of a tool; `arguments` comes in several pieces, as models send it. */
  | {
      readonly call: {
        readonly id: string;
        readonly name: string;
        readonly arguments: string;
        readonly index?: number;
      };
    }
  /** Waits until the promise is resolved, or the client is gone. */
  | { readonly until: Promise<unknown> }
  /** Tokens of the request, in the last chunk. */
  | { readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number } }
  /** Why it stops. Default: `tool_calls` after a call, else `stop`. */
  | { readonly finish: string }
  /** Writes this as it is: a broken chunk, or one of another make. */
  | { readonly raw: string }
  /** Cuts the connection. */
  | { readonly cut: true };

/** The answer to one request: a stream of chunks, or a refusal. */
export type ModelTurn =
  | readonly ModelStep[]
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };

/** A request as the model got it. */
export interface ModelRequest {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into requests of every kind
  readonly body: any;
  /** Whether the client closed the connection before the answer was complete, and the bytes written after that. */
  aborted: boolean;
  bytesAfterAbort: number;
  /** When it did, as `performance.now()` has it; null while it has not. */
  abortedAt: number | null;
}

/** A server that speaks chat completions as model providers do. */
export interface ModelServer {
  /** To be configured as the base URL: ends in `/v1`. */
  readonly baseUrl: string;
  readonly requests: readonly ModelRequest[];
  /** From now on answers requests for embeddings: a vector for each text. `fail` answers the next ones, which are counted by `requests` all the same. */
  embed(vectorOf: (text: string) => readonly number[], fail?: (request: ModelRequest) => ModelTurn | undefined): void;
  /** Adds answers to the script; each request takes the next one. A function sees the request first. */
  script(...turns: (ModelTurn | ((request: ModelRequest) => ModelTurn))[]): void;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. A request beyond the script is answered with status 500 and says so. */
export async function startModelServer(): Promise<ModelServer> {
  const requests: ModelRequest[] = [];
  const turns: (ModelTurn | ((request: ModelRequest) => ModelTurn))[] = [];

  let embedding: Embedding | undefined;

  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    const request: ModelRequest = {
      url: incoming.url ?? '',
      headers: incoming.headers,
      body,
      aborted: false,
      bytesAfterAbort: 0,
      abortedAt: null,
    };
    requests.push(request);
    if (embedding && /\/embeddings(\?|$)/.test(request.url)) return vectors(request, outgoing, embedding);
    const next = turns.shift() ?? { status: 500, body: { error: { message: 'The script of the test is over.' } } };
    const turn = typeof next === 'function' ? next(request) : next;
    if (!isSteps(turn)) refuse(turn, outgoing);
    else if (body.stream === true) await stream(turn, request, outgoing);
    else whole(turn, request, outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    embed: (vectorOf, fail = () => undefined) => {
      embedding = { vectorOf, fail };
    },
    script: (...more) => {
      turns.push(...more);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Embedding {
  readonly vectorOf: (text: string) => readonly number[];
  readonly fail: (request: ModelRequest) => ModelTurn | undefined;
}

function vectors(request: ModelRequest, outgoing: ServerResponse, { vectorOf, fail }: Embedding): void {
  const failure = fail(request);
  if (failure && !isSteps(failure)) {
    refuse(failure, outgoing);
    return;
  }
  const data = (request.body.input as string[]).map((text, index) => ({
    object: 'embedding',
    index,
    embedding: vectorOf(text),
  }));
  outgoing.writeHead(200, { 'content-type': 'application/json' });
  const usage = { prompt_tokens: data.length, total_tokens: data.length };
  outgoing.end(JSON.stringify({ object: 'list', model: request.body.model, data, usage }));
}

function refuse(turn: Exclude<ModelTurn, readonly ModelStep[]>, outgoing: ServerResponse): void {
  outgoing.writeHead(turn.status, { 'content-type': 'application/json', ...turn.headers });
  outgoing.end(JSON.stringify(turn.body ?? { error: { message: 'refused' } }));
}

function isSteps(turn: ModelTurn): turn is readonly ModelStep[] {
  return Array.isArray(turn);
}

async function stream(steps: readonly ModelStep[], request: ModelRequest, outgoing: ServerResponse): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    outgoing.once('close', () => {
      request.aborted = !outgoing.writableFinished;
      if (request.aborted) request.abortedAt = performance.now();
      resolve();
    });
  });
  const write = (text: string): void => {
    if (request.aborted) request.bytesAfterAbort += text.length;
    else outgoing.write(text);
  };
  const chunk = (delta: object, finish: string | null = null): void =>
    write(`data: ${JSON.stringify({ ...about(request), choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
  outgoing.flushHeaders();
  for (const step of steps) {
    if ('text' in step) chunk({ role: 'assistant', content: step.text });
    else if ('reasoning' in step) chunk({ reasoning_content: step.reasoning });
    else if ('call' in step) for (const piece of callPieces(step.call)) chunk({ tool_calls: [piece] });
    else if ('usage' in step)
      write(`data: ${JSON.stringify({ ...about(request), choices: [], ...usageOf([step]) })}\n\n`);
    else if ('finish' in step) continue;
    else if ('raw' in step) write(step.raw);
    else if ('until' in step) await Promise.race([step.until, gone]);
    else {
      outgoing.destroy();
      return;
    }
  }
  chunk({}, finishOf(steps));
  write('data: [DONE]\n\n');
  outgoing.end();
}

function whole(steps: readonly ModelStep[], request: ModelRequest, outgoing: ServerResponse): void {
  const content = steps.map((step) => ('text' in step ? step.text : '')).join('');
  const calls = steps.flatMap((step) => ('call' in step ? [step.call] : []));
  const message = {
    role: 'assistant',
    content,
    ...(calls.length > 0
      ? {
          tool_calls: calls.map(({ id, name, arguments: args }) => ({
            id,
            type: 'function',
            function: { name, arguments: args },
          })),
        }
      : {}),
  };
  outgoing.writeHead(200, { 'content-type': 'application/json' });
  outgoing.end(
    JSON.stringify({
      ...about(request),
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: finishOf(steps) }],
      ...usageOf(steps),
    }),
  );
}

/** A call as it is streamed: the name first, then the arguments in two pieces. */
function callPieces({ id, name, arguments: args, index = 0 }: Extract<ModelStep, { call: unknown }>['call']): object[] {
  const middle = Math.ceil(args.length / 2);
  return [
    { index, id, type: 'function', function: { name, arguments: '' } },
    { index, function: { arguments: args.slice(0, middle) } },
    { index, function: { arguments: args.slice(middle) } },
  ];
}

function finishOf(steps: readonly ModelStep[]): string {
  const said = steps.find((step) => 'finish' in step)?.finish;
  if (said !== undefined) return said;
  return steps.some((step) => 'call' in step) ? 'tool_calls' : 'stop';
}

function usageOf(steps: readonly ModelStep[]): object {
  const said = steps.find((step) => 'usage' in step)?.usage;
  return said ? { usage: { ...said, total_tokens: said.prompt_tokens + said.completion_tokens } } : {};
}

function about(request: ModelRequest): object {
  return { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: request.body.model };
}
