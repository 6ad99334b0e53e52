import { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { examples, type Host } from '../host.ts';
import { type Io, note } from '../io.ts';
import { drain, surviveRejections, untilStopped } from '../lifetime.ts';
import { readConfig } from '../project.ts';
import { addSettings } from '../settings-options.ts';

/** `--project` and the flags of settings, as commander parsed them. */
export type ServeOptions = { readonly project: string } & Readonly<Record<string, unknown>>;

export function serveCommand(host: Host): Command {
  return addSettings(new Command('serve'))
    .option('--no-worker', 'Answer clients and leave the runs to other servers: the same as --role api.')
    .option('--worker-only', 'Work on runs and answer no clients: the same as --role worker.')
    .summary('Serve a project, for keeps')
    .description(
      'Serves a project until it is told to stop (SIGTERM or Ctrl-C), then lets runs end. Files are read once; what is wrong with them stands in the log. The log is JSON lines on stderr.',
    )
    .addHelpText(
      'after',
      examples(
        ['clew serve', 'the project in this folder, on port 4321'],
        ['clew serve --project my-chat --port 8080', 'another one, on another port'],
        ['clew serve --public-url https://chat.example.com', 'behind a proxy'],
        ['CLEW_DATABASE_URL=postgres://… clew serve', 'one of many servers on a PostgreSQL database'],
      ),
    )
    .action((flags: ServeOptions) => host.end(serve(flags, host.io)));
}

export async function serve(given: ServeOptions, io: Io): Promise<ExitCode> {
  const flags = { ...given, ...roleOf(given) };
  const config = readConfig(flags.project, { ...io, terminal: { ...io.terminal, stdout: false } }, flags);
  const [{ createServer }, { createLog }] = await Promise.all([
    import('../../app/server.ts'),
    import('../../app/log.ts'),
  ]);
  const log = createLog(config.log, io.stderr);
  surviveRejections(io, log);
  const server = await createServer(config, { log });
  // What is broken is left out, and whoever reads only the log must hear of it, too.
  for (const { severity, message, ...where } of server.project.findings)
    log[severity === 'error' ? 'error' : 'warn'](where, message);
  const stopped = untilStopped(io);
  const { url } = await server.start();
  if (io.terminal.stderr) note(io, `Serving ${url}. Ctrl-C stops.`);
  const signal = await stopped;
  log.info('stopping');
  return drain(server, io, { signal, ...(config.log.format === 'json' ? { tell: (hint) => log.info(hint) } : {}) });
}

/** What `--no-worker` and `--worker-only` stand for. */
function roleOf({ worker, workerOnly }: Readonly<Record<string, unknown>>): { readonly role?: string } {
  if (worker === false && workerOnly)
    throw new Failure(EXIT.usage, 'A server has --no-worker or --worker-only, not both.');
  if (workerOnly) return { role: 'worker' };
  return worker === false ? { role: 'api' } : {};
}
