import { type Agent, AgentError, type JsonObject, type Part, RESERVED } from '../../model/index.ts';
import type { Emit, InnerEmit } from '../../ports/index.ts';
import { type Answer, answerOf } from './answer.ts';

/** What a collaborator speaks to. */
export interface Listening {
  /** Of the agent that handed over. */
  readonly emit: Emit;
  /** Of the step in which the collaborator works. */
  readonly inner: InnerEmit;
  readonly agent: Agent;
  /** Aborts when the collaborator is no longer waited for. */
  readonly signal: AbortSignal;
}

/** Hears what a collaborator says: its words go to the agent that handed over, its questions to the person, and its steps are steps inside of the hand-off. */
export class Listener {
  readonly #messages: Part[][] = [];
  /** It asked the person something. */
  asked = false;

  /** Everything that was said, as another agent reads it, with where it comes from. */
  get answer(): Answer {
    return answerOf(this.#messages);
  }

  /** The `Emit` of the collaborator. State and events of its own are the thread's and the answering agent's: it has none. */
  emitFor({ emit, inner, agent, signal }: Listening): Emit {
    let open: Part[] | undefined;
    const opened = (): Part[] => {
      if (!open) {
        open = [];
        this.#messages.push(open);
      }
      return open;
    };
    const within = (one: InnerEmit): InnerEmit => ({
      step: (info, work) =>
        one.step(info, (given, show, stepId) => work(AbortSignal.any([given, signal]), show, stepId)),
      ask: (question, options) => {
        this.asked = true;
        open = undefined;
        return one.ask(question, options);
      },
      within: (stepId) => within(one.within(stepId)),
    });
    return {
      ...within(inner),
      text: (text) => {
        signal.throwIfAborted();
        const parts = opened();
        const last = parts.at(-1);
        // A text with a name or a source of its own is whole as it is.
        if (last?.type === 'text' && Object.keys(last).length === 2)
          parts[parts.length - 1] = { ...last, text: last.text + text };
        else parts.push({ type: 'text', text });
      },
      part: async (part) => {
        opened().push(part);
      },
      endMessage: async () => {
        open = undefined;
      },
      message: async (parts) => {
        this.#messages.push([...parts]);
        open = undefined;
      },
      setContext: async (values) => {
        const declared = declaredBy(agent, values);
        if (Object.keys(declared).length > 0) await emit.setContext(declared);
      },
      state: async () => undefined,
      setState: async () => {
        throw new AgentError('state_unavailable', 'An agent that works for another one keeps no state.');
      },
      custom: async () => {},
      flush: () => emit.flush(),
    };
  }
}

/** The values of variables that the agent declares; those of the system are nobody's to set. */
export function declaredBy({ contextAccess, contextVariables }: Agent, values: JsonObject): JsonObject {
  if (!contextAccess) return {};
  const isDeclared = (name: string) => contextVariables.includes(name) && !name.startsWith(RESERVED);
  return Object.fromEntries(Object.entries(values).filter(([name]) => isDeclared(name)));
}
