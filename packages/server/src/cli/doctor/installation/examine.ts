import { type Config, ConfigError } from '../../../config/index.ts';
import type { Io } from '../../io.ts';
import { isProject, readConfig } from '../../project.ts';
import { found, type Line } from '../finding.ts';
import { checkAgents, checkKnowledge, checkProviders } from './agents.ts';
import { checkChannels } from './channels.ts';
import { checkDatabase } from './database.ts';
import { checkBucket, checkFiles } from './files.ts';
import { checkVersions } from './machine.ts';
import { checkServer } from './server.ts';

export interface ExamineOptions {
  /** Folder of the project. */
  readonly project: string;
  /** Ask the providers of models and the bucket of files, too. */
  readonly online: boolean;
}

/** Looks at an installation, a line as soon as it is known. Starts nothing and changes nothing. */
export async function* examineInstallation(
  { project: folder, online }: ExamineOptions,
  io: Io,
): AsyncGenerator<Line, void, undefined> {
  yield checkVersions();
  if (!isProject(folder, io)) {
    const where = folder === '.' ? 'This folder' : `The folder ${folder}`;
    yield found(
      'project_missing',
      `${where} is not a project: it has neither clew.config.yaml nor agents/.`,
      'Go to the folder of a project, name one with --project, or make one:',
      'clew init my-chat',
    );
    return;
  }
  let config: Config;
  try {
    config = readConfig(folder, io);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { source, line, key, message, fix } of error.mistakes)
      yield found(
        'settings_wrong',
        `${source}${line === null ? '' : `:${line}`}: ${key === '' ? '' : `${key}: `}${message}`,
        fix,
      );
    return;
  }
  const now = () => io.now();
  const { readProject } = await import('../../../app/read-project.ts');
  const read = await readProject(config);
  yield* checkAgents(read);
  const served = await checkServer(config, now);
  yield* served.lines;
  const database = await checkDatabase(config.storage, { served: served.url !== undefined, now });
  yield* database.lines;
  yield* checkKnowledge(read, database.seen);
  yield* await checkFiles(config);
  yield* await checkChannels(config, served.url, now);
  if (!online) return;
  yield* await checkBucket(config);
  yield* await checkProviders(read, config, now);
}
