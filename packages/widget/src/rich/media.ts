import type { ContentItem } from '@clew/wire/client';
import { el } from '../dom/element.ts';
import type { ItemContext } from '../items/context.ts';
import { type Medium, type Place, placeOf } from './address.ts';
import { askFirst, notLoaded } from './consent.ts';
import { textOf } from './text.ts';

/** An image, a video or a sound: at once from the chat's own server, after a click from another. Throws when it has no address that may be loaded. */
export function renderMedia(item: ContentItem, { words, hostUrl }: ItemContext, kind: Medium): HTMLElement {
  const place = placeOf(item.source, hostUrl, kind);
  if (!place) throw new Error(`The ${kind} has no address that may be loaded.`);
  const title = textOf(item.title);
  const description = textOf(item.description);
  const name = textOf(item.alt_text) || title;
  const load = (play: boolean): HTMLElement => {
    const media = kind === 'image' ? image(place, name) : player(kind, { place, name, play });
    media.addEventListener('error', () => media.replaceWith(notLoaded(place, words)), { once: true });
    return media;
  };
  const caption =
    (title || description) &&
    el('figcaption', {}, title && el('strong', {}, title), description && el('span', {}, description));
  return el(
    'figure',
    { class: `rich-media rich-${kind}` },
    place.ours ? load(false) : askFirst({ kind, place, title: name, words }, () => load(true)),
    caption || undefined,
    transcript(item, words.t('transcript')),
  );
}

function image({ href }: Place, alt: string): HTMLElement {
  return el('img', { alt, loading: 'lazy', decoding: 'async', referrerpolicy: 'no-referrer', src: href });
}

interface Playing {
  readonly place: Place;
  readonly name: string;
  readonly play: boolean;
}

function player(kind: 'video' | 'audio', { place, name, play }: Playing): HTMLElement {
  return el(kind, {
    controls: true,
    playsinline: true,
    preload: 'metadata',
    autoplay: play,
    'aria-label': name || undefined,
    src: place.href,
  });
}

/** What is said in it, for those who read (`accessibility.transcript`). */
function transcript({ accessibility }: ContentItem, label: string): HTMLElement | undefined {
  const given = Object(Object(accessibility).transcript) as Record<string, unknown>;
  const text = textOf(given.text);
  return text
    ? el('details', { class: 'rich-transcript' }, el('summary', {}, textOf(given.label) || label), el('p', {}, text))
    : undefined;
}
