import type { IncomingMessage } from 'node:http';
import { ClewError } from '../model/index.ts';
import type { FormPart } from '../wires/endpoint.ts';
import { ClientGone } from './body.ts';

/** Longest head of a part, and most bytes before the first. */
const HEAD_BYTES = 16_384;
/** Most parts of a form. */
const MOST_PARTS = 100;
const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Reads a `multipart/form-data` body part by part (RFC 7578), never more of it in memory than one chunk of the network and a delimiter. A part whose bytes were
 * not read is passed over. Rejected: `Request.formData()`, which holds the whole body. Throws `unsupported_media_type`, `too_large` (from the announced
 * length before anything is read, else while reading), `unreadable_form`, `ClientGone`.
 */
export async function* readForm(incoming: IncomingMessage, limitBytes: number): AsyncGenerator<FormPart> {
  const delimiter = Buffer.from(`\r\n--${boundaryOf(incoming)}`);
  if (Number(incoming.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const source = new Source(chunksOf(incoming), limitBytes);
  try {
    // The first delimiter has no line before it.
    source.put(Buffer.from('\r\n'));
    for await (const _ of source.until(delimiter, HEAD_BYTES));
    for (let count = 0; !(await source.atEnd()); count += 1) {
      if (count === MOST_PARTS) throw unreadable(`it has more than ${MOST_PARTS} parts`);
      const head = await source.head();
      const bytes = source.until(delimiter, Number.POSITIVE_INFINITY);
      yield { ...nameOf(head), bytes };
      // Whoever asked for the next part may have left this one in the middle.
      await source.pass(delimiter);
    }
  } finally {
    source.close();
  }
}

function unreadable(why: string): ClewError {
  return new ClewError('unreadable_form', `The form cannot be read: ${why}.`);
}

function tooLarge(limitBytes: number): ClewError {
  return new ClewError(
    'too_large',
    `The form is larger than the ${limitBytes} bytes this server allows (\`limits.uploadBytes\` and \`limits.uploadFiles\`).`,
  );
}

function boundaryOf({ headers }: IncomingMessage): string {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new ClewError('unsupported_media_type', 'Send the body without a content encoding.');
  const type = headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*(;|$)/i.test(type))
    throw new ClewError('unsupported_media_type', 'Send the files as multipart/form-data, in the field `files`.');
  const [, quoted, bare] = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(type) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) throw unreadable('its content type names no boundary');
  return boundary;
}

/** The bytes that come. Its end leaves the connection as it is, so that an answer can be given. */
async function* chunksOf(incoming: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch {
    throw new ClientGone();
  }
  if (!incoming.complete) throw new ClientGone();
}

/** What has come and was not read yet. */
class Source {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #limit: number;
  #bytes: Buffer = Buffer.alloc(0);
  #seen = 0;
  /** The delimiter that ends the part has been read. */
  #between = false;

  constructor(chunks: AsyncIterator<Buffer>, limit: number) {
    this.#chunks = chunks;
    this.#limit = limit;
  }

  /** Lets go of the connection: whatever still comes can be thrown away. As long as somebody iterates over it, nobody else can. */
  close(): void {
    this.#chunks.return?.().catch(() => {});
  }

  put(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  /** The bytes up to the delimiter, which is read, too. Once only: a part that was read has no more. */
  async *until(delimiter: Buffer, most: number): AsyncGenerator<Uint8Array> {
    let given = 0;
    while (!this.#between) {
      const at = this.#bytes.indexOf(delimiter);
      const length = at === -1 ? Math.max(0, this.#bytes.length - delimiter.length + 1) : at;
      given += length;
      if (given > most) throw unreadable('it does not begin with its boundary');
      const piece = this.#take(length);
      if (at !== -1) {
        this.#take(delimiter.length);
        this.#between = true;
      } else if (piece.length === 0) await this.#more();
      if (piece.length > 0) yield piece;
    }
  }

  async pass(delimiter: Buffer): Promise<void> {
    for await (const _ of this.until(delimiter, Number.POSITIVE_INFINITY));
  }

  /** Whether the delimiter that was read is the last. */
  async atEnd(): Promise<boolean> {
    while (this.#bytes.length < 2) await this.#more();
    if (this.#bytes.toString('latin1', 0, 2) !== '--') return false;
    // What follows has no meaning, but the request is to be read to its end.
    this.#bytes = Buffer.alloc(0);
    while (await this.#pull()) this.#bytes = Buffer.alloc(0);
    return true;
  }

  /** The lines between a delimiter and the content of its part. */
  async head(): Promise<string> {
    let at = this.#bytes.indexOf(HEAD_END);
    while (at === -1) {
      if (this.#bytes.length > HEAD_BYTES) throw unreadable('the head of a part is too long');
      await this.#more();
      at = this.#bytes.indexOf(HEAD_END);
    }
    if (at > HEAD_BYTES) throw unreadable('the head of a part is too long');
    const head = this.#take(at).toString('utf8');
    if (!/^[ \t]*(\r\n|$)/.test(head)) throw unreadable('a boundary is followed by something else');
    this.#take(HEAD_END.length);
    this.#between = false;
    return head;
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  async #more(): Promise<void> {
    if (!(await this.#pull())) throw unreadable('it ends in the middle');
  }

  async #pull(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done) return false;
    this.#seen += value.length;
    if (this.#seen > this.#limit) throw tooLarge(this.#limit);
    this.#bytes = this.#bytes.length === 0 ? value : Buffer.concat([this.#bytes, value]);
    return true;
  }
}

function nameOf(head: string): Pick<FormPart, 'name' | 'fileName'> {
  const line = head.split('\r\n').find((one) => /^content-disposition\s*:/i.test(one)) ?? '';
  const name = parameter(line, 'name');
  if (name === undefined) throw unreadable('a part has no name');
  return { name, fileName: extended(line) ?? parameter(line, 'filename') };
}

/** `filename="a \"b\".txt"`, or as browsers write a quote: `%22`. */
function parameter(line: string, key: string): string | undefined {
  const [, quoted, bare] = new RegExp(`;\\s*${key}=(?:"((?:\\\\"|[^"])*)"|([^\\s;]+))`, 'i').exec(line) ?? [];
  if (bare !== undefined) return bare;
  return quoted
    ?.replace(/\\"/g, '"')
    .replace(/%22/g, '"')
    .replace(/%0d|%0a/gi, ' ');
}

/** `filename*=UTF-8''na%C3%AFve.txt` (RFC 5987), as Python's clients write names that are not ASCII. */
function extended(line: string): string | undefined {
  const value = /;\s*filename\*=utf-8'[\w-]*'([^\s;]+)/i.exec(line)?.[1];
  if (value === undefined) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
