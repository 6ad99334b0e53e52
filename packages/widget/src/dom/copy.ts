import type { Words } from '../locale/words.ts';
import { iconNode } from './icons.ts';
import { tell } from './tell.ts';

const SHOWN_MS = 2_000;

/** Copies `text` and lets the button say so for a moment. Pages without a secure context have no clipboard: there the text is selected and copied as by hand. */
export async function copyText(button: HTMLButtonElement, text: string, words: Words): Promise<void> {
  try {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyByHand(button, text);
  } catch {
    return;
  }
  const label = button.getAttribute('aria-label');
  const shown = [...button.childNodes];
  if (label === words.t('copied')) return;
  tell(button, words.t('copied'));
  button.setAttribute('aria-label', words.t('copied'));
  button.replaceChildren(iconNode('check'));
  setTimeout(() => {
    button.setAttribute('aria-label', label ?? words.t('copy'));
    button.replaceChildren(...shown);
  }, SHOWN_MS);
}

function copyByHand(button: HTMLButtonElement, text: string): void {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  button.after(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  button.focus();
}
