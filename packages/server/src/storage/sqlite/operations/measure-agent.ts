import type { Scope } from '../../../model/index.ts';
import type { AgentMeasures } from '../../../ports/index.ts';
import type { Context } from './context.ts';

/** See `Store.measureAgent`. Answered from the index `runs_measured` alone. */
export function measureAgent(
  { connection }: Context,
  scope: Scope,
  { agentId, limit }: { agentId: string; limit: number },
): AgentMeasures {
  const row = connection.row(
    `SELECT count(*), sum(status = 'completed'), avg(ended_at - started_at) FROM (
       SELECT status, started_at, ended_at FROM runs
       WHERE tenant_id = ? AND agent_id = ? AND status IN ('completed', 'failed') ORDER BY n DESC LIMIT ?)`,
    scope.tenantId,
    agentId,
    limit,
  );
  const [count, completed, averageMs] = row as [number, number | null, number | null];
  return { completed: completed ?? 0, failed: count - (completed ?? 0), averageMs };
}
