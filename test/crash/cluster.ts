import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { type Balancer, balance } from '../kit/balancer.ts';
import { asAdmin } from '../kit/database.ts';
import { type Network, networkTo } from '../kit/network.ts';
import { type RunningPostgres, startPostgres } from '../kit/postgres.ts';
import { type ServedProcess, serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { until } from '../kit/until.ts';
import { type LedgerEntry, type Look, readLedger } from './outcome.ts';

/** One server, and its own way to the database. */
export interface Node {
  readonly server: ServedProcess;
  readonly network: Network;
}

/** Servers on one PostgreSQL behind a load balancer that asks for their health. */
export interface Cluster {
  readonly nodes: Node[];
  readonly balancer: Balancer;
  readonly postgres: RunningPostgres;
  readonly look: Look;
  /** All rows of a statement, past the networks. */
  query<T extends object>(sql: string, ...values: unknown[]): Promise<T[]>;
  ledger(): LedgerEntry[];
  /** The node that has this place by now. */
  node(place: number): Node;
  /** Puts a new server in the place of one that is gone. */
  renew(place: number): Promise<Node>;
  /** Resolves once the balancer sends new connections there, or no more. */
  until(place: number, state: 'in' | 'out'): Promise<void>;
  /** Tells all nodes to stop at the same time, and gives the codes that they end with. */
  stop(): Promise<(number | null)[]>;
}

export interface ClusterOptions {
  /** Default 3. */
  readonly nodes?: number;
  /** Default 3,000. */
  readonly leaseMs?: number;
  /** Further arguments of each server. Default none. */
  readonly args?: readonly string[];
  /** Further variables of its environment. Default none. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the database is. Default: a new PostgreSQL, for this test alone. */
  readonly postgres?: RunningPostgres;
  /** What stands between the nodes and their database; what listens goes past it. Default: nothing. */
  readonly pooler?: { through(url: string): string };
  /** Folder of the project. Default `project/` beside this file. */
  readonly project?: string;
}

/** How often the balancer asks. */
const HEALTH_MS = 200;

/** Everything is gone when the test is over. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { leaseMs = 3_000, args = [], pooler, project = join(import.meta.dirname, 'project') } = options;
  const { postgres, url, query } = await newDatabase(options.postgres);
  const ledgerFile = join(tempDir(), 'ledger');
  writeFileSync(ledgerFile, '');
  const start = async (): Promise<Node> => {
    const network = await networkTo(pooler?.through(url) ?? url);
    onTestFinished(() => network.close());
    const address = new URL(url);
    address.port = String(network.port);
    // Each start takes a free port: one that a killed process leaves may be somebody's by the time that it is back.
    const server = await serve({
      project,
      args: ['--lease-ms', String(leaseMs), ...args],
      env: {
        CLEW_TEST_LEDGER: ledgerFile,
        CLEW_DATABASE_URL: address.href,
        ...(pooler ? { CLEW_DATABASE_DIRECT_URL: url } : {}),
        ...options.env,
      },
    });
    return { server, network };
  };
  const nodes = await Promise.all(Array.from({ length: options.nodes ?? 3 }, start));
  const balancer = await balance(
    nodes.map(({ server }) => server.port),
    { healthMs: HEALTH_MS },
  );
  onTestFinished(() => balancer.close());
  const cluster: Cluster = {
    nodes,
    balancer,
    postgres,
    query,
    look: lookInto(query),
    ledger: () => readLedger(ledgerFile),
    node: (place) => nodes[place] as Node,
    async renew(place) {
      balancer.takeOut(portOf(place));
      await cluster.node(place).network.close();
      const node = await start();
      nodes[place] = node;
      balancer.putIn(node.server.port);
      return node;
    },
    until: (place, state) => until(() => balancer.has(portOf(place)) === (state === 'in')),
    stop: async () => (await Promise.all(nodes.map(({ server }) => server.stop()))).map(({ code }) => code),
  };
  const portOf = (place: number) => cluster.node(place).server.port;
  await Promise.all(nodes.map((_, place) => cluster.until(place, 'in')));
  return cluster;
}

interface Database {
  readonly postgres: RunningPostgres;
  readonly url: string;
  query: Cluster['query'];
}

let made = 0;

/** An empty database, on a server that is there or on a new one. */
export async function newDatabase(given?: RunningPostgres): Promise<Database> {
  const postgres = given ?? (await startPostgres());
  made += 1;
  const name = `clew_crash_${process.pid}_${made}`;
  await asAdmin(postgres.url, `CREATE DATABASE ${name}`);
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  // It must bear a restart of the database.
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  pool.on('error', () => {});
  onTestFinished(async () => {
    await pool.end();
    await asAdmin(postgres.url, `DROP DATABASE ${name} WITH (FORCE)`);
    if (!given) await postgres.stop();
  });
  return {
    postgres,
    url: url.href,
    query: async <T extends object>(sql: string, ...values: unknown[]) => (await pool.query(sql, values)).rows as T[],
  };
}

/** How to look into a PostgreSQL. */
export function lookInto(query: Cluster['query']): Look {
  return {
    runs: async () => query('SELECT n::int, id, status FROM clew.runs ORDER BY n'),
    events: async ({ n }) => query('SELECT seq, type, data FROM clew.events WHERE run_n = $1 ORDER BY seq', n),
    roles: async ({ id }) =>
      (await query<{ role: string }>('SELECT role FROM clew.messages WHERE run_id = $1 ORDER BY n', id)).map(
        ({ role }) => role,
      ),
  };
}
