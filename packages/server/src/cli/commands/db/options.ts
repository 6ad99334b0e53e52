import type { Command } from 'commander';

/** Which database a command is about. */
export interface DatabaseFlags {
  readonly project: string;
  readonly database?: string;
  readonly json?: boolean;
}

/** Adds the options that name the database. */
export function addDatabase(command: Command): Command {
  return command
    .option('--project <folder>', 'Folder of the project whose settings count.', '.')
    .option(
      '--database <url>',
      'Address of the database. (default: CLEW_DATABASE_URL, else `storage.url` of the project)',
    );
}
