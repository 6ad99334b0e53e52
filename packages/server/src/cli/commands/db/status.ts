import { Command } from 'commander';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, print, printJson } from '../../io.ts';
import { readConfig } from '../../project.ts';
import { addDatabase, type DatabaseFlags } from './options.ts';

export function statusCommand(host: Host): Command {
  return addDatabase(new Command('status'))
    .summary('Say whether the database can be used as it is')
    .description(
      'Connects to the PostgreSQL database and compares its schema with what this program knows. Changes nothing. The exit code is 1 when the schema is not up to date.',
    )
    .option('--json', 'Print JSON.')
    .addHelpText('after', examples(['clew db status', 'the database that CLEW_DATABASE_URL names']))
    .action((flags: DatabaseFlags) => host.end(status(flags, host.io)));
}

async function status(flags: DatabaseFlags, io: Io): Promise<ExitCode> {
  const { storage } = readConfig(flags.project, io, { ...flags });
  const { databaseStatus } = await import('../../../app/database.ts');
  const { version, newest } = await databaseStatus(storage);
  const current = version === newest;
  if (flags.json) printJson(io, { version, newest, current });
  else if (current) print(io, `${io.style.green('✓')} The database can be used: schema ${version}.`);
  else if (version > newest)
    print(io, `${io.style.red('✗')} The database has schema ${version}, this Clew knows ${newest}: use a newer Clew.`);
  else
    print(
      io,
      `${io.style.red('✗')} The database has ${version === 0 ? 'no schema' : `schema ${version}`}, this Clew brings it to ${newest}: run "clew db migrate", or start a server.`,
    );
  return current ? EXIT.ok : EXIT.failed;
}
