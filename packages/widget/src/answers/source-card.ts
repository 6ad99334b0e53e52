import { el } from '../dom/element.ts';
import { iconNode } from '../dom/icons.ts';
import type { Words } from '../locale/words.ts';
import type { Source } from './citations.ts';

const HIGHLIGHT = 'clew-source';
const GAP = 8;

export interface CardOptions {
  /** The button that asked for it; gets the focus back. */
  readonly anchor: HTMLElement;
  readonly source: Source;
  readonly number: number;
  readonly snippet: string;
  /** What in the answer the source stands behind. */
  readonly range: Range | undefined;
  readonly words: Words;
}

/** Opens a card with a source next to its mark. It closes with Escape, with its button, and when the focus leaves it. */
export function openCard({ anchor, source, number, snippet, range, words }: CardOptions): void {
  const column = anchor.closest<HTMLElement>('.column');
  if (!column) return;
  const shut = el('button', { type: 'button', class: 'tool', 'aria-label': words.t('close') }, iconNode('close'));
  const name = el('strong', {}, source.title);
  const place = source.place !== source.title && el('span', { class: 'place', dir: 'ltr' }, source.place);
  const link =
    source.address &&
    el(
      'a',
      { href: source.address, target: '_blank', rel: 'noopener noreferrer' },
      words.t('openSource'),
      iconNode('out'),
    );
  const attributes = {
    class: 'source-card',
    role: 'dialog',
    tabindex: '-1',
    'aria-label': words.t('source', { number }),
  };
  const head = el('div', { class: 'source-head' }, el('span', { class: 'number' }, String(number)), name, shut);
  const card = el(
    'div',
    attributes,
    head,
    snippet !== '' && el('blockquote', { dir: 'auto' }, snippet),
    place,
    link || undefined,
  );
  let open = true;
  const close = (): void => {
    if (!open) return;
    // What follows takes the focus from the card, which closes it.
    open = false;
    globalThis.CSS?.highlights?.delete(HIGHLIGHT);
    anchor.setAttribute('aria-expanded', 'false');
    if (card.matches(':focus-within')) anchor.focus({ preventScroll: true });
    card.remove();
  };
  shut.addEventListener('click', close);
  card.addEventListener('keydown', (event) => {
    const { key, shiftKey, target } = event;
    const leaves = key === 'Tab' && (shiftKey ? target !== link : target === (link || shut));
    if (key !== 'Escape' && !leaves) return;
    // The card stands at the end of the column, but in the order of Tab behind its mark: there the browser goes on.
    if (key === 'Escape' || shiftKey) event.preventDefault();
    close();
  });
  card.addEventListener('focusout', (event) => {
    if (!card.contains(event.relatedTarget as Node | null)) close();
  });
  anchor.setAttribute('aria-expanded', 'true');
  if (range && globalThis.CSS?.highlights) CSS.highlights.set(HIGHLIGHT, new Highlight(range));
  column.append(card);
  stand(card, anchor, column);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: 'nearest' });
}

/** Below the anchor, within the column. */
function stand(card: HTMLElement, anchor: HTMLElement, column: HTMLElement): void {
  const [mark, frame] = [anchor.getBoundingClientRect(), column.getBoundingClientRect()];
  const room = frame.width - card.offsetWidth - 2 * GAP;
  const left = Math.max(GAP, Math.min(mark.left - frame.left - GAP, room + GAP));
  const below = mark.bottom - frame.top + GAP;
  const fits = below + card.offsetHeight <= frame.height;
  const above = mark.top - frame.top - card.offsetHeight - GAP;
  card.style.setProperty('--clew-card-left', `${left}px`);
  card.style.setProperty('--clew-card-top', `${fits || above < 0 ? below : above}px`);
}
