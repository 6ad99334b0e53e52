import { loadProject } from '../../src/project/index.ts';
import { projectFolder } from './folder.ts';

/** The findings about one agent file, and whether the agent goes on. */
export async function aboutAgent(yaml: string | Uint8Array) {
  const { agents, findings } = await loadProject(projectFolder({ 'agents/a.yaml': yaml }));
  return {
    works: agents.length === 1,
    said: findings.map(({ severity, line, field, message, fix }) => `${severity} ${line} ${field}: ${message} ${fix}`),
  };
}
