import type { ContentItem, Frame, Message, StepDetail } from '@clew/wire/client';
import { type Item, itemsOf } from './item.ts';

/** A call of a tool, or the like, on the way to an answer. */
export interface Step {
  readonly id: string;
  readonly title: string;
  readonly input: string;
  /** Undefined while it goes on. */
  readonly output: string | undefined;
}

/** One message of an answer. */
export interface Said {
  /** Id of the message; undefined while it is being said. */
  readonly id: string | undefined;
  readonly items: readonly Item[];
  /** The run ended before the message did. */
  readonly incomplete: boolean;
}

/** What becomes of one question. */
export interface Answer {
  readonly runId: string | undefined;
  readonly threadId: string | undefined;
  /** `failed`: the agent did. `lost`: we do not know, since the server cannot be reached or refused. */
  readonly phase: 'working' | 'done' | 'stopped' | 'failed' | 'lost';
  /** What the agent does at the moment, in a few words; empty while it speaks. */
  readonly activity: string;
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
  activity: '',
  steps: [],
  messages: [],
  problem: undefined,
};

/** The answer after one more frame of its stream. Frames that are not known change nothing. */
export function readFrame(answer: Answer, frame: Frame): Answer {
  switch (frame.event) {
    case 'run.started':
      return { ...answer, runId: frame.data.run_id, threadId: frame.data.thread_id, phase: 'working' };
    case 'run.step.intermediate':
      return { ...answer, activity: frame.data.message.text };
    case 'run.step.delta':
      return { ...answer, steps: frame.data.delta.step_details.reduce(readStep(answer.activity), answer.steps) };
    case 'message.delta':
      return { ...answer, activity: '', messages: speak(answer.messages, frame.data.delta.content) };
    case 'message.created':
      return { ...answer, activity: '', messages: [...finished(answer.messages), saidOf(frame.data.message)] };
    case 'run.completed':
      return { ...answer, phase: 'done', activity: '' };
    case 'run.cancelled':
      return { ...answer, phase: 'stopped', activity: '' };
    case 'run.failed':
      return { ...answer, phase: 'failed', activity: '', problem: frame.data.error };
    case 'done':
      return { ...answer, phase: answer.phase === 'working' ? 'done' : answer.phase, activity: '' };
    default:
      return answer;
  }
}

/** The answer without the message that is being said and the steps that led to it: another reply shows them. */
export function discardOpen(answer: Answer): Answer {
  return { ...answer, activity: '', steps: [], messages: finished(answer.messages) };
}

/** A stored message of an agent, as it is shown. */
export function saidOf({ id, content, additional_properties: about }: Message): Said {
  return { id, items: itemsOf(content), incomplete: about?.is_incomplete === true };
}

/** The steps that are kept with a stored message. */
export function stepsOf({ step_history: history }: Message): readonly Step[] {
  return (history ?? []).flatMap(({ step_details: details }) => details).reduce(readStep(''), [] as readonly Step[]);
}

/** All the text of the answer, for those who listen. */
export function textOf(answer: Answer): string {
  const items = answer.messages.flatMap((said) => said.items);
  return items.map((item) => ('text' in item ? item.text : item.label)).join('\n');
}

function readStep(title: string): (steps: readonly Step[], detail: StepDetail) => readonly Step[] {
  return (steps, detail) => {
    if (detail.type === 'tool_calls') {
      const calls = detail.tool_calls.map(({ id, name, args }) => ({
        id,
        title: title || inWords(name),
        input: Object.keys(args).length === 0 ? '' : JSON.stringify(args, null, 2),
        output: undefined,
      }));
      return [...steps, ...calls];
    }
    return steps.map((step) =>
      step.id === detail.tool_call_id ? { ...step, output: indented(detail.content) } : step,
    );
  };
}

/** `knowledge_search` as people write it. */
function inWords(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function indented(content: string): string {
  try {
    return JSON.stringify(JSON.parse(content), null, 2);
  } catch {
    return content;
  }
}

function finished(messages: readonly Said[]): readonly Said[] {
  return messages.filter(({ id }) => id !== undefined);
}

/** Pieces are appended by the id of their item. What is said so far is provisional: `message.created` has the truth. */
function speak(messages: readonly Said[], pieces: readonly ContentItem[]): readonly Said[] {
  const open = messages.find(({ id }) => id === undefined) ?? { id: undefined, items: [], incomplete: false };
  let items = open.items;
  for (const piece of pieces) {
    const known = items.find(({ id }) => id === piece.id);
    if (known?.kind === 'text') {
      const longer: Item = { ...known, text: known.text + (typeof piece.text === 'string' ? piece.text : '') };
      items = items.map((item) => (item === known ? longer : item));
    } else if (!known) {
      items = [...items, ...itemsOf([piece])];
    }
  }
  return [...finished(messages), { ...open, items }];
}
