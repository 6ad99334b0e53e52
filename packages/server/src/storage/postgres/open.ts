import type { Notifier, Store, VectorIndex } from '../../ports/index.ts';
import { createDatabase, type Database, type DatabasePool } from './database.ts';
import { explainOpening } from './explain.ts';
import { createKnowledgeIndex } from './knowledge.ts';
import { migrate } from './migrate.ts';
import { createNotifier } from './notifier.ts';
import { createStore } from './store.ts';

export { archivePostgres } from './archive.ts';
export { explainOpening } from './explain.ts';
export { migrate, schemaStatus } from './migrate.ts';
export { measureQueue } from './operations/measure-queue.ts';
export { keepSetting, readSetting } from './operations/settings.ts';
export { isReadOnly } from './read-only.ts';
export { restore } from './restore.ts';

/** Where the database is, and how it is used. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. May lead to a pooler in transaction mode. */
  readonly url: string;
  /** Address of the database itself, for the one connection that listens. Default: `url`. */
  readonly directUrl?: string | null;
  /** Most connections of this process, beside the one that listens. Default 10. */
  readonly connections?: number;
  /** Whether statements are prepared by name. Default true; a pooler that does not know them wants false. */
  readonly prepare?: boolean;
  /** Told when the bell's connection broke. Default: nobody is. */
  readonly onTrouble?: (error: unknown) => void;
}

/** Everything that is kept in one PostgreSQL database. */
export interface PostgresStorage {
  readonly store: Store;
  readonly knowledge: VectorIndex;
  readonly notifier: Notifier;
  /** See `DatabasePool.giveUpAfter`; the notifier's connection is its own affair. */
  giveUpAfter(ms: number): void;
}

/**
 * Opens the database and brings its schema up to date. Rejects nothing later that it could refuse now: `database_newer`, and `database_unusable` with what to
 * do. No error shows the address.
 */
export async function openPostgres(options: PostgresOptions): Promise<PostgresStorage> {
  const { url, directUrl, onTrouble = () => {} } = options;
  const database = poolOf(options, { writes: true });
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw explainOpening(error);
  }
  return {
    store: createStore(database),
    knowledge: createKnowledgeIndex(database),
    notifier: createNotifier({ url: directUrl ?? url, others: database, onTrouble }),
    giveUpAfter: database.giveUpAfter,
  };
}

/** Opens the database as it is, for one piece of work, and closes it again. Rejects as `openPostgres` does. */
export async function visitPostgres<T>(options: PostgresOptions, work: (database: Database) => Promise<T>): Promise<T> {
  const database = poolOf(options);
  try {
    return await work(database);
  } catch (error) {
    throw explainOpening(error);
  } finally {
    await database.close();
  }
}

function poolOf(
  { url, directUrl, connections = 10, prepare = true }: PostgresOptions,
  { writes }: { readonly writes: boolean } = { writes: false },
): DatabasePool {
  return createDatabase({ url, connections, prepare, writes, pooled: (directUrl ?? url) !== url });
}
