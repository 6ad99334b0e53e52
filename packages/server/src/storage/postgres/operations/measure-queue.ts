import type { QueueMeasures } from '../../../ports/index.ts';
import type { Session } from '../database.ts';

/** See `Store.measureQueue`: one statement, each part by an index that holds nothing else. */
export async function measureQueue(session: Session): Promise<QueueMeasures> {
  const row = await session.row(
    `SELECT
       (SELECT count(*) FROM clew.runs WHERE status = 'queued'),
       (SELECT min(created_at) FROM clew.runs WHERE status = 'queued'),
       (SELECT count(*) FROM clew.runs WHERE status = 'waiting'),
       (SELECT coalesce(json_agg(json_build_object('worker', worker, 'runs', runs)), '[]')
        FROM (SELECT worker, count(*) AS runs FROM clew.runs WHERE status = 'running' GROUP BY worker) node)`,
  );
  const [queued, oldestAt, waiting, running] = row as [number, number | null, number, QueueMeasures['running']];
  return { queued, oldestAt, waiting, running };
}
