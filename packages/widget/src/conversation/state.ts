import type { Agent, Message, StarterSettings } from '@clew/wire/client';
import { type Answer, NO_ANSWER, saidOf, stepsOf } from '../transcript/answer.ts';

export interface Question {
  readonly kind: 'question';
  /** Id of the message; also the idempotency key under which it is sent. */
  readonly key: string;
  readonly text: string;
}

export interface Reply {
  readonly kind: 'reply';
  readonly key: string;
  readonly answer: Answer;
  /** Display name of the agent. */
  readonly agent: string;
}

export type Entry = Question | Reply;

/** What the page shows. */
export interface State {
  readonly agents: readonly Agent[];
  /** The agent that gets the next message. */
  readonly agent: Agent | undefined;
  /** What stands before the first message. */
  readonly welcome: StarterSettings | undefined;
  readonly threadId: string | undefined;
  readonly entries: readonly Entry[];
  /** An answer is on its way. */
  readonly busy: boolean;
  /** The thread or the agents are being read. */
  readonly loading: boolean;
  /** Why the page cannot be used, for people. */
  readonly trouble: string | undefined;
}

export const NOTHING_YET: State = {
  agents: [],
  agent: undefined,
  welcome: undefined,
  threadId: undefined,
  entries: [],
  busy: false,
  loading: true,
  trouble: undefined,
};

/** The entries of a stored thread. Messages of agents that follow each other are one reply. */
export function entriesOf(messages: readonly Message[], agent: string): Entry[] {
  const entries: Entry[] = [];
  for (const message of messages) {
    if (message.role === 'user') {
      entries.push({ kind: 'question', key: message.id, text: textOf(message) });
      continue;
    }
    const last = entries.at(-1);
    const before = last?.kind === 'reply' ? last : undefined;
    if (before) entries.pop();
    entries.push({
      kind: 'reply',
      key: before?.key ?? message.id,
      agent: message.assistant.assistant_name ?? agent,
      answer: extend(before?.answer, message),
    });
  }
  return entries;
}

/** Ids of the messages that a reply shows. */
export function shownIds(entries: readonly Entry[]): ReadonlySet<string> {
  const said = entries.flatMap((entry) => (entry.kind === 'reply' ? entry.answer.messages : []));
  return new Set(said.flatMap(({ id }) => id ?? []));
}

function extend(answer: Answer = NO_ANSWER, message: Message): Answer {
  const said = saidOf(message);
  return {
    ...answer,
    phase: said.incomplete ? 'stopped' : 'done',
    steps: [...answer.steps, ...stepsOf(message)],
    messages: [...answer.messages, said],
  };
}

function textOf({ content }: Message): string {
  return content.map(({ text }) => (typeof text === 'string' ? text : '')).join('');
}
