import type { ContentItem } from '@clew/wire/client';
import { drawing } from '../dom/drawing.ts';
import { el } from '../dom/element.ts';
import type { ItemContext } from '../items/context.ts';
import { objectsIn } from './text.ts';

const BACK = 'M15 5l-7 7 7 7';
const ON = 'M9 5l7 7-7 7';

/** Items side by side that snap into place: by swiping, by the buttons, by the arrow keys while the row has the focus. */
export function renderCarousel(item: ContentItem, { render, words, signal }: ItemContext): HTMLElement {
  const items = objectsIn<ContentItem>(item.items);
  const total = items.length;
  if (total === 0) throw new Error('The carousel is empty.');
  const slides = items.map((one, index) =>
    el(
      'div',
      { class: 'rich-slide', role: 'group', 'aria-label': words.t('slideOf', { n: index + 1, total }) },
      render(one),
    ),
  );
  const row = el(
    'div',
    { class: 'rich-row', tabindex: '0', role: 'group', 'aria-label': words.t('carousel') },
    ...slides,
  );
  if (total === 1) return el('div', { class: 'rich-carousel' }, row);

  const place = el('span', { class: 'rich-place', 'aria-hidden': 'true' });
  const button = (path: string, label: string) =>
    el('button', { type: 'button', class: 'rich-turn', 'aria-label': label }, drawing(path));
  const back = button(BACK, words.t('previous'));
  const on = button(ON, words.t('next'));
  let current = 0;
  let target: number | undefined;

  const show = (index: number): void => {
    current = index;
    place.textContent = `${index + 1} / ${total}`;
    // Not `disabled`, which would drop the focus at the last one.
    back.setAttribute('aria-disabled', String(index === 0));
    on.setAttribute('aria-disabled', String(index === total - 1));
  };
  const go = (index: number): void => {
    const slide = slides[index];
    if (!slide) return;
    target = index;
    show(index);
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const left = row.scrollLeft + distance(slide, row);
    row.scrollTo({ left, behavior: still ? 'auto' : 'smooth' });
  };

  row.addEventListener('scrollend', () => (target = undefined), { signal });
  row.addEventListener(
    'scroll',
    () => {
      // On the way to where a button leads, the ones in between are not the current one.
      if (target !== undefined) return;
      const end = Math.abs(row.scrollLeft) + row.clientWidth >= row.scrollWidth - 2;
      const distances = slides.map((slide) => Math.abs(distance(slide, row)));
      show(end && Math.abs(row.scrollLeft) > 2 ? total - 1 : distances.indexOf(Math.min(...distances)));
    },
    { signal, passive: true },
  );
  for (const interruption of ['pointerdown', 'wheel', 'touchstart'] as const)
    row.addEventListener(interruption, () => (target = undefined), { signal, passive: true });
  row.addEventListener(
    'keydown',
    (event) => {
      if (event.target !== row) return;
      const forward = getComputedStyle(row).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
      const steps: Record<string, number> = {
        ArrowLeft: current + (forward === 'ArrowLeft' ? 1 : -1),
        ArrowRight: current + (forward === 'ArrowRight' ? 1 : -1),
        Home: 0,
        End: total - 1,
      };
      const index = steps[event.key];
      if (index === undefined) return;
      event.preventDefault();
      go(index);
    },
    { signal },
  );
  back.addEventListener('click', () => go(current - 1), { signal });
  on.addEventListener('click', () => go(current + 1), { signal });
  show(0);
  return el('div', { class: 'rich-carousel' }, row, el('div', { class: 'rich-turns' }, place, back, on));
}

/** How far the row has to scroll until the slide stands at its beginning. */
function distance(slide: HTMLElement, row: HTMLElement): number {
  const [a, b] = [slide.getBoundingClientRect(), row.getBoundingClientRect()];
  return getComputedStyle(row).direction === 'rtl' ? a.right - b.right : a.left - b.left;
}
