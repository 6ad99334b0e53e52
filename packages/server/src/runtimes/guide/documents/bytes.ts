/** Why a document cannot be read, as one sentence for the person who put it there. */
export class UnreadableDocument extends Error {
  override readonly name = 'UnreadableDocument';
}

/** Decodes text: UTF-8, or what a byte order mark says, or Windows-1252. Lines end with `\n`. */
export function decodeText(bytes: Uint8Array): string {
  return decode(bytes).replace(/\r\n?/g, '\n');
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.includes(0)) throw new UnreadableDocument('The file is not text. Give Markdown, plain text, HTML or PDF.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
