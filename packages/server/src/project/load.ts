import { resolve } from 'node:path';
import { BUILT_IN_MODELS } from '../runtimes/index.ts';
import { loadAgents, sameName } from './agents.ts';
import { place } from './check.ts';
import { ownAddress } from './code-modules.ts';
import { withoutCycles } from './collaborators.ts';
import { loadConnections } from './connections.ts';
import { compare } from './files.ts';
import { readKnowledgeBase } from './knowledge-base.ts';
import { nearest } from './nearest.ts';
import { loadPlugins } from './plugins.ts';
import type { Finding, KnowledgeBase, Project } from './project.ts';
import { loadPythonTools } from './python-tools.ts';
import { brokenReferences, type ModelFault } from './references.ts';
import { loadToolkits } from './toolkits.ts';
import { loadTools } from './tools.ts';
import type { Variable } from './variables.ts';
import { yamlFilesIn } from './yaml-files.ts';

export interface LoadProjectOptions {
  /** Names of models that exist: agents of others get a finding. Default: those that Clew brings along. */
  readonly models?: readonly string[];
  /** Names of model providers: each may have any model. Default: none. */
  readonly providers?: readonly string[];
  /** What has to be set before the model of a provider can be used: agents of such models get it as a finding. Default: nothing. */
  readonly modelFault?: ModelFault;
  /** Name of the default agent: a finding says when it does not exist. Default: not checked. */
  readonly defaultAgent?: string | null;
  /** Agents that the configuration names elsewhere, by the setting that does: a finding says which do not exist. Default: none. */
  readonly named?: Readonly<Record<string, readonly string[]>>;
  /** Whether this Node.js runs TypeScript. Default: what it says itself (22.18 and newer do). */
  readonly typescript?: boolean;
  /** Address of the module that `import … from 'clew'` means in code agents. Default: the Clew that runs. */
  readonly self?: string;
  /** How long a code agent may take to load. Default 10,000 ms. */
  readonly importTimeoutMs?: number;
  /** The Python that runs `tools/*.py`. Default: that of `.venv` in the project, else that of the machine. */
  readonly python?: string | null;
  /** The environment of external agents, connections and toolkits, whose `${NAME}` are filled in. Default: no variable is set. */
  readonly variable?: Variable;
}

/**
 * Reads a project folder: `agents/` and `tools/` (data, code and Python), `plugins/` (code), `knowledge_bases/`, `toolkits/` and `connections/`. A file with an error is left out and the
 * rest goes on; the findings say what is wrong. Never rejects for what a file contains.
 */
export async function loadProject(folder: string, options: LoadProjectOptions = {}): Promise<Project> {
  const { models = BUILT_IN_MODELS, defaultAgent = null, self = ownAddress(), importTimeoutMs = 10_000 } = options;
  const { variable = () => undefined, providers = [], modelFault = () => undefined } = options;
  const typescript = options.typescript ?? Boolean(process.features.typescript);
  const root = resolve(folder);
  const findings: Finding[] = [];
  const knowledgeBases = await loadKnowledgeBases(root, findings);
  const connections = await loadConnections(root, variable, findings);
  const toolkits = await loadToolkits(root, { variable, connections }, findings);
  const code = { typescript, importTimeoutMs, self, variable, connections };
  const tools = await loadTools(root, code, findings);
  const python = await loadPythonTools(root, { python: options.python ?? null, connections, tools }, findings);
  if (python.toolkit) toolkits.push(python.toolkit);
  const plugins = await loadPlugins(root, { ...code, others: python.plugins }, findings);
  const agents = withoutCycles(await loadAgents(root, code, findings), findings);

  const names = agents.map(({ entry }) => entry.agent.name);
  const known = {
    agents: names,
    knowledgeBases: knowledgeBases.map((entry) => entry.name),
    models,
    providers,
    modelFault,
    tools: tools.map(({ tool }) => tool.name),
    toolkits: toolkits.map(({ server }) => server),
    plugins: plugins.map(({ plugin }) => plugin),
  };
  for (const { entry, places } of agents) findings.push(...place(places, brokenReferences(entry.agent, known)));
  if (defaultAgent !== null && !names.includes(defaultAgent)) findings.push(missingDefault(defaultAgent, names));
  for (const [setting, wanted] of Object.entries(options.named ?? {}))
    for (const name of wanted) if (!names.includes(name)) findings.push(missingNamed(setting, name, names));

  return {
    folder: root,
    agents: agents.map(({ entry }) => entry).sort((a, b) => compare(a.agent.name, b.agent.name)),
    knowledgeBases: knowledgeBases.sort((a, b) => compare(a.name, b.name)),
    tools,
    toolkits,
    plugins,
    findings: findings.sort((a, b) => compare(a.file, b.file) || a.line - b.line),
  };
}

async function loadKnowledgeBases(root: string, findings: Finding[]): Promise<KnowledgeBase[]> {
  const loaded: KnowledgeBase[] = [];
  for await (const read of yamlFilesIn(root, 'knowledge_bases', findings)) {
    const { entry, findings: found } = readKnowledgeBase(read, root);
    findings.push(...found);
    const taken = loaded.find((other) => other.name === entry?.name);
    if (taken) findings.push(...place(read, [sameName('name', taken.file)]));
    else if (entry) loaded.push(entry);
  }
  return loaded;
}

function missingDefault(name: string, agents: readonly string[]): Finding {
  const near = nearest(name, agents);
  const message = `There is no working agent \`${name}\`, so that the first one that is not hidden answers.`;
  const fix = near ? `Did you mean \`${near}\`?` : 'Name an agent of the project.';
  return { severity: 'warning', file: 'clew.config.yaml', line: 1, field: 'defaultAgent', message, fix };
}

function missingNamed(setting: string, name: string, agents: readonly string[]): Finding {
  const near = nearest(name, agents);
  const message = `There is no working agent \`${name}\`, so that nobody can reach it there.`;
  const fix = near ? `Did you mean \`${near}\`?` : 'Name an agent of the project.';
  return { severity: 'warning', file: 'clew.config.yaml', line: 1, field: setting, message, fix };
}
