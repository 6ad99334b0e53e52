import type { Message, Run, RunEvent, RunStatus, Thread } from '../../model/index.ts';
import { fromFlags, fromMessage, MESSAGE, orNull } from '../message-row.ts';
import type { Row, Value } from './database.ts';

export { fromMessage, MESSAGE, orNull };

/** Columns of a thread in the order in which `toThread` reads them. */
export const THREAD = 'id, tenant_id, user_id, user_name, title, agent_id, status, created_at, updated_at, extra';

export function toThread(row: Row): Thread {
  const [id, tenantId, userId, userName, title, agentId, status, createdAt, updatedAt, extra] = row;
  return { id, tenantId, userId, userName, title, agentId, status, createdAt, updatedAt, extra };
}

/** The types of the `MESSAGE` columns, for `unnest`. JSON goes over as text. */
export const MESSAGE_TYPES =
  'text, text, text, text, text, text, text, text, text, bigint, bigint, int, text, text, text, text'.split(', ');
/** The columns of `message` as they are stored. */
export const MESSAGE_CELLS = MESSAGE.split(', ')
  .map((name) => (['parts', 'steps', 'state', 'extra'].includes(name) ? `message.${name}::json` : `message.${name}`))
  .join(', ');

export function toMessage(row: Row): Message {
  return {
    id: row[0],
    threadId: row[1],
    runId: row[2],
    role: row[3],
    parts: row[4],
    parentId: row[5],
    agentName: row[6],
    userId: row[7],
    userName: row[8],
    createdAt: row[9],
    updatedAt: row[10],
    ...fromFlags(row[11]),
    steps: row[12] ?? [],
    state: row[13],
    ...(row[14] === null ? {} : { extra: row[14] }),
    ...(row[15] === null ? {} : { origin: row[15] }),
  };
}

/** Columns of a run in the order in which `toRun` reads them; the last is the newest `seq` of its log, wherever that is. */
export const RUN = `id, tenant_id, user_id, user_name, thread_id, agent_id, agent_name, status, message_id, context, options, epoch, cancelling,
  created_at, started_at, ended_at, error, coalesce(archived_seq, (SELECT max(seq) FROM clew.events WHERE run_n = runs.n))`;

export function toRun(row: Row): Run {
  const status: RunStatus = row[7];
  return {
    id: row[0],
    tenantId: row[1],
    userId: row[2],
    userName: row[3],
    threadId: row[4],
    agentId: row[5],
    agentName: row[6],
    status,
    messageId: row[8],
    context: row[9],
    options: row[10],
    epoch: row[11],
    cancelRequested: row[12] && (status === 'running' || status === 'queued'),
    createdAt: row[13],
    startedAt: row[14],
    endedAt: row[15],
    error: row[16],
    lastSeq: row[17] ?? 0,
  };
}

/** Columns of an event in the order in which `toEvent` reads them. */
export const EVENT = 'seq, type, at, data';

export function toEvent([seq, type, at, data]: Row): RunEvent {
  return { seq, type, at, data } as RunEvent;
}

/** `$4, $5, $6` for three values that follow three others. */
export function places(values: readonly Value[], after = 0): string {
  return values.map((_, at) => `$${after + at + 1}`).join(', ');
}
