import { createHash } from 'node:crypto';
import type { KnowledgeDocument } from '../../../ports/index.ts';
import { decodeText, UnreadableDocument } from './bytes.ts';
import type { ReadFile, ReadResult } from './format.ts';
import { toPassages } from './passages.ts';

/** Raised when documents are to be read differently, so that they are indexed again. */
const READER_VERSION = 1;

/**
 * Reads a document and cuts it into passages: Markdown, HTML, PDF and plain text, told apart by the ending of the path. Rejects with
 * `UnreadableDocument` when the file is something else or broken.
 */
export async function readDocument(file: ReadFile): Promise<KnowledgeDocument> {
  const { title, text, sections } = await readFormat(file);
  return { path: file.path, title, url: file.url, hash: hashOf(file), passages: toPassages(text, sections) };
}

/** Changes with the content of a file, its address, and the way documents are read. */
export function hashOf({ bytes, url }: Pick<ReadFile, 'bytes' | 'url'>): string {
  return createHash('sha256')
    .update(`${READER_VERSION}\0${url ?? ''}\0`)
    .update(bytes)
    .digest('hex');
}

// The readers are loaded when they are first needed: the one for PDF alone has 1.7 MB.
async function readFormat(file: ReadFile): Promise<ReadResult> {
  const ending = /\.([a-z0-9]+)$/i.exec(file.path.split(/[?#]/)[0]!)?.[1]?.toLowerCase() ?? '';
  if (ending === 'pdf') return (await import('./pdf.ts')).readPdf(file);
  if (/^(md|markdown|mdx)$/.test(ending))
    return (await import('./markdown.ts')).readMarkdown(decodeText(file.bytes), file);
  if (/^x?html?$/.test(ending)) return (await import('./html.ts')).readHtml(decodeText(file.bytes), file);
  if (/^(txt|text|rst|adoc|log|)$/.test(ending))
    return (await import('./text.ts')).readText(decodeText(file.bytes), file);
  throw new UnreadableDocument(`Files that end in .${ending} cannot be read. Give Markdown, plain text, HTML or PDF.`);
}
