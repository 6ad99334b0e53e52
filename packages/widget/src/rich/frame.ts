import type { ContentItem } from '@clew/wire/client';
import { el } from '../dom/element.ts';
import type { ItemContext } from '../items/context.ts';
import { placeOf } from './address.ts';
import { askFirst } from './consent.ts';
import { textOf } from './text.ts';

/** Heights that a frame may ask for, pixels. */
const LOWEST = 120;
const HIGHEST = 640;

/**
 * A page in a frame, always after a click: even a document of the chat's own server may load from anywhere. It may run scripts in an origin of
 * its own, so that it reaches neither this page nor what its server keeps in the browser.
 */
export function renderFrame(item: ContentItem, { words, hostUrl }: ItemContext): HTMLElement {
  const place = placeOf(item.source, hostUrl);
  if (!place) throw new Error('The frame has no address that may be loaded.');
  const title = textOf(item.title);
  const description = textOf(item.description);
  const preview = placeOf(item.image_url, hostUrl, 'image');
  const load = (): HTMLElement => {
    const frame = el('iframe', {
      title: title || place.host,
      sandbox: 'allow-scripts allow-forms allow-popups',
      referrerpolicy: 'no-referrer',
      src: place.href,
    });
    const height = Number(Object(item.dimensions).base_height);
    if (height > 0) frame.style.setProperty('--rich-height', `${Math.min(Math.max(height, LOWEST), HIGHEST)}px`);
    return frame;
  };
  return el(
    'figure',
    { class: 'rich-media rich-frame' },
    preview?.ours && el('img', { class: 'rich-preview', alt: '', src: preview.href, referrerpolicy: 'no-referrer' }),
    askFirst({ kind: 'frame', place, title, words }, load),
    el(
      'figcaption',
      {},
      title && el('strong', {}, title),
      description && el('span', {}, description),
      el('a', { href: place.href, target: '_blank', rel: 'noopener noreferrer' }, words.t('openInNewTab')),
    ),
  );
}
