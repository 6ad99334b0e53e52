import { AgentError, type JsonObject, textOf } from '../../model/index.ts';
import type { Emit, Runtime, Tool, Turn } from '../../ports/index.ts';
import { REAL_PACE } from '../code/index.ts';
import { type Collaborator, collaboratorsOf, describeCollaborator, HAND_OFF_SCHEMA } from '../collaborators/index.ts';
import { toolNamed, toolNamesOf } from '../tools/index.ts';
import type { ModelAccess, Unusable } from './access.ts';
import { turnWithFiles } from './attached.ts';
import type { Calling } from './call.ts';
import { Conversation } from './conversation.ts';
import { type SearchTool, searchFirst, searchTools } from './knowledge.ts';
import { type Talk, talk } from './loop.ts';
import type { LlmOptions } from './options.ts';
import { answerByPlan } from './plan.ts';
import { systemPrompt } from './prompt.ts';
import { withTextTools } from './react/model.ts';
import { type OfferedTool, openModel } from './sdk.ts';
import { type CallSettings, callSettings } from './settings.ts';
import { Sources } from './sources.ts';
import { Speaker } from './speaker.ts';

/**
 * The runtime of an agent that thinks with a model: asks it, carries out the tools it calls, and asks again with what they gave back, until it answers. Each call
 * of the model is a step of kind `model` and each call of a tool one of its own: a run that is entered again passes over those that are done, and nothing is paid
 * or worked twice. `recovery` is `restart`.
 */
export function createLlmRuntime(access: ModelAccess, options: LlmOptions): Runtime {
  const opened = new Map<boolean, ReturnType<typeof openModel>>();
  // Kept: the SDK builds the schema of its chunks anew for each model, which takes longer than a call over the loopback.
  const open: Work['open'] = ({ thinksFirst }) => {
    const known = opened.get(thinksFirst) ?? openModel(access, { thinksFirst });
    opened.set(thinksFirst, known);
    return known;
  };
  return {
    recovery: 'restart',
    async run(given, emit, signal) {
      const turn = await turnWithFiles(given, emit, options);
      return answer({ turn, emit, signal, access, options, open });
    },
  };
}

/** The runtime of an agent whose model cannot be used: every run fails and says what to set. */
export function createUnusableRuntime({ message, fix }: Unusable): Runtime {
  const error = new AgentError('model_refused', `${message} ${fix}`.trim());
  return { recovery: 'restart', run: () => Promise.reject(error) };
}

interface Work {
  readonly turn: Turn;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly access: ModelAccess;
  readonly options: LlmOptions;
  readonly open: (settings: Pick<CallSettings, 'thinksFirst'>) => ReturnType<typeof openModel>;
}

async function answer(work: Work): Promise<void> {
  const { turn, signal, access, options } = work;
  const { agent, run } = turn;
  signal.throwIfAborted();
  const settings = callSettings(agent, run, access);
  const sources = new Sources();
  const speaker = new Speaker(work.emit, sources);
  const searches = settings.tools
    ? searchTools(options.index, agent.knowledgeBases, options.describeBase ?? (() => ''))
    : [];
  const { colleagues, onDefect, attachments } = options;
  const collaborators = settings.tools && colleagues ? collaboratorsOf(agent, colleagues) : [];
  const tools = settings.tools ? await toolsOf(work) : [];
  const passages = await passagesFor(work, { speaker, sources, searches });
  const grounded = searches.length > 0 || passages !== undefined;
  const system = systemPrompt({
    agent,
    context: turn.context,
    grounded,
    ...(passages === undefined ? {} : { passages }),
  });
  const calling: Calling = {
    model: options.openModel?.(agent) ?? (await modelOf(work, settings)),
    access,
    settings,
    tools: [...searches.map(({ offer }) => offer), ...tools.map(offerOf), ...collaborators.map(offerOfCollaborator)],
    schema: schemaOf(agent.spec.structured_output),
    about: { runId: run.id, agent: agent.name },
    pace: options.pace ?? REAL_PACE,
    random: options.random ?? Math.random,
    onTrouble: options.onTrouble ?? (() => {}),
  };
  const conversation = await Conversation.of(turn, { system, images: settings.images });

  const hands = { tools, searches, sources, collaborators, colleagues, attachments, ...(onDefect ? { onDefect } : {}) };
  const one: Talk = { turn, emit: speaker.emit, signal, calling, conversation, speaker, hands };
  return agent.style === 'planner' ? answerByPlan(one, { system, joinTool: await joinToolOf(work) }) : talk(one);
}

async function modelOf({ turn, open, options }: Work, settings: CallSettings): Promise<Calling['model']> {
  const model = await open(settings);
  if (settings.toolCalling) return model;
  const about = { runId: turn.run.id, agent: turn.agent.name, code: 'model_malformed' };
  return withTextTools(model, (fault) =>
    options.onTrouble?.({ ...about, message: `A reply of the model kept to no format: ${fault}.` }),
  );
}

/** The tool that makes the answer of an agent of style `planner`, if it names one. Rejects when the project does not have it. */
async function joinToolOf({ turn: { agent }, options: { toolbox }, signal }: Work): Promise<Tool | undefined> {
  const name = agent.spec.custom_join_tool;
  if (typeof name !== 'string') return undefined;
  if (!toolbox) throw new AgentError('tool_unknown', `There is no tool \`${name}\`.`);
  return toolNamed(toolbox, name, signal);
}

/** The tools of the agent, those of its toolkits and of its guidelines included. */
async function toolsOf({ turn: { agent }, options: { toolbox }, signal }: Work): Promise<readonly Tool[]> {
  const names = toolNamesOf(agent);
  return names.length === 0 || !toolbox ? [] : toolbox.resolve(names, signal);
}

function offerOf({ name, description, inputSchema }: Tool): OfferedTool {
  return { type: 'function', name, description, inputSchema };
}

function offerOfCollaborator({ toolName: name, agent }: Collaborator): OfferedTool {
  const inputSchema = { ...HAND_OFF_SCHEMA, required: [...HAND_OFF_SCHEMA.required] };
  return { type: 'function', name, description: describeCollaborator(agent), inputSchema };
}

/** Passages for a model that cannot search by itself; undefined where it can, and where the agent has no documents. */
async function passagesFor(
  { turn, options }: Work,
  { speaker, sources, searches }: { speaker: Speaker; sources: Sources; searches: readonly SearchTool[] },
): Promise<string | undefined> {
  const bases = turn.agent.knowledgeBases;
  if (bases.length === 0 || searches.length > 0) return undefined;
  const history = await turn.history();
  const earlier = history.filter(({ role }) => role === 'user').map(({ parts }) => textOf(parts));
  const message = textOf(turn.input.parts);
  return sources.describe(await searchFirst(options.index, { bases, message, earlier }, speaker.emit));
}

function schemaOf(written: unknown): JsonObject | undefined {
  const isObject = typeof written === 'object' && written !== null && !Array.isArray(written);
  return isObject && Object.keys(written).length > 0 ? (written as JsonObject) : undefined;
}
