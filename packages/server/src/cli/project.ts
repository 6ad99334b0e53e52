import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CONFIG_FILE, type Config, loadConfig } from '../config/index.ts';
import type { Project } from '../project/index.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';

/** Whether the folder looks like a project: it has settings or agents. */
export function isProject(folder: string, io: Io): boolean {
  return [CONFIG_FILE, 'agents'].some((name) => existsSync(resolve(io.cwd, folder, name)));
}

/**
 * The settings of a project with those of the environment and, if given, of the command line. Fails for a folder that is no project: a typing
 * mistake is not to leave a database behind.
 */
export function readConfig(folder: string, io: Io, flags: Readonly<Record<string, unknown>> = {}): Config {
  const config = loadConfig({ project: folder, env: io.env, flags, cwd: io.cwd, terminal: io.terminal.stdout });
  if (isProject(folder, io)) return config;
  const where = folder === '.' ? 'This folder' : `The folder ${folder}`;
  throw new Failure(
    EXIT.unusable,
    `${where} is not a project: it has neither ${CONFIG_FILE} nor agents/. Make a project with "clew init my-chat".`,
  );
}

/** The project's agents and findings, read from its files without starting anything. */
export async function readFiles(folder: string, io: Io): Promise<Project> {
  const config = readConfig(folder, io);
  const { readProject } = await import('../app/read-project.ts');
  return readProject(config);
}
