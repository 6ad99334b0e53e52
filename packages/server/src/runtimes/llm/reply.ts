import type { Json, ModelUsage } from '../../model/index.ts';

/** A call of a tool as the model wrote it. */
export type ModelCall = {
  readonly id: string;
  readonly name: string;
  /** JSON, unless the model made a mistake. */
  readonly arguments: string;
  /** What the provider wants to see again with the call (Gemini). */
  readonly signature?: string;
};

/** What a call of the model gave: the output of a step of kind `model`. */
export type ModelReply = {
  /** As it was written, with the marks of its sources, without reasoning. */
  readonly text: string;
  readonly reasoning?: string;
  readonly tool_calls: readonly ModelCall[];
  /** Why it stopped: `stop`, `tool-calls`, `length`, `content-filter` or `other`. */
  readonly finish: string;
  readonly usage?: ModelUsage;
};

/** The reply in the log of an earlier run; undefined for what is none. */
export function replyIn(output: Json | undefined): ModelReply | undefined {
  const reply = output as Partial<ModelReply> | null | undefined;
  return typeof reply?.text === 'string' && Array.isArray(reply.tool_calls) ? (reply as ModelReply) : undefined;
}

/** The arguments of a call; undefined when they are no JSON. Models write nothing at all where a tool takes nothing. */
export function argumentsOf({ arguments: written }: ModelCall): Json | undefined {
  if (written.trim() === '') return {};
  try {
    return JSON.parse(written) as Json;
  } catch {
    return undefined;
  }
}
