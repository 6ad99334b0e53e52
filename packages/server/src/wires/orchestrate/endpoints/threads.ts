import { thread, threadCreated, threadPage, threadPatch, threadQuery, threadRequest } from '@clew/wire/orchestrate';
import type { Engine } from '../../../engine/engine.ts';
import { ClewError, type JsonObject, type Scope } from '../../../model/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import type { OrchestrateOptions } from '../options.ts';
import { plainPath } from '../paths.ts';
import { bounded, decodeBody, decodeQuery, idOrNone, pathId } from '../requests.ts';
import { decodeTitle, encodeThread, keptWithThread, UNTITLED } from '../thread.ts';

const all = plainPath('/threads');
const one = plainPath('/threads/{thread_id}');
const base = { tag: 'Threads', access: 'principal' } as const;

/** Threads: conversations that a client keeps coming back to. */
export function threadEndpoints({ engine, info }: OrchestrateOptions): Endpoint[] {
  const { library, clock } = engine;
  const tenantName = (scope: Scope) => (scope.tenantId === info.defaultTenant.id ? info.defaultTenant.name : null);

  return [
    {
      ...base,
      ...all,
      method: 'POST',
      summary: 'Open a thread',
      schemas: { body: threadRequest, reply: threadCreated, status: 201 },
      async handle({ body, scope }) {
        const { title, agent_id, ...members } = decodeBody(threadRequest, body ?? {});
        const created = await library.createThread(scope, {
          id: clock.id(),
          title: decodeTitle(title ?? UNTITLED),
          agentId: knownAgent(engine, agent_id),
          extra: keptWithThread(members as JsonObject),
          at: clock.now(),
        });
        return { status: 201, headers: { Location: `/threads/${created.id}` }, body: { thread_id: created.id } };
      },
    },
    {
      ...base,
      ...all,
      method: 'GET',
      summary: 'List threads, the most recently changed first',
      schemas: { query: threadQuery, reply: threadPage },
      async handle({ query, scope }) {
        const { agent_id, limit, offset } = decodeQuery(threadQuery, query);
        const agentId = idOrNone(agent_id);
        const page = await library.listThreads(scope, { limit, offset, ...(agentId ? { agentId } : {}) });
        const data = page.items.map((item) => encodeThread(item, tenantName(scope)));
        return { status: 200, body: { data, total: page.total, limit, offset } };
      },
    },
    {
      ...base,
      ...one,
      method: 'GET',
      summary: 'Read a thread, with its run in progress',
      schemas: { reply: thread },
      async handle(request) {
        const { scope } = request;
        const found = await library.readThread(scope, pathId(request, 'thread_id'));
        const open = { threadId: found.id, status: ['queued', 'running', 'waiting'], limit: 1, offset: 0 } as const;
        const runs = await library.listRuns(scope, open);
        return { status: 200, body: encodeThread(found, tenantName(scope), runs.items[0] ?? null) };
      },
    },
    {
      ...base,
      ...one,
      method: 'PATCH',
      summary: 'Change the title or the status of a thread',
      schemas: { body: threadPatch, reply: thread },
      async handle(request) {
        const { scope } = request;
        const id = pathId(request, 'thread_id');
        const { title, status, agent_id, ...members } = decodeBody(threadPatch, request.body);
        const before = await library.readThread(scope, id);
        const extra = keptWithThread({
          ...(before.extra.orchestrate as JsonObject | undefined),
          ...(members as JsonObject),
        });
        const changed = await library.updateThread(scope, id, {
          at: clock.now(),
          ...(title === undefined ? {} : { title: decodeTitle(title) }),
          ...(status === undefined ? {} : { status: status === 'closed' ? 'closed' : 'open' }),
          ...(agent_id === undefined ? {} : { agentId: knownAgent(engine, agent_id) }),
          extra: bounded({ ...before.extra, ...extra }),
        });
        return { status: 200, body: encodeThread(changed, tenantName(scope)) };
      },
    },
    {
      ...base,
      ...one,
      method: 'DELETE',
      summary: 'Delete a thread with its messages and runs',
      schemas: { status: 204 },
      async handle(request) {
        await library.deleteThread(request.scope, pathId(request, 'thread_id'));
        return { status: 204 };
      },
    },
  ];
}

function knownAgent(engine: Engine, id: string | null | undefined): string | null {
  const agentId = idOrNone(id);
  if (agentId === undefined) return null;
  if (!engine.agents.find(agentId)) throw new ClewError('agent_not_found');
  return agentId;
}
