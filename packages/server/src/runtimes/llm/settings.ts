import type { Agent, Json, JsonObject, Run } from '../../model/index.ts';
import type { ModelAccess } from './access.ts';

/** How the model of an agent is called for one run. */
export interface CallSettings {
  /** Parameters that every provider has, under the SDK's names; absent ones are left to the provider. */
  readonly standard: {
    readonly maxOutputTokens?: number;
    readonly temperature?: number;
    readonly topP?: number;
    readonly frequencyPenalty?: number;
    readonly presencePenalty?: number;
    readonly stopSequences?: string[];
    readonly seed?: number;
  };
  /** What else goes into the body of a request, as written. */
  readonly raw: JsonObject;
  /** How often the model may be asked in one run. */
  readonly maxIterations: number;
  /** Whether tools are offered to the model. */
  readonly tools: boolean;
  /** Whether the model calls tools by itself; else they are described to it and called in the ReAct format. */
  readonly toolCalling: boolean;
  /** Whether the model reads images. */
  readonly images: boolean;
  /** The model's text begins as reasoning. */
  readonly thinksFirst: boolean;
}

const MAX_ITERATIONS = 20;

type Name = keyof CallSettings['standard'];

/** The names that a parameter has in agent files (chat completions) and in `llm_params` and older agent files (watsonx). */
const NAMES: Readonly<Record<string, Name>> = {
  max_tokens: 'maxOutputTokens',
  max_completion_tokens: 'maxOutputTokens',
  max_new_tokens: 'maxOutputTokens',
  temperature: 'temperature',
  top_p: 'topP',
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
  stop: 'stopSequences',
  stop_sequences: 'stopSequences',
  seed: 'seed',
  random_seed: 'seed',
};
/** Raw parameters that a client may set, too. */
const CLIENT_RAW = ['top_k', 'repetition_penalty'];
/** Parameters of watsonx for which chat completions have no word. */
const UNKNOWN = [
  'beam_width',
  'decoding_method',
  'include_stop_sequence',
  'length_penalty',
  'min_new_tokens',
  'return_options',
  'time_limit',
  'truncate_input_tokens',
  'typical_p',
];
/** Members of `llm_config` that are Clew's own, and those of a request that Clew sets itself. */
const OWN = ['max_iterations', 'tools', 'tool_calling', 'images', 'thinks_first'];
const SET_HERE = ['model', 'messages', 'stream', 'stream_options', 'response_format', 'tool_choice', 'n'];

/**
 * Puts the parameters of a run together: those of the provider < the agent's `llm_config` < the client's `llm_params`. A client sets only what is listed here,
 * and cannot ask for a longer answer than the agent allows.
 */
export function callSettings(
  agent: Agent,
  run: Pick<Run, 'options'>,
  access: Pick<ModelAccess, 'defaults'>,
): CallSettings {
  const config = { ...(access.defaults as JsonObject), ...objectOf(agent.spec.llm_config) };
  const params = objectOf(run.options?.llm_params);
  const own = standardOf(config);
  const asked = standardOf(params);
  const longest = Math.min(
    own.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    asked.maxOutputTokens ?? Number.POSITIVE_INFINITY,
  );
  const iterations = config.max_iterations;
  return {
    standard: { ...own, ...asked, ...(Number.isFinite(longest) ? { maxOutputTokens: longest } : {}) },
    raw: { ...rawOf(config, (name) => !isElsewhere(name)), ...rawOf(params, (name) => CLIENT_RAW.includes(name)) },
    maxIterations: typeof iterations === 'number' && iterations >= 1 ? Math.floor(iterations) : MAX_ITERATIONS,
    tools: config.tools !== false,
    toolCalling: config.tool_calling !== false,
    images: config.images !== false,
    thinksFirst: config.thinks_first === true,
  };
}

function isElsewhere(name: string): boolean {
  return Object.hasOwn(NAMES, name) || [...UNKNOWN, ...OWN, ...SET_HERE].includes(name);
}

function standardOf(given: JsonObject): CallSettings['standard'] {
  const found: Partial<Record<Name, number | string[]>> = {};
  for (const [name, value] of Object.entries(given)) {
    const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    if (known === 'stopSequences') {
      const stops = (Array.isArray(value) ? value : [value]).filter((stop) => typeof stop === 'string' && stop !== '');
      if (stops.length > 0) found.stopSequences = stops as string[];
    } else if (known && typeof value === 'number' && Number.isFinite(value)) {
      if (known !== 'maxOutputTokens') found[known] = value;
      else if (value >= 1) found[known] = Math.floor(value);
    }
  }
  return found as CallSettings['standard'];
}

function rawOf(given: JsonObject, isMeant: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => isMeant(name) && value !== null));
}

function objectOf(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}
