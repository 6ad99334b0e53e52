import type { BenchDatabase, BenchPostgres } from './database.ts';
import { type BenchServer, startServer } from './process.ts';

/** Nodes of Clew on a database of their own. */
export interface Cluster {
  readonly nodes: readonly BenchServer[];
  /** Undefined: one node with an SQLite file. */
  readonly database: BenchDatabase | undefined;
  /** Ends the nodes and removes the database. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Undefined: SQLite. */
  readonly postgres?: BenchPostgres;
  /** Default 1. */
  readonly nodes?: number;
  /** Changes to the environment of the nodes. Default none. */
  readonly env?: Readonly<Record<string, string>>;
}

/** As many nodes as an installation would have: with the settings that Clew comes with, coalescing included. */
export async function startCluster({ postgres, nodes = 1, env = {} }: ClusterOptions): Promise<Cluster> {
  const database = await postgres?.createDatabase();
  const started: BenchServer[] = [];
  const settings = {
    CLEW_COALESCE_MS: '40',
    CLEW_COALESCE_BYTES: '2048',
    ...(database ? { CLEW_DATABASE_URL: database.url } : {}),
    ...env,
  };
  const stop = async () => {
    await Promise.all(started.map((node) => node.stop()));
    await database?.drop();
  };
  try {
    while (started.length < nodes) started.push(await startServer('clew', { env: settings }));
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes: started, database, stop };
}
