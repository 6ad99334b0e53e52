import {
  type Agent,
  AgentError,
  type Json,
  type JsonObject,
  type Message,
  type Part,
  textOf,
} from '../../model/index.ts';
import type { Emit, Runtime, Turn } from '../../ports/index.ts';
import { HeldAnswer } from './held-answer.ts';
import type { Plugin, PluginVerdict } from './plugin.ts';

/** Finds a plugin by its name; undefined when the project has none. */
export type FindPlugin = (name: string) => Plugin | undefined;

type Hook = 'before' | 'after';

/** What a step of a plugin records: what was changed, or that it refused. */
type Verdict = { readonly text?: string; readonly refuse?: string };

/**
 * The runtime with the plugins that the agent's file names around it; the runtime itself when it names none. Each look of a plugin is a step, done once. An agent
 * with a plugin after it is not heard while it speaks: its messages are shown when they are complete and the plugin has seen them.
 */
export function withPlugins(runtime: Runtime, agent: Agent, find: FindPlugin): Runtime {
  const before = namesIn(agent, 'agent_pre_invoke');
  const after = namesIn(agent, 'agent_post_invoke');
  if (before.length === 0 && after.length === 0) return runtime;
  return {
    ...runtime,
    async run(given, emit, signal) {
      signal.throwIfAborted();
      const turn = await lookBefore(
        before.map((name) => plugin(name, 'before', find)),
        given,
        emit,
      );
      if (!turn) return;
      if (after.length === 0) return runtime.run(turn, emit, signal);
      const plugins = after.map((name) => plugin(name, 'after', find));
      const held = new HeldAnswer(emit, (parts) => lookAfter(plugins, { parts, turn, emit }));
      await runtime.run(turn, held.emit, signal);
      await held.release();
    },
  };
}

function namesIn({ spec }: Agent, field: string): string[] {
  const listed = (spec.plugins as JsonObject | undefined | null)?.[field];
  return Array.isArray(listed) ? listed.map((one) => String((one as JsonObject).plugin_name)) : [];
}

/** A plugin that is not there fails the run: what it was to keep out would come in. */
function plugin(name: string, hook: Hook, find: FindPlugin): Plugin {
  const found = find(name);
  if (found?.[hook]) return found;
  const why = found ? `has no \`${hook}\`` : 'does not exist';
  throw new AgentError('plugin_unknown', `The plugin \`${name}\` of the agent ${why}.`);
}

/** The turn as the plugins leave it; undefined when one of them refused it and said why. */
async function lookBefore(plugins: readonly Plugin[], given: Turn, emit: Emit): Promise<Turn | undefined> {
  let { parts } = given.input;
  for (const one of plugins) {
    const verdict = await look({ name: one.name, hook: 'before', emit }, (signal) =>
      one.before?.({ ...about(given, signal), text: textOf(parts), parts }),
    );
    if (verdict.refuse !== undefined) {
      emit.text(verdict.refuse);
      return undefined;
    }
    if (verdict.text !== undefined) parts = withText(parts, verdict.text);
  }
  const names = plugins.map(({ name }) => name);
  const input = { ...given.input, parts };
  return {
    ...given,
    input,
    inputs: [...given.inputs.slice(0, -1), input],
    history: async (limit) => asSeen(await given.history(limit), names),
  };
}

/** Earlier messages as the plugins left them then: what one of them took out stays out. */
function asSeen(history: readonly Message[], names: readonly string[]): readonly Message[] {
  const changed = new Map<string, string>();
  for (const { parentId, steps } of history)
    for (const { kind, name, input, output } of steps) {
      const text = (output as JsonObject | undefined)?.text;
      const isLook = kind === 'tool' && names.includes(name) && (input as JsonObject | undefined)?.hook === 'before';
      if (isLook && parentId !== null && typeof text === 'string') changed.set(parentId, text);
    }
  return history.map((message) => {
    const text = changed.get(message.id);
    return text === undefined ? message : { ...message, parts: withText(message.parts, text) };
  });
}

/** A message of the answer as the plugins leave it. */
async function lookAfter(
  plugins: readonly Plugin[],
  { parts: said, turn, emit }: { readonly parts: readonly Part[]; readonly turn: Turn; readonly emit: Emit },
): Promise<readonly Part[]> {
  let parts = said;
  for (const one of plugins) {
    const verdict = await look({ name: one.name, hook: 'after', emit }, (signal) =>
      one.after?.({ ...about(turn, signal), text: textOf(parts), parts, question: textOf(turn.input.parts) }),
    );
    if (verdict.refuse !== undefined) return [{ type: 'text', text: verdict.refuse }];
    if (verdict.text !== undefined) parts = withText(parts, verdict.text);
  }
  return parts;
}

async function look(
  { name, hook, emit }: { readonly name: string; readonly hook: Hook; readonly emit: Emit },
  work: (signal: AbortSignal) => PluginVerdict | Promise<PluginVerdict>,
): Promise<Verdict> {
  const title = hook === 'before' ? 'Looking at the message' : 'Looking at the answer';
  return emit.step({ kind: 'tool', name, title, input: { hook } }, async (signal) =>
    verdictOf(await work(signal), name),
  );
}

function about({ run, agent, context }: Turn, signal: AbortSignal) {
  return { runId: run.id, threadId: run.threadId, agent: agent.name, context, signal };
}

function verdictOf(given: PluginVerdict, name: string): Verdict {
  if (given === undefined || given === null) return {};
  if (typeof given === 'string') return { text: given };
  const { text, refuse } = given as { readonly text?: Json; readonly refuse?: Json };
  if (typeof refuse === 'string') return { refuse };
  if (typeof text === 'string') return { text };
  throw new TypeError(`The plugin ${name} gave back neither a text nor { text } nor { refuse }.`);
}

/** The parts with this as their text. Citations go: they point into the text that was. */
function withText(parts: readonly Part[], text: string): readonly Part[] {
  const others = parts.filter(({ type }) => type !== 'text' && type !== 'citation');
  return text === '' ? others : [{ type: 'text', text }, ...others];
}
