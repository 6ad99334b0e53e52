import { randomUUID } from 'node:crypto';
import { v5 } from 'uuid';
import { onTestFinished } from 'vitest';
import { loadConfig } from '../../../src/config/index.ts';
import { createEngine } from '../../../src/engine/index.ts';
import { createIdentity, createTokens } from '../../../src/http/index.ts';
import type { Agent, Scope } from '../../../src/model/index.ts';
import { type AgentDirectory, NO_HOLDINGS, type Runtime, type Store } from '../../../src/ports/index.ts';
import { createLocalNotifier } from '../../../src/storage/sqlite/notifier.ts';
import { openSqlite } from '../../../src/storage/sqlite/store.ts';
import type { Reply, Wire, WireRequest } from '../../../src/wires/endpoint.ts';
import { createOrchestrateWire } from '../../../src/wires/orchestrate/index.ts';
import { agentNamed, anna } from '../../engine/kit.ts';
import type { Shown } from './logs.ts';

export { anna };

export const VISITOR: Scope = { ...anna, audience: 'visitor' };
export const STRANGER: Scope = { ...anna, userId: '00000000-0000-4000-8000-0000000000b1', audience: 'user' };

export interface Asked {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly scope?: Scope;
  readonly signal?: AbortSignal;
}

/** A reply that was read to its end. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of any kind
  readonly body: any;
  /** What was streamed, if it was. */
  readonly text: string;
}

export interface TestWireOptions {
  readonly wrap?: (store: Store) => Store;
  /** Members of agents that differ from the usual, by name. */
  readonly agents?: Readonly<Record<string, Partial<Agent>>>;
}

const CLOCK = { now: () => Date.now(), id: randomUUID };

/** The identity of a server with the one channel that there is without configuration. */
function identityOn(store: Store) {
  const tenantId = anna.tenantId;
  const secret = new Uint8Array(32).fill(7);
  const { channels } = loadConfig({ project: import.meta.dirname, variable: () => undefined });
  return createIdentity({
    channels,
    tenantId,
    secret,
    store,
    clock: CLOCK,
    tokens: createTokens({ secret, tenantId, clock: CLOCK, ttlSeconds: 60 }),
    publicUrl: () => '',
    hosts: [],
    fetchText: () => Promise.reject(new Error('There is no network here.')),
    isPaused: async () => false,
    admitSignOut: async () => {},
    onRefused: () => {},
  });
}

/** The wire on a real engine and database, with agents that are plain functions; called as http calls it. */
export function createTestWire(runtimes: Record<string, Runtime['run']>, options: TestWireOptions = {}) {
  const { store } = openSqlite({ file: ':memory:' });
  const engine = createEngine({
    store: options.wrap?.(store) ?? store,
    notifier: createLocalNotifier(),
    clock: CLOCK,
    agents: directory(runtimes, options.agents ?? {}),
    settings: { leaseMs: 10_000, concurrency: 100, coalesceMs: 0, coalesceBytes: 2048 },
    onDefect: () => {},
  });
  engine.start();
  onTestFinished(async () => {
    await engine.stop(0);
    await store.close();
  });
  const defects: unknown[] = [];
  const wire = createOrchestrateWire({
    anyOpen: true,
    engine,
    identity: identityOn(store).desk,
    approvals: {
      link: async ({ waitId, name, issuerId }) => ({ url: `/approve?${waitId} ${name} ${issuerId}`, expiresAt: 0 }),
    },
    webhooks: {
      list: async () => [],
      deliveries: async () => [],
      retry: async () => 0,
      test: async () => ({ status: 204, problem: null, ms: 0 }),
    },
    erasures: {
      measure: async () => NO_HOLDINGS,
      erase: async () => ({ id: randomUUID(), at: 0, counts: NO_HOLDINGS }),
      receipts: async () => [],
    },
    channels: { list: async () => [], setPaused: async (name, paused) => ({ name, modes: ['open'], paused }) },
    tokens: { issue: async ({ userName, tenantId }) => ({ token: `${userName}@${tenantId}`, expiresInSeconds: 60 }) },
    info: { version: '1.2.3', defaultTenant: { id: anna.tenantId, name: 'local' } },
    onDefect: (error) => defects.push(error),
  });
  /** Calls the endpoint that an address such as `POST /api/v1/threads?x=y` leads to. */
  async function open(address: string, asked: Asked = {}): Promise<Reply> {
    const [method = '', target = ''] = address.split(' ');
    const [path = '', search = ''] = target.split('?');
    const { endpoint, params } = find(wire, method, path);
    const headers = new Headers(asked.headers);
    const request: WireRequest = {
      params,
      query: new URLSearchParams(search),
      header: (name) => headers.get(name) ?? undefined,
      body: asked.body,
      scope: asked.scope ?? anna,
      signal: asked.signal ?? new AbortController().signal,
      requestId: 'request',
    };
    return endpoint.handle(request).catch((error) => wire.error(error, 'request'));
  }
  const ask = async (address: string, asked?: Asked): Promise<Answered> => read(await open(address, asked));
  return {
    engine,
    wire,
    defects,
    open,
    ask,
    /** Says something and gives the frames of the answer. */
    say: async (content: unknown, more: object = {}, asked: Asked = {}) =>
      frames(
        await ask('POST /api/v1/orchestrate/runs?stream=true', { ...asked, body: { message: { content }, ...more } }),
      ),
    agent: (name: string) => engine.agents.find(name) as Agent,
    /** Resolves when the run ends or waits. */
    async settled(runId: string): Promise<void> {
      for await (const _ of engine.tail(anna, runId, 0, { untilWaiting: true }));
    },
  };
}

function directory(runtimes: Record<string, Runtime['run']>, more: Record<string, Partial<Agent>>): AgentDirectory {
  const agents = Object.keys(runtimes).map((name) => ({
    ...agentNamed(name),
    id: v5(name, anna.tenantId),
    ...more[name],
  }));
  return {
    list: () => agents,
    find: (idOrName) => agents.find(({ id, name }) => id === idOrName || name === idOrName),
    default: () => agents.find(({ hidden }) => !hidden),
    runtime: ({ name }) => ({ recovery: 'restart', run: runtimes[name] as Runtime['run'] }),
  };
}

/** The frames of a stream of bare lines. */
export function frames({ status, text, body }: Answered): Shown[] {
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Shown);
}

/** The text of the last message that was created. */
export function answerOf(shown: readonly Shown[]): string {
  const created = shown.findLast(({ event }) => event === 'message.created');
  return created?.data.message.content.map(({ text }: { text?: string }) => text ?? '').join('') ?? '';
}

async function read(reply: Reply): Promise<Answered> {
  const { status, headers = {} } = reply;
  if ('bytes' in reply) throw new Error('A file is not read here.');
  if ('text' in reply) return { status, headers, body: undefined, text: reply.text };
  if (!('stream' in reply)) return { status, headers, body: reply.body, text: '' };
  let text = '';
  for await (const chunk of reply.stream) text += chunk;
  return { status, headers, body: undefined, text };
}

function find(wire: Wire, method: string, path: string) {
  for (const endpoint of wire.endpoints) {
    if (endpoint.method !== method) continue;
    for (const template of [endpoint.path, ...endpoint.aliases]) {
      const match = new RegExp(`^${template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(path);
      if (match) return { endpoint, params: { ...match.groups } };
    }
  }
  throw new Error(`No endpoint for ${method} ${path}`);
}
