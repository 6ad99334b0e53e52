import { el } from '../dom/element.ts';
import { iconNode } from '../dom/icons.ts';
import type { ItemContext, ItemRenderer } from './context.ts';
import { renderNote } from './note.ts';

/** A renderer whose code is loaded when it is first needed. A quiet line stands there meanwhile; when loading fails, a button tries again. */
export function lazy(load: () => Promise<ItemRenderer>): ItemRenderer {
  let loaded: ItemRenderer | undefined;
  return (item, context) => {
    const attempt = (render: ItemRenderer): HTMLElement => safely(render)(item, context);
    if (loaded) return attempt(loaded);
    const place = el('div', { class: 'item' });
    const fetch = (): void => {
      place.replaceChildren(el('p', { class: 'note pending' }, context.words.t('loading')));
      load().then(
        (render) => {
          loaded = render;
          if (!context.signal.aborted) place.replaceChildren(attempt(render));
        },
        () => place.replaceChildren(failure(context, fetch)),
      );
    };
    place.addEventListener('clew:closed', () => place.firstElementChild?.dispatchEvent(new Event('clew:closed')));
    fetch();
    return place;
  };
}

/** The renderer, with a line in place of what it cannot understand. */
export function safely(render: ItemRenderer): ItemRenderer {
  return (item, context) => {
    try {
      return render(item, context);
    } catch (error) {
      console.warn(`[Clew] An item of the type ${item.response_type} could not be shown.`, error);
      return renderNote(item, context);
    }
  };
}

function failure({ words }: ItemContext, again: () => void): HTMLElement {
  const button = el('button', { type: 'button', class: 'plain' }, iconNode('retry'), words.t('tryAgain'));
  button.addEventListener('click', again);
  return el('p', { class: 'note' }, words.t('partFailed'), ' ', button);
}
