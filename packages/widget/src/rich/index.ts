import type { ContentItem } from '@clew/wire/client';
import type { ItemRenderer } from '../items/context.ts';
import { adoptFor } from '../theme/adopt.ts';
import { renderCard, renderGrid } from './card.ts';
import cards from './cards.css';
import { renderCarousel } from './carousel.ts';
import { renderDate } from './date.ts';
import { renderFrame } from './frame.ts';
import { renderMedia } from './media.ts';
import media from './rich.css';

const CSS = media + cards;

const RENDERERS: Readonly<Record<string, ItemRenderer>> = {
  image: (item, context) => renderMedia(item, context, 'image'),
  video: (item, context) => renderMedia(item, context, 'video'),
  audio: (item, context) => renderMedia(item, context, 'audio'),
  iframe: renderFrame,
  date: renderDate,
  card: renderCard,
  carousel: renderCarousel,
  grid: renderGrid,
};

/** Renders `image`, `video`, `audio`, `iframe`, `date`, `card`, `carousel` and `grid`. Throws when the item is broken or of another type. */
export const renderRich: ItemRenderer = (item, context) => {
  const render = RENDERERS[item.response_type];
  if (!render) throw new Error(`There is no renderer for items of the type ${item.response_type}.`);
  const nested: HTMLElement[] = [];
  const keep = (inner: ContentItem): HTMLElement => {
    const shown = context.render(inner);
    nested.push(shown);
    return shown;
  };
  const element = render(item, { ...context, render: keep });
  // The transcript tells the outermost items only that something was said after them.
  element.addEventListener('clew:closed', () => {
    for (const shown of nested) shown.dispatchEvent(new Event('clew:closed'));
  });
  adoptFor(element, CSS);
  return element;
};
