import type { Tokens } from 'marked';
import { kit } from '../answers/kit.ts';
import { copyText } from '../dom/copy.ts';
import { el } from '../dom/element.ts';
import { iconNode } from '../dom/icons.ts';
import type { Words } from '../locale/words.ts';
import { stripMarks } from './marks.ts';

/** A block of code: the name of its language, a button that copies it, and the code, which scrolls inside. */
export function codeBlock(token: Tokens.Code, words: Words): HTMLElement {
  const language = languageOf(token);
  const code = el('code', { 'data-language': language || undefined }, stripMarks(token.text));
  const copy = el('button', { type: 'button', class: 'tool', 'aria-label': words.t('copyCode') }, iconNode('copy'));
  copy.addEventListener('click', () => void copyText(copy, code.textContent ?? '', words));
  const head = el('div', { class: 'code-head' }, el('span', {}, language || words.t('code')), copy);
  const pre = el('pre', { tabindex: '0', dir: 'ltr', role: 'group', 'aria-label': words.t('code') }, code);
  return el('div', { class: 'code' }, head, pre);
}

/** Lets a block show code that has grown; false where it cannot. */
export function growCode(block: HTMLElement, was: Tokens.Code, token: Tokens.Code): boolean {
  const text = block.querySelector('code')?.firstChild;
  if (languageOf(was) !== languageOf(token) || !(text instanceof Text)) return false;
  const now = stripMarks(token.text);
  if (now.startsWith(text.data)) text.appendData(now.slice(text.length));
  else text.data = now;
  return true;
}

/** Colours the blocks of code in `container` that have a language, once each, except in `open`, the block that still grows. */
export function highlightIn(container: HTMLElement, open: Element | null): void {
  for (const code of container.querySelectorAll<HTMLElement>('code[data-language]:not([data-done])')) {
    if (open?.contains(code)) continue;
    code.dataset.done = '';
    void kit.loadHighlight().then(
      ({ highlight }) => code.isConnected && highlight(code, code.dataset.language ?? ''),
      // Code without colours is as good to read.
      () => undefined,
    );
  }
}

function languageOf({ lang }: Tokens.Code): string {
  return (
    stripMarks(lang ?? '')
      .match(/^\S*/)?.[0]
      .slice(0, 30) ?? ''
  );
}
