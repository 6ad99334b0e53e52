import type { Scope } from '../../../model/index.ts';
import type { RecentEvents } from '../../recent-events.ts';
import type { Connection, Value } from '../connection.ts';
import type { OpenRuns } from '../open-runs.ts';

/** What an operation works on. */
export interface Context {
  readonly connection: Connection;
  readonly open: OpenRuns;
  readonly recent: RecentEvents;
}

/** The condition that keeps a scope to what is its own: an operator sees its whole tenant, others only themselves. */
export function owned(scope: Scope): { readonly sql: string; readonly values: readonly Value[] } {
  return scope.audience === 'operator'
    ? { sql: 'tenant_id = ?', values: [scope.tenantId] }
    : { sql: 'tenant_id = ? AND user_id = ?', values: [scope.tenantId, scope.userId] };
}
