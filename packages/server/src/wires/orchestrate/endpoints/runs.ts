import {
  isUuid,
  type RunRequest,
  run,
  runCancelled,
  runListQuery,
  runPage,
  runQuery,
  runRequest,
  runStarted,
} from '@clew/wire/orchestrate';
import type { Engine, StartCommand } from '../../../engine/engine.ts';
import { type JsonObject, type Run, type Scope, visibleError, visibleMessage } from '../../../model/index.ts';
import type { Endpoint, Reply, WireRequest } from '../../endpoint.ts';
import { agentOf } from '../agent.ts';
import { defaultFraming, framingOf } from '../framing.ts';
import { decodeExtra } from '../message.ts';
import { onceOf } from '../once.ts';
import type { OrchestrateOptions } from '../options.ts';
import { orchestratePath } from '../paths.ts';
import { decodeBody, decodeQuery, idOrNone, invalid, pathId } from '../requests.ts';
import { decodeStatus, encodeRun } from '../run.ts';
import { decodeSaid } from '../sent-files.ts';
import { streamRun } from '../stream.ts';
import { messageView, runView } from '../views.ts';

const base = { tag: 'Runs', access: 'principal' } as const;

/** Members of a request that are kept with the run for whoever works on it. */
const OPTIONS = [
  'llm_params',
  'guardrails',
  'additional_parameters',
  'additional_properties',
  'version',
  'capture_logs',
] as const;

/** Runs: an agent answers a message. */
export function runEndpoints({ engine, onDefect }: OrchestrateOptions): Endpoint[] {
  const { library } = engine;

  const start = async (request: WireRequest, streams: boolean): Promise<Reply> => {
    const query = decodeQuery(runQuery, request.query);
    const started = await engine.startRun(request.scope, await startCommand(engine, request));
    if (!streams && !query.stream) {
      const { id: run_id, threadId: thread_id } = started.run;
      return { status: 200, body: { thread_id, run_id, task_id: run_id, message_id: started.message.id } };
    }
    const { scope, signal, requestId } = request;
    const { run, after } = started;
    const view = runView(engine, scope, { run, multipleContent: query.multiple_content });
    const framing = framingOf(request.header('accept')) ?? defaultFraming;
    const defect = (error: unknown) => onDefect?.(error, { requestId });
    return streamRun(engine, { scope, run, view, framing, signal, defect }, after);
  };

  return [
    {
      ...base,
      ...orchestratePath('/runs'),
      method: 'POST',
      summary: 'Send a message: start a run, or answer the question of one that waits',
      schemas: { query: runQuery, body: runRequest, reply: runStarted },
      handle: (request) => start(request, false),
    },
    {
      ...base,
      ...orchestratePath('/runs/stream'),
      method: 'POST',
      summary: 'Send a message and stream the answer',
      schemas: { query: runQuery, body: runRequest },
      handle: (request) => start(request, true),
    },
    {
      ...base,
      ...orchestratePath('/runs'),
      method: 'GET',
      summary: 'List runs, the newest first',
      schemas: { query: runListQuery, reply: runPage },
      async handle({ query, scope }) {
        const { limit, offset, thread_id, agent_id, status } = decodeQuery(runListQuery, query, ['status']);
        const [threadId, agentId] = [idOrNone(thread_id), idOrNone(agent_id)];
        const page = await library.listRuns(scope, {
          limit,
          offset,
          ...(threadId ? { threadId } : {}),
          ...(agentId ? { agentId } : {}),
          ...(status ? { status: status.flatMap(decodeStatus) } : {}),
        });
        const view = messageView(engine, scope);
        return {
          status: 200,
          body: {
            total: page.total,
            limit,
            offset,
            data: page.items.map((item) => encodeRun(visibleRun(scope, item), view)),
          },
        };
      },
    },
    {
      ...base,
      ...orchestratePath('/runs/{run_id}'),
      method: 'GET',
      summary: 'Read a run and its result',
      schemas: { reply: run },
      async handle(request) {
        const { scope } = request;
        const found = await library.readRun(scope, pathId(request, 'run_id'));
        const messages = await library.listRunMessages(scope, found.id);
        const answers = messages.filter(({ role }) => role === 'assistant').map((one) => visibleMessage(scope, one));
        return { status: 200, body: encodeRun(visibleRun(scope, found), messageView(engine, scope), answers) };
      },
    },
    {
      ...base,
      ...orchestratePath('/runs/cancel/{run_id}'),
      method: 'POST',
      summary: 'Cancel a run; what it has said stays',
      schemas: { reply: runCancelled },
      async handle(request) {
        const cancelled = await engine.cancelRun(request.scope, pathId(request, 'run_id'));
        return { status: 200, body: { thread_id: cancelled.threadId, run_id: cancelled.id } };
      },
    },
  ];
}

async function startCommand(engine: Engine, request: WireRequest): Promise<StartCommand> {
  const body = decodeBody(runRequest, request.body);
  const { message } = body;
  if (!/^(user|human)?$/i.test(message.role ?? '')) {
    throw invalid(
      ['body', 'message', 'role'],
      "Input should be 'user': a run answers what a person says",
      'literal_error',
    );
  }
  const threadId = idOrNone(body.thread_id);
  const agent = body.agent_id
    ? agentOf(engine, body.agent_id, ['body', 'agent_id'])
    : threadId && (await agentOfThread(engine, request.scope, threadId));
  const extra = decodeExtra(message);
  const { parts, context } = decodeSaid(body);
  const command = {
    ...(agent ? { agent } : {}),
    ...(threadId ? { threadId } : {}),
    message: {
      parts,
      ...(extra ? { extra } : {}),
      ...(message.id && isUuid(message.id) ? { id: message.id.toLowerCase() } : {}),
    },
    context: { ...context, ...body.context_variables } as JsonObject,
    options: optionsOf(body),
  };
  const once = onceOf(request, message.id, command);
  return { ...command, answerWaiting: true, ...(once ? { once } : {}) };
}

/** A client that names no agent goes on with the one the thread was opened with. */
async function agentOfThread(engine: Engine, scope: Scope, threadId: string): Promise<string | undefined> {
  const { agentId } = await engine.library.readThread(scope, threadId);
  return agentId !== null && engine.agents.find(agentId) ? agentId : undefined;
}

function visibleRun(scope: Scope, run: Run): Run {
  return run.error === null ? run : { ...run, error: visibleError(scope, run.error) };
}

function optionsOf(body: RunRequest): JsonObject {
  const options: Record<string, unknown> = {};
  for (const name of OPTIONS) {
    const value = body[name];
    if (value !== null && value !== undefined && !isEmpty(value)) options[name] = value;
  }
  return options as JsonObject;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && Object.keys(value as object).length === 0;
}
