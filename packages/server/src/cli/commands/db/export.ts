import { resolve } from 'node:path';
import { Command } from 'commander';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, print, printJson } from '../../io.ts';
import { readConfig } from '../../project.ts';
import { addDatabase, type DatabaseFlags } from './options.ts';

export function exportCommand(host: Host): Command {
  return addDatabase(new Command('export'))
    .summary('Copy a project into a SQLite file')
    .description(
      'Copies threads, messages, runs, events, keys and tokens into a new SQLite file and compares the counts. From PostgreSQL it is as everything was at one moment, while the servers go on; a server with a SQLite file must be stopped first. The secret of the installation is written beside the file. Uploaded files are not in it.',
    )
    .argument('<file>', 'The SQLite file to make.')
    .option('--db <file>', 'The SQLite file to read. (default: CLEW_DB, else `storage.file` of the project)')
    .option('--json', 'Print JSON.')
    .addHelpText(
      'after',
      examples(
        ['clew db export copy/clew.db', 'all that there is of the project in this folder'],
        ['clew serve --db copy/clew.db', 'look at the copy'],
      ),
    )
    .action((file: string, flags: DatabaseFlags) => host.end(exportAll(file, flags, host.io)));
}

async function exportAll(file: string, flags: DatabaseFlags, io: Io): Promise<ExitCode> {
  const { storage } = readConfig(flags.project, io, { ...flags });
  const { exportDatabase } = await import('../../../app/database.ts');
  const counts = await exportDatabase(storage, resolve(io.cwd, file));
  if (flags.json) {
    printJson(io, counts);
  } else {
    for (const [table, count] of Object.entries(counts)) print(io, `${table.padEnd(18)} ${count}`);
    print(io, `${io.style.green('✓')} Everything is in ${file}. Keep it like the database: who has it reads all.`);
  }
  return EXIT.ok;
}
