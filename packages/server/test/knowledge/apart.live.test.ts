import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readApart, UnreadableDocument } from '../../src/runtimes/guide/documents/index.ts';
import type { ReadingLimits } from '../../src/runtimes/guide/documents/read-apart.ts';
import { pdfBomb, pdfFile } from './pdf-file.ts';

const MIB = 1_048_576;

function read(path: string, content: string | Uint8Array, limits?: ReadingLimits) {
  return readApart({ path, bytes: Buffer.from(content), url: null }, new AbortController().signal, limits);
}

describe('a document from outside', () => {
  test('is read as any other', async () => {
    const markdown = await read('a.md', '# Tides\n\nThe sea rises.\n');
    expect([markdown.title, markdown.passages.map(({ text }) => text)]).toEqual(['Tides', ['The sea rises.']]);
    const pdf = await read('a.pdf', pdfFile([[{ text: 'The moon pulls.', size: 12, y: 700 }]]));
    expect(pdf.passages[0]?.text).toBe('The moon pulls.');
  });

  test('that is broken says so', async () => {
    await expect(read('a.pdf', '%PDF-1.4 broken')).rejects.toThrow('The PDF is broken and cannot be read.');
    await expect(read('a.exe', 'MZ')).rejects.toThrow(UnreadableDocument);
  });

  test('that unpacks to far more than it is is given up', async () => {
    const bomb = pdfBomb(deflateSync(Buffer.alloc(60 * MIB, ' ')));
    expect(bomb.length).toBeLessThan(MIB);
    await expect(read('bomb.pdf', bomb, { mostBytes: 32 * MIB })).rejects.toThrow(/too much to read/);
  });

  test.each([
    ['quotes in Markdown', 'a.md', '>'.repeat(200_000)],
    ['elements in HTML', 'a.html', '<div>'.repeat(200_000)],
  ])('that keeps the parser busy is given up: %s', async (_, path, content) => {
    await expect(read(path, content, { mostMs: 300 })).rejects.toThrow(/too (long|deeply)/);
  });

  test('that holds more text than can be searched is refused', async () => {
    await expect(read('a.txt', 'The sea rises and falls.\n\n'.repeat(180_000))).rejects.toThrow(/Send it in parts/);
  });

  test('is given up with its run', async () => {
    const aborter = new AbortController();
    const bytes = Buffer.from('>'.repeat(200_000));
    const file = { path: 'a.md', bytes, url: null };
    const all = [1, 2, 3, 4].map(() => readApart(file, aborter.signal));
    const gone = new Error('cancelled');
    aborter.abort(gone);
    expect(await Promise.all(all.map((one) => one.catch((error) => error)))).toEqual([gone, gone, gone, gone]);
    expect((await read('b.md', 'Next.')).passages[0]?.text).toBe('Next.');
  });
});
