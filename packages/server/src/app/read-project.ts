import type { Config } from '../config/config.ts';
import { readVariable } from '../config/environment.ts';
import { type Finding, loadProject, type Project } from '../project/index.ts';
import { BUILT_IN_MODELS, findModel, isUsable } from '../runtimes/index.ts';
import { labelCollision } from '../wires/acp/names.ts';

/** A project with what a server says of it. */
export interface ReadProject extends Project {
  /** Two agents that cannot be served together: one of the findings. A server takes over nothing of such a project. */
  readonly collision: Finding | null;
}

/**
 * Reads the project's files with what this server knows of models, defaults and wires, so that every reader finds the same. `variable` is the environment that files of
 * agents and connections name; default: that of the process.
 */
export async function readProject(
  config: Config,
  variable: (name: string) => string | undefined = readVariable,
): Promise<ReadProject> {
  const read = await loadProject(config.project, {
    models: BUILT_IN_MODELS,
    providers: Object.keys(config.models),
    modelFault: (llm) => modelFault(llm, config),
    defaultAgent: config.defaultAgent,
    python: config.python,
    named: namedAgents(config),
    variable,
  });
  const collision = collisionOf(read);
  return { ...read, collision, findings: collision ? [...read.findings, collision] : read.findings };
}

/** Agents that channels and webhooks are about. */
function namedAgents({ channels, webhooks }: Config): Record<string, readonly string[]> {
  return Object.fromEntries([
    ...Object.entries(channels).map(([name, { agents }]) => [`channels.${name}.agents`, agents ?? []]),
    ...webhooks.map(({ agents }, at) => [`webhooks.${at}.agents`, agents ?? []]),
  ]);
}

/** What has to be set before the model of an agent can be used. */
function modelFault(llm: string, { models }: Config): { message: string; fix: string } | undefined {
  const found = findModel(llm, models);
  return found && !isUsable(found) ? found : undefined;
}

function collisionOf({ agents }: Project): Finding | null {
  const collision = labelCollision(agents.map(({ agent }) => agent));
  if (!collision) return null;
  const { label, names } = collision;
  const [other, one] = names.map((name) => agents.find(({ agent }) => agent.name === name)!) as [Entry, Entry];
  return {
    severity: 'error',
    file: one.source,
    line: one.line,
    field: 'name',
    message: `The agents ${names.join(' and ')} would both be called ${label} over ACP.`,
    fix: `Rename this one or the one in \`${other.source}\`: until then a server takes over neither.`,
  };
}

type Entry = Project['agents'][number];
