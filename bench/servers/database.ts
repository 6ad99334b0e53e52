import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { startPostgres } from '../../test/kit/postgres.ts';
import { cpuSeconds } from './process.ts';

/** What a database has done since it was made. */
export interface Work {
  /** Seconds of CPU of all processes of the PostgreSQL server. */
  readonly cpuSeconds: number;
  /** Transactions that wrote something, those of notifications included. */
  readonly commits: number;
  /** Notifications, each with the ids of one turn of a node. */
  readonly notifications: number;
  /** Bytes of write-ahead log. */
  readonly walBytes: number;
  /** Bytes of the tables with their indexes. */
  readonly bytes: number;
}

/** A PostgreSQL for measurements: one server, an empty database for each cluster. */
export interface BenchPostgres {
  createDatabase(): Promise<BenchDatabase>;
  stop(): Promise<void>;
}

export interface BenchDatabase {
  readonly url: string;
  /** What it has done so far. */
  work(): Promise<Work>;
  drop(): Promise<void>;
}

/** Durable, as PostgreSQL is by default; what differs is what every installation sets. */
const SETTINGS = ['max_connections=200', 'shared_buffers=256MB', 'max_wal_size=4GB'];

let made = 0;

/** A server of its own on this machine (`DATABASE_URL` names another one; its CPU is then only known if it runs here). */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const server = await startPostgres(SETTINGS);
  return {
    async createDatabase() {
      made += 1;
      const name = `clew_bench_${process.pid}_${made}`;
      const admin = await connect(server.url);
      await admin.query(`CREATE DATABASE ${name}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return open(url.href, admin, name);
    },
    stop: server.stop,
  };
}

async function open(url: string, admin: pg.Client, name: string): Promise<BenchDatabase> {
  const client = await connect(url);
  let notifications = 0;
  client.on('notification', () => {
    notifications += 1;
  });
  await client.query('LISTEN clew');
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  const postmaster = parentOf(rows[0].pid);
  return {
    url,
    async work() {
      // By the ids of transactions: the counters of `pg_stat_database` come in up to ten seconds late.
      const { rows: found } = await client.query(`
        SELECT pg_snapshot_xmax(pg_current_snapshot())::text::float AS commits,
               (pg_current_wal_insert_lsn() - '0/0')::float AS wal,
               (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'clew' AND c.relkind = 'r')::float AS bytes`);
      const { commits, wal, bytes } = found[0];
      return { cpuSeconds: cpuOfTree(postmaster), commits, notifications, walBytes: wal, bytes };
    },
    async drop() {
      await client.end();
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

/** What was done between two looks. */
export function between(before: Work, after: Work): Work {
  return {
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    commits: after.commits - before.commits,
    notifications: after.notifications - before.notifications,
    walBytes: after.walBytes - before.walBytes,
    bytes: after.bytes - before.bytes,
  };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return client;
}

function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
}

/** Of a process, of its children, and of those of them that are gone. */
function cpuOfTree(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  let seconds = cpuSeconds(pid) + (Number(fields[13]) + Number(fields[14])) / 100;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (parentOf(Number(name)) === pid) seconds += cpuSeconds(Number(name));
    } catch {
      // It has gone meanwhile.
    }
  }
  return seconds;
}
