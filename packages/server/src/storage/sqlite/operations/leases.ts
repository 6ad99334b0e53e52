import { type Lease, LeaseLost } from '../../../ports/index.ts';
import type { OpenRun } from '../open-runs.ts';
import type { Context } from './context.ts';

/** See `Store.renew`. */
export function renew(
  { connection, open }: Context,
  leases: readonly Lease[],
  at: number,
): { lost: string[]; cancelled: string[] } {
  const lost: string[] = [];
  const cancelled: string[] = [];
  for (const lease of leases) {
    const run = heldOrUndefined(open, lease);
    if (!run) {
      lost.push(lease.run.id);
      continue;
    }
    connection.run('UPDATE runs SET lease_until = ? WHERE n = ?', at + lease.ttlMs, run.n);
    if (run.cancelling) cancelled.push(lease.run.id);
  }
  return { lost, cancelled };
}

/** See `Store.release`. */
export function release({ connection, open, recent }: Context, leases: readonly Lease[]): void {
  for (const lease of leases) {
    const run = heldOrUndefined(open, lease);
    if (!run) continue;
    connection.run(`UPDATE runs SET status = 'queued', worker = NULL, lease_until = NULL WHERE n = ?`, run.n);
    open.delete(lease.run.id);
    recent.delete(lease.run.id);
  }
}

function heldOrUndefined(open: Context['open'], lease: Lease): OpenRun | undefined {
  try {
    return open.held(lease);
  } catch (error) {
    if (error instanceof LeaseLost) return undefined;
    throw error;
  }
}
