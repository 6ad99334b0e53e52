import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { freePort } from './ports.ts';
import { FAST, type RunningPostgres, startPostgres } from './postgres.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';

/** The programs of PostgreSQL for people, which the package for tests does not bring. */
export interface PostgresTools {
  /** Of `pg_dump`. It reads servers up to that. */
  readonly major: number;
  /** Folder of the server of the same version; undefined where only the tools are. */
  readonly server: string | undefined;
}

/** Those in PATH; undefined where there are none. */
export function findPostgresTools(): PostgresTools | undefined {
  const version = ['pg_dump', 'pg_restore'].map(versionOf)[0];
  if (version === undefined) return undefined;
  const folders = [`/usr/lib/postgresql/${version}/bin`, ...(process.env.PATH ?? '').split(delimiter)];
  return { major: version, server: folders.find((folder) => serves(folder, version)) };
}

/** A server that these tools can read: that of their own version where it is there. */
export function startPostgresFor({ server }: PostgresTools): Promise<RunningPostgres> {
  return server === undefined || process.env.DATABASE_URL ? startPostgres() : startFrom(server);
}

function versionOf(program: string): number | undefined {
  try {
    const said = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return Number(/\) (\d+)/.exec(said)?.[1]) || undefined;
  } catch {
    return undefined;
  }
}

function serves(folder: string, major: number): boolean {
  return existsSync(join(folder, 'initdb')) && versionOf(join(folder, 'postgres')) === major;
}

async function startFrom(bin: string): Promise<RunningPostgres> {
  const folder = makeTempDir();
  chmodSync(folder, 0o711);
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (user.uid !== undefined) chownSync(data, user.uid, user.gid);
  const port = await freePort();
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'clew', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'],
    { ...user, cwd: data, stdio: 'ignore' },
  );
  const settings = FAST.flatMap((one) => ['-c', one]);
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', '', ...settings],
    { ...user, cwd: data, stdio: 'ignore' },
  );
  const ended = once(server, 'exit');
  const url = `postgres://clew@127.0.0.1:${port}/postgres`;
  while (!(await answers(url))) {
    if (server.exitCode !== null) throw new Error('PostgreSQL did not start.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    async stop() {
      server.kill('SIGINT');
      await ended;
      removeTempDir(folder);
    },
  };
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
