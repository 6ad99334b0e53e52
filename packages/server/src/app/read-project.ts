import type { Config } from '../config/config.ts';
import { loadProject, type Project } from '../project/index.ts';
import { BUILT_IN_MODELS } from '../runtimes/index.ts';

/** Reads the project's files with what this server knows of models and defaults, so that every reader finds the same. */
export function readProject(config: Config): Promise<Project> {
  return loadProject(config.project, { models: BUILT_IN_MODELS, defaultAgent: config.defaultAgent });
}
