import type { FileReply, JsonReply } from '../endpoint.ts';
import type { FileDesk, FileInfo } from './files.ts';

/** What a browser may show: everything that can hold a script (HTML, SVG, XML) is only ever saved. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif|bmp)|(audio|video)\/[\w.+-]+|application\/pdf)$/;

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
/** Chromium's viewer is a plug-in: it shows nothing in a sandbox, nor where objects are forbidden. No script of a PDF runs in the page's origin. */
const PDF_POLICY = "script-src 'none'; base-uri 'none'; form-action 'none'";

/** A file as an answer: as a whole, the part of it that was asked for, 304 to who has it, 416 for a part that there is not. */
export function fileReply(
  file: FileInfo,
  asked: {
    readonly range: string | undefined;
    readonly ifRange: string | undefined;
    readonly known: string | undefined;
  },
  read: FileDesk['read'],
): FileReply | JsonReply {
  const { id, size } = file;
  const tag = `"${file.sha256}"`;
  const headers = { ...headersOf(file), ETag: tag };
  if (asked.known?.split(/\s*,\s*/).includes(tag)) return { status: 304, headers: { ETag: tag } };
  const whole = asked.ifRange !== undefined && asked.ifRange !== tag;
  const range = whole ? undefined : rangeOf(asked.range, size);
  if (range === 'unsatisfiable') {
    const detail = `The file has ${size} bytes: there is no such part.`;
    return { status: 416, headers: { 'Content-Range': `bytes */${size}` }, body: { detail, code: 'invalid_request' } };
  }
  if (!range) return { status: 200, headers: { ...headers, 'Content-Length': String(size) }, bytes: read(id) };
  const { start, end } = range;
  return {
    status: 206,
    headers: {
      ...headers,
      'Content-Length': String(end - start + 1),
      'Content-Range': `bytes ${start}-${end}/${size}`,
    },
    bytes: read(id, range),
  };
}

function headersOf({ name, contentType }: FileInfo): Record<string, string> {
  const shown = SHOWN.test(contentType);
  return {
    'Content-Type': contentType.startsWith('text/') ? `${contentType}; charset=utf-8` : contentType,
    'Content-Disposition': `${shown ? 'inline' : 'attachment'}; ${nameParameters(name)}`,
    'Content-Security-Policy': contentType === 'application/pdf' ? PDF_POLICY : POLICY,
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Referrer-Policy': 'no-referrer',
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, no-cache',
  };
}

/** RFC 6266: a name in ASCII for who reads no other, and the whole name. */
function nameParameters(name: string): string {
  const ascii = name.replace(/[^ -~]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** One range of bytes; several, or another unit, are answered with the whole (RFC 9110, 14.2). */
function rangeOf(
  asked: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(asked?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  return start < size && start <= end ? { start, end } : 'unsatisfiable';
}
