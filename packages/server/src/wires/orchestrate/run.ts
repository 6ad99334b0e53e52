import type { Run as WireRun, RunStatus as WireStatus } from '@clew/wire/orchestrate';
import { type JsonObject, type Message, type Run, type RunStatus, usageOf } from '../../model/index.ts';
import { encodeMessage, type MessageView } from './message.ts';
import { isoTime, isoTimeOrNull } from './times.ts';
import { encodeUsage } from './usage.ts';

const STATUS: { readonly [status in RunStatus]: WireStatus } = {
  queued: 'pending',
  running: 'running',
  waiting: 'requires_input',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** A status in the words of this wire, which has more of them: those for work outside the server never occur here. */
export function encodeStatus(status: RunStatus): WireStatus {
  return STATUS[status];
}

/** The statuses that a word of this wire stands for. */
export function decodeStatus(word: WireStatus): RunStatus[] {
  return (Object.keys(STATUS) as RunStatus[]).filter((status) => STATUS[status] === word);
}

/** A run as this wire has it. `messages` are those it made, oldest first, where they are asked for. */
export function encodeRun(run: Run, view: MessageView, messages: readonly Message[] = []): WireRun {
  const answer = messages.at(-1);
  const endedAt = (status: RunStatus) => (run.status === status ? isoTimeOrNull(run.endedAt) : null);
  const error = run.error?.message ?? null;
  return {
    id: run.id,
    thread_id: run.threadId,
    tenant_id: run.tenantId,
    assistant_id: null,
    agent_id: run.agentId,
    status: encodeStatus(run.status),
    created_at: isoTime(run.createdAt),
    started_at: isoTimeOrNull(run.startedAt),
    completed_at: endedAt('completed'),
    failed_at: endedAt('failed'),
    cancelled_at: endedAt('cancelled'),
    llm_params: option(run, 'llm_params'),
    usage: encodeUsage(usageOf(messages.flatMap(({ steps }) => steps))),
    last_error: error,
    error,
    result: answer ? { type: 'message', data: { message: encodeMessage(answer, view) } } : null,
    guardrails: option(run, 'guardrails'),
    additional_parameters: option(run, 'additional_parameters'),
    trace_id: null,
  };
}

function option(run: Run, name: string): JsonObject | null {
  return (run.options[name] as JsonObject | undefined) ?? null;
}
