import type { ClaimRequest, Lease } from '../../../ports/index.ts';
import { RUN, toRun } from '../rows.ts';
import type { Context } from './context.ts';
import { insertEvents } from './insert.ts';

/** See `Store.claimRun`. */
export function claimRun(
  { connection, open, recent }: Context,
  { worker, ttlMs }: ClaimRequest,
  at: number,
): Lease | undefined {
  const row = connection.row(
    `SELECT n, ${RUN} FROM runs WHERE status IN ('queued', 'running') AND (status = 'queued' OR (lease_until < ? AND worker <> ?)) ORDER BY n LIMIT 1`,
    at,
    worker,
  );
  if (!row) return undefined;
  const n = row[0] as number;
  const before = toRun(row.slice(1));
  const epoch = before.epoch + 1;
  const startedAt = before.startedAt ?? at;
  connection.run(
    `UPDATE runs SET status = 'running', worker = ?, lease_until = ?, epoch = ?, started_at = ? WHERE n = ?`,
    worker,
    at + ttlMs,
    epoch,
    startedAt,
    n,
  );
  insertEvents(connection, { n, seq: before.lastSeq }, [{ type: 'run.started', at, data: { epoch } }]);
  recent.begin(before.id, before);
  const cancelling = connection.row('SELECT cancelling FROM runs WHERE n = ?', n)?.[0] === 1;
  const lastSeq = before.lastSeq + 1;
  open.set(before.id, { n, threadId: before.threadId, worker, epoch, lastSeq, cancelling });
  return {
    run: { ...before, status: 'running', epoch, lastSeq, startedAt, cancelRequested: cancelling },
    worker,
    epoch,
    ttlMs,
  };
}
