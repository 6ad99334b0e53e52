import { el } from '../dom/element.ts';
import type { ItemRenderer } from './context.ts';
import { renderNote } from './note.ts';

/** `user_defined` and whatever nobody knows: the page gets an element to fill. Where no page listens, a line says what is missing. */
export const renderUserDefined: ItemRenderer = (item, context) => {
  if (!context.bus.has('userDefinedResponse')) return renderNote(item, context);
  const { slot, host } = context.hostElement();
  const message = context.message();
  // A message that is still being said is not shown to the page: it would get it twice.
  if (message.id !== '')
    void context.bus.fire('userDefinedResponse', { contentItem: item, message, hostElement: host });
  return el('div', { class: 'item' }, slot);
};
