import type { NewEvent } from '../../../model/index.ts';
import { type After, type Lease, LeaseLost } from '../../../ports/index.ts';
import type { Context } from './context.ts';
import { insertEvents, insertMessage, touchThread } from './insert.ts';
import { leaveState } from './thread-state.ts';
import { freeNext } from './turns.ts';

/** What a worker writes. */
export interface Append {
  readonly lease: Lease;
  readonly expectedSeq: number;
  readonly events: readonly NewEvent[];
  readonly after: After;
}

/** See `Store.append`. */
export function append({ connection, open, recent }: Context, write: Append): { freed: boolean } {
  const { lease, expectedSeq } = write;
  const run = open.held(lease);
  const { events, after } = run.cancelling && write.after.status === 'waiting' ? cancelled(write) : write;
  if (run.lastSeq !== expectedSeq) throw new LeaseLost(`The log ends at ${run.lastSeq}, not at ${expectedSeq}.`);
  const size = insertEvents(connection, { n: run.n, seq: expectedSeq }, events);
  recent.add(lease.run.id, { seq: expectedSeq, size }, events);
  run.lastSeq += events.length;
  let spoke = 0;
  for (const event of events) {
    if (event.type === 'state.updated') leaveState(connection, run.threadId, event.data.state);
    if (event.type !== 'message.completed') continue;
    insertMessage(connection, event.data.message);
    spoke = event.at;
  }
  if (spoke > 0) touchThread(connection, run.threadId, spoke);
  if (after.status === 'running') return { freed: false };
  const last = events.at(-1);
  connection.run(
    'UPDATE runs SET status = ?, worker = NULL, lease_until = NULL, ended_at = ?, waiting_since = ?, waiting_until = ?, error = ? WHERE n = ?',
    after.status,
    after.status === 'waiting' ? null : (last?.at ?? null),
    after.status === 'waiting' ? (last?.at ?? null) : null,
    last?.type === 'run.waiting' ? (last.data.expires?.at ?? null) : null,
    last?.type === 'run.failed' ? JSON.stringify(last.data.error) : null,
    run.n,
  );
  open.delete(lease.run.id);
  recent.end(lease.run.id);
  return { freed: run.followed && after.status !== 'waiting' && freeNext(connection, run.threadId) };
}

/** A run that somebody cancelled while its question was on the way does not begin to wait: nobody would come to end its log. */
function cancelled({ events }: Append): Pick<Append, 'events' | 'after'> {
  const at = events.at(-1)?.at ?? 0;
  return {
    events: [...events.slice(0, -1), { type: 'run.cancelled', at, data: { reason: 'requested' } }],
    after: { status: 'cancelled' },
  };
}
