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
import type { AskOptions, Clock, Emit, InnerEmit, StepInfo, StepWork } from '../ports/index.ts';
import { Messages } from './messages.ts';
import { newEvent } from './new-event.ts';
import { Places } from './places.ts';
import { FactRepetition } from './replay.ts';
import type { RunLog } from './run-log.ts';
import { StateNote } from './thread-state.ts';

/** Unwinds a runtime whose run waits for a person. */
class RunSuspended extends Error {
  override readonly name = 'RunSuspended';
}

/** What `Emitter` needs. */
export interface EmitterOptions {
  readonly log: RunLog;
  readonly clock: Clock;
  readonly run: Run;
  /** What earlier attempts put into the log; empty at the first. */
  readonly logged?: RunState;
  /** Reads the thread's state as it is now. */
  readonly findState: () => Promise<Json | undefined>;
  readonly signal: AbortSignal;
}

type StepResult = Pick<MessageStep, 'output' | 'error'>;

/** The engine's `Emit`: compares what is said with what the log has, and passes on what is new. */
export class Emitter implements Emit {
  /** Set when the run waits for a person; the worker then leaves it alone. */
  suspended = false;
  /** What the agent changed in the context, all attempts together. */
  context: JsonObject;
  readonly #log: RunLog;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #state: StateNote;
  readonly #customs: FactRepetition;
  readonly #places: Places;
  readonly #messages: Messages;
  #ended = false;

  constructor({ log, clock, run, logged = emptyState(), signal, findState }: EmitterOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#signal = signal;
    this.context = logged.context;
    this.#state = new StateNote({ log, clock, logged, find: findState });
    this.#customs = new FactRepetition(logged.customs);
    this.#places = new Places(logged, run.epoch);
    this.#messages = new Messages({ log, clock, run, logged });
  }

  /** Characters of text that earlier attempts put into the log. */
  get said(): number {
    return this.#messages.said;
  }

  text(text: string): void {
    this.#check();
    if (text !== '') this.#messages.open().text(text);
  }

  async part(part: Part): Promise<void> {
    this.#check();
    await this.#messages.open().add([part]);
  }

  async endMessage(): Promise<void> {
    this.#check();
    const event = this.#messages.complete({ incomplete: false, interrupt: false });
    if (event) await this.#log.fact(event);
  }

  async message(parts: readonly Part[]): Promise<void> {
    await this.endMessage();
    await this.#messages.open().add(parts);
    await this.endMessage();
  }

  step<T extends Json | undefined>(info: StepInfo, work: StepWork<T>): Promise<T> {
    return this.#step(this.#places, info, work);
  }

  ask(question: readonly Part[], options?: AskOptions): Promise<Message> {
    return this.#ask(this.#places, question, options);
  }

  within(stepId: string): InnerEmit {
    const places = this.#places.inside(stepId);
    return {
      step: (info, work) => this.#step(places, info, work),
      ask: (question, options) => this.#ask(places, question, options),
      within: (inner) => this.within(inner),
    };
  }

  async #step<T extends Json | undefined>(places: Places, info: StepInfo, work: StepWork<T>): Promise<T> {
    this.#check();
    const { stepId, known } = places.step(info);
    if (known?.done) {
      const { output, error } = known;
      this.#messages.keepAgain(known);
      if (error) throw new AgentError(error.code, error.message);
      return output as T;
    }
    if (!known) this.#say('step.started', { stepId, ...info });
    const model = marked(info);
    let works = true;
    try {
      const output = await work(
        this.#signal,
        (text) => works && this.#say('step.delta', { stepId, ...model, text }),
        stepId,
      );
      await this.#finishStep({ stepId, info, result: output === undefined ? {} : { output } });
      return output;
    } catch (cause) {
      if (this.suspended || this.#signal.aborted) throw cause;
      await this.#finishStep({ stepId, info, result: { error: stepError(cause) } });
      throw cause;
    } finally {
      works = false;
    }
  }

  async #ask(places: Places, question: readonly Part[], { expires, calls }: AskOptions = {}): Promise<Message> {
    await this.endMessage();
    // Another question may have come before this one.
    this.#check();
    const { waitId, known } = places.wait();
    const messages = this.#messages;
    const draft =
      places === this.#places ? messages.open({ interrupt: true }) : messages.openQuestion(known?.messageId);
    if (known?.answer) {
      messages.complete({ incomplete: false, interrupt: true });
      messages.answeredBy(known.answer);
      return known.answer;
    }
    draft.add(question).catch(() => {}); // The next line appends it all together, or fails with it.
    const asked = messages.complete({ incomplete: false, interrupt: true });
    const waiting = this.#event('run.waiting', {
      waitId,
      messageId: draft.id,
      ...(expires ? { expires: { at: this.#clock.now() + expires.afterMs, action: expires.action } } : {}),
      ...(calls ? { calls } : {}),
    });
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

  async state(): Promise<Json | undefined> {
    this.#check();
    return this.#state.read();
  }

  async setState(state: Json): Promise<void> {
    this.#check();
    await this.#state.write(state);
  }

  async custom(value: JsonObject): Promise<void> {
    this.#check();
    // A copy: an agent may go on changing what it said.
    const text = JSON.stringify(value);
    if (this.#customs.isNew(text)) await this.#log.fact(this.#event('custom.emitted', { value: JSON.parse(text) }));
  }

  async flush(): Promise<void> {
    this.#check();
    await this.#log.flush();
  }

  /** The last events of the run's messages: the open one, complete or broken off, and one that only an earlier attempt had begun. */
  end({ incomplete }: { incomplete: boolean }): NewEvent[] {
    this.#ended = true;
    return this.#messages.end({ incomplete });
  }

  #check(): void {
    if (this.suspended) throw new RunSuspended('The run waits for an answer.');
    this.#signal.throwIfAborted();
    // A promise that the agent did not wait for: its message would never be completed.
    if (this.#ended) throw new Error('The run has ended.');
  }

  async #finishStep({ stepId, info, result }: { stepId: string; info: StepInfo; result: StepResult }): Promise<void> {
    this.#check();
    const { kind, name, input } = info;
    this.#messages.keep({ stepId, kind, name, ...(input === undefined ? {} : { input }), ...result });
    await this.#log.fact(this.#event('step.completed', { stepId, ...marked(info), ...result }));
  }

  #event<T extends NewEvent['type']>(type: T, data: EventData[T]): NewEvent {
    return newEvent(this.#clock.now(), type, data);
  }

  /** Logs a fact that nobody waits for: if it cannot be written, the run is aborted anyway. */
  #say<T extends NewEvent['type']>(type: T, data: EventData[T]): void {
    this.#log.fact(this.#event(type, data)).catch(() => {});
  }
}

/** Events of model calls say that they are. */
function marked({ kind }: StepInfo): { kind?: 'model' } {
  return kind === 'model' ? { kind } : {};
}

function stepError(cause: unknown): { code: string; message: string } {
  return cause instanceof AgentError
    ? { code: cause.code, message: cause.message }
    : { code: 'step_failed', message: 'The step failed.' };
}
