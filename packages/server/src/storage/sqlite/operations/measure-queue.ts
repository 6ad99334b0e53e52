import type { QueueMeasures } from '../../../ports/index.ts';
import type { Context } from './context.ts';

/** See `Store.measureQueue`. */
export function measureQueue({ connection }: Context): QueueMeasures {
  const queued = connection.row(`SELECT count(*), min(created_at) FROM runs WHERE status = 'queued'`);
  const waiting = connection.row(`SELECT count(*) FROM runs WHERE status = 'waiting'`);
  const running = connection.rows(`SELECT worker, count(*) FROM runs WHERE status = 'running' GROUP BY worker`);
  const [count, oldestAt] = queued as [number, number | null];
  return {
    queued: count,
    oldestAt,
    waiting: waiting?.[0] as number,
    running: running.map(([worker, runs]) => ({ worker: worker as string, runs: runs as number })),
  };
}
