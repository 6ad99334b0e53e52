import { byId } from '../dom/element.ts';

export interface ComposerOptions {
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
}

/** Where a person writes. Enter sends, Shift+Enter begins a new line, Escape stops the answer; the one button sends or stops. */
export class Composer {
  readonly #text = byId<HTMLTextAreaElement>('text');
  readonly #button = byId<HTMLButtonElement>('send');
  readonly #options: ComposerOptions;
  #busy = false;
  #usable = false;

  constructor(options: ComposerOptions) {
    this.#options = options;
    byId<HTMLFormElement>('composer').addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#busy) options.onStop();
      else this.#send();
    });
    this.#text.addEventListener('input', () => this.#fit());
    this.#text.addEventListener('keydown', (event) => {
      // `isComposing`: Enter chooses a word in input methods for Chinese, Japanese and others.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (!this.#busy) this.#send();
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.#busy) options.onStop();
    });
  }

  update({ busy, usable, placeholder }: { busy: boolean; usable: boolean; placeholder: string }): void {
    this.#busy = busy;
    this.#usable = usable;
    this.#text.placeholder = placeholder;
    this.#button.setAttribute('aria-label', busy ? 'Stop' : 'Send');
    this.#button.title = busy ? 'Stop (Esc)' : 'Send (Enter)';
    this.#button.querySelector('use')?.setAttribute('href', busy ? '#icon-stop' : '#icon-send');
    this.#enable();
  }

  focus(): void {
    this.#text.focus({ preventScroll: true });
  }

  #send(): void {
    const text = this.#text.value.trim();
    if (text === '' || !this.#usable) return;
    this.#text.value = '';
    this.#fit();
    this.#options.onSend(text);
  }

  /** As high as its text; the style sheet sets the limit. */
  #fit(): void {
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight}px`;
    this.#enable();
  }

  #enable(): void {
    this.#button.disabled = !this.#busy && (!this.#usable || this.#text.value.trim() === '');
  }
}
