import type { FilePart, ItemPart, Part } from '../../model/index.ts';
import type { UserPart } from './sdk.ts';

/** Longest file that is given to a model as text, in characters. */
const LONGEST_TEXT = 200_000;

/** What a person sent, as a model reads it. Images are given to models that take them; of what no model reads there is a word. */
export function userParts(parts: readonly Part[], { images }: { images: boolean }): UserPart[] {
  return parts.flatMap((part): UserPart[] => {
    switch (part.type) {
      case 'text':
        return part.text === '' ? [] : [{ type: 'text', text: part.text }];
      case 'file':
        return [file(part, images)];
      case 'form':
        return part.data === undefined ? [] : [{ type: 'text', text: JSON.stringify(part.data) }];
      case 'item':
        return item(part, images);
      case 'citation':
        return [];
      default:
        return part satisfies never;
    }
  });
}

function file({ contentType, name, content, encoding, url }: FilePart, images: boolean): UserPart {
  if (/^image\//i.test(contentType) && images) {
    const place = webAddress(url);
    if (place) return image(place, contentType);
    if (content !== undefined && encoding === 'base64')
      return { type: 'file', mediaType: contentType, data: { type: 'data', data: content } };
  }
  const isText = /^(?:text\/|application\/(?:.+\+)?(?:json|xml|yaml)\b)/i.test(contentType);
  if (isText && content !== undefined) {
    const text = encoding === 'base64' ? Buffer.from(content, 'base64').toString('utf8') : content;
    return { type: 'text', text: `${name ? `The file ${name}:\n` : ''}${text.slice(0, LONGEST_TEXT)}` };
  }
  return { type: 'text', text: `[A file${name ? ` ${name}` : ''} of type ${contentType}, which you cannot read]` };
}

/** Content items of the chat: an image is one that can be shown to a model, and of others their values are. */
function item({ kind, value }: ItemPart, images: boolean): UserPart[] {
  const place = kind === 'image' && typeof value.source === 'string' ? webAddress(value.source) : undefined;
  if (place && images) return [image(place, 'image/*')];
  if (kind === 'image') return [{ type: 'text', text: '[An image, which you cannot see]' }];
  return [{ type: 'text', text: JSON.stringify(value) }];
}

function image(place: URL, mediaType: string): UserPart {
  return { type: 'file', mediaType, data: { type: 'url', url: place } };
}

function webAddress(url: string | undefined): URL | undefined {
  return url !== undefined && /^(?:https?|data):/i.test(url) && URL.canParse(url) ? new URL(url) : undefined;
}
