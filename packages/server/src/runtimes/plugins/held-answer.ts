import type { Part } from '../../model/index.ts';
import type { Emit, InnerEmit } from '../../ports/index.ts';

/** Holds back what an agent says, one message at a time, until it has been looked at. */
export class HeldAnswer {
  /** For the agent. */
  readonly emit: Emit;
  readonly #outer: Emit;
  readonly #look: (parts: readonly Part[]) => Promise<readonly Part[]>;
  #parts: Part[] = [];

  constructor(outer: Emit, look: (parts: readonly Part[]) => Promise<readonly Part[]>) {
    this.#outer = outer;
    this.#look = look;
    const within = (emit: InnerEmit): InnerEmit => ({
      step: (info, work) => emit.step(info, work),
      // A question is shown as it is; what was said before it goes before it.
      ask: async (question, options) => {
        await this.release();
        return emit.ask(question, options);
      },
      within: (stepId) => within(emit.within(stepId)),
    });
    this.emit = {
      ...within(outer),
      text: (text) => this.#text(text),
      part: async (part) => void this.#parts.push(part),
      endMessage: () => this.release(),
      message: async (parts) => {
        await this.release();
        this.#parts.push(...parts);
        await this.release();
      },
      setContext: (values) => outer.setContext(values),
      state: () => outer.state(),
      setState: (state) => outer.setState(state),
      custom: (value) => outer.custom(value),
      flush: () => outer.flush(),
    };
  }

  /** Says the message that is held, as it was left, and ends it. */
  async release(): Promise<void> {
    const held = this.#parts;
    this.#parts = [];
    if (held.length === 0) return this.#outer.endMessage();
    const parts = await this.#look(held);
    if (parts.length > 0) await this.#outer.message(parts);
  }

  #text(text: string): void {
    const last = this.#parts.at(-1);
    if (last?.type === 'text' && !last.contentType && !last.name && !last.citation && !last.extra)
      this.#parts[this.#parts.length - 1] = { ...last, text: last.text + text };
    else this.#parts.push({ type: 'text', text });
  }
}
