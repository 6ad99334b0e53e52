import type { JsonObject, Part } from '../../model/index.ts';

/** What a plugin knows of the run. */
export interface PluginTurn {
  readonly runId: string;
  readonly threadId: string;
  /** Name of the agent. */
  readonly agent: string;
  /** The text of the message that is to be answered, as plugins before this one left it. */
  readonly text: string;
  /** The whole message, in the same state. */
  readonly parts: readonly Part[];
  /** Context variables that the agent declared. */
  readonly context: JsonObject;
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
}

/** One message of the answer, before anybody has seen it. */
export interface PluginAnswer extends Pick<PluginTurn, 'runId' | 'threadId' | 'agent' | 'context' | 'signal'> {
  readonly text: string;
  readonly parts: readonly Part[];
  /** The text that it answers. */
  readonly question: string;
}

/** What a plugin wants: another text in the place of the one it saw, or a message to the person and nothing else. Nothing: it may go on as it is. */
export type PluginVerdict = string | { readonly text: string } | { readonly refuse: string } | undefined;

/** Code that runs before or after an agent: the default export of a file in `plugins/`. An error that it throws fails the run: nothing passes unseen. */
export interface PluginDefinition {
  /** Default: the name of the file, with `_` for `-`. */
  readonly name?: string;
  readonly description?: string;
  /** Sees a message before the agent does (`plugins.agent_pre_invoke`). */
  before?(turn: PluginTurn): PluginVerdict | Promise<PluginVerdict>;
  /** Sees each message of the answer before anybody else does (`plugins.agent_post_invoke`). */
  after?(answer: PluginAnswer): PluginVerdict | Promise<PluginVerdict>;
}

/** A plugin of a project. */
export interface Plugin extends PluginDefinition {
  readonly name: string;
}

/** Gives `plugin` back as it is, with its members checked by the compiler. */
export function definePlugin(plugin: PluginDefinition): PluginDefinition {
  return plugin;
}
