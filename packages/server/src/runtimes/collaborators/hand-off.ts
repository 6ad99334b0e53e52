import { v5 } from 'uuid';
import {
  type Agent,
  AgentError,
  type FoldedStep,
  type JsonObject,
  type Message,
  visibleContext,
} from '../../model/index.ts';
import type { Emit, Turn } from '../../ports/index.ts';
import { fromStored, textForModel, toStored } from '../tools/result.ts';
import { type Answer, fromResult, toResult } from './answer.ts';
import { type Collaborator, type Colleagues, collaboratorsOf } from './collaborator.ts';
import { declaredBy, Listener } from './listener.ts';

/** How many agents may stand in a row, the one that answers the person included. */
const DEEPEST = 5;

/** Member of the result's `_meta`: the collaborator asked the person something. */
const ASKED = 'clew/asked';

/** What is handed over. */
export interface Order {
  readonly collaborator: Collaborator;
  readonly message: string;
  /** Values of context variables beside those of the run; of all of them the collaborator sees what it declares. */
  readonly context?: JsonObject;
}

/** Who hands over. */
export interface HandOffPlace {
  readonly turn: Turn;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly colleagues: Colleagues;
  /** Told of defects of collaborators. Default: nobody is. */
  readonly onDefect?: ((error: unknown, about: { readonly runId: string }) => void) | undefined;
}

/**
 * Lets another agent work and gives back what it said, with its citations. It is a step of kind `handoff`, and what the collaborator does are steps inside of it; what it asks is asked
 * of the person. Rejects with the `AgentError` it failed with. A hand-off that is done is not done again; one that was cut off is entered again like any run.
 */
export async function handOff(order: Order, place: HandOffPlace): Promise<Answer> {
  const { collaborator, message, context } = order;
  const { toolName: name, agent } = collaborator;
  const { emit } = place;
  const input = { message, ...(context ? { context } : {}) };
  const output = await emit.step(
    { kind: 'handoff', name, title: `Asking ${agent.displayName}`, input },
    async (signal, _show, stepId) => {
      const listener = new Listener();
      const given = AbortSignal.any([signal, place.signal]);
      try {
        const own = listener.emitFor({ emit, inner: emit.within(stepId), agent, signal: given });
        await runtimeOf(order, place).run(await turnOf(order, place, stepId), own, given);
      } catch (error) {
        // Rejects when the run is left: what the collaborator was doing then goes on in the next entry.
        await emit.flush();
        place.signal.throwIfAborted();
        throw said(error, agent, place);
      }
      const { text, citations } = listener.answer;
      const answer = { text: text || `${agent.displayName} gave no answer.`, citations };
      return toStored(toResult(answer, listener.asked ? { [ASKED]: true } : {}));
    },
  );
  const result = fromStored(output);
  // The question ended the open message, and so it does when the hand-off is passed over.
  if (result.meta?.[ASKED] === true) await emit.endMessage();
  return fromResult(result);
}

/** A cancel of a run that nobody works on, told to the collaborators that were at work. `steps` are those of the agent. */
export async function cancelCollaborators(
  agent: Agent,
  steps: readonly FoldedStep[],
  colleagues: Colleagues,
): Promise<void> {
  const open = steps.filter(({ kind, done, stepId }) => kind === 'handoff' && !done && !stepId.includes('/'));
  const known = collaboratorsOf(agent, colleagues);
  await Promise.all(
    open.map(async ({ name, stepId }) => {
      const found = known.find(({ toolName }) => toolName === name);
      const inside = steps.filter((step) => step.stepId.startsWith(`${stepId}/`));
      const own = inside.map((step) => ({ ...step, stepId: step.stepId.slice(stepId.length + 1) }));
      await (found && colleagues.runtime(found.agent))?.cancelled?.(own);
    }),
  );
}

function runtimeOf({ collaborator: { agent } }: Order, { turn, colleagues }: HandOffPlace) {
  const chain = [...(turn.callers ?? []), turn.agent.name];
  if (chain.length >= DEEPEST) {
    const row = [...chain, agent.name].join(' → ');
    throw new AgentError('collaborators_too_deep', `Agents hand over at most ${DEEPEST - 1} times in a row: ${row}.`);
  }
  const runtime = colleagues.runtime(agent);
  if (!runtime) throw new AgentError('agent_unavailable', `The agent ${agent.name} has no model that exists.`);
  return runtime;
}

/** The turn of the collaborator: it reads what was handed over to it in this thread before, and nothing else. */
async function turnOf(order: Order, { turn }: HandOffPlace, stepId: string): Promise<Turn> {
  const { agent } = order.collaborator;
  const input = messageOf(order, { turn, id: v5(stepId, turn.run.id), role: 'user', text: order.message });
  const { contextAccess, contextVariables } = agent;
  return {
    run: turn.run,
    agent,
    input,
    inputs: [input],
    context: {
      ...visibleContext(agent, turn.run),
      ...declaredBy(agent, turn.context),
      ...declaredBy(agent, order.context ?? {}),
    },
    attempt: turn.attempt,
    said: 0,
    callers: [...(turn.callers ?? []), turn.agent.name],
    userPayload: async () =>
      contextAccess && contextVariables.includes('wxo_user_payload') ? turn.userPayload?.() : undefined,
    history: async (limit = 200) => (await earlier(order, turn)).slice(-limit),
  };
}

/** What this agent handed over to the collaborator in earlier turns of the thread, and what came back. */
async function earlier(order: Order, turn: Turn): Promise<Message[]> {
  const { toolName } = order.collaborator;
  const done = (await turn.history()).flatMap(({ id, steps }) => steps.map((step) => ({ ...step, id })));
  return done.flatMap(({ id, kind, name, stepId, input, output }) => {
    const asked = (input as JsonObject | undefined)?.message;
    if (kind !== 'handoff' || name !== toolName || typeof asked !== 'string' || output === undefined) return [];
    const own = (role: Message['role'], text: string) =>
      messageOf(order, { turn, id: v5(`${stepId} ${role}`, id), role, text });
    return [own('user', asked), own('assistant', textForModel(fromStored(output)))];
  });
}

function messageOf(
  { collaborator }: Order,
  { turn, id, role, text }: { turn: Turn; id: string; role: Message['role']; text: string },
): Message {
  return {
    ...turn.input,
    id,
    role,
    parts: [{ type: 'text', text }],
    agentName: role === 'assistant' ? collaborator.agent.name : null,
    parentId: null,
    incomplete: false,
    interrupt: false,
    steps: [],
    state: null,
  };
}

function said(error: unknown, agent: Agent, { turn, onDefect }: HandOffPlace): unknown {
  if (error instanceof AgentError) return error;
  onDefect?.(error, { runId: turn.run.id });
  return new AgentError('agent_failed', `The agent ${agent.name} broke.`);
}
