import type { Context } from './context.ts';

/** See `Store.revoke`. */
export function revoke({ connection }: Context, key: string, { until, at }: { until: number; at: number }): boolean {
  if (connection.row('SELECT 1 FROM revoked WHERE until <= ? LIMIT 1', at))
    connection.run('DELETE FROM revoked WHERE until <= ?', at);
  return connection.run('INSERT INTO revoked VALUES (?, ?) ON CONFLICT (key) DO NOTHING', key, until) > 0;
}

/** See `Store.isRevoked`. */
export function isRevoked({ connection }: Context, key: string, at: number): boolean {
  return connection.row('SELECT 1 FROM revoked WHERE key = ? AND until > ?', key, at) !== undefined;
}
