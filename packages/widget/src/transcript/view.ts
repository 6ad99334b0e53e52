import type { Entry, Reply } from '../conversation/state.ts';
import { el } from '../dom/element.ts';
import { ReplyView } from './reply-view.ts';

interface Shown {
  readonly node: HTMLElement;
  update(entry: Entry): void;
}

/** Shows the entries of a conversation in `container`, changing only what has changed. */
export class TranscriptView {
  readonly #container: HTMLElement;
  readonly #retry: (reply: Reply) => void;
  readonly #shown = new Map<string, Shown>();
  #entries: readonly Entry[] = [];

  constructor(container: HTMLElement, retry: (reply: Reply) => void) {
    this.#container = container;
    this.#retry = retry;
  }

  update(entries: readonly Entry[]): void {
    const before = new Map(this.#entries.map((entry) => [entry.key, entry]));
    this.#entries = entries;
    for (const [key, { node }] of this.#shown) {
      if (entries.some((entry) => entry.key === key)) continue;
      node.remove();
      this.#shown.delete(key);
    }
    entries.forEach((entry, index) => {
      const shown = this.#shown.get(entry.key) ?? this.#make(entry);
      if (before.get(entry.key) !== entry) shown.update(entry);
      if (this.#container.children[index] !== shown.node) {
        this.#container.insertBefore(shown.node, this.#container.children[index] ?? null);
      }
    });
  }

  #make(entry: Entry): Shown {
    const shown = entry.kind === 'question' ? question(entry.text) : this.#reply(entry);
    this.#shown.set(entry.key, shown);
    return shown;
  }

  #reply(reply: Reply): Shown {
    const retry = () => {
      const now = this.#entries.find(({ key }) => key === reply.key);
      if (now?.kind === 'reply') this.#retry(now);
    };
    const view = new ReplyView(reply, retry);
    return { node: view.node, update: (entry) => entry.kind === 'reply' && view.update(entry) };
  }
}

function question(text: string): Shown {
  return {
    node: el('article', { class: 'question', 'aria-label': 'You' }, el('p', {}, text)),
    update: () => undefined,
  };
}
