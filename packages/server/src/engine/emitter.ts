import {
  AgentError,
  type EventData,
  emptyState,
  type Json,
  type JsonObject,
  type Message,
  type MessageStep,
  type NewEvent,
  type Part,
  type Run,
  type RunState,
} from '../model/index.ts';
import type { Clock, Emit, StepInfo } from '../ports/index.ts';
import { Draft } from './draft.ts';
import type { RunLog } from './run-log.ts';

/** Unwinds a runtime whose run waits for a person. */
export class RunSuspended extends Error {
  override readonly name = 'RunSuspended';
}

/** What `Emitter` needs. */
export interface EmitterOptions {
  readonly log: RunLog;
  readonly clock: Clock;
  readonly run: Run;
  /** What earlier attempts put into the log; empty at the first. */
  readonly logged?: RunState;
  readonly signal: AbortSignal;
}

type Ending = Pick<Message, 'incomplete' | 'interrupt'>;
type StepResult = Pick<MessageStep, 'output' | 'error'>;

/** The engine's `Emit`: compares what is said with what the log has, and passes on what is new. */
export class Emitter implements Emit {
  /** Set when the run waits for a person; the worker then leaves it alone. */
  suspended = false;
  /** What the agent changed in the context, all attempts together. */
  context: JsonObject;
  readonly #log: RunLog;
  readonly #clock: Clock;
  readonly #run: Run;
  readonly #logged: RunState;
  readonly #signal: AbortSignal;
  #draft: Draft | undefined;
  #messages = 0;
  #steps = 0;
  #waits = 0;
  #parentId: string;
  #stepsBefore: MessageStep[] = [];
  #ended = false;

  constructor({ log, clock, run, logged = emptyState(), signal }: EmitterOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#run = run;
    this.#logged = logged;
    this.#signal = signal;
    this.#parentId = run.messageId;
    this.context = logged.context;
  }

  /** Characters of text that earlier attempts put into the log. */
  get said(): number {
    let said = 0;
    for (const { parts } of this.#logged.messages) {
      for (const part of parts) if (part.type === 'text') said += part.text.length;
    }
    return said;
  }

  text(text: string): void {
    this.#check();
    if (text !== '') this.#open().text(text);
  }

  async part(part: Part): Promise<void> {
    this.#check();
    await this.#open().add([part]);
  }

  async endMessage(): Promise<void> {
    this.#check();
    const event = this.#complete({ incomplete: false, interrupt: false });
    if (event) await this.#log.fact(event);
  }

  async message(parts: readonly Part[]): Promise<void> {
    await this.endMessage();
    await this.#open().add(parts);
    await this.endMessage();
  }

  async step<T extends Json>(
    info: StepInfo,
    work: (signal: AbortSignal, show: (text: string) => void) => Promise<T> | T,
  ): Promise<T> {
    this.#check();
    this.#steps += 1;
    const place = this.#steps;
    const before = this.#logged.steps.filter(({ stepId }) => placeOf(stepId) === place);
    const known = before.findLast(
      ({ name, input }) => name === info.name && JSON.stringify(input) === JSON.stringify(info.input),
    );
    // A runtime that takes another way than before gets an id of its own: an old result is never given to a new question.
    const stepId = known?.stepId ?? (before.length === 0 ? `s${place}` : `s${place}.${this.#run.epoch}`);
    if (known?.done) {
      const { output, error } = known;
      this.#remember({
        stepId,
        info,
        result: { ...(output === undefined ? {} : { output }), ...(error ? { error } : {}) },
      });
      if (error) throw new AgentError(error.code, error.message);
      return output as T;
    }
    if (!known) this.#say('step.started', { stepId, ...info });
    let works = true;
    try {
      const output = await work(this.#signal, (text) => works && this.#say('step.delta', { stepId, text }));
      await this.#finishStep({ stepId, info, result: { output } });
      return output;
    } catch (cause) {
      if (this.suspended || this.#signal.aborted) throw cause;
      await this.#finishStep({ stepId, info, result: { error: stepError(cause) } });
      throw cause;
    } finally {
      works = false;
    }
  }

  async ask(question: readonly Part[]): Promise<Message> {
    await this.endMessage();
    const known = this.#logged.waits[this.#waits];
    this.#waits += 1;
    const draft = this.#open({ interrupt: true });
    if (known?.answer) {
      this.#complete({ incomplete: false, interrupt: true });
      this.#parentId = known.answer.id;
      return known.answer;
    }
    draft.add(question).catch(() => {}); // The next line appends it all together, or fails with it.
    const asked = this.#complete({ incomplete: false, interrupt: true });
    const waiting = this.#event('run.waiting', { waitId: `w${this.#waits}`, messageId: draft.id });
    this.suspended = true;
    await this.#log.close(asked ? [asked, waiting] : [waiting], { status: 'waiting' });
    throw new RunSuspended('The run waits for an answer.');
  }

  async setContext(values: JsonObject): Promise<void> {
    this.#check();
    const changed = Object.entries(values).some(
      ([name, value]) => JSON.stringify(this.context[name]) !== JSON.stringify(value),
    );
    this.context = { ...this.context, ...values };
    if (changed) await this.#log.fact(this.#event('context.updated', { context: values }));
  }

  async flush(): Promise<void> {
    this.#check();
    await this.#log.flush();
  }

  /** The last events of the run's messages: the open one, complete or broken off, and one that only an earlier attempt had begun. */
  end({ incomplete }: { incomplete: boolean }): NewEvent[] {
    this.#ended = true;
    const event = this.#complete({ incomplete, interrupt: false });
    const events = event ? [event] : [];
    for (const { messageId, parts, completed } of this.#logged.messages.slice(this.#messages)) {
      if (!completed) events.push(this.#completed(messageId, parts, { incomplete: true, interrupt: false }));
    }
    return events;
  }

  #check(): void {
    if (this.suspended) throw new RunSuspended('The run waits for an answer.');
    this.#signal.throwIfAborted();
    // A promise that the agent did not wait for: its message would never be completed.
    if (this.#ended) throw new Error('The run has ended.');
  }

  #open({ interrupt = false } = {}): Draft {
    if (!this.#draft) {
      const logged = this.#logged.messages[this.#messages];
      this.#messages += 1;
      this.#draft = new Draft({ log: this.#log, clock: this.#clock, logged, interrupt });
    }
    return this.#draft;
  }

  /** Closes the open message; the event that says so, unless the log has it. */
  #complete(ending: Ending): NewEvent | undefined {
    const draft = this.#draft;
    this.#draft = undefined;
    if (!draft) return undefined;
    const parts = draft.finish(ending);
    if (parts) return this.#completed(draft.id, parts, ending);
    this.#stepsBefore = [];
    return undefined;
  }

  #completed(id: string, parts: readonly Part[], ending: Ending): NewEvent {
    const { threadId, id: runId, agentName, userId, userName } = this.#run;
    const at = this.#clock.now();
    const steps = this.#stepsBefore;
    this.#stepsBefore = [];
    const message: Message = {
      id,
      threadId,
      runId,
      role: 'assistant',
      parts,
      parentId: this.#parentId,
      agentName,
      userId,
      userName,
      createdAt: at,
      updatedAt: at,
      ...ending,
      steps,
      state: null,
    };
    return this.#event('message.completed', { message });
  }

  async #finishStep({ stepId, info, result }: { stepId: string; info: StepInfo; result: StepResult }): Promise<void> {
    this.#check();
    this.#remember({ stepId, info, result });
    await this.#log.fact(this.#event('step.completed', { stepId, ...result }));
  }

  #remember({ stepId, info, result }: { stepId: string; info: StepInfo; result: StepResult }): void {
    const { kind, name, input } = info;
    this.#stepsBefore.push({ stepId, kind, name, ...(input === undefined ? {} : { input }), ...result });
  }

  #event<T extends NewEvent['type']>(type: T, data: EventData[T]): NewEvent {
    return { type, at: this.#clock.now(), data } as unknown as NewEvent;
  }

  /** Logs a fact that nobody waits for: if it cannot be written, the run is aborted anyway. */
  #say<T extends NewEvent['type']>(type: T, data: EventData[T]): void {
    this.#log.fact(this.#event(type, data)).catch(() => {});
  }
}

/** The place of a step among those of its run: `s3` and, on another way, `s3.2` both stand at 3. */
function placeOf(stepId: string): number {
  return Number.parseInt(stepId.slice(1), 10);
}

function stepError(cause: unknown): { code: string; message: string } {
  return cause instanceof AgentError
    ? { code: cause.code, message: cause.message }
    : { code: 'step_failed', message: 'The step failed.' };
}
