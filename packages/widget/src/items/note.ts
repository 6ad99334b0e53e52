import { el } from '../dom/element.ts';
import type { ItemRenderer } from './context.ts';

/** What stands where an item cannot be shown: its text, or a line that says which kind it is. */
export const renderNote: ItemRenderer = (item, { words }) => {
  if (typeof item.text === 'string' && item.text.trim() !== '')
    return el('p', { class: 'plain-text', dir: 'auto' }, item.text);
  return el('p', { class: 'note' }, words.t('unknownItem', { kind: item.response_type }));
};
