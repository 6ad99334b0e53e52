import { type RunMode, runCreateRequest, runResumeRequest, run as runSchema } from '@clew/wire/acp';
import type { Run } from '../../../model/index.ts';
import type { Endpoint, Reply, WireRequest } from '../../endpoint.ts';
import { mismatch } from '../errors.ts';
import { sseReply } from '../framing.ts';
import { decodeMessage } from '../message.ts';
import { agentNamed } from '../names.ts';
import type { AcpOptions } from '../options.ts';
import { cancelling, createdRun, currentRun, type Reading, settledRun, streamRun } from '../reading.ts';
import { decodeBody, pathId } from '../requests.ts';
import { broughtBy } from '../sessions.ts';

const base = { aliases: [], tag: 'ACP runs', access: 'principal' } as const;

/** Runs: started, read, answered, cancelled. */
export function runEndpoints(options: AcpOptions): Endpoint[] {
  const { engine } = options;

  const start = async (request: WireRequest): Promise<{ run: Run; mode: RunMode } | Reply> => {
    const { agent_name, session_id, session, input, mode = 'sync' } = decodeBody(runCreateRequest, request.body);
    const agent = agentNamed(engine, request.scope, agent_name);
    if (session_id && session?.id && session_id !== session.id) return mismatch('session_id and session.id differ.');
    const sessionId = session_id ?? session?.id ?? undefined;
    const { scope } = request;
    const messages = input.map(decodeMessage);
    const { parts = [], extra } = messages.at(-1) ?? {};
    const brought = session ? await broughtBy(options, scope, { ...session, id: sessionId }) : {};
    const { run } = await engine.startRun(scope, {
      agent: agent.name,
      ...(sessionId ? { threadId: sessionId, mayCreateThread: true } : {}),
      message: { parts, ...(extra ? { extra } : {}) },
      earlier: messages.slice(0, -1),
      ...brought,
    });
    return { run, mode };
  };

  const readingOf = (request: WireRequest, run: Run): Reading => {
    const { scope, signal, requestId } = request;
    return { engine, scope, run, signal, defect: (error) => options.onDefect?.(error, { requestId }) };
  };

  return [
    {
      ...base,
      method: 'POST',
      path: '/runs',
      summary: 'Start a run: wait for it, leave it, or stream it',
      schemas: { body: runCreateRequest, reply: runSchema },
      async handle(request) {
        const started = await start(request);
        if (!('run' in started)) return started;
        const { run, mode } = started;
        const reading = readingOf(request, run);
        const headers = { 'Run-ID': run.id };
        if (mode === 'stream') return sseReply(streamRun(reading, 0), headers);
        if (mode === 'async') return { status: 202, headers, body: createdRun(reading) };
        return { status: 200, headers, body: await settledRun(reading) };
      },
    },
    {
      ...base,
      method: 'GET',
      path: '/runs/{run_id}',
      summary: 'Read a run',
      schemas: { reply: runSchema },
      async handle(request) {
        const run = await engine.library.readRun(request.scope, pathId(request, 'run_id'));
        return { status: 200, body: await currentRun({ engine, scope: request.scope, run }) };
      },
    },
    {
      ...base,
      method: 'POST',
      path: '/runs/{run_id}',
      summary: 'Answer the question of a run that awaits one',
      schemas: { body: runResumeRequest, reply: runSchema },
      async handle(request) {
        const runId = pathId(request, 'run_id');
        const { await_resume, mode } = decodeBody(runResumeRequest, request.body);
        const { parts, extra } = decodeMessage(await_resume.message);
        const run = await engine.answerRun(request.scope, runId, { parts, ...(extra ? { extra } : {}) });
        const reading = readingOf(request, run);
        const headers = { 'Run-ID': run.id };
        // The answer is the last event as of now: what it led to is shown from there on.
        if (mode === 'stream') return sseReply(streamRun(reading, run.lastSeq - 1), headers);
        if (mode === 'async') return { status: 202, headers, body: await currentRun(reading, run.lastSeq) };
        return { status: 200, headers, body: await settledRun(reading) };
      },
    },
    {
      ...base,
      method: 'POST',
      path: '/runs/{run_id}/cancel',
      summary: 'Cancel a run; what it has said stays',
      schemas: { reply: runSchema, status: 202 },
      async handle(request) {
        const { scope } = request;
        const run = await engine.cancelRun(scope, pathId(request, 'run_id'));
        return { status: 202, body: cancelling(await currentRun({ engine, scope, run })) };
      },
    },
  ];
}
