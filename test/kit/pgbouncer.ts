import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { freePort } from './ports.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';

/** Debian keeps it where only root looks. */
const PATH = [process.env.PATH, '/usr/sbin', '/usr/local/sbin'].filter(Boolean).join(delimiter);

/** The PgBouncer of this machine. */
export interface PgBouncerProgram {
  readonly version: string;
  /** Whether it knows prepared statements in transaction mode: since 1.21. */
  readonly prepares: boolean;
}

/** Undefined where there is none in PATH. */
export function findPgBouncer(): PgBouncerProgram | undefined {
  try {
    const said = execFileSync('pgbouncer', ['--version'], { encoding: 'utf8', env: { ...process.env, PATH } });
    const [, version = '', major, minor] = /PgBouncer ((\d+)\.(\d+)\S*)/.exec(said) ?? [];
    return { version, prepares: Number(major) > 1 || Number(minor) >= 21 };
  } catch {
    return undefined;
  }
}

/** A pooler in transaction mode before a server, with few connections to it, so that they are shared. */
export interface PgBouncer {
  /** The same database, through the pooler. */
  through(url: string): string;
  /** Ends it at once, which cuts all connections, and starts it again on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** In front of the server of this address. `prepared`: with `max_prepared_statements`; default false. */
export async function startPgBouncer(server: string, { prepared = false } = {}): Promise<PgBouncer> {
  const { hostname, port: serverPort, username, password } = new URL(server);
  const folder = makeTempDir();
  chmodSync(folder, 0o755);
  const port = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    [
      '[databases]',
      `* = host=${hostname} port=${serverPort} user=${username} password=${password}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      'default_pool_size = 4',
      'max_client_conn = 500',
      ...(prepared ? ['max_prepared_statements = 200'] : []),
    ].join('\n'),
  );
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  let end = await begin([...user, file], port);
  return {
    through(url) {
      const address = new URL(url);
      address.hostname = '127.0.0.1';
      address.port = String(port);
      return address.href;
    },
    async restart() {
      await end();
      end = await begin([...user, file], port);
    },
    async stop() {
      await end();
      removeTempDir(folder);
    },
  };
}

/** Starts it and gives back how to end it. */
async function begin(args: readonly string[], port: number): Promise<() => Promise<void>> {
  const child = spawn('pgbouncer', args, { env: { ...process.env, PATH }, stdio: 'pipe' });
  const ended = once(child, 'close');
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`PgBouncer did not start. It said:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return async () => {
    // At once in all versions: since 1.23 it waits for its clients at SIGTERM.
    child.kill('SIGQUIT');
    await ended;
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
