import { ClewError } from '../../model/index.ts';

/** What PostgreSQL answers when it is asked to connect, by SQLSTATE. None of them says what stands in the address. */
const REFUSED: Readonly<Record<string, string>> = {
  '28P01':
    'The database refuses the name or the password. Check both in the address: `postgres://name:password@host/database`.',
  '28000': 'The database does not let this user in from here. Its administrator allows that in pg_hba.conf.',
  '3D000': 'There is no such database. Make it (`createdb NAME`) or name another one in the address.',
  '42501': 'The database user may not make the tables. Let its administrator run `GRANT CREATE ON DATABASE … TO …`.',
  '53300':
    'The database has no connection left. Allow more there (`max_connections`), or set `storage.connections` lower.',
};

/** The database is starting, stopping or out of connections; the network broke. */
const AWAY = new Set([
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  '25006',
  '25P03',
]);
const NETWORK = /^E(CONN|HOST|NET|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN)|^ENOTFOUND$|^EAI_/;
/** What `pg` says without a code. */
const BROKEN =
  /Connection terminated|timeout expired|timeout exceeded|Query read timeout|not queryable|Cannot use a pool/;

/** Whether an error says nothing about the statement, but that the database was not there. */
export function isAway(error: unknown): boolean {
  if (error instanceof ClewError) return error.code === 'database_unavailable';
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return AWAY.has(code) || NETWORK.test(code);
  return error instanceof AggregateError ? error.errors.some(isAway) : BROKEN.test(String(message));
}

/** What PostgreSQL says when it cannot make a file longer: `disk_full`. A disk of its WAL that is full makes it stop instead, so that it is away. */
const DISK_FULL = '53100';

/** The error of a statement for those who called: `database_unavailable` when the database was not there, `database_full` when its disk is, else as it is. */
export function explainError(error: unknown): unknown {
  if ((error as { code?: unknown } | null)?.code === DISK_FULL)
    return new ClewError('database_full', undefined, { cause: error });
  return isAway(error) && !(error instanceof ClewError)
    ? new ClewError('database_unavailable', undefined, { cause: error })
    : error;
}

/** The same while opening, where everything has one clear sentence. Names, passwords and addresses are left out. */
export function explainOpening(error: unknown): unknown {
  if (error instanceof ClewError && error.code !== 'database_unavailable') return error;
  const cause = error instanceof ClewError ? error.cause : error;
  const code = String((cause as { code?: unknown } | null)?.code ?? '');
  const refused = REFUSED[code];
  if (refused) return new ClewError('database_unusable', refused, { cause });
  if (isAway(error)) {
    return new ClewError(
      'database_unusable',
      `The database cannot be reached${NETWORK.test(code) ? ` (${code})` : ''}. Check host and port in its address, and that it runs.`,
      { cause },
    );
  }
  const said = cause instanceof Error ? cause.message.split('\n')[0] : 'unknown cause';
  return new ClewError('database_unusable', `The database cannot be used: ${said}.`, { cause });
}
