import type { Agent } from '../model/index.ts';
import type { AgentDirectory, Runtime } from '../ports/index.ts';
import { compare } from './files.ts';
import type { AgentEntry, Project } from './project.ts';

export interface DirectoryOptions {
  /** Makes the runtime of an agent; undefined when its model does not exist. Called once for each agent of each project. */
  readonly runtimeFor: (agent: Agent, entry: AgentEntry) => Runtime | undefined;
  /** Name of the agent that answers when a client names none; null: the first by name that is not hidden. */
  readonly defaultAgent: string | null;
}

/** An `AgentDirectory` whose content can change. */
export interface ProjectDirectory extends AgentDirectory {
  /**
   * Takes over the agents of a project, all at once: a reader sees the old ones or the new ones. Whatever `runtimeFor` throws comes out
   * here and leaves the old ones in place. Runs that are worked on keep the runtime that they have.
   */
  replace(project: Pick<Project, 'agents'>): void;
}

interface Content {
  readonly list: readonly Agent[];
  readonly byId: ReadonlyMap<string, Agent>;
  readonly byName: ReadonlyMap<string, Agent>;
  readonly runtimes: ReadonlyMap<string, Runtime>;
}

/** A directory without agents; `replace` fills it. */
export function createDirectory({ runtimeFor, defaultAgent }: DirectoryOptions): ProjectDirectory {
  let content = contentOf([], runtimeFor);
  return {
    list: () => content.list,
    find: (idOrName) => content.byId.get(idOrName.toLowerCase()) ?? content.byName.get(idOrName),
    default: () => content.byName.get(defaultAgent ?? '') ?? content.list.find((agent) => !agent.hidden),
    runtime: (agent) => content.runtimes.get(agent.id),
    replace: (project) => {
      content = contentOf(project.agents, runtimeFor);
    },
  };
}

function contentOf(entries: readonly AgentEntry[], runtimeFor: DirectoryOptions['runtimeFor']): Content {
  const list = entries.map(({ agent }) => agent).sort((a, b) => compare(a.name, b.name));
  const runtimes = new Map<string, Runtime>();
  for (const entry of entries) {
    const runtime = runtimeFor(entry.agent, entry);
    if (runtime) runtimes.set(entry.agent.id, runtime);
  }
  return {
    list: Object.freeze(list),
    byId: new Map(list.map((agent) => [agent.id, agent])),
    byName: new Map(list.map((agent) => [agent.name, agent])),
    runtimes,
  };
}
