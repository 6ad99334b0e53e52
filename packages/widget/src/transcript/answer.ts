import type { ContentItem, Frame, Message } from '@clew/wire/client';
import { readStep, type Step } from './steps.ts';

export type { Step };

/** One message of an answer. */
export interface Said {
  /** Id of the message; undefined while it is being said. */
  readonly id: string | undefined;
  /** As the wire has it. Items that did not change keep their identity. */
  readonly content: readonly ContentItem[];
  /** The run ended before the message did. */
  readonly incomplete: boolean;
  /** The message stands in until a later one of the same answer comes (`is_async`). */
  readonly interim: boolean;
  /** The message asks the reader for something. */
  readonly interrupt: boolean;
  /** `message_state`: feedback (`content.<itemId>.feedback`) and what the page keeps (`user_defined`). */
  readonly state: Readonly<Record<string, unknown>> | null;
}

/** What the agent does at the moment. */
export interface Activity {
  /** Key of the wire (`thinkingThisThrough`), by which the words are translated; empty when it has none. */
  readonly key: string;
  readonly text: string;
}

/** What becomes of one question. */
export interface Answer {
  readonly runId: string | undefined;
  readonly threadId: string | undefined;
  /** `failed`: the agent did. `lost`: we do not know, since the server cannot be reached or refused. */
  readonly phase: 'working' | 'done' | 'stopped' | 'failed' | 'lost';
  /** Undefined while it speaks, and at the end. */
  readonly activity: Activity | undefined;
  readonly steps: readonly Step[];
  readonly messages: readonly Said[];
  /** Why it failed, for people. */
  readonly problem: string | undefined;
}

/** An answer of which nothing has come yet. */
export const NO_ANSWER: Answer = {
  runId: undefined,
  threadId: undefined,
  phase: 'working',
  activity: undefined,
  steps: [],
  messages: [],
  problem: undefined,
};

const UNSAID: Said = {
  id: undefined,
  content: [],
  incomplete: false,
  interim: false,
  interrupt: false,
  state: null,
};

/** The answer after one more frame of its stream. Frames that are not known change nothing. Costs as much as the frame is long, not the answer. */
export function readFrame(answer: Answer, frame: Frame): Answer {
  switch (frame.event) {
    case 'run.started':
      return { ...answer, runId: frame.data.run_id, threadId: frame.data.thread_id, phase: 'working' };
    case 'run.step.intermediate':
      return { ...answer, activity: frame.data.message };
    case 'run.step.delta':
      return {
        ...answer,
        steps: frame.data.delta.step_details.reduce(readStep(answer.activity?.text ?? ''), answer.steps),
      };
    case 'message.delta':
      return speak(answer, frame.data.delta.content);
    case 'message.created':
      return addSaid(answer, saidOf(frame.data.message));
    case 'run.completed':
      return end(answer, 'done');
    case 'run.cancelled':
      return end(answer, 'stopped');
    case 'run.failed':
      return { ...end(answer, 'failed'), problem: frame.data.error };
    case 'done':
      return end(answer, answer.phase === 'working' ? 'done' : answer.phase);
    default:
      return answer;
  }
}

/** The answer with one more finished message, in place of the one that is being said. */
export function addSaid(answer: Answer, said: Said): Answer {
  const before = answer.messages.filter(({ id, interim }) => id !== undefined && id !== said.id && !interim);
  return { ...answer, activity: undefined, messages: said.content.length === 0 ? before : [...before, said] };
}

/** The answer without the message that is being said and the steps that led to it: another reply shows them, or nobody is to see it. */
export function discardOpen(answer: Answer, keepSteps = false): Answer {
  const messages = answer.messages.filter(({ id }) => id !== undefined);
  return { ...answer, activity: undefined, steps: keepSteps ? answer.steps : [], messages };
}

/** A stored message of an agent, as it is shown. */
export function saidOf({ id, content, additional_properties: about, message_state: state }: Message): Said {
  return {
    id,
    content: content ?? [],
    incomplete: about?.is_incomplete === true,
    interim: about?.display_properties?.is_async === true,
    interrupt: about?.is_interrupt === true,
    state: state ?? null,
  };
}

/** Whether readers are not to see the message (`skip_render`). */
export function isHidden({ additional_properties: about }: Message): boolean {
  return about?.display_properties?.skip_render === true;
}

function end(answer: Answer, phase: Answer['phase']): Answer {
  return { ...answer, phase, activity: undefined };
}

/** Pieces are appended by the id of their item. What is said so far is provisional: `message.created` has the truth. */
function speak(answer: Answer, pieces: readonly ContentItem[]): Answer {
  if (pieces.length === 0) return answer;
  const last = answer.messages.at(-1);
  const open = last && last.id === undefined ? last : UNSAID;
  let content = open.content;
  for (const piece of pieces) {
    const place = content.findIndex(({ id }) => id === piece.id);
    const known = content[place];
    if (!known) content = [...content, piece];
    else if (typeof piece.text === 'string') {
      const longer = { ...known, text: (typeof known.text === 'string' ? known.text : '') + piece.text };
      content = content.with(place, longer);
    }
  }
  const before = open === UNSAID ? answer.messages : answer.messages.slice(0, -1);
  return { ...answer, activity: undefined, messages: [...before, { ...open, content }] };
}
