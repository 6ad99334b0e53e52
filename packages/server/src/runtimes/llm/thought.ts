import type { Emit } from '../../ports/index.ts';

/** Reasoning is shown in pieces of this many characters: each is an event of its own, and tokens are small. */
const PIECE = 256;

/** Reasoning that the person may read: a step that is open while the model thinks, and then holds what it thought. */
export class Thought {
  readonly #emit: Emit;
  #open: Open | undefined;
  #text = '';
  #shown = 0;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  add(text: string): void {
    this.#open ??= this.#begin();
    this.#text += text;
    if (this.#text.length - this.#shown >= PIECE) this.#show();
  }

  /** The model has thought; resolves when that is in the log. */
  async end(): Promise<void> {
    const open = this.#open;
    if (!open) return;
    this.#show();
    this.#open = undefined;
    open.done.resolve(this.#text);
    await open.step;
  }

  #show(): void {
    this.#open?.show(this.#text.slice(this.#shown));
    this.#shown = this.#text.length;
  }

  #begin(): Open {
    const done = Promise.withResolvers<string>();
    let show: (text: string) => void = () => {};
    const step = this.#emit.step({ kind: 'thought', name: 'thought', title: 'Thinking' }, (signal, shown) => {
      show = shown;
      signal.addEventListener('abort', () => done.reject(signal.reason), { once: true });
      return done.promise;
    });
    step.catch(() => {}); // `end` tells, and so does the run's signal.
    return { done, step, show: (text) => show(text) };
  }
}

interface Open {
  readonly done: PromiseWithResolvers<string>;
  readonly step: Promise<string>;
  show(text: string): void;
}
