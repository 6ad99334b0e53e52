import type { Agent } from '../model/index.ts';
import type { McpServer, Plugin } from '../runtimes/index.ts';
import type { Remark } from './check.ts';
import { nearest } from './nearest.ts';
import type { Path } from './yaml.ts';

/** The names that agents can refer to. */
export interface Names {
  readonly agents: readonly string[];
  readonly knowledgeBases: readonly string[];
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly modelFault: ModelFault;
  readonly tools: readonly string[];
  readonly toolkits: readonly Pick<McpServer, 'name' | 'tools'>[];
  readonly plugins: readonly Plugin[];
}

/** What is wrong with the model of a provider, and what to do; undefined when nothing is. */
export type ModelFault = (llm: string) => { readonly message: string; readonly fix: string } | undefined;

/** What an agent refers to and does not exist. It is used all the same: it can say itself that it knows nothing. */
export function brokenReferences(agent: Agent, names: Names): Remark[] {
  const found: Remark[] = [];
  const missing = (path: Path, message: string, near: string | undefined, fix: string) =>
    found.push({ severity: 'warning', path, message, fix: near ? `Did you mean \`${near}\`?` : fix });

  for (const [index, name] of agent.knowledgeBases.entries()) {
    if (names.knowledgeBases.includes(name)) continue;
    const fix = 'Make a file for it in `knowledge_bases/`, or remove the name.';
    missing(
      ['knowledge_base', index],
      `There is no working knowledge base \`${name}\`.`,
      nearest(name, names.knowledgeBases),
      fix,
    );
  }
  for (const [index, name] of agent.collaborators.entries()) {
    if (names.agents.includes(name)) continue;
    const others = names.agents.filter((other) => other !== agent.name);
    missing(
      ['collaborators', index],
      `There is no working agent \`${name}\`.`,
      nearest(name, others),
      'Make a file for it in `agents/`, or remove the name.',
    );
  }
  for (const [index, name] of agent.tools.entries()) {
    if (hasTool(name, names)) continue;
    const near = nearest(name, [...names.tools, ...names.toolkits.flatMap(({ tools }) => tools ?? [])]);
    missing(
      ['tools', index],
      `There is no working tool \`${name}\`.`,
      near,
      'Make a file for it in `tools/`, or remove the name.',
    );
  }
  found.push(...missingPlugins(agent, names));
  const join = agent.spec.custom_join_tool;
  if (typeof join === 'string' && !hasTool(join, names)) {
    const fix = 'Make a file for it in `tools/`, or remove the field.';
    missing(['custom_join_tool'], `There is no working tool \`${join}\`.`, nearest(join, names.tools), fix);
  }
  found.push(...missingInGuidelines(agent, names));
  const kits = names.toolkits.map((kit) => kit.name);
  const wanted = Array.isArray(agent.spec.toolkits) ? agent.spec.toolkits : [];
  for (const [index, name] of wanted.entries()) {
    if (typeof name !== 'string' || kits.includes(name)) continue;
    const fix = 'Make a file for it in `toolkits/`, or remove the name.';
    missing(['toolkits', index], `There is no working toolkit \`${name}\`.`, nearest(name, kits), fix);
  }
  if (agent.llm !== 'code' && !agent.llm.startsWith('external/') && !names.models.includes(agent.llm)) {
    const fault = isOfProvider(agent.llm, names) ? names.modelFault(agent.llm) : noModel(agent.llm, names);
    if (fault) found.push({ severity: 'warning', path: ['llm'], ...fault });
  }
  return found;
}

/** Tools that guidelines name: those of the project, collaborators of the agent, or searches. */
function missingInGuidelines({ spec, collaborators }: Agent, names: Names): Remark[] {
  const guidelines = Array.isArray(spec.guidelines) ? (spec.guidelines as readonly { tool?: string | null }[]) : [];
  const others = collaborators.map((name) => `chat_with_collaborator_${name.replace(/[^\w-]/g, '_')}`);
  return [...guidelines.entries()].flatMap(([index, { tool }]): Remark[] => {
    if (!tool || tool.startsWith('search_') || others.includes(tool) || hasTool(tool, names)) return [];
    const near = nearest(tool, [...names.tools, ...others]);
    const fix = near ? `Did you mean \`${near}\`?` : 'Make a file for it in `tools/`, or remove the name.';
    const message = `There is no working tool \`${tool}\`, so that the model is told to use what it does not have.`;
    return [{ severity: 'warning', path: ['guidelines', index, 'tool'], message, fix }];
  });
}

const HOOKS = { agent_pre_invoke: 'before', agent_post_invoke: 'after' } as const;

function missingPlugins({ spec }: Agent, { plugins }: Names): Remark[] {
  const named = (spec.plugins ?? {}) as Partial<Record<keyof typeof HOOKS, readonly { plugin_name: string }[] | null>>;
  return (['agent_pre_invoke', 'agent_post_invoke'] as const).flatMap((field) =>
    [...(named[field] ?? []).entries()].flatMap(([index, { plugin_name: name }]): Remark[] => {
      const plugin = plugins.find((one) => one.name === name);
      if (plugin?.[HOOKS[field]]) return [];
      const near = nearest(
        name,
        plugins.map((one) => one.name),
      );
      const message = plugin
        ? `The plugin \`${name}\` has no \`${HOOKS[field]}\`, so that runs of this agent fail.`
        : `There is no working plugin \`${name}\`, so that runs of this agent fail.`;
      const fix =
        near && !plugin ? `Did you mean \`${near}\`?` : 'Make a file for it in `plugins/`, or remove the name.';
      return [{ severity: 'warning', path: ['plugins', field, index, 'plugin_name'], message, fix }];
    }),
  );
}

function isOfProvider(llm: string, { providers }: Names): boolean {
  return providers.some((provider) => llm.startsWith(`${provider}/`) && llm.length > provider.length + 1);
}

function noModel(llm: string, { models, providers }: Names): { message: string; fix: string } {
  const [provider = '', ...model] = llm.split('/');
  const known = nearest(llm, models);
  const other = nearest(provider, providers);
  const meant = known ?? (other && model.length > 0 ? [other, ...model].join('/') : undefined);
  const ways =
    providers.length === 0
      ? ''
      : ', or `provider/model` of a provider that docs/models.md lists or `models` in clew.config.yaml';
  return {
    message: `There is no model \`${llm}\`, so that runs of this agent fail.`,
    fix: meant ? `Did you mean \`${meant}\`?` : `Use one of ${models.join(', ')}${ways}.`,
  };
}

/** What a toolkit that names no tools has is known only once it is connected: its tools are not looked for. */
function hasTool(name: string, { tools, toolkits }: Names): boolean {
  if (tools.includes(name) || toolkits.some((kit) => kit.name === name)) return true;
  const at = name.indexOf(':');
  const asked = at === -1 ? toolkits : toolkits.filter((kit) => kit.name === name.slice(0, at));
  return asked.some((kit) => kit.tools === null || kit.tools.includes(name.slice(at + 1)));
}
