import type { Turn } from '../../ports/index.ts';
import { addUser, readHistory } from './history.ts';
import { userParts } from './input.ts';
import type { Prompt, PromptMessage } from './sdk.ts';

/** Characters of a token, about. */
const CHARACTERS = 4;
/** What an image counts, in characters. */
const IMAGE = 4_000;

/** What the model reads, growing with every call of a run. */
export class Conversation {
  readonly #system: string;
  #messages: PromptMessage[];

  constructor(system: string, messages: readonly PromptMessage[]) {
    this.#system = system;
    this.#messages = [...messages];
  }

  /** The thread up to the message that is to be answered. */
  static async of(turn: Turn, { system, images }: { system: string; images: boolean }): Promise<Conversation> {
    const sent = new Set(images ? turn.inputs.map(({ id }) => id) : []);
    const messages = readHistory(await turn.history(), sent);
    addUser(messages, userParts(turn.input.parts, { images }));
    return new Conversation(system, messages);
  }

  get prompt(): Prompt {
    return [{ role: 'system', content: this.#system }, ...this.#messages];
  }

  /** The same messages under other instructions. */
  under(system: string): Conversation {
    return new Conversation(system, this.#messages);
  }

  /** These messages and then others, which it does not get itself. */
  with(...messages: readonly PromptMessage[]): Conversation {
    return new Conversation(this.#system, [...this.#messages, ...messages]);
  }

  add(...messages: readonly PromptMessage[]): void {
    this.#messages.push(...messages);
  }

  /**
   * Leaves out the oldest turns until half of it is left, by an estimate; the message that is answered stays with all that follows it. How many messages were
   * left out; 0 when there is nothing to leave out.
   */
  shorten(): number {
    const turns = turnsOf(this.#messages);
    const sizes = turns.map((turn) => turn.reduce((sum, message) => sum + sizeOf(message), 0));
    let size = sizes.reduce((sum, one) => sum + one, 0);
    const half = size / 2;
    let first = 0;
    while (first < turns.length - 1 && size > half) {
      size -= sizes[first] as number;
      first += 1;
    }
    const before = this.#messages.length;
    this.#messages = turns.slice(first).flat();
    return before - this.#messages.length;
  }
}

/** A turn begins with each message of the person. */
function turnsOf(messages: readonly PromptMessage[]): PromptMessage[][] {
  const turns: PromptMessage[][] = [];
  for (const message of messages) {
    const open = turns.at(-1);
    if (!open || message.role === 'user') turns.push([message]);
    else open.push(message);
  }
  return turns;
}

/** Tokens, about. */
function sizeOf({ content }: PromptMessage): number {
  if (typeof content === 'string') return content.length / CHARACTERS;
  const characters = content.map((part) => (part.type === 'file' ? IMAGE : JSON.stringify(part).length));
  return characters.reduce((sum, one) => sum + one, 0) / CHARACTERS;
}
