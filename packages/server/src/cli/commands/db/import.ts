import { Command } from 'commander';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, print, printJson } from '../../io.ts';
import { readConfig } from '../../project.ts';
import { addDatabase, type DatabaseFlags } from './options.ts';

export function importCommand(host: Host): Command {
  return addDatabase(new Command('import'))
    .summary('Move a project from SQLite to PostgreSQL')
    .description(
      'Copies threads, messages, runs, events, keys and tokens from the SQLite file of the project into an empty PostgreSQL database, in one transaction, and compares the counts. The file stays as it is. Stop the server first.',
    )
    .option('--db <file>', 'The SQLite file. (default: CLEW_DB, else `storage.file` of the project)')
    .option('--json', 'Print JSON.')
    .addHelpText(
      'after',
      examples([
        'CLEW_DATABASE_URL=postgres://… clew db import',
        'the project in this folder, once, before its first start there',
      ]),
    )
    .action((flags: DatabaseFlags) => host.end(importAll(flags, host.io)));
}

async function importAll(flags: DatabaseFlags, io: Io): Promise<ExitCode> {
  const { storage } = readConfig(flags.project, io, { ...flags });
  const { importDatabase } = await import('../../../app/database.ts');
  const counts = await importDatabase(storage);
  if (flags.json) {
    printJson(io, counts);
  } else {
    for (const [table, count] of Object.entries(counts)) print(io, `${table.padEnd(9)} ${count}`);
    print(io, `${io.style.green('✓')} Everything is in PostgreSQL. Start the servers with the same database setting.`);
  }
  return EXIT.ok;
}
