import type { State } from '../conversation/state.ts';
import { el } from '../dom/element.ts';
import { TELL } from '../dom/tell.ts';
import type { Words } from '../locale/words.ts';
import { troubleText } from './trouble.ts';

/** So many texts stay in the live region. */
const KEPT = 8;

/** The one live region of the chat: what those hear who do not see it. It stands outside of the transcript, which says nothing by itself. */
export class Voice {
  readonly element = el('div', { class: 'unseen', 'aria-live': 'polite', 'data-live': true });
  readonly #root: HTMLElement;

  /** Parts of the chat in `root` have something said by `tell`. */
  constructor(root: HTMLElement) {
    this.#root = root;
    root.addEventListener(TELL, this.#onTell);
  }

  readonly say = (text: string): void => {
    this.element.append(el('p', {}, text));
    while (this.element.childElementCount > KEPT) this.element.firstElementChild?.remove();
  };

  /** Says what happens beside the answers: trouble, and a connection that is lost. */
  update({ trouble, connection }: State, before: State, words: Words): void {
    if (trouble && trouble.kind !== before.trouble?.kind) this.say(troubleText(trouble, words));
    if (connection !== 'online' && connection !== before.connection) this.say(words.t(connection));
  }

  destroy(): void {
    this.#root.removeEventListener(TELL, this.#onTell);
  }

  readonly #onTell = (event: Event): void => this.say((event as CustomEvent<string>).detail);
}
