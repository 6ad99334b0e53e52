import {
  AgentError,
  type EventData,
  emptyState,
  type FoldedMessage,
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
import { equal, relate } from './replay.ts';
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

interface OpenMessage {
  readonly id: string;
  readonly parts: Part[];
  /** The same message in the log of an earlier attempt, as long as we only repeat it. */
  repeats: FoldedMessage | null;
  /** The log has the whole message: nothing of it is said again. */
  readonly known: boolean;
}

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
  #open: OpenMessage | null = null;
  #messages = 0;
  #steps = 0;
  #waits = 0;
  #parentId: string;
  #stepsBefore: MessageStep[] = [];

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
    for (const { parts } of this.#logged.messages)
      for (const part of parts) if (part.type === 'text') said += part.text.length;
    return said;
  }

  text(text: string): void {
    this.#check();
    if (text === '') return;
    const open = this.#openMessage();
    if (open.known) return;
    const last = open.parts.at(-1);
    const grows =
      last?.type === 'text' && last.contentType === undefined && last.name === undefined && last.extra === undefined;
    if (grows) open.parts[open.parts.length - 1] = { type: 'text', text: last.text + text };
    else open.parts.push({ type: 'text', text });
    if (open.repeats) this.#catchUp(open);
    else this.#log.text({ messageId: open.id, part: open.parts.length - 1, text });
  }

  async part(part: Part): Promise<void> {
    this.#check();
    const open = this.#openMessage();
    if (open.known) return;
    open.parts.push(part);
    if (open.repeats) this.#catchUp(open);
    else await this.#fact('message.part', { messageId: open.id, part: open.parts.length - 1, value: part });
  }

  async endMessage(): Promise<void> {
    this.#check();
    const event = this.#complete({ incomplete: false, interrupt: false });
    if (event) await this.#log.fact(event);
  }

  async message(parts: readonly Part[]): Promise<void> {
    await this.endMessage();
    const open = this.#openMessage();
    if (!open.known) {
      open.parts.push(...parts);
      if (open.repeats) this.#catchUp(open);
      else this.#sayAll(open);
    }
    await this.endMessage();
  }

  async step<T extends Json>(
    info: StepInfo,
    work: (signal: AbortSignal, show: (text: string) => void) => Promise<T> | T,
  ): Promise<T> {
    this.#check();
    const known = this.#logged.steps[this.#steps];
    const again =
      known !== undefined && known.name === info.name && JSON.stringify(known.input) === JSON.stringify(info.input);
    this.#steps += 1;
    // A runtime that takes another way than before gets numbers of its own: an old result is never given to a new question.
    const stepId = known && !again ? `s${this.#steps}.${this.#run.epoch}` : `s${this.#steps}`;
    if (again && known.done) {
      this.#remember({ stepId, info, output: known.output, error: known.error });
      if (known.error) throw new AgentError(known.error.code, known.error.message);
      return known.output as T;
    }
    if (!again) void this.#fact('step.started', { stepId, ...info });
    try {
      const output = await work(this.#signal, (text) => void this.#fact('step.delta', { stepId, text }));
      this.#check();
      this.#remember({ stepId, info, output });
      await this.#fact('step.completed', { stepId, output });
      return output;
    } catch (cause) {
      this.#check();
      const error =
        cause instanceof AgentError
          ? { code: cause.code, message: cause.message }
          : { code: 'step_failed', message: 'The step failed.' };
      this.#remember({ stepId, info, error });
      await this.#fact('step.completed', { stepId, error });
      throw cause;
    }
  }

  async ask(question: readonly Part[]): Promise<Message> {
    await this.endMessage();
    const known = this.#logged.waits[this.#waits];
    this.#waits += 1;
    const open = this.#openMessage();
    if (known?.answer) {
      this.#open = null;
      this.#parentId = known.answer.id;
      return known.answer;
    }
    open.parts.push(...question);
    if (open.repeats) this.#catchUp(open);
    else this.#sayAll(open);
    const asked = this.#complete({ incomplete: false, interrupt: true });
    const waiting = this.#event('run.waiting', { waitId: `w${this.#waits}`, messageId: open.id });
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
    if (changed) await this.#fact('context.updated', { context: values });
  }

  async flush(): Promise<void> {
    this.#check();
    await this.#log.flush();
  }

  /** The last events of the run's messages: the open one, complete or broken off. */
  end({ incomplete }: { incomplete: boolean }): NewEvent[] {
    const events: NewEvent[] = [];
    const event = this.#complete({ incomplete, interrupt: false });
    if (event) events.push(event);
    // An earlier attempt had begun a message that this one did not come to.
    for (const { messageId, parts, completed } of this.#logged.messages.slice(this.#messages)) {
      if (!completed) {
        const how = { incomplete: true, interrupt: false, steps: this.#stepsBefore };
        events.push(this.#event('message.completed', { message: this.#messageOf(messageId, parts, how) }));
      }
    }
    return events;
  }

  #check(): void {
    if (this.suspended) throw new RunSuspended('The run waits for an answer.');
    this.#signal.throwIfAborted();
  }

  #openMessage(): OpenMessage {
    if (this.#open) return this.#open;
    const repeats = this.#logged.messages[this.#messages] ?? null;
    this.#messages += 1;
    this.#open = { id: repeats?.messageId ?? this.#clock.id(), parts: [], repeats, known: repeats?.completed != null };
    if (!repeats) void this.#fact('message.started', { messageId: this.#open.id });
    return this.#open;
  }

  /** Called while we repeat a message of the log: says what goes beyond it, or begins anew where it differs. */
  #catchUp(open: OpenMessage): void {
    const { parts: logged } = open.repeats as FoldedMessage;
    const relation = relate(open.parts, logged);
    if (relation === 'behind') return;
    open.repeats = null;
    if (relation === 'different') {
      this.#beginAnew(open);
      return;
    }
    const last = logged.length - 1;
    const [before, now] = [logged[last], open.parts[last]];
    if (before?.type === 'text' && now?.type === 'text' && now.text.length > before.text.length) {
      this.#log.text({ messageId: open.id, part: last, text: now.text.slice(before.text.length) });
    }
    this.#sayAll(open, logged.length);
  }

  #beginAnew(open: OpenMessage): void {
    void this.#fact('message.reset', { messageId: open.id });
    this.#sayAll(open);
  }

  #sayAll(open: OpenMessage, from = 0): void {
    for (const [index, part] of open.parts.entries()) {
      if (index >= from) void this.#fact('message.part', { messageId: open.id, part: index, value: part });
    }
  }

  /** Closes the open message; the event that says so, unless the log has it. */
  #complete({ incomplete, interrupt }: { incomplete: boolean; interrupt: boolean }): NewEvent | undefined {
    const open = this.#open;
    this.#open = null;
    if (!open) return undefined;
    const steps = this.#stepsBefore;
    this.#stepsBefore = [];
    if (open.known) return undefined;
    const shown = open.repeats?.parts;
    // An attempt that is broken off keeps what was shown before it came that far.
    const parts = incomplete && shown && relate(open.parts, shown) === 'behind' ? shown : open.parts;
    if (!incomplete && shown && !equal(parts, shown)) this.#beginAnew(open);
    return this.#event('message.completed', {
      message: this.#messageOf(open.id, parts, { incomplete, interrupt, steps }),
    });
  }

  #messageOf(id: string, parts: readonly Part[], how: Pick<Message, 'incomplete' | 'interrupt' | 'steps'>): Message {
    const { threadId, id: runId, agentName, userId, userName } = this.#run;
    const at = this.#clock.now();
    return {
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
      ...how,
      state: null,
    };
  }

  #remember({
    stepId,
    info,
    output,
    error,
  }: { stepId: string; info: StepInfo } & Pick<MessageStep, 'output' | 'error'>): void {
    const { kind, name, input } = info;
    this.#stepsBefore.push({
      stepId,
      kind,
      name,
      ...(input === undefined ? {} : { input }),
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
    });
  }

  #event<T extends NewEvent['type']>(type: T, data: EventData[T]): NewEvent {
    return { type, at: this.#clock.now(), data } as unknown as NewEvent;
  }

  #fact<T extends NewEvent['type']>(type: T, data: EventData[T]): Promise<void> {
    const written = this.#log.fact(this.#event(type, data));
    written.catch(() => {}); // The run is aborted by then; whoever awaits it meets the error as well.
    return written;
  }
}
