import { Lexer } from 'marked';
import { describe, expect, test } from 'vitest';
import { MarkdownStream } from '../src/markdown/stream.ts';
import { DOCUMENTS } from './markdown-documents.ts';

/** Blocks as they are shown: blank lines and definitions are not. */
function shown(tokens: readonly unknown[]): unknown {
  return JSON.parse(
    JSON.stringify(tokens, (_, value) =>
      Array.isArray(value) ? value.filter((token) => token?.type !== 'space' && token?.type !== 'def') : value,
    ),
  );
}

const whole = (text: string) => shown([...new Lexer({ gfm: true }).lex(text)]);

/** The same sequence for the same seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}

describe('Markdown that grows', () => {
  test.each(DOCUMENTS.map((text, index) => [index, text] as const))(
    'is at any moment what all of it is: %i %j',
    (_, text) => {
      const stream = new MarkdownStream();
      for (let end = 1; end <= text.length; end++) {
        const part = text.slice(0, end);
        expect(shown(stream.update(part)), JSON.stringify(part)).toEqual(whole(part));
      }
    },
  );

  test('so are documents thrown together, in pieces of any length', () => {
    const next = chance(7);
    const pick = (): string => DOCUMENTS[Math.floor(next() * DOCUMENTS.length)] as string;
    for (let round = 0; round < 60; round++) {
      const text = `${pick()}${next() < 0.5 ? '\n\n' : ''}${pick()}${pick()}`;
      const stream = new MarkdownStream();
      for (let end = 0; end < text.length; ) {
        end = Math.min(text.length, end + 1 + Math.floor(next() * 40));
        const part = text.slice(0, end);
        expect(shown(stream.update(part)), JSON.stringify(part)).toEqual(whole(part));
      }
    }
  });

  test('keeps the blocks that are finished, and lexes the rest only', () => {
    const stream = new MarkdownStream();
    const paragraph = 'Some **words** in a row, and `code`.\n\n';
    const before = [...stream.update(paragraph.repeat(200))];
    const after = stream.update(`${paragraph.repeat(200)}The en`);
    expect(stream.closedBlocks).toBeGreaterThanOrEqual(199);
    expect(after.slice(0, 199).every((token, index) => token === before[index])).toBe(true);
  });

  test('finds links whose address is told later, and touches only blocks with brackets', () => {
    const stream = new MarkdownStream();
    const text = 'Plain.\n\nSee [the docs].\n\nMore.\n\n';
    const [plain, see] = [...stream.update(text)];
    const after = stream.update(`${text}[the docs]: https://example.org\n`);
    expect(after[0]).toBe(plain);
    expect(after[1]).not.toBe(see);
    expect(JSON.stringify(after[1])).toContain('https://example.org');
  });

  test('begins anew when the text is another one', () => {
    const stream = new MarkdownStream();
    stream.update('One.\n\nTwo.\n\nThree.\n\n');
    expect(shown(stream.update('# Other'))).toEqual(whole('# Other'));
    expect(stream.update('')).toEqual([]);
  });

  test('does not fall over what overflows the lexer', () => {
    const text = '>'.repeat(20_000);
    expect(new MarkdownStream().update(text).length).toBeGreaterThan(0);
  });
});
