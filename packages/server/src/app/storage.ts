import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { signOperatorToken } from '../http/principal.ts';
import { ClewError } from '../model/index.ts';
import type { Notifier, Store, VectorIndex } from '../ports/index.ts';
import type { PostgresOptions } from '../storage/postgres/open.ts';
import { createLocalNotifier } from '../storage/sqlite/notifier.ts';
import { explainDatabase } from '../storage/sqlite/open.ts';
import { openSqlite } from '../storage/sqlite/store.ts';
import { REAL_CLOCK } from './clock.ts';
import { causeOf } from './database-log.ts';
import { installationSecret, SECRET_LENGTH, secretBeside } from './secret.ts';

/** The adapters of one database, and the secret that all processes on it sign with. */
export interface Storage {
  readonly store: Store;
  readonly knowledge: VectorIndex;
  readonly notifier: Notifier;
  readonly secret: () => Promise<Uint8Array>;
  /** In so many milliseconds nothing waits any more for a database that does not answer. SQLite always does. */
  readonly giveUpAfter: (ms: number) => void;
  /** What an error of the database means to a person; any other as it is. */
  readonly explain: (error: unknown) => unknown;
}

/** Chooses the adapters by the configuration and opens them. Rejects with a `ClewError` that says what to do. */
export async function openStorage(storage: Config['storage'], log: Logger): Promise<Storage> {
  const options = postgresOptions(storage);
  if (!options) {
    const { store, knowledge } = openSqlite(storage);
    return {
      store,
      knowledge,
      notifier: createLocalNotifier(),
      secret: async () => installationSecret(storage.file),
      giveUpAfter: () => {},
      explain: explainDatabase,
    };
  }
  const onTrouble = (error: unknown) =>
    log.warn(
      causeOf(error),
      'the connection that listens to the database broke; until it is back, other servers are heard later',
    );
  const { openPostgres, explainOpening } = await postgres();
  const { store, knowledge, notifier, giveUpAfter } = await openPostgres({ ...options, onTrouble });
  return {
    store,
    knowledge,
    notifier,
    secret: async () => decode(await store.keepSetting(SECRET, randomBytes(SECRET_LENGTH).toString('base64url'))),
    giveUpAfter,
    explain: (error) => (error instanceof ClewError ? explainOpening(error) : error),
  };
}

/**
 * A token that makes its bearer the operator of the installation whose database this is: for whoever can read that. Undefined where it was never started, or
 * cannot be read from here.
 */
export async function operatorToken(storage: Config['storage']): Promise<string | undefined> {
  const options = postgresOptions(storage);
  const secret = options ? await keptSecret(options) : secretBeside(storage.file);
  return secret && signOperatorToken(secret, REAL_CLOCK.now());
}

async function keptSecret(options: PostgresOptions): Promise<Uint8Array | undefined> {
  try {
    const { visitPostgres, readSetting } = await postgres();
    const kept = await visitPostgres(options, (database) => readSetting(database, SECRET));
    return kept === undefined ? undefined : decode(kept);
  } catch {
    return undefined;
  }
}

/** How PostgreSQL is used; undefined when SQLite is. */
export function postgresOptions({
  url,
  directUrl,
  connections,
  prepare,
}: Config['storage']): PostgresOptions | undefined {
  return url === null ? undefined : { url, directUrl, connections, prepare };
}

/** Loaded when it is wanted: most installations have SQLite. */
const postgres = () => import('../storage/postgres/open.ts');

/** All processes on one database must know it: there it is kept, and whoever reads the database could write to it, too. */
export const SECRET = 'secret';

function decode(kept: unknown): Uint8Array {
  return Buffer.from(String(kept), 'base64url');
}
