import { type Part, textOf } from '../../../model/index.ts';
import type { Emit } from '../../../ports/index.ts';

/** How much text is said in one go before the log is waited for, in UTF-16 code units. */
const FLUSH_AFTER = 64 * 1024;

/** Says what comes of a task: each result is a message, and grows as it does. The same results are said in the same way, which is what a second entry needs. */
export class ResultSpeaker {
  readonly #emit: Emit;
  readonly #known = new Map<string, readonly Part[]>();
  readonly #messages: Part[][] = [];
  /** Id of the result whose message is open. */
  #open: string | undefined;
  #unflushed = 0;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** Everything that was said, message by message. */
  get messages(): readonly (readonly Part[])[] {
    return this.#messages;
  }

  /** A result as it is now. What of it was said is not said again; one that became another is said anew, as a message of its own. */
  async result(id: string, parts: readonly Part[]): Promise<void> {
    const whole = joined(parts);
    const rest = restOf(this.#known.get(id) ?? [], whole);
    this.#known.set(id, whole);
    if (rest?.length === 0) return;
    if (this.#open !== id || !rest) await this.#begin(id);
    for (const part of rest ?? whole) await this.#say(part);
  }

  /** The last words of a task, unless they only repeat what was said. */
  async conclude(parts: readonly Part[]): Promise<void> {
    const text = textOf(parts).trim();
    const isRepeated = this.#messages.some((message) => textOf(message).trim() === text);
    if (parts.length === 0 || (isRepeated && parts.every(({ type }) => type === 'text'))) return;
    await this.message(parts);
  }

  /** A message of its own. */
  async message(parts: readonly Part[]): Promise<void> {
    await this.#begin(undefined);
    for (const part of joined(parts)) await this.#say(part);
  }

  async #begin(id: string | undefined): Promise<void> {
    if (this.#messages.length > 0) await this.#emit.endMessage();
    this.#messages.push([]);
    this.#open = id;
  }

  async #say(part: Part): Promise<void> {
    const message = this.#messages.at(-1) as Part[];
    message.splice(0, message.length, ...joined([...message, part]));
    if (!isPlain(part)) return this.#emit.part(part);
    this.#emit.text(part.text);
    this.#unflushed += part.text.length;
    if (this.#unflushed <= FLUSH_AFTER) return;
    this.#unflushed = 0;
    await this.#emit.flush();
  }
}

/** The parts with neighbouring plain texts as one: servers send a text in pieces, and keep it so or not. */
function joined(parts: readonly Part[]): Part[] {
  const whole: Part[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (last && isPlain(last) && isPlain(part)) whole[whole.length - 1] = { ...last, text: last.text + part.text };
    else whole.push(part);
  }
  return whole;
}

/** What `whole` has beyond `known`; undefined when it does not begin with it. */
function restOf(known: readonly Part[], whole: readonly Part[]): Part[] | undefined {
  for (const [at, part] of known.entries()) {
    const now = whole[at];
    if (!now) return undefined;
    if (JSON.stringify(now) === JSON.stringify(part)) continue;
    const isLast = at === known.length - 1;
    if (!isLast || !isPlain(part) || !isPlain(now) || !now.text.startsWith(part.text)) return undefined;
    return [{ ...now, text: now.text.slice(part.text.length) }, ...whole.slice(at + 1)];
  }
  return whole.slice(known.length);
}

function isPlain(part: Part): part is Extract<Part, { type: 'text' }> {
  return part.type === 'text' && part.contentType === undefined && part.name === undefined;
}
