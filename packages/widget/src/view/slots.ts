import { WRITEABLE_ELEMENTS, type WriteableElement } from '../config/options.ts';
import { el } from '../dom/element.ts';

/** Elements of the page's own tree, children of the chat's element, that are shown at places inside the chat. */
export interface Slots {
  /** The name of the slot for a writeable element. */
  nameOf(name: WriteableElement): string;
  /** The page's element there; the same one every time. */
  writeable(name: WriteableElement): HTMLElement;
  /** A new place with an element of the page's; both are gone when the signal aborts. */
  place(signal: AbortSignal): { readonly slot: HTMLElement; readonly host: HTMLElement };
  destroy(): void;
}

/** `onWelcome` is told whether `chatWelcomeComponent` has content, which then stands in place of the welcome. */
export function createSlots(host: HTMLElement, onWelcome: (filled: boolean) => void): Slots {
  const made = new Map<WriteableElement, HTMLElement>();
  const watcher = new MutationObserver(() => onWelcome(isFilled()));
  const isFilled = () => (made.get('chatWelcomeComponent')?.childNodes.length ?? 0) > 0;
  let count = 0;
  return {
    nameOf: (name) => `clew-${name}`,
    writeable(name) {
      if (!WRITEABLE_ELEMENTS.includes(name))
        throw new Error(`There is no writeable element "${name}": ${WRITEABLE_ELEMENTS.join(', ')}.`);
      const known = made.get(name);
      if (known) return known;
      const element = el('div', { slot: `clew-${name}` });
      made.set(name, element);
      host.append(element);
      if (name === 'chatWelcomeComponent') watcher.observe(element, { childList: true });
      return element;
    },
    place(signal) {
      const name = `clew-item-${++count}`;
      const element = el('div', { slot: name });
      host.append(element);
      signal.addEventListener('abort', () => element.remove());
      return { slot: el('slot', { name }), host: element };
    },
    destroy() {
      watcher.disconnect();
      for (const element of made.values()) element.remove();
    },
  };
}
