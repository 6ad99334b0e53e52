import type { NewEvent } from '../../../model/index.ts';
import { type After, type Lease, LeaseLost } from '../../../ports/index.ts';
import type { Context } from './context.ts';
import { insertEvents, insertMessage, touchThread } from './insert.ts';

/** What a worker writes. */
export interface Append {
  readonly lease: Lease;
  readonly expectedSeq: number;
  readonly events: readonly NewEvent[];
  readonly after: After;
}

/** See `Store.append`. */
export function append({ connection, open, recent }: Context, { lease, expectedSeq, events, after }: Append): void {
  const run = open.held(lease);
  if (run.lastSeq !== expectedSeq) throw new LeaseLost(`The log ends at ${run.lastSeq}, not at ${expectedSeq}.`);
  insertEvents(connection, { n: run.n, seq: expectedSeq }, events);
  recent.add(lease.run.id, expectedSeq, events);
  run.lastSeq += events.length;
  let spoke = 0;
  for (const event of events) {
    if (event.type !== 'message.completed') continue;
    insertMessage(connection, event.data.message);
    spoke = event.at;
  }
  if (spoke > 0) touchThread(connection, run.threadId, spoke);
  if (after.status === 'running') return;
  const last = events.at(-1);
  connection.run(
    'UPDATE runs SET status = ?, worker = NULL, lease_until = NULL, ended_at = ?, error = ? WHERE n = ?',
    after.status,
    after.status === 'waiting' ? null : (last?.at ?? null),
    last?.type === 'run.failed' ? JSON.stringify(last.data.error) : null,
    run.n,
  );
  open.delete(lease.run.id);
  recent.end(lease.run.id);
}
