import type { Scope } from '../../../model/index.ts';
import type { AgentMeasures } from '../../../ports/index.ts';
import type { Session } from '../database.ts';

/** See `Store.measureAgent`. Answered from the index `runs_measured` alone. */
export async function measureAgent(
  session: Session,
  scope: Scope,
  { agentId, limit }: { agentId: string; limit: number },
): Promise<AgentMeasures> {
  const row = await session.row(
    `SELECT count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE status = 'failed'), avg(ended_at - started_at)::float8
     FROM (
       SELECT status, started_at, ended_at FROM clew.runs
       WHERE tenant_id = $1 AND agent_id = $2 AND status IN ('completed', 'failed') ORDER BY n DESC LIMIT $3
     ) newest`,
    scope.tenantId,
    agentId,
    limit,
  );
  const [completed, failed, averageMs] = row as [number, number, number | null];
  return { completed, failed, averageMs };
}
