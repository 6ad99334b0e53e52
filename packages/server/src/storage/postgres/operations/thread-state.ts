import type { Scope, ThreadState } from '../../../model/index.ts';
import type { StartRun } from '../../../ports/index.ts';
import type { Session } from '../database.ts';
import { readThread } from './threads.ts';

/** See `Store.readThreadState`. `append` writes what agents leave. */
export async function readThreadState(
  session: Session,
  scope: Scope,
  threadId: string,
): Promise<ThreadState | undefined> {
  await readThread(session, scope, threadId);
  // As text: a state that is `null` is not the same as none.
  const row = await session.row(
    'SELECT state_source, state_value::text, state_version FROM clew.threads WHERE id = $1 AND state_version > 0',
    threadId,
  );
  if (!row) return undefined;
  const [source, value, version] = row as [string | null, string | null, number];
  return {
    ...(source === null ? {} : { source }),
    ...(value === null ? {} : { value: JSON.parse(value) }),
    version,
  };
}

/** Takes over the state that a client brings, unless the thread has it from there already. */
export async function bringState(
  session: Session,
  { threadId, state }: Pick<StartRun, 'threadId' | 'state'>,
): Promise<void> {
  if (!state) return;
  await session.run(
    `UPDATE clew.threads SET state_source = $1, state_value = $2::json, state_version = state_version + 1
     WHERE id = $3 AND state_source IS DISTINCT FROM $1`,
    state.source,
    state.value === undefined ? null : JSON.stringify(state.value),
    threadId,
  );
}
