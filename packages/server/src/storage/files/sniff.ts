import { isUtf8 } from 'node:buffer';
import { mediaTypeOf } from '../../model/index.ts';

/** How many of the first bytes are looked at. */
export const HEAD_BYTES = 4_096;

const UNKNOWN = 'application/octet-stream';
const ZIP = 'application/zip';
const OLE = 'application/x-ole-storage';

/** What begins a file of a type: text of one byte a letter, at this place. */
const MAGIC: readonly (readonly [type: string, at: number, text: string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF87a'],
  ['image/gif', 0, 'GIF89a'],
  ['image/avif', 4, 'ftypavif'],
  ['image/webp', 8, 'WEBP'],
  ['audio/wav', 8, 'WAVE'],
  ['application/pdf', 0, '%PDF-'],
  [ZIP, 0, 'PK\x03\x04'],
  [OLE, 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['audio/mpeg', 0, 'ID3'],
  ['audio/mpeg', 0, '\xff\xfb'],
  ['audio/mpeg', 0, '\xff\xf3'],
  ['audio/aac', 0, '\xff\xf1'],
  ['audio/flac', 0, 'fLaC'],
  ['audio/ogg', 0, 'OggS'],
  ['audio/mp4', 4, 'ftypM4A'],
  ['video/quicktime', 4, 'ftypqt'],
  ['video/mp4', 4, 'ftyp'],
  ['video/webm', 0, '\x1a\x45\xdf\xa3'],
  ['application/x-executable', 0, '\x7fELF'],
  ['application/x-msdownload', 0, 'MZ'],
  ['application/gzip', 0, '\x1f\x8b'],
];

/** What only the ending tells apart: documents inside of the same container. */
const INSIDE: Readonly<Record<string, RegExp>> = {
  [ZIP]: /^application\/vnd\.(openxmlformats-officedocument|oasis\.opendocument)\./,
  [OLE]: /^application\/(msword|vnd\.ms-(excel|powerpoint))$/,
};

/** Texts that are told apart by their ending. */
const TEXTUAL = /^(text\/|application\/(json|xml|yaml)$)/;
/** A file that a browser would show as a page, whatever its name says. */
const PAGE =
  /^(<!--.*?-->\s*)*<(!doctype html|html|head|body|script|iframe|style|title|meta|link|svg|table|div|p|a|h1|img|form)\b/is;

/** The media type of a file, told from its first bytes; its name counts where content cannot tell. */
export function sniff(head: Uint8Array, name: string): string {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, HEAD_BYTES));
  const letters = bytes.toString('latin1');
  const named = mediaTypeOf(name);
  const found = MAGIC.find(([, at, text]) => letters.startsWith(text, at))?.[0];
  // Two letters begin many a text, too.
  if (found && !(found === 'application/x-msdownload' && isText(bytes)))
    return named !== undefined && INSIDE[found]?.test(named) ? named : found;
  return isText(bytes) ? textType(bytes.toString('utf8'), named) : UNKNOWN;
}

/** No control characters but those of texts; the last character may be cut off. */
function isText(bytes: Buffer): boolean {
  if (bytes.some((byte) => (byte < 32 && ![9, 10, 12, 13, 27].includes(byte)) || byte === 127)) return false;
  return [0, 1, 2, 3].some((cut) => bytes.length >= cut && isUtf8(bytes.subarray(0, bytes.length - cut)));
}

function textType(text: string, named: string | undefined): string {
  const start = text.replace(/^\ufeff/, '').trimStart();
  if (/^<\?xml/i.test(start))
    return /<svg[\s>/]/i.test(start) ? 'image/svg+xml' : /<html[\s>/]/i.test(start) ? 'text/html' : 'application/xml';
  if (/^<svg\b/i.test(start) || named === 'image/svg+xml') return 'image/svg+xml';
  if (PAGE.test(start) && named !== 'text/markdown') return 'text/html';
  return named !== undefined && TEXTUAL.test(named) ? named : 'text/plain';
}
