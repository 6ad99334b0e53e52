import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { ClewError } from '../model/index.ts';

/** A body that stops coming is cut by `requestTimeout` of the server; one nested deeper than this would overflow the stack of whoever walks it. */
const DEEPEST = 500;

/** The client went away before it had sent its request: there is nobody to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/**
 * Reads and parses the body of a request: JSON unless the content type says form, an object of strings for a form, undefined when there
 * is none. Errors: `too_large` (from the announced length before anything is read, else while reading), `unreadable_json`,
 * `unsupported_media_type`.
 */
export async function readBody(incoming: IncomingMessage, limitBytes: number): Promise<unknown> {
  const announced = incoming.headers['content-length'];
  if (announced === undefined ? incoming.headers['transfer-encoding'] === undefined : announced === '0')
    return undefined;
  if (announced !== undefined && Number(announced) > limitBytes) throw tooLarge(limitBytes);
  const kind = kindOf(incoming);
  const bytes = await collect(incoming, limitBytes);
  if (bytes.length === 0) return undefined;
  const text = decode(bytes);
  // `curl -d '{…}'` says form and means JSON.
  if (kind === 'form' && !/^\s*[{[]/.test(text)) return parseForm(text);
  return parseJson(text);
}

/** Whether the announced length is over the limit, so that a client that asks before it sends can be told. */
export function announcesTooMuch(incoming: IncomingMessage, limitBytes: number): boolean {
  return Number(incoming.headers['content-length'] ?? 0) > limitBytes;
}

function tooLarge(limitBytes: number): ClewError {
  return new ClewError('too_large', `The request body is larger than the ${limitBytes} bytes this server allows.`);
}

function kindOf(incoming: IncomingMessage): 'json' | 'form' {
  const encoding = incoming.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new ClewError('unsupported_media_type', 'Send the body without a content encoding.');
  }
  const type = incoming.headers['content-type'];
  if (type === undefined || type === 'application/json') return 'json';
  const essence = (type.split(';')[0] ?? '').trim().toLowerCase();
  // `fetch` calls a string text/plain.
  if (essence === '' || essence === 'text/plain' || /^(application|text)\/([\w.-]+\+)?json$/.test(essence))
    return 'json';
  if (essence === 'application/x-www-form-urlencoded') return 'form';
  throw new ClewError('unsupported_media_type', 'Send the body as application/json.');
}

function collect(incoming: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (finish: () => void): void => {
      incoming.off('data', onData).off('end', onEnd).off('close', onGone);
      finish();
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limitBytes) settle(() => reject(tooLarge(limitBytes)));
    };
    const onEnd = (): void =>
      settle(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)));
    const onGone = (): void => settle(() => reject(new ClientGone()));
    if (incoming.destroyed) reject(new ClientGone());
    else incoming.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

function decode(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new ClewError('unreadable_json');
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** `"__proto__":` with any of its letters escaped, as in Fastify's secure-json-parse. */
const PROTO_KEY =
  /"(?:_|\\u005[Ff]){2}(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006[Ff])(?:t|\\u0074)(?:o|\\u006[Ff])(?:_|\\u005[Ff]){2}"\s*:/;

function parseJson(text: string): unknown {
  if (text.length > 2 * DEEPEST && isTooDeep(text)) {
    throw new ClewError('unreadable_json', `The request body is nested more than ${DEEPEST} levels deep.`);
  }
  try {
    // A key `__proto__` is left out: copied onto another object by assignment it would change that object's prototype.
    return PROTO_KEY.test(text) ? JSON.parse(text, dropProto) : JSON.parse(text);
  } catch (cause) {
    throw new ClewError('unreadable_json', undefined, { cause });
  }
}

function dropProto(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > DEEPEST) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

function parseForm(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) if (name !== '__proto__') fields[name] = value;
  return fields;
}
