import { html, render, type TemplateResult } from 'lit/html.js';
import type { Attachments } from '../attach/index.ts';
import { el } from '../dom/element.ts';
import type { Words } from '../locale/words.ts';
import { icon, stopIcon } from './icon.ts';

export interface ComposerModel {
  readonly words: Words;
  readonly agent: string | undefined;
  /** An answer is on its way: the button stops it. */
  readonly busy: boolean;
  /** There is somebody to write to. */
  readonly usable: boolean;
  /** The files of the next message; undefined where the agent reads none. */
  readonly attachments: Attachments | undefined;
  /** Nothing can be written at all. */
  readonly disabled: boolean;
}

/** Where a person writes. Enter sends, Shift+Enter begins a new line; the one button sends or stops. */
export class Composer {
  readonly #field = el('textarea', { rows: '1', dir: 'auto', autocomplete: 'off', enterkeyhint: 'send' });
  readonly #button = el('button', { type: 'submit', class: 'send' });
  readonly #send: (text: string) => void;
  readonly #stop: () => void;
  #model: ComposerModel | undefined;

  constructor(on: { send(text: string): void; stop(): void }) {
    this.#send = on.send;
    this.#stop = on.stop;
    this.#field.addEventListener('input', this.#fit);
    this.#field.addEventListener('keydown', this.#key);
  }

  view(model: ComposerModel): TemplateResult {
    const { words, agent, busy, disabled, attachments } = model;
    if (busy !== this.#model?.busy) render(busy ? stopIcon : icon('send'), this.#button);
    this.#model = model;
    this.#field.placeholder = this.#field.ariaLabel = agent ? words.t('messageTo', { agent }) : words.t('writeMessage');
    this.#field.disabled = disabled;
    this.#button.title = this.#button.ariaLabel = words.t(busy ? 'stop' : 'send');
    this.#enable();
    return html`<form class="composer" @submit=${this.#submit}>${attachments?.button}${this.#field}${this.#button}</form>`;
  }

  focus(): void {
    this.#field.focus({ preventScroll: true });
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    if (this.#model?.busy) this.#stop();
    else this.#say();
  };

  readonly #key = (event: KeyboardEvent): void => {
    // `isComposing`, and 229 in Safari: Enter chooses a word in input methods for Chinese, Japanese and others.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!this.#model?.busy) this.#say();
  };

  /** As high as its text; the style sheet sets the limit. Browsers that size the field by its content need no help. */
  readonly #fit = (): void => {
    const field = this.#field;
    this.#enable();
    if (CSS.supports('field-sizing', 'content')) return;
    field.style.setProperty('height', 'auto');
    field.style.setProperty('height', `${field.scrollHeight}px`);
  };

  /** What stands in the field now, whatever was drawn last: text may be pasted and sent within one frame. */
  #say(): void {
    const text = this.#field.value.trim();
    if (!this.#may(text)) return;
    this.#field.value = '';
    this.#fit();
    this.#send(text);
  }

  #enable(): void {
    this.#button.disabled = !this.#model?.busy && !this.#may(this.#field.value.trim());
  }

  /** Whether this can be sent now: files may go without a word, and a word waits for its files. */
  #may(text: string): boolean {
    const { usable = false, attachments } = this.#model ?? {};
    return usable && !attachments?.busy && (text !== '' || attachments?.any === true);
  }
}
