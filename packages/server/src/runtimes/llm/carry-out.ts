import { AgentError, type JsonObject } from '../../model/index.ts';
import type { Emit, Tool, ToolResult } from '../../ports/index.ts';
import { atOnce } from '../collaborators/at-once.ts';
import { type Answer, type Collaborator, type HandOffPlace, handOff, withMarks } from '../collaborators/index.ts';
import { failure, textForModel, toStored } from '../tools/result.ts';
import { type CallPlace, callTools, type WantedCall } from '../tools/run-tool.ts';
import { resultPart } from './history.ts';
import type { SearchTool } from './knowledge.ts';
import { argumentsOf, type ModelCall } from './reply.ts';
import type { ToolResultPart } from './sdk.ts';
import type { Sources } from './sources.ts';

/** What the calls of a reply can be. */
export interface Hands {
  readonly tools: readonly Tool[];
  readonly searches: readonly SearchTool[];
  readonly sources: Sources;
  readonly collaborators: readonly Collaborator[];
  readonly colleagues: HandOffPlace['colleagues'] | undefined;
  readonly onDefect?: HandOffPlace['onDefect'];
  /** Where pictures of results are kept. */
  readonly attachments?: CallPlace['attachments'];
}

/** Carries out the calls of one reply, and gives back what the model reads of each, in their order. */
export async function carryOut(calls: readonly ModelCall[], hands: Hands, place: CallPlace): Promise<ToolResultPart[]> {
  const { tools, searches, sources, collaborators } = hands;
  const results = new Map<ModelCall, ToolResultPart>();
  const wanted: { readonly call: ModelCall; readonly wanted: WantedCall }[] = [];
  const handed: { readonly call: ModelCall; readonly collaborator: Collaborator; readonly message: string }[] = [];
  const quick: Promise<void>[] = [];
  for (const call of calls) {
    const input = argumentsOf(call);
    const tool = tools.find(({ name }) => name === call.name);
    const search = searches.find(({ name }) => name === call.name);
    const collaborator = collaborators.find(({ toolName }) => toolName === call.name);
    const message = collaborator && isObject(input) && typeof input.message === 'string' ? input.message : '';
    if (collaborator && message.trim() !== '') handed.push({ call, collaborator, message });
    else if (tool && input !== undefined) wanted.push({ call, wanted: { tool, input, callId: call.id } });
    else if (search && isObject(input)) {
      // Numbers are given in the order of the calls, whichever search is done first.
      const found = search.search(input, place.emit);
      const before = Promise.all(quick);
      quick.push(
        Promise.all([found, before]).then(([one]) => void results.set(call, resultPart(call, sources.describe(one)))),
      );
    } else {
      const result =
        tool || search || collaborator
          ? noInput(collaborator !== undefined)
          : noSuchTool(call, [
              ...[...tools, ...searches].map(({ name }) => name),
              ...collaborators.map(({ toolName }) => toolName),
            ]);
      quick.push(refuse(call, result, place.emit).then((part) => void results.set(call, part)));
    }
  }
  // Before the others: those may ask the person, and the run is then left until the answer.
  await Promise.all(quick);
  const made = await callTools(
    wanted.map((one) => one.wanted),
    { ...place, attachments: hands.attachments },
  );
  for (const [at, result] of made.entries()) {
    const { call } = wanted[at] as (typeof wanted)[number];
    results.set(call, resultPart(call, textForModel(result), result.isError === true));
  }
  for (const [at, part] of (await handAllOff(handed, hands, place)).entries())
    results.set((handed[at] as (typeof handed)[number]).call, part);
  return calls.map((call) => results.get(call) as ToolResultPart);
}

/** What came of a hand-off: one of the two. */
interface HandedBack {
  readonly call: ModelCall;
  readonly answer?: Answer;
  readonly error?: AgentError;
}

/** Lets collaborators work at the same time. When one of them has a question the run is left, and with it the others: they go on after the answer. */
async function handAllOff(
  handed: readonly { readonly call: ModelCall; readonly collaborator: Collaborator; readonly message: string }[],
  { colleagues, onDefect, sources }: Hands,
  { turn, emit, signal }: CallPlace,
): Promise<ToolResultPart[]> {
  if (!colleagues || handed.length === 0) return [];
  const handedBack = await atOnce(
    handed,
    signal,
    async ({ call, collaborator, message }, either): Promise<HandedBack> => {
      try {
        const place = { turn, emit, signal: either, colleagues, onDefect };
        const answer = await handOff({ collaborator, message }, place);
        return { call, answer };
      } catch (error) {
        await emit.flush(); // Rejects when the run is left.
        if (!(error instanceof AgentError)) throw error;
        return { call, error };
      }
    },
  );
  // Numbers are given in the order of the calls, whoever is done first.
  return handedBack.map(({ call, answer, error }) =>
    answer ? resultPart(call, withMarks(answer, sources.numberOf)) : resultPart(call, `Error: ${error?.message}`, true),
  );
}

/** A call that cannot be made is a step like others, so that whoever watches sees it. */
async function refuse(call: ModelCall, result: ToolResult, emit: Emit): Promise<ToolResultPart> {
  const input = argumentsOf(call) ?? { arguments: call.arguments };
  await emit.step({ kind: 'tool', name: call.name, title: call.name, input }, () => toStored(result));
  return resultPart(call, textForModel(result), true);
}

function noSuchTool({ name }: ModelCall, known: readonly string[]): ToolResult {
  return failure(
    'tool_unknown',
    `There is no tool \`${name}\`. There ${known.length === 0 ? 'are none' : `are ${known.join(', ')}`}.`,
  );
}

function noInput(ofHandOff: boolean): ToolResult {
  const what = ofHandOff ? 'are no JSON object with a `message`' : 'are no JSON object';
  return failure('tool_input_invalid', `The arguments of the call ${what}.`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
