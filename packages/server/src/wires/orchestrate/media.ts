import { type FilePart, mediaTypeOf } from '../../model/index.ts';

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)((?:;[\w.+-]+=[\w.+-]+)*)(;base64)?,/i;

/** An address as the model has it: the content of a base64 `data:` address is inline, anything else stays an address. */
export function fileAt(
  url: string,
  fallbackType: string | undefined,
): Pick<FilePart, 'contentType' | 'content' | 'encoding' | 'url'> | undefined {
  const data = DATA_URL.exec(url);
  if (data?.[3]) return { contentType: `${data[1]}${data[2]}`, content: url.slice(data[0].length), encoding: 'base64' };
  const contentType = data?.[1] ?? mediaTypeOf(url) ?? fallbackType;
  return contentType === undefined ? undefined : { contentType, url };
}

/** An address for the content of a file part, `data:` when it is inline. */
export function addressOf(part: FilePart): string {
  if (part.url !== undefined) return part.url;
  if (part.encoding === 'base64') return `data:${part.contentType};base64,${part.content ?? ''}`;
  return `data:${part.contentType},${encodeURIComponent(part.content ?? '')}`;
}
