import type { Entry } from '../conversation/state.ts';
import { el } from '../dom/element.ts';
import { Groups } from './groups.ts';
import { showQuestion } from './question.ts';
import { type ReplyDeps, ReplyView } from './reply.ts';

interface Shown {
  readonly node: HTMLElement;
  /** From its first filling on, if it is one. */
  reply: ReplyView | undefined;
  /** Undefined while it is an empty frame whose turn to be filled has not come. */
  entry: Entry | undefined;
}

/** So many of the last entries are there at once; earlier ones follow in slices of this many milliseconds. */
const AT_ONCE = 16;
const SLICE_MS = 8;

/** Shows the entries of a conversation, changing only what has changed. A long thread is filled from its end. */
export class Transcript {
  readonly element = el('div', { class: 'transcript' });
  readonly #groups = new Groups(this.element);
  readonly #deps: Omit<ReplyDeps, 'after'>;
  readonly #shown = new Map<string, Shown>();
  #entries: readonly Entry[] = [];
  #empty: string[] = [];
  #filling: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: Omit<ReplyDeps, 'after'>) {
    this.#deps = deps;
  }

  update(entries: readonly Entry[]): void {
    if (entries === this.#entries) return;
    const before = this.#entries;
    this.#entries = entries;
    if (entries.length !== before.length || entries.some(({ key }, index) => key !== before[index]?.key))
      this.#arrange();
    const ready = entries.length - AT_ONCE;
    entries.forEach((entry, index) => {
      if (entry === before[index]) return;
      const shown = this.#shown.get(entry.key);
      if (shown && (index >= ready || shown.entry)) this.#fill(shown, entry);
    });
    this.#fillRest();
    const last = before.at(-1);
    if (last?.kind === 'reply' && last.key !== entries.at(-1)?.key) this.#shown.get(last.key)?.reply?.close();
  }

  /** The element of a message, filled. */
  find(messageId: string): HTMLElement | undefined {
    const entry = this.#entries.find(
      (one) =>
        one.key === messageId || (one.kind === 'reply' && one.answer.messages.some(({ id }) => id === messageId)),
    );
    const shown = entry && this.#shown.get(entry.key);
    if (shown && !shown.entry) this.#fill(shown, entry);
    return shown?.node;
  }

  destroy(): void {
    clearTimeout(this.#filling);
    for (const { reply } of this.#shown.values()) reply?.destroy();
  }

  /** The right frames in the right order. */
  #arrange(): void {
    const keys = new Set(this.#entries.map(({ key }) => key));
    for (const [key, { node, reply }] of this.#shown) {
      if (keys.has(key)) continue;
      reply?.destroy();
      this.#groups.remove(node);
      this.#shown.delete(key);
    }
    this.#groups.arrange(this.#entries.map((entry) => (this.#shown.get(entry.key) ?? this.#make(entry)).node));
    this.#empty = this.#entries.map(({ key }) => key).filter((key) => !this.#shown.get(key)?.entry);
  }

  #make(entry: Entry): Shown {
    const { words } = this.#deps;
    const label = entry.kind === 'reply' ? entry.agent || words.t('answer') : words.t('you');
    const node = el('article', { class: `entry ${entry.kind}`, 'aria-label': label });
    const shown: Shown = { node, reply: undefined, entry: undefined };
    this.#shown.set(entry.key, shown);
    return shown;
  }

  #fill(shown: Shown, entry: Entry): void {
    if (shown.entry === entry) return;
    shown.entry = entry;
    if (entry.kind === 'question') {
      showQuestion(shown.node, entry, this.#deps.words);
      return;
    }
    const after = (key: string) => this.#entries[this.#entries.findLastIndex((one) => one.key === key) + 1];
    shown.reply ??= new ReplyView(shown.node, entry, { ...this.#deps, after });
    shown.reply.update(entry);
  }

  #fillRest(): void {
    if (this.#empty.length === 0 || this.#filling !== undefined) return;
    this.#filling = setTimeout(() => {
      this.#filling = undefined;
      const entries = new Map(this.#entries.map((entry) => [entry.key, entry]));
      const until = performance.now() + SLICE_MS;
      while (this.#empty.length > 0 && performance.now() < until) {
        const key = this.#empty.pop() as string;
        const [shown, entry] = [this.#shown.get(key), entries.get(key)];
        if (shown && entry) this.#fill(shown, entry);
      }
      this.#fillRest();
    });
  }
}
