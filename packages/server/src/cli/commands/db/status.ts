import { Command } from 'commander';
import type { DatabaseState } from '../../../app/database.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, print, printJson } from '../../io.ts';
import { readConfig } from '../../project.ts';
import { addDatabase, type DatabaseFlags } from './options.ts';

export function statusCommand(host: Host): Command {
  return addDatabase(new Command('status'))
    .summary('Say whether the database can be used as it is')
    .description(
      'Connects to the PostgreSQL database and compares its schema with what this program knows. Says how many runs are queued, worked on and waiting. Changes nothing. The exit code is 1 when the schema is not up to date, or nothing can be written (a replica).',
    )
    .option('--json', 'Print JSON.')
    .addHelpText('after', examples(['clew db status', 'the database that CLEW_DATABASE_URL names']))
    .action((flags: DatabaseFlags) => host.end(status(flags, host.io)));
}

async function status(flags: DatabaseFlags, io: Io): Promise<ExitCode> {
  const { storage } = readConfig(flags.project, io, { ...flags });
  const { databaseStatus } = await import('../../../app/database.ts');
  const { version, newest, readOnly, queue } = await databaseStatus(storage);
  const current = version === newest;
  if (flags.json) printJson(io, { version, newest, current, readOnly, ...(queue ? { queue } : {}) });
  else if (readOnly)
    print(
      io,
      `${io.style.red('✗')} The database (schema ${version}) can only be read: it is a replica, or "default_transaction_read_only" is set. Servers refuse it; let the address lead to the primary.`,
    );
  else if (current) {
    print(io, `${io.style.green('✓')} The database can be used: schema ${version}.`);
    if (queue) print(io, sentenceOf(queue));
  } else if (version > newest)
    print(io, `${io.style.red('✗')} The database has schema ${version}, this Clew knows ${newest}: use a newer Clew.`);
  else
    print(
      io,
      `${io.style.red('✗')} The database has ${version === 0 ? 'no schema' : `schema ${version}`}, this Clew brings it to ${newest}: run "clew db migrate", or start a server.`,
    );
  return current && !readOnly ? EXIT.ok : EXIT.failed;
}

/** The queue in a sentence for people. */
function sentenceOf({ queued, oldestMs, waiting, running }: NonNullable<DatabaseState['queue']>): string {
  const runs = (count: number) => `${count} ${count === 1 ? 'run' : 'runs'}`;
  const age = oldestMs === null ? '' : `, the oldest for ${Math.round(oldestMs / 1_000)} s`;
  const working = running.reduce((sum, node) => sum + node.runs, 0);
  const nodes = running.length === 0 ? '' : ` by ${running.length} ${running.length === 1 ? 'node' : 'nodes'}`;
  return `  ${runs(queued)} queued${age}; ${working} worked on${nodes}; ${waiting} waiting for a person.`;
}
