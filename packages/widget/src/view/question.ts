import { html, nothing, render } from 'lit/html.js';
import type { Question } from '../conversation/state.ts';
import type { Words } from '../locale/words.ts';
import { icon } from './icon.ts';

/** Shows one question, and what became of it on its way, in its frame. */
export function showQuestion(node: HTMLElement, { text, files, delivery }: Question, words: Words): void {
  node.dataset.delivery = delivery;
  const state =
    delivery === 'waiting'
      ? html`<p class="delivery">${icon('clock')}${words.t('waiting')}</p>`
      : delivery === 'failed'
        ? html`<p class="delivery">${icon('alert')}${words.t('notSent')}</p>`
        : nothing;
  const names = files.map((name) => html`<li>${icon('file')}<span dir="auto">${name}</span></li>`);
  render(
    html`${text === '' ? nothing : html`<p class="bubble" dir="auto">${text}</p>`}${names.length > 0 ? html`<ul class="sent-files">${names}</ul>` : nothing}${state}`,
    node,
  );
}
