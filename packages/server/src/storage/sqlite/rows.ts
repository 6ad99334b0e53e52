import type { Message, Run, RunEvent, RunStatus, Thread } from '../../model/index.ts';
import { fromFlags, fromMessage, MESSAGE, orNull } from '../message-row.ts';
import type { Value } from './connection.ts';

export { fromMessage, MESSAGE, orNull };

/** Columns of a thread in the order in which `toThread` reads them. */
export const THREAD = 'id, tenant_id, user_id, user_name, title, agent_id, status, created_at, updated_at, extra';

export function toThread(row: readonly Value[]): Thread {
  return {
    id: row[0] as string,
    tenantId: row[1] as string,
    userId: row[2] as string,
    userName: row[3] as string,
    title: row[4] as string,
    agentId: row[5] as string | null,
    status: row[6] as Thread['status'],
    createdAt: row[7] as number,
    updatedAt: row[8] as number,
    extra: JSON.parse(row[9] as string),
  };
}

export function toMessage(row: readonly Value[]): Message {
  return {
    id: row[0] as string,
    threadId: row[1] as string,
    runId: row[2] as string | null,
    role: row[3] as Message['role'],
    parts: JSON.parse(row[4] as string),
    parentId: row[5] as string | null,
    agentName: row[6] as string | null,
    userId: row[7] as string,
    userName: row[8] as string,
    createdAt: row[9] as number,
    updatedAt: row[10] as number,
    ...fromFlags(row[11] as number),
    steps: row[12] === null ? [] : JSON.parse(row[12] as string),
    state: row[13] === null ? null : JSON.parse(row[13] as string),
    ...(row[14] === null ? {} : { extra: JSON.parse(row[14] as string) }),
    ...(row[15] === null ? {} : { origin: row[15] as string }),
  };
}

/** Columns of a run in the order in which `toRun` reads them; `lastSeq` is the newest of its log, wherever that is. */
export const RUN = `id, tenant_id, user_id, user_name, thread_id, agent_id, agent_name, status, message_id, context, options, epoch, cancelling,
  created_at, started_at, ended_at, error, coalesce(archived_seq, (SELECT max(seq) FROM events WHERE run_n = runs.n))`;

export function toRun(row: readonly Value[]): Run {
  const status = row[7] as RunStatus;
  return {
    id: row[0] as string,
    tenantId: row[1] as string,
    userId: row[2] as string,
    userName: row[3] as string,
    threadId: row[4] as string,
    agentId: row[5] as string,
    agentName: row[6] as string,
    status,
    messageId: row[8] as string,
    context: JSON.parse(row[9] as string),
    options: JSON.parse(row[10] as string),
    epoch: row[11] as number,
    cancelRequested: row[12] === 1 && (status === 'running' || status === 'queued'),
    createdAt: row[13] as number,
    startedAt: row[14] as number | null,
    endedAt: row[15] as number | null,
    error: row[16] === null ? null : JSON.parse(row[16] as string),
    lastSeq: (row[17] as number | null) ?? 0,
  };
}

/** Columns of an event in the order in which `toEvent` reads them. */
export const EVENT = 'seq, type, at, data';

export function toEvent(row: readonly Value[]): RunEvent {
  return { seq: row[0], type: row[1], at: row[2], data: JSON.parse(row[3] as string) } as unknown as RunEvent;
}
