import {
  type FoldedMessage,
  type FoldedStep,
  finishedSteps,
  type Message,
  type MessageStep,
  type NewEvent,
  type Part,
  type Run,
  type RunState,
} from '../model/index.ts';
import type { Clock } from '../ports/index.ts';
import { answerOf } from './answer.ts';
import { Draft } from './draft.ts';
import { newEvent } from './new-event.ts';
import { insideOf, isKept, outerMessages } from './places.ts';
import type { RunLog } from './run-log.ts';

/** What `Messages` needs. */
export interface MessagesOptions {
  readonly log: RunLog;
  readonly clock: Clock;
  readonly run: Run;
  /** What earlier attempts put into the log; empty at the first. */
  readonly logged: RunState;
}

type Ending = Pick<Message, 'incomplete' | 'interrupt'>;

/**
 * The messages that a run says, one after another, each with the steps before it. What earlier attempts said is found again by its order, and questions inside of steps by
 * their id.
 */
export class Messages {
  readonly #log: RunLog;
  readonly #clock: Clock;
  readonly #run: Run;
  readonly #logged: RunState;
  /** Messages of earlier attempts, in the order in which the runtime says them again. */
  readonly #spoken: readonly FoldedMessage[];
  /** How many have begun. */
  #count = 0;
  #draft: Draft | undefined;
  /** The message that the next one answers. */
  #parentId: string;
  /** Steps that no message has yet. */
  #steps: MessageStep[] = [];

  constructor({ log, clock, run, logged }: MessagesOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#run = run;
    this.#logged = logged;
    this.#parentId = run.messageId;
    this.#spoken = outerMessages(logged);
  }

  /** Characters of text that earlier attempts put into the log. */
  get said(): number {
    let said = 0;
    for (const { parts } of this.#spoken) {
      for (const part of parts) if (part.type === 'text') said += part.text.length;
    }
    return said;
  }

  /** The message that is open, else a new one. */
  open({ interrupt = false } = {}): Draft {
    if (!this.#draft) {
      const logged = this.#spoken[this.#count];
      this.#count += 1;
      this.#draft = new Draft({ log: this.#log, clock: this.#clock, logged, interrupt });
    }
    return this.#draft;
  }

  /** A question inside of a step: found by its id, it has no place among the messages. */
  openQuestion(messageId: string | undefined): Draft {
    const logged = this.#logged.messages.find((message) => message.messageId === messageId);
    this.#draft = new Draft({ log: this.#log, clock: this.#clock, logged, interrupt: true });
    return this.#draft;
  }

  /** Closes the open message; the event that says so, unless there is none or the log has it. */
  complete(ending: Ending): NewEvent | undefined {
    const draft = this.#draft;
    this.#draft = undefined;
    if (!draft) return undefined;
    const parts = draft.finish(ending);
    if (parts) return this.#completed(draft.id, parts, ending);
    this.#steps = [];
    return undefined;
  }

  /** A person answered: what is said next answers that. */
  answeredBy({ id }: Pick<Message, 'id'>): void {
    this.#parentId = id;
  }

  /** A finished step belongs to the next message. */
  keep(step: MessageStep): void {
    this.#steps.push(step);
  }

  /** A step that an earlier attempt finished, and what was done inside of it, counts as done again. */
  keepAgain(step: FoldedStep): void {
    const { steps, wait } = insideOf(this.#logged, step.stepId);
    this.#steps.push(...finishedSteps([...steps, step]));
    if (wait?.answer) this.answeredBy(wait.answer);
  }

  /** The last events: of the open message, complete or broken off, and of one that only an earlier attempt had begun. */
  end({ incomplete }: { readonly incomplete: boolean }): NewEvent[] {
    const event = this.complete({ incomplete, interrupt: false });
    const events = event ? [event] : [];
    for (const { messageId, parts, completed } of this.#spoken.slice(this.#count)) {
      if (!completed) events.push(this.#completed(messageId, parts, { incomplete: true, interrupt: false }));
    }
    return events;
  }

  #completed(id: string, parts: readonly Part[], ending: Ending): NewEvent {
    const steps = this.#steps.filter((step) => !isKept(this.#logged, step));
    this.#steps = [];
    const at = this.#clock.now();
    const message = answerOf(this.#run, { id, parts, at, parentId: this.#parentId, steps, ...ending });
    return newEvent(at, 'message.completed', { message });
  }
}
