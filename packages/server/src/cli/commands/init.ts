import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { examples, type Host } from '../host.ts';
import { type Io, print } from '../io.ts';

export interface InitOptions {
  /** Absolute, or relative to the current folder. */
  readonly folder: string;
  /** Also into a folder that has files; files that exist stay as they are. */
  readonly force: boolean;
}

export function initCommand(host: Host): Command {
  return new Command('init')
    .summary('Make a project with a working agent')
    .description(
      'Makes a project: an agent that answers from documents, its documents, and the settings. It needs no key.',
    )
    .argument('[folder]', 'Folder to make it in.', '.')
    .option('--force', 'Also into a folder that has files; they stay as they are.')
    .addHelpText(
      'after',
      examples(['clew init my-chat', 'a project in the new folder my-chat'], ['clew init', 'a project in this folder']),
    )
    .action((folder: string, flags: { force?: boolean }) =>
      host.end(init({ folder, force: flags.force ?? false }, host.io)),
    );
}

/** Copies the starter project. */
export async function init({ folder, force }: InitOptions, io: Io): Promise<ExitCode> {
  const target = resolve(io.cwd, folder);
  const present = await contents(target, folder);
  if (present.length > 0 && !force) {
    const where = folder === '.' ? 'This folder' : `The folder ${folder}`;
    throw new Failure(
      EXIT.unusable,
      `${where} has files in it. Name another folder, or add --force to put the project beside them.`,
    );
  }
  await mkdir(target, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    // With `recursive` Node calls a read-only file system ENOENT, too; that the folder does not exist yet is no news here.
    if (error.code !== 'ENOENT') throw error;
    throw new Failure(EXIT.unusable, `The folder ${folder} cannot be made. Name one in a place that you may write to.`);
  });
  await cp(starterFolder(), target, { recursive: true, force: false, filter: (source) => !LEFT_OUT.test(source) });
  // Written here because npm leaves files of this name out of packages.
  await writeFile(join(target, '.gitignore'), '.clew/\nnode_modules/\n', { flag: 'wx' }).catch(allowExisting);
  const { style } = io;
  const path = relative(io.cwd, target);
  print(io, `${style.green('✓')} A project is ready in ${style.bold(path === '' ? 'this folder' : path)}.`);
  print(io);
  print(io, 'Next:');
  if (path !== '') print(io, `  ${style.cyan(`cd ${/\s/.test(path) ? `"${path}"` : path}`)}`);
  print(io, `  ${style.cyan('npx clew dev')}     then open the address it prints and ask something`);
  print(io);
  print(io, 'The agent is in agents/, its documents are in knowledge/. Change them while the server runs.');
  return EXIT.ok;
}

/** The database and editors' files do not belong to a template. */
const LEFT_OUT = /[\\/](?:\.clew|node_modules|\.DS_Store|\.gitignore)$/;

/** What counts as empty is what people call empty: a fresh repository is. */
const NOT_COUNTED = new Set(['.git', '.DS_Store']);

async function contents(target: string, named: string): Promise<string[]> {
  try {
    return (await readdir(target)).filter((name) => !NOT_COUNTED.has(name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') throw new Failure(EXIT.unusable, `${named} is a file. Name a folder.`);
    throw error;
  }
}

/** The template lies beside the bundle or, in a checkout, among the examples. */
function starterFolder(): string {
  const here = import.meta.dirname;
  const found = [join(here, 'starter'), join(here, '../../../../../examples/starter')].find((folder) =>
    existsSync(folder),
  );
  if (!found)
    throw new Failure(EXIT.unusable, 'The starter project is missing from this installation. Install clew again.');
  return found;
}

function allowExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
