import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { readVariable } from '../config/environment.ts';
import { type Agent, ClewError } from '../model/index.ts';
import type { Attachments, Runtime, Tool, Toolbox } from '../ports/index.ts';
import { createDirectory, formatFinding, type Project, type ProjectDirectory } from '../project/index.ts';
import { createRuntimes, createToolbox, pythonPlugin, type RuntimesOptions } from '../runtimes/index.ts';
import { createRemoteRuntime } from '../runtimes/remote/index.ts';
import type { Embeddings } from './embeddings.ts';
import { indexKnowledge } from './knowledge.ts';
import { readProject } from './read-project.ts';

/** Other models, tools and remote agents than those of the project. */
export interface Stage {
  readonly openModel: NonNullable<RuntimesOptions['openModel']>;
  tool(tool: Tool): Tool;
  remote(agent: Agent): Runtime;
}

/** On a stage nothing is asked of anybody: a variable of the environment that is not set leaves no agent out. Reads as an address and as a key. */
const NOT_SET = 'http://not-set.invalid';

/** The agents of an installation, with what they answer with. */
export interface Agents {
  readonly directory: ProjectDirectory;
  /** The project as it was last read, with everything that was found in it. */
  readonly project: Project;
  /** Reads the project again. Rejects when that cannot be done; the agents then stay as they were. */
  reload(): Promise<Project>;
  /** Closes what tools have open. */
  close(): Promise<void>;
}

/** Reads the project and makes its agents. Rejects with `invalid_request` when two of them exclude each other. */
export async function agentsOf(parts: {
  readonly config: Config;
  /** Default: agents have the models and tools of the project. */
  readonly stage: Stage | undefined;
  readonly log: Logger;
  readonly embeddings: Embeddings;
  readonly attachments: Attachments;
}): Promise<Agents> {
  const { config, stage, log, embeddings, attachments } = parts;
  const knowledge = embeddings.index;
  const { writeOnly, readWrite, admin } = config.approvals;
  const toolbox = createToolbox({
    asks: {
      read_only: false,
      write_only: writeOnly === 'ask',
      read_write: readWrite === 'ask',
      admin: admin === 'ask',
    },
    approval: { expiresMs: config.approvals.expireMs, onExpiry: config.approvals.onExpiry },
    onTrouble: (trouble) => log.warn(trouble, 'a toolkit could not be worked with'),
  });
  const runtimeOf = createRuntimes({
    index: knowledge,
    ...(stage ? { openModel: stage.openModel } : {}),
    toolbox: stage ? staged(toolbox, stage.tool) : toolbox,
    attachments,
    providers: config.models,
    describeBase: (base) => project.knowledgeBases.find(({ name }) => name === base)?.description ?? '',
    colleagues: { find: (name) => directory.find(name), runtime: (agent) => directory.runtime(agent) },
    findPlugin: (name) => {
      const { plugin, python } = project.plugins.find((one) => one.plugin.name === name) ?? {};
      return python ? pythonPlugin(python, toolbox) : plugin;
    },
    onDefect: (err, about) => log.error({ err, ...about }, 'something broke'),
    onTrouble: (trouble) => log.warn(trouble, 'a model could not be worked with'),
  });
  const onTrouble = (trouble: object) => log.warn(trouble, 'a remote agent could not be worked with');
  const directory = createDirectory({
    runtimeFor: (agent, { module, remote }) =>
      remote ? (stage?.remote(agent) ?? createRemoteRuntime({ ...remote, onTrouble })) : runtimeOf(agent, module),
    defaultAgent: config.defaultAgent,
  });

  /** The project with what can be served of it taken over. `before` stays, but for the findings, when two agents exclude each other. */
  async function load(before?: Project): Promise<Project> {
    const { collision, ...read } = await readProject(config, stage && ((name) => readVariable(name) ?? NOT_SET));
    if (collision && before) return { ...before, findings: read.findings };
    if (collision) throw new ClewError('invalid_request', formatFinding(collision));
    embeddings.follow(read);
    const findings = [...read.findings, ...(await indexKnowledge(knowledge, read))];
    directory.replace(read);
    toolbox.replace({
      tools: read.tools.map(({ tool }) => tool),
      toolkits: read.toolkits.map(({ server }) => server),
    });
    return { ...read, findings };
  }

  let project = await load();
  return {
    directory,
    get project() {
      return project;
    },
    async reload() {
      project = await load(project);
      return project;
    },
    close: () => toolbox.close(),
  };
}

/** Tools as a stage has them. */
function staged(toolbox: Toolbox, tool: (tool: Tool) => Tool): Toolbox {
  const resolve: Toolbox['resolve'] = async (names, signal) => (await toolbox.resolve(names, signal)).map(tool);
  return { resolve, close: () => toolbox.close() };
}
