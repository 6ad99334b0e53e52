import type { ContentItem } from '@clew/wire/client';
import { el } from '../dom/element.ts';
import type { ItemContext } from '../items/context.ts';
import { dayText } from '../locale/dates.ts';
import { textOf } from './text.ts';

/** A day to choose. The agent gets it as `2026-02-28`; the reader's bubble shows it as people write it. */
export function renderDate(item: ContentItem, { words, open, say, signal }: ItemContext): HTMLElement {
  const input = el('input', { type: 'date', required: true });
  const send = el('button', { type: 'submit' }, words.t('send'));
  const group = el(
    'fieldset',
    {},
    el('label', {}, el('span', {}, textOf(item.title) || words.t('pickDate')), input),
    send,
  );
  const form = el('form', { class: 'rich-date' }, group);
  const settle = (): boolean => {
    group.disabled = !open();
    return group.disabled;
  };
  form.addEventListener('focusin', settle, { signal });
  form.addEventListener('clew:closed', settle);
  form.addEventListener(
    'submit',
    (event) => {
      event.preventDefault();
      if (settle() || !input.value) return;
      group.disabled = true;
      say({ content: input.value, display: dayText(input.value, words.locale) });
    },
    { signal },
  );
  settle();
  return form;
}
