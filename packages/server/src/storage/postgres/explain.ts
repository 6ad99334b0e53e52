import { ClewError } from '../../model/index.ts';

/** What a server or a command can be told when it opens the database, by SQLSTATE or by Node's code of the error. None of them says what stands in the address. */
const REFUSED: Readonly<Record<string, string>> = {
  '28P01':
    'The database refuses the name or the password. Check both in the address: `postgres://name:password@host/database`.',
  '28000': 'The database does not let this user in from here. Its administrator allows that in pg_hba.conf.',
  '3D000': 'There is no such database. Make it (`createdb NAME`) or name another one in the address.',
  '42501': 'The database user may not make the tables. Let its administrator run `GRANT CREATE ON DATABASE … TO …`.',
  '53300':
    'The database has no connection left. Allow more there (`max_connections`), or set `storage.connections` lower.',
  '25006':
    'The database can only be read: it is a replica, or `default_transaction_read_only` is set. Let the address lead to the primary.',
  '55P03':
    'Others use the tables that have to be changed, and did not let go of them in time. Try again when less goes on.',
  '57014':
    'The database broke a statement off. Let its administrator run `ALTER ROLE … SET statement_timeout = 0` for this user.',
  ...withEach(
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'SELF_SIGNED_CERT_IN_CHAIN'],
    'The certificate of the database is signed by somebody who is not trusted here. Name the file of that CA in the address (`&sslrootcert=/path/ca.pem`), or in NODE_EXTRA_CA_CERTS.',
  ),
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'The certificate of the database has signed itself. Name its file in the address (`&sslrootcert=/path/server.pem`).',
  no_tls: 'The database does not offer TLS. Switch it on there (`ssl = on`), or take `sslmode` out of its address.',
  CERT_HAS_EXPIRED: 'The certificate of the database has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'The certificate of the database is for another name than the host in its address. Use the name that it is for.',
};

/**
 * What says nothing about a statement, but that the database, or the way to it, is not as it should be for now. By class: connections (08), out of connections or memory (53), an
 * administrator or a time limit (57, such as `statement_timeout` and `idle_session_timeout`), disk and files (58). Then single ones: a replica or a primary that has become one, a transaction that idled
 * or took too long, a lock that others hold. And what a new connection meets while a password, a certificate or the rules of pg_hba.conf are changed: runs at work must wait for the end of that, and not
 * fail with it.
 */
const AWAY = /^(08|53(?!100)|57|58)...$|^(25006|25P03|25P04|55P03|28000|28P01|3D000)$/;
const NETWORK = /^E(CONN|HOST|NET|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN)|^ENOTFOUND$|^EAI_/;
/** TLS that the two cannot agree on. */
const CERTIFICATE = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;
/** read_only_sql_transaction. */
export const READ_ONLY = '25006';
/** What `pg` says without a code. */
const BROKEN =
  /Connection terminated|timeout expired|timeout exceeded|Query read timeout|not queryable|Cannot use a pool|not support SSL/;
const NO_TLS = /does not support SSL/;

/** Whether an error says nothing about the statement, but that the database was not there. */
export function isAway(error: unknown): boolean {
  if (error instanceof ClewError) return error.code === 'database_unavailable';
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return AWAY.test(code) || NETWORK.test(code) || CERTIFICATE.test(code);
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
  const refused = REFUSED[code] ?? (NO_TLS.test(String(cause)) ? REFUSED.no_tls : undefined);
  if (refused) return new ClewError('database_unusable', refused, { cause });
  if (isAway(error)) {
    return new ClewError(
      'database_unusable',
      `The database cannot be reached${code === '' ? '' : ` (${code})`}. Check host and port in its address, and that it runs.`,
      { cause },
    );
  }
  const said = cause instanceof Error ? cause.message.split('\n')[0] : 'unknown cause';
  return new ClewError('database_unusable', `The database cannot be used: ${said}.`, { cause });
}

function withEach(codes: readonly string[], sentence: string): Readonly<Record<string, string>> {
  return Object.fromEntries(codes.map((code) => [code, sentence]));
}
