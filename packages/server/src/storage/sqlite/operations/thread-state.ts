import type { Json, Scope, ThreadState } from '../../../model/index.ts';
import type { StartRun } from '../../../ports/index.ts';
import type { Connection } from '../connection.ts';
import type { Context } from './context.ts';
import { readThread } from './threads.ts';

/** See `Store.readThreadState`. */
export function readThreadState(context: Context, scope: Scope, threadId: string): ThreadState | undefined {
  readThread(context, scope, threadId);
  return stateOf(context.connection, threadId);
}

/** Takes over the state that a client brings, unless the thread has it from there already. */
export function bringState(connection: Connection, { threadId, state }: Pick<StartRun, 'threadId' | 'state'>): void {
  if (!state) return;
  const known = stateOf(connection, threadId);
  if (known?.source !== state.source) write(connection, threadId, { known, ...state });
}

/** Puts the state that an agent leaves in the place of the last one. */
export function leaveState(connection: Connection, threadId: string, value: Json): void {
  const known = stateOf(connection, threadId);
  write(connection, threadId, { known, value, ...(known?.source === undefined ? {} : { source: known.source }) });
}

function stateOf(connection: Connection, threadId: string): ThreadState | undefined {
  const state = connection.row('SELECT state FROM threads WHERE id = ?', threadId)?.[0];
  return typeof state === 'string' ? JSON.parse(state) : undefined;
}

function write(
  connection: Connection,
  threadId: string,
  { known, ...state }: Omit<ThreadState, 'version'> & { known: ThreadState | undefined },
): void {
  const next: ThreadState = { ...state, version: (known?.version ?? 0) + 1 };
  connection.run('UPDATE threads SET state = ? WHERE id = ?', JSON.stringify(next), threadId);
}
