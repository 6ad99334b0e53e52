import type { FoldedMessage, FoldedStep, FoldedWait, RunState } from '../model/index.ts';
import type { StepInfo } from '../ports/index.ts';

/**
 * Counts the steps and questions of a run, or of one of its steps, and finds them again in what earlier attempts put into the log: by their order. Inside of step
 * `s2` they are `s2/s1`, `s2/w1` and so on, so that steps which work at the same time do not get into each other's order.
 */
export class Places {
  readonly #logged: RunState;
  readonly #epoch: number;
  readonly #within: string;
  #steps = 0;
  #waits = 0;

  constructor(logged: RunState, epoch: number, within = '') {
    this.#logged = logged;
    this.#epoch = epoch;
    this.#within = within;
  }

  /** The places inside of a step. */
  inside(stepId: string): Places {
    return new Places(this.#logged, this.#epoch, `${stepId}/`);
  }

  /** The next step: its id and, if the log has it, what became of it. */
  step(info: StepInfo): { readonly stepId: string; readonly known: FoldedStep | undefined } {
    this.#steps += 1;
    const place = `${this.#within}s${this.#steps}`;
    const before = this.#logged.steps.filter(({ stepId }) => stepId === place || attemptAt(place, stepId));
    const known = before.findLast(
      ({ name, input }) => name === info.name && JSON.stringify(input) === JSON.stringify(info.input),
    );
    // A runtime that takes another way than before gets an id of its own: an old result is never given to a new question.
    return { stepId: known?.stepId ?? (before.length === 0 ? place : `${place}.${this.#epoch}`), known };
  }

  /** The next question: its id and, if the log has it, where it was asked and what was answered. */
  wait(): { readonly waitId: string; readonly known: FoldedWait | undefined } {
    this.#waits += 1;
    const waitId = `${this.#within}w${this.#waits}`;
    return { waitId, known: this.#logged.waits.find((wait) => wait.waitId === waitId) };
  }
}

/** What the log has inside of a step: its steps, and its last question. */
export function insideOf(logged: RunState, stepId: string): { steps: FoldedStep[]; wait: FoldedWait | undefined } {
  const inside = (id: string) => id.startsWith(`${stepId}/`);
  return {
    steps: logged.steps.filter((step) => inside(step.stepId)),
    wait: logged.waits.findLast(({ waitId }) => inside(waitId)),
  };
}

/** The messages of a log without the questions that were asked inside of steps: those have a place by their question. */
export function outerMessages({ messages, waits }: RunState): readonly FoldedMessage[] {
  const inner = new Set(waits.filter(({ waitId }) => waitId.includes('/')).map(({ messageId }) => messageId));
  return inner.size === 0 ? messages : messages.filter(({ messageId }) => !inner.has(messageId));
}

/** Whether a message that is complete keeps the step: each step is kept by one. */
export function isKept({ messages }: RunState, { stepId }: Pick<FoldedStep, 'stepId'>): boolean {
  return messages.some(({ completed }) => completed?.steps.some((step) => step.stepId === stepId));
}

/** Whether the id is that of another way at this place: `s3.2` at `s3`. */
function attemptAt(place: string, stepId: string): boolean {
  return stepId.startsWith(`${place}.`) && /^\d+$/.test(stepId.slice(place.length + 1));
}
