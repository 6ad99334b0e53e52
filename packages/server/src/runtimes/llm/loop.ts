import { AgentError, type JsonObject } from '../../model/index.ts';
import type { Emit, Turn } from '../../ports/index.ts';
import { askModel, type Calling, type Hearing } from './call.ts';
import { carryOut, type Hands } from './carry-out.ts';
import type { Conversation } from './conversation.ts';
import { assistantMessage } from './history.ts';
import type { ModelReply } from './reply.ts';
import type { Speaker } from './speaker.ts';
import { Thought } from './thought.ts';

/** A conversation with a model that is under way. */
export interface Talk {
  readonly turn: Turn;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly calling: Calling;
  readonly conversation: Conversation;
  readonly speaker: Speaker;
  readonly hands: Hands;
}

/** Asks the model, carries out what it calls, and asks again, until it answers. Rejects with `model_limit` when it only ever calls. */
export async function talk(one: Talk): Promise<void> {
  const { turn, signal, calling, conversation, speaker, hands } = one;
  const { maxIterations } = calling.settings;
  for (let calls = 1; calls <= maxIterations; calls += 1) {
    const reply = await callModel(one);
    if (reply.tool_calls.length === 0) return speaker.cite();
    if (calls === maxIterations) break;
    const results = await carryOut(reply.tool_calls, hands, { turn, emit: speaker.emit, signal });
    conversation.add(assistantMessage(reply), { role: 'tool', content: results });
  }
  const message = `The agent asked its model ${maxIterations} times without coming to an answer. Its file says how often it may (\`llm_config.max_iterations\`).`;
  throw new AgentError('model_limit', message);
}

/** One call of the model, as a step. What it writes is said while it comes; a call that the log has is said as a whole. */
export async function callModel({ turn, emit, calling, conversation, speaker }: Talk): Promise<ModelReply> {
  const { agent } = turn;
  const { standard, raw } = calling.settings;
  // An agent that reasons before it acts shows it, unless its file says that it does not.
  const shows = agent.spec.hide_reasoning === false || (/^react/.test(agent.style) && !agent.hideReasoning);
  const thought = shows ? new Thought(emit) : undefined;
  let worked = false;
  const reply = await emit.step(
    { kind: 'model', name: agent.llm, title: 'Thinking', input: { ...(standard as JsonObject), ...raw } },
    (signal) => {
      worked = true;
      let shown = false;
      const hearing: Hearing = {
        signal,
        get shown() {
          return shown;
        },
        text: (piece) => {
          shown ||= piece.trim() !== '';
          speaker.say(piece);
        },
        reasoning: (piece) => thought?.add(piece),
      };
      return askModel(calling, conversation, hearing).finally(() => thought?.end());
    },
  );
  if (!worked) {
    if (reply.reasoning !== undefined) thought?.add(reply.reasoning);
    await thought?.end();
    speaker.say(reply.text);
  }
  speaker.endReply();
  return reply;
}
