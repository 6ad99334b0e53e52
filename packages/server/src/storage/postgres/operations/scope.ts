import type { Scope } from '../../../model/index.ts';
import type { Value } from '../database.ts';

/**
 * The condition that keeps a scope to what is its own: an operator sees its whole tenant, others only themselves. Its parameters begin at number
 * `first`; `table` says whose columns they are compared with, where that is not clear.
 */
export function owned(
  scope: Scope,
  first: number,
  table?: string,
): { readonly sql: string; readonly values: readonly Value[] } {
  const of = table === undefined ? '' : `${table}.`;
  return scope.audience === 'operator'
    ? { sql: `${of}tenant_id = $${first}`, values: [scope.tenantId] }
    : {
        sql: `${of}tenant_id = $${first} AND ${of}user_id = $${first + 1}`,
        values: [scope.tenantId, scope.userId],
      };
}
