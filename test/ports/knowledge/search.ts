import { describe, expect, test } from 'vitest';
import { document, found, type InTest } from './kit.ts';

/** Cases of the contract of `KnowledgeIndex`: what is found by words. */
export function searchCases({ index }: InTest): void {
  describe('search', () => {
    test('gives the passage as it was put in, with the words that it has', async () => {
      const doc = document('a.md', { Embedding: 'Put the **script** on a page.' }, { url: 'https://example.com/a' });
      await index().update('docs', [doc], []);
      expect(await index().search(['docs'], ['embed', 'script', 'nothing'], 5)).toEqual([
        {
          knowledgeBase: 'docs',
          path: 'a.md',
          title: 'Manual',
          url: 'https://example.com/a',
          passage: doc.passages[0],
          score: expect.any(Number),
          words: ['embed', 'script'],
          headingWords: ['embed'],
        },
      ]);
    });

    test('a heading weighs more than the text, rare words more than common ones, more words more than one', async () => {
      const filler = Object.fromEntries(
        Array.from({ length: 20 }, (_, at) => [`Part ${at}`, 'The server does this and that.']),
      );
      await index().update(
        'docs',
        [
          document('a.md', { Tokens: 'They expire after a day.', Other: 'Tokens, tokens, tokens.' }),
          document('b.md', { Lease: 'The server holds a lease.', Both: 'The server and the widget.' }),
          document('c.md', filler),
        ],
        [],
      );
      expect((await found(index(), 'tokens'))[0]).toBe('Tokens');
      expect((await found(index(), 'server', 'lease'))[0]).toBe('Lease');
      expect((await found(index(), 'server', 'widget'))[0]).toBe('Both');
    });

    test.each([
      ['embed', 'embedding'],
      ['embedding', 'embed'],
      ['embedded', 'embeds'],
      ['configuring', 'configured'],
      ['cafe', 'Café'],
      ['größe', 'GROSSE Größe'],
      ['server.port', 'Set `server.port` to 80'],
      ['max tokens', 'max_tokens'],
      ['聊天', '如何嵌入聊天窗口'],
      ['チャット', 'ページにチャットを置く'],
      ['config', 'Configuration of the server'],
    ])('%s finds %s', async (word, text) => {
      await index().update('docs', [document('a.md', { Passage: text, Other: 'Nothing to see.' })], []);
      expect(await found(index(), word)).toEqual(['Passage']);
    });

    test('a beginning counts only when nothing has the word itself', async () => {
      await index().update('docs', [document('a.md', { Chat: 'chat', Chatter: 'chatterbox', Car: 'carriage' })], []);
      expect(await found(index(), 'chat')).toEqual(['Chat']);
      expect(await found(index(), 'car')).toEqual(['Car']);
      expect(await found(index(), 'carr')).toEqual(['Car']);
    });

    test('only the knowledge bases asked for are searched', async () => {
      await index().update('docs', [document('a.md', { One: 'apple' })], []);
      await index().update('other', [document('a.md', { Two: 'apple' })], []);
      expect(await found(index(), 'apple')).toEqual(['One']);
      expect(await index().search([], ['apple'], 10)).toEqual([]);
      expect(await index().search(['docs', 'other', 'missing'], ['apple'], 10)).toHaveLength(2);
    });

    test('equal passages come in the order of their documents', async () => {
      await index().update(
        'docs',
        [document('b.md', { B: 'same words' }), document('a.md', { A: 'same words', C: 'same words' })],
        [],
      );
      expect(await found(index(), 'same')).toEqual(['A', 'C', 'B']);
    });

    test('no input is an operator or breaks the query', async () => {
      await index().update('docs', [document('a.md', { Passage: 'apple AND pear OR "plum" NOT NEAR' })], []);
      const nasty = [
        ...[
          '"',
          '""',
          '"apple',
          'apple"',
          'a"b',
          "'",
          '\\',
          '*',
          'apple*',
          '^apple',
          'text:apple',
          'heading : apple',
          '-apple',
          '(apple',
          ')',
        ],
        ...[
          'AND',
          'OR',
          'NOT',
          'NEAR(',
          'NEAR(apple pear, 2)',
          '{heading text}: apple',
          '+',
          'apple + pear',
          '\0',
          'app\0le',
          '\0"\0',
          '\ud800',
        ],
        ...[
          'apple\ud800',
          '',
          ' ',
          '...',
          '\u2028',
          '%',
          '_',
          ';',
          '-- ',
          "'; DROP TABLE knowledge_words; --",
          '💥',
          'x'.repeat(100_000),
        ],
      ];
      for (const word of nasty) {
        await expect(index().search(['docs'], [word], 10), JSON.stringify(word)).resolves.toBeInstanceOf(Array);
        await expect(index().search(['docs'], [word, 'plum'], 10), JSON.stringify(word)).resolves.toHaveLength(1);
        await expect(index().frequency(['docs'], word), JSON.stringify(word)).resolves.toMatchObject({ total: 1 });
      }
      await expect(index().search(['docs'], nasty, 10)).resolves.toHaveLength(1);
      await expect(index().search(['docs'], [], 10)).resolves.toEqual([]);
      await expect(index().search(["do'cs", '"docs"', 'docs'], ['plum'], 10)).resolves.toHaveLength(1);
    });

    test('a document may hold anything', async () => {
      const text = `lone \ud800 surrogate, NUL \0 and ${'long '.repeat(50_000)}`;
      await index().update('docs', [document('a\0.md', { 'H\0 \udfff': text })], []);
      const [hit] = await index().search(['docs'], ['surrogate'], 1);
      expect(hit?.passage.text).toMatch(/^lone \ufffd surrogate, NUL \ufffd and long/);
      expect(await found(index(), 'long')).toHaveLength(1);
    });
  });
}
