import { Command } from 'commander';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, print } from '../../io.ts';
import { readConfig } from '../../project.ts';
import { addDatabase, type DatabaseFlags } from './options.ts';

export function migrateCommand(host: Host): Command {
  return addDatabase(new Command('migrate'))
    .summary('Bring the database to the schema of this program')
    .description(
      'Makes or changes the tables of the PostgreSQL database, as each start of a server does by itself. For those who want to do it before, or with another user. There is no way back: an older program refuses the database afterwards.',
    )
    .addHelpText('after', examples(['clew db migrate', 'the database that CLEW_DATABASE_URL names']))
    .action((flags: DatabaseFlags) => host.end(migrate(flags, host.io)));
}

async function migrate(flags: DatabaseFlags, io: Io): Promise<ExitCode> {
  const { storage } = readConfig(flags.project, io, { ...flags });
  const { migrateDatabase } = await import('../../../app/database.ts');
  const { before, after } = await migrateDatabase(storage);
  const did =
    before.version === after.version ? 'It was up to date' : `It had ${before.version === 0 ? 'none' : before.version}`;
  print(io, `${io.style.green('✓')} The database has schema ${after.version}. ${did}.`);
  return EXIT.ok;
}
