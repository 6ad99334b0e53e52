import { createHash } from 'node:crypto';
import { ClewError } from '../../model/index.ts';
import type { NewFile, StoredFile } from '../../ports/index.ts';
import { HEAD_BYTES, sniff } from './sniff.ts';

/** Which files are taken. */
export interface FileRules {
  /** Most bytes of a file. */
  readonly bytes: number;
  /** The same for spreadsheets. */
  readonly spreadsheetBytes: number;
  /** Media types: `application/pdf`, `image/*`. */
  readonly types: readonly string[];
}

const SPREADSHEETS = new Set([
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.oasis.opendocument.spreadsheet',
]);
const LONGEST_NAME = 255;

/**
 * What every adapter does with a file on its way in: tells the type from the first bytes before any is written, counts, and hashes. `write` gets the bytes in
 * order. Rejects with `file_type_refused` and `too_large`.
 */
export async function takeIn(
  { name, bytes }: Pick<NewFile, 'name' | 'bytes'>,
  rules: FileRules,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<Pick<StoredFile, 'name' | 'contentType' | 'size' | 'sha256'>> {
  const cleaned = cleanName(name);
  const hash = createHash('sha256');
  let size = 0;
  let contentType = '';
  let limit = rules.bytes;
  let head: Uint8Array[] = [];

  const take = async (piece: Uint8Array): Promise<void> => {
    hash.update(piece);
    await write(piece);
  };
  const decide = async (): Promise<void> => {
    const first = Buffer.concat(head);
    head = [];
    contentType = sniff(first, cleaned);
    if (!accepts(rules.types, contentType)) {
      const message = `Files of type ${contentType} are not accepted. \`files.types\` says which are.`;
      throw new ClewError('file_type_refused', message);
    }
    if (SPREADSHEETS.has(contentType)) limit = Math.min(limit, rules.spreadsheetBytes);
    if (size > limit) throw tooLarge(limit, contentType);
    await take(first);
  };

  for await (const piece of bytes) {
    size += piece.byteLength;
    if (size > limit) throw tooLarge(limit, contentType);
    if (contentType !== '') await take(piece);
    else {
      head.push(piece);
      if (size >= HEAD_BYTES) await decide();
    }
  }
  if (contentType === '') await decide();
  return { name: cleaned, contentType, size, sha256: hash.digest('hex') };
}

function accepts(types: readonly string[], contentType: string): boolean {
  return types.some((type) => (type.endsWith('/*') ? contentType.startsWith(type.slice(0, -1)) : type === contentType));
}

function tooLarge(limit: number, contentType: string): ClewError {
  const [what, setting] = SPREADSHEETS.has(contentType)
    ? ['spreadsheet', 'limits.spreadsheetBytes']
    : ['file', 'limits.uploadBytes'];
  return new ClewError('too_large', `The ${what} is larger than the ${limit} bytes that are allowed (\`${setting}\`).`);
}

/** Controls, and marks that turn the direction of writing: `gpj.exe` must not look like `exe.jpg`. */
const UNFIT = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name without folders, as Windows or others write them, and without what cannot be seen. */
function cleanName(name: string): string {
  const last = name.toWellFormed().split(/[\\/]/).at(-1) ?? '';
  const cleaned = last.replace(UNFIT, '').trim();
  if (/^\.*$/.test(cleaned)) return 'file';
  if (cleaned.length <= LONGEST_NAME) return cleaned;
  const ending = /\.\w{1,16}$/.exec(cleaned)?.[0] ?? '';
  return cleaned.slice(0, LONGEST_NAME - ending.length).toWellFormed() + ending;
}
