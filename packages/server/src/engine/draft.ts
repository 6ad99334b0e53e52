import type { EventData, FoldedMessage, NewEvent, Part } from '../model/index.ts';
import type { Clock } from '../ports/index.ts';
import { newEvent } from './new-event.ts';
import { isPlain, type Relation, Repetition } from './replay.ts';
import type { RunLog } from './run-log.ts';

/** What `Draft` needs. */
export interface DraftOptions {
  readonly log: RunLog;
  readonly clock: Clock;
  /** The same message in the log of an earlier attempt, if any. */
  readonly logged: FoldedMessage | undefined;
  /** The message asks the person for something. */
  readonly interrupt: boolean;
}

/**
 * A message that is being said. As long as it repeats what an earlier attempt said, nothing is logged; where it goes beyond that, only what is new;
 * where it differs, it begins anew. A message that the log has complete is passed over whatever is said.
 */
export class Draft {
  readonly id: string;
  readonly #log: RunLog;
  readonly #clock: Clock;
  readonly #parts: Part[] = [];
  readonly #known: boolean;
  /** What the log shows of it. */
  readonly #shown: readonly Part[];
  /** As long as we go along what is shown. */
  #repetition: Repetition | undefined;

  constructor({ log, clock, logged, interrupt }: DraftOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#known = logged?.completed != null;
    this.#shown = logged?.parts ?? [];
    this.#repetition = logged && new Repetition(logged.parts);
    this.id = logged?.messageId ?? clock.id();
    if (!logged) this.#fact('message.started', { messageId: this.id, ...(interrupt ? { interrupt } : {}) });
  }

  /** Appends text to the last part if that is plain text, else begins a part. */
  text(text: string): void {
    if (this.#known || text === '') return;
    const last = this.#parts.at(-1);
    const begins = !isPlain(last);
    if (begins) this.#parts.push({ type: 'text', text });
    else this.#parts[this.#parts.length - 1] = { type: 'text', text: last.text + text };
    if (this.#repetition) this.#follow(this.#repetition.text(text, { begins }));
    else this.#log.text({ messageId: this.id, part: this.#parts.length - 1, text });
  }

  /** Adds whole parts; resolves when they are in the log. */
  async add(parts: readonly Part[]): Promise<void> {
    if (this.#known) return;
    for (const part of parts) {
      this.#parts.push(part);
      if (this.#repetition) this.#follow(this.#repetition.part(part));
      else this.#show(this.#parts.length - 1);
    }
    await this.#log.flush();
  }

  /** The parts of the message, for its last event; undefined when the log has that. */
  finish({ incomplete }: { incomplete: boolean }): readonly Part[] | undefined {
    if (this.#known) return undefined;
    if (!this.#repetition || this.#repetition.complete) return this.#parts;
    // An attempt that is broken off keeps what was shown before it came that far.
    if (incomplete) return this.#shown;
    this.#beginAnew();
    return this.#parts;
  }

  #follow(relation: Relation): void {
    if (relation === 'behind') return;
    this.#repetition = undefined;
    if (relation === 'different') {
      this.#beginAnew();
      return;
    }
    const part = this.#parts.length - 1;
    if (part >= this.#shown.length) this.#show(part);
    else this.#log.text({ messageId: this.id, part, text: relation.ahead });
  }

  #beginAnew(): void {
    this.#fact('message.reset', { messageId: this.id });
    this.#show(0);
  }

  #show(from: number): void {
    for (const [part, value] of this.#parts.entries()) {
      if (part >= from) this.#fact('message.part', { messageId: this.id, part, value });
    }
  }

  #fact<T extends NewEvent['type']>(type: T, data: EventData[T]): void {
    this.#log.fact(newEvent(this.#clock.now(), type, data)).catch(() => {}); // The log tells the worker; `add` and `flush` tell the agent.
  }
}
