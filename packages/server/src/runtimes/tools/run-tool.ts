import type { Json, JsonObject, Part } from '../../model/index.ts';
import type { Attachments, Emit, Tool, ToolResult, Turn } from '../../ports/index.ts';
import { type Decision, needsApproval, noted, refusal } from './approval.ts';
import { decide } from './decide.ts';
import { invoke } from './invoke.ts';
import { keepMedia, shownFiles } from './media.ts';
import { failure, fromStored, textForPerson, toJson, toStored, WIDGET } from './result.ts';
import { checkOf } from './schema.ts';

/** A call that somebody wants to make. */
export interface WantedCall {
  readonly tool: Tool;
  /** As the model wrote it; compared with the tool's schema. */
  readonly input: unknown;
  /** The model's id of the call; only for whoever wants it. */
  readonly callId: string;
}

/** Where calls are made. */
export interface CallPlace {
  readonly turn: Turn;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Where pictures and sounds of results are kept. Absent: they are named and not shown. */
  readonly attachments?: Pick<Attachments, 'keep'> | undefined;
}

/** One call: see `callTools`. */
export async function callTool({ tool, input, callId, ...place }: WantedCall & CallPlace): Promise<ToolResult> {
  const [result] = await callTools([{ tool, input, callId }], place);
  return result as ToolResult;
}

/**
 * Makes calls, at the same time, and gives back their results in the order of `calls`. First inputs are compared with their schemas; then the person is
 * asked once for all calls that need it; then each is a step of kind `tool`, whether it works or not. What results hold for the person joins the
 * open message: a runtime that speaks on after it begins a line of its own.
 *
 * Rejects only when the run is cancelled or waits for the person. Whatever else goes wrong is a result with `isError`.
 */
export async function callTools(calls: readonly WantedCall[], place: CallPlace): Promise<ToolResult[]> {
  const wanted = await Promise.all(calls.map(readInput));
  place.signal.throwIfAborted();
  const pending = wanted.filter(({ tool, fault }) => fault === undefined && needsApproval(tool));
  const decisions = pending.length === 0 ? [] : await decide(pending, { emit: place.emit, agent: place.turn.agent });
  const results = await Promise.all(wanted.map((one) => step(one, decisions[pending.indexOf(one)], place)));
  for (const result of results) await show(result, place.emit);
  return results;
}

interface Wanted {
  readonly tool: Tool;
  readonly input: JsonObject;
  /** Why the call cannot be made. */
  readonly fault?: ToolResult;
}

async function readInput({ tool, input }: WantedCall): Promise<Wanted> {
  const refuse = (given: JsonObject, message: string) => ({ tool, input: given, fault: invalid(message) });
  let known: Json;
  try {
    // As the log will have it: a check of `NaN` or of a date would look at something else.
    known = toJson(input);
  } catch {
    return refuse({}, 'The input must be a JSON object.');
  }
  if (typeof known !== 'object' || known === null || Array.isArray(known))
    return refuse({ input: known }, 'The input must be a JSON object.');
  const object = known as JsonObject;
  try {
    const wrong = (await checkOf(tool.inputSchema))(object);
    if (wrong !== undefined) return refuse(object, `The input does not fit the schema: ${wrong}.`);
    return { tool, input: object };
  } catch {
    return { tool, input: object, fault: failure('tool_failed', `The schema of \`${tool.name}\` cannot be used.`) };
  }
}

function invalid(message: string): ToolResult {
  return failure('tool_input_invalid', message);
}

async function step(
  wanted: Wanted,
  decision: Decision | undefined,
  { turn, emit, attachments }: CallPlace,
): Promise<ToolResult> {
  const { tool, fault } = wanted;
  const input = decision?.approved ? decision.input : wanted.input;
  const info = { kind: 'tool', name: tool.name, title: tool.displayName, input } as const;
  const output = await emit.step(info, async (signal, show, stepId) => {
    if (fault) return toStored(fault);
    if (decision && !decision.approved) return toStored(noted(refusal(decision), decision));
    const { run, context } = turn;
    const given = await invoke(tool, input, {
      runId: run.id,
      stepId,
      threadId: run.threadId,
      userPayload: async () => turn.userPayload?.(),
      context,
      signal,
      show,
    });
    const result = await keepMedia(given, { owner: run, tool, attachments });
    return toStored(decision ? noted(result, decision) : result);
  });
  return fromStored(output);
}

/** Shows what a result holds for the person. */
async function show(result: ToolResult, emit: Emit): Promise<void> {
  const text = textForPerson(result).trim();
  if (text !== '') await emit.part({ type: 'text', text: `${text}\n\n` });
  for (const file of shownFiles(result)) await emit.part(file);
  const widget = widgetOf(result);
  if (widget) await emit.part(widget);
}

function widgetOf({ meta }: ToolResult): Part | undefined {
  const widget = meta?.[WIDGET];
  if (typeof widget !== 'object' || widget === null || Array.isArray(widget)) return undefined;
  const { response_type: kind, ...value } = widget as JsonObject;
  return typeof kind === 'string' && kind !== '' && kind !== 'text' ? { type: 'item', kind, value } : undefined;
}
