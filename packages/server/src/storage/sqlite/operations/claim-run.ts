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
  const lapsed = connection.row(
    `SELECT n, followed, ${RUN} FROM runs WHERE status = 'running' AND lease_until < ? AND worker <> ? ORDER BY lease_until LIMIT 1`,
    at,
    worker,
  );
  const row =
    lapsed ??
    connection.row(
      `SELECT n, followed, ${RUN} FROM runs WHERE status = 'queued' AND behind = 0 ORDER BY turn, n LIMIT 1`,
    );
  if (!row) return undefined;
  const n = row[0] as number;
  const before = toRun(row.slice(2));
  const epoch = before.epoch + 1;
  const startedAt = before.startedAt ?? at;
  connection.run(
    `UPDATE runs SET status = 'running', worker = ?, lease_until = ?, epoch = ?, started_at = ?, turn = -1 WHERE n = ?`,
    worker,
    at + ttlMs,
    epoch,
    startedAt,
    n,
  );
  insertEvents(connection, { n, seq: before.lastSeq }, [
    { type: 'run.started', at, data: { epoch, ...(lapsed ? { lapsed: true } : {}) } },
  ]);
  recent.begin(before.id, before);
  const cancelling = connection.row('SELECT cancelling FROM runs WHERE n = ?', n)?.[0] === 1;
  const lastSeq = before.lastSeq + 1;
  open.set(before.id, { n, threadId: before.threadId, worker, epoch, lastSeq, cancelling, followed: row[1] === 1 });
  return {
    run: { ...before, status: 'running', epoch, lastSeq, startedAt, cancelRequested: cancelling },
    worker,
    epoch,
    ttlMs,
  };
}
