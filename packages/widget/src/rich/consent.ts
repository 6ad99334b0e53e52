import { drawing } from '../dom/drawing.ts';
import { el } from '../dom/element.ts';
import type { Word, Words } from '../locale/words.ts';
import type { Place } from './address.ts';

const KINDS = {
  image: { word: 'showImage', path: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01' },
  video: { word: 'playVideo', path: 'M4 5h16v14H4zM10 9l5 3-5 3z' },
  audio: {
    word: 'playAudio',
    path: 'M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z',
  },
  frame: { word: 'showFrame', path: 'M4 5h16v14H4zM4 9h16M7 7h.01' },
} as const satisfies Readonly<Record<string, { word: Word; path: string }>>;

export interface Ask {
  readonly kind: keyof typeof KINDS;
  readonly place: Place;
  /** Tells this one from others for those who listen; may be empty. */
  readonly title: string;
  readonly words: Words;
}

/** A button that says which server will be asked; `load` gives what then takes its place, and gets the focus. */
export function askFirst({ kind, place, title, words }: Ask, load: () => HTMLElement): HTMLElement {
  const { word, path } = KINDS[kind];
  const button = el(
    'button',
    { type: 'button', class: 'rich-ask', 'data-kind': kind },
    el('span', { class: 'rich-sign' }, drawing(path)),
    el('span', { class: 'rich-action' }, words.t(word)),
    place.host !== '' && el('span', { class: 'rich-from' }, words.t('loadsFrom', { host: place.host })),
    title !== '' && el('span', { class: 'rich-unseen' }, title),
  );
  button.addEventListener(
    'click',
    () => {
      const loaded = load();
      if (!loaded.hasAttribute('controls')) loaded.tabIndex = -1;
      button.replaceWith(loaded);
      loaded.focus({ preventScroll: true });
    },
    { once: true },
  );
  return button;
}

/** What is shown in place of something that did not load. */
export function notLoaded(place: Place, words: Words): HTMLElement {
  const link =
    place.host !== '' &&
    el('a', { href: place.href, target: '_blank', rel: 'noopener noreferrer' }, words.t('openInNewTab'));
  return el('p', { class: 'rich-lost', role: 'status' }, words.t('notLoaded'), ' ', link);
}
