import { requestContent } from '@clew/wire/orchestrate';
import { describe, expect, test } from 'vitest';
import { ClewError, type Part } from '../../../src/model/index.ts';
import { encodeContent } from '../../../src/wires/orchestrate/content.ts';
import { decodeContent } from '../../../src/wires/orchestrate/items.ts';

const decode = (content: unknown): Part[] => decodeContent(requestContent.parse(content), ['content']);

describe('what clients send', () => {
  test.each<[string, unknown, Part[]]>([
    ['a text', 'hello', [{ type: 'text', text: 'hello' }]],
    ['an empty text', '', [{ type: 'text', text: '' }]],
    ['nothing', [], []],
    [
      'texts in a list',
      ['a', { response_type: 'text', text: 'b' }, { text: 'c' }, { type: 'text', text: 'd' }],
      ['a', 'b', 'c', 'd'].map((text) => ({ type: 'text', text })),
    ],
    [
      'a picture by address',
      [{ response_type: 'image', source: 'https://example.org/a.png?x=1' }],
      [{ type: 'file', contentType: 'image/png', url: 'https://example.org/a.png?x=1' }],
    ],
    [
      'a picture inline',
      [{ response_type: 'image', source: 'data:image/gif;base64,R0lGODlh' }],
      [{ type: 'file', contentType: 'image/gif', content: 'R0lGODlh', encoding: 'base64' }],
    ],
    [
      'something only this wire knows',
      [{ response_type: 'option', options: [1] }],
      [{ type: 'item', kind: 'option', value: { response_type: 'option', options: [1] } }],
    ],
  ])('is read: %s', (_, content, parts) => {
    expect(decode(content)).toEqual(parts);
  });

  test('is a file for the other wires where it is one', () => {
    const [file] = decode([
      { response_type: 'file_download', files: [{ fileName: 'a.pdf', id: 'x', url: 'https://example.org/1' }] },
    ]);
    expect(file).toMatchObject({
      type: 'file',
      contentType: 'application/pdf',
      name: 'a.pdf',
      url: 'https://example.org/1',
    });
    const [picture] = decode([{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }]);
    expect(picture).toMatchObject({ type: 'file', contentType: 'image/png', content: 'iVBO', encoding: 'base64' });
  });

  test.each<[string, unknown, (string | number)[]]>([
    ['no kind', [{ foo: 1 }], ['content', 0, 'response_type']],
    ['a text without text', ['a', { response_type: 'text' }], ['content', 1, 'text']],
  ])('is refused with its place: %s', (_, content, path) => {
    const refused = () => decode(content);
    expect(refused).toThrow(ClewError);
    expect(refused).toThrow(
      expect.objectContaining({ code: 'invalid_request', issues: [expect.objectContaining({ path })] }),
    );
  });

  test.each<[string, Record<string, unknown>]>([
    [
      'text with members of its own',
      { response_type: 'text', id: '7', text: 'a', message_options: { feedback: { is_on: true } } },
    ],
    ['text with an id', { response_type: 'text', id: 'intro', text: 'a' }],
    [
      'form',
      {
        response_type: 'forms',
        id: '1',
        name: 'form_x',
        json_schema: { type: 'object' },
        ui_schema: {},
        form_data: { a: 1 },
      },
    ],
    ['answer to a form', { response_type: 'form_operation', id: '1', form_operation: 'submit', form_data: '{"a":1}' }],
    [
      'one file',
      {
        response_type: 'file_download',
        id: '1',
        files: [{ fileName: 'a.pdf', id: 'x', url: 'https://example.org/1', statusCode: 200 }],
      },
    ],
    [
      'two files',
      {
        response_type: 'file_download',
        id: '1',
        files: [
          { fileName: 'a', url: 'u' },
          { fileName: 'b', url: 'v' },
        ],
      },
    ],
    ['picture', { response_type: 'image', id: '1', source: 'https://example.org/a.png', title: 'A', alt_text: 'An a' }],
    ['inline picture', { response_type: 'image', id: '1', source: 'data:image/png;base64,iVBO' }],
    ['film', { response_type: 'video', id: '1', source: 'https://example.org/watch?v=1' }],
    ['sources', { response_type: 'conversational_search', id: '1', text: 'a', citations: [{ url: 'u' }] }],
    ['page', { response_type: 'user_defined', id: '1', user_defined: { deep: [{ er: null }] } }],
  ])('comes back as it was: %s', (_, item) => {
    expect(encodeContent(decode([item]), true)).toEqual([item]);
  });

  test('gets ids where it has none', () => {
    const items = [
      { response_type: 'text', text: 'a' },
      { response_type: 'option', options: [] },
      { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
    ];
    expect(encodeContent(decode(items), true)).toEqual([
      { response_type: 'text', id: '1', text: 'a' },
      { response_type: 'option', id: '2', options: [] },
      { response_type: 'image', id: '3', type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
    ]);
  });
});

describe('what agents say', () => {
  const text = (value: string): Part => ({ type: 'text', text: value });

  test('is one item a part', () => {
    const parts: Part[] = [
      text('a'),
      { type: 'file', contentType: 'text/plain', name: 'a.txt', content: 'ä', encoding: 'plain' },
      { type: 'file', contentType: 'audio/mpeg', url: 'https://example.org/a.mp3' },
      { type: 'form', name: 'form_1', schema: { type: 'object' } },
      { type: 'item', kind: 'date', value: {} },
    ];
    expect(encodeContent(parts, true)).toEqual([
      { response_type: 'text', id: '1', text: 'a' },
      {
        response_type: 'file_download',
        id: '2',
        files: [{ fileName: 'a.txt', id: null, url: 'data:text/plain,%C3%A4', contentType: 'text/plain' }],
      },
      { response_type: 'audio', id: '3', source: 'https://example.org/a.mp3' },
      {
        response_type: 'forms',
        id: '4',
        name: 'form_1',
        json_schema: { type: 'object' },
        ui_schema: {},
        form_data: {},
      },
      { response_type: 'date', id: '5' },
    ]);
  });

  test('is one text where the client wants one', () => {
    const parts: Part[] = [text('a'), { type: 'item', kind: 'date', value: {} }, text('b')];
    expect(encodeContent(parts, false)).toEqual([
      { response_type: 'text', id: '1', text: 'ab' },
      { response_type: 'date', id: '2' },
    ]);
    expect(encodeContent([], false)).toEqual([]);
  });

  test('has its sources with it, counted as JavaScript counts', () => {
    // Six code points before the cited word; the face and the flag take two units for each of theirs.
    const said = '😀🇩🇪 so Embed it.';
    const source = { url: 'https://example.org/embed', title: 'Embedding', description: 'How to embed' };
    const parts: Part[] = [
      text('😀🇩🇪 so '),
      text('Embed it.'),
      { type: 'citation', start: 7, end: 12, ...source, source: 'docs/embed.md#how', score: 3.5 },
      { type: 'citation', start: 13, end: 99, ...source, source: 'docs/embed.md#how', score: 3.5 },
      { type: 'citation', title: 'All of it' },
    ];
    expect(encodeContent(parts, true)).toEqual([
      {
        response_type: 'conversational_search',
        id: '1',
        text: said,
        citations_title: 'How do we know?',
        citations: [
          {
            url: source.url,
            title: 'Embedding',
            body: 'How to embed',
            text: 'Embed',
            range_start: 10,
            range_end: 15,
            search_result_idx: 0,
          },
          {
            url: source.url,
            title: 'Embedding',
            body: 'How to embed',
            text: 'it.',
            range_start: 16,
            range_end: 19,
            search_result_idx: 0,
          },
          {
            url: '',
            title: 'All of it',
            body: '',
            text: said,
            range_start: 0,
            range_end: said.length,
            search_result_idx: 1,
          },
        ],
        search_results: [
          {
            url: source.url,
            title: 'Embedding',
            body: 'How to embed',
            result_metadata: { score: 3.5, document_retrieval_source: 'docs/embed.md#how' },
          },
          { url: '', title: 'All of it', body: '', result_metadata: { score: null, document_retrieval_source: null } },
        ],
      },
    ]);
  });

  test('of a text part are about that text, in UTF-16 units, unless they have a range', () => {
    const cited = (words: string, citation: object) => ({ ...text(words), citation });
    expect(encodeContent([cited('abc', { url: 'u' })], true)).toMatchObject([
      { response_type: 'conversational_search', citations: [{ url: 'u', text: 'abc', range_start: 0, range_end: 3 }] },
    ]);
    const parts = [text('👋 '), cited('wool', { url: 'u' }), cited('!', { url: 'v', start: 0, end: 1 })];
    expect(encodeContent(parts, false)).toMatchObject([
      {
        text: '👋 wool!',
        citations: [
          { url: 'u', text: 'wool', range_start: 3, range_end: 7 },
          { url: 'v', text: '👋', range_start: 0, range_end: 2 },
        ],
      },
    ]);
  });

  test('may cite beyond its end without harm', () => {
    const [item] = encodeContent([text('abc'), { type: 'citation', start: 9, end: 2 }], true);
    expect(item).toMatchObject({ citations: [{ text: '', range_start: 3, range_end: 3 }] });
  });
});
