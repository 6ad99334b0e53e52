import type { FilePart } from '../../model/index.ts';

const BY_ENDING: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bmp: 'image/bmp',
  csv: 'text/csv',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  gif: 'image/gif',
  htm: 'text/html',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  md: 'text/markdown',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  ogg: 'audio/ogg',
  pdf: 'application/pdf',
  png: 'image/png',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  wav: 'audio/wav',
  webm: 'video/webm',
  webp: 'image/webp',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xml: 'application/xml',
  zip: 'application/zip',
};

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)((?:;[\w.+-]+=[\w.+-]+)*)(;base64)?,/i;

/** The media type that the ending of a file name or of an address's path stands for; undefined when it is not a common one. */
export function mediaTypeOf(nameOrUrl: string): string | undefined {
  const path = nameOrUrl.split(/[?#]/, 1)[0] ?? '';
  const ending = /\.(\w+)$/.exec(path)?.[1];
  return ending ? BY_ENDING[ending.toLowerCase()] : undefined;
}

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
