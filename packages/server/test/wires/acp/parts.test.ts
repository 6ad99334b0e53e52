import { part as partSchema } from '@clew/wire/acp';
import { describe, expect, test } from 'vitest';
import type { Part } from '../../../src/model/index.ts';
import { decodePart, encodePart } from '../../../src/wires/acp/parts.ts';

const plain = { content_type: 'text/plain', content_encoding: 'plain' };

test('a text with its source is cited', () => {
  const metadata = { kind: 'citation', url: 'u', start_index: 1, title: null };
  expect(decodePart(partSchema.parse({ content: 'x', metadata, n: 1 }))).toEqual({
    type: 'text',
    text: 'x',
    citation: { url: 'u', start: 1 },
    extra: { acp: { n: 1 } },
  });
});

describe('a part of a client', () => {
  test.each([
    ['text', { content: 'hi' }, { ...plain, content: 'hi' }, 'text'],
    [
      'nulls, as the Python client sends them',
      { name: null, content: 'hi', content_url: null, metadata: null },
      { ...plain, content: 'hi' },
      'text',
    ],
    ['an empty text', { content: '' }, { ...plain, content: '' }, 'text'],
    [
      'another text',
      { content: '# x', content_type: 'text/markdown' },
      { ...plain, content_type: 'text/markdown', content: '# x' },
      'text',
    ],
    [
      'text in base64, whatever it is',
      { content: 'ä!', content_encoding: 'base64' },
      { content_type: 'text/plain', content: 'ä!', content_encoding: 'base64' },
      'file',
    ],
    [
      'an image',
      { content: 'AA==', content_type: 'image/png', content_encoding: 'base64' },
      { content_type: 'image/png', content: 'AA==', content_encoding: 'base64' },
      'file',
    ],
    [
      'an address',
      { content_url: 'http://example.com', content_type: 'image/png' },
      { content_type: 'image/png', content_encoding: 'plain', content_url: 'http://example.com' },
      'file',
    ],
    [
      'an artifact',
      { name: 'a.json', content: '{}', content_type: 'application/json' },
      { name: 'a.json', content_type: 'application/json', content: '{}', content_encoding: 'plain' },
      'file',
    ],
    [
      'unknown members',
      { content: 'hola', language: 'Spanish', n: [1] },
      { ...plain, content: 'hola', language: 'Spanish', n: [1] },
      'text',
    ],
    [
      'a citation of a range',
      { metadata: { kind: 'citation', start_index: 1, end_index: 3, url: 'u', title: null } },
      { ...plain, metadata: { kind: 'citation', start_index: 1, end_index: 3, url: 'u' } },
      'citation',
    ],
    [
      'a citation of its content',
      { content: 'x', metadata: { kind: 'citation', url: 'u' } },
      { ...plain, content: 'x', metadata: { kind: 'citation', url: 'u' } },
      'text',
    ],
    [
      'a citation of its content with more',
      { content: 'x', n: 1, metadata: { kind: 'citation', url: 'u', page: 4 } },
      { ...plain, content: 'x', n: 1, metadata: { kind: 'citation', url: 'u', page: 4 } },
      'text',
    ],
    [
      'a citation of an image',
      { content: 'AA==', content_type: 'image/png', metadata: { kind: 'citation', url: 'u' } },
      { ...plain, content_type: 'image/png', content: 'AA==', metadata: { kind: 'citation', url: 'u' } },
      'file',
    ],
    [
      'a citation with more',
      { metadata: { kind: 'citation', page: 4 } },
      { ...plain, metadata: { kind: 'citation', page: 4 } },
      'item',
    ],
    [
      'a trajectory',
      { metadata: { kind: 'trajectory', tool_name: 't', tool_input: { a: 1 } } },
      { ...plain, metadata: { kind: 'trajectory', tool_name: 't', tool_input: { a: 1 } } },
      'item',
    ],
    ['nothing at all', {}, plain, 'item'],
  ])('%s comes back as it was sent', (_, sent, expected, type) => {
    const kept = decodePart(partSchema.parse(sent));
    expect(kept.type).toBe(type);
    expect(encodePart(kept)).toEqual(expected);
  });

  test.each([
    ['content and its address', { content: '', content_url: 'http://a' }],
    ['no address', { content_url: 'a' }],
    ['another encoding', { content: 'a', content_encoding: 'hex' }],
    ['metadata without a kind', { metadata: {} }],
    ['metadata of another kind', { metadata: { kind: 'mood' } }],
    ['a place that is no number', { metadata: { kind: 'citation', start_index: 1.5 } }],
  ])('%s is refused', (_, sent) => {
    expect(partSchema.safeParse(sent).success).toBe(false);
  });
});

test.each<[Part, string]>([
  [{ type: 'form', name: 'f', schema: { type: 'object' } }, 'application/vnd.clew.form+json'],
  [{ type: 'item', kind: 'option', value: { options: [] } }, 'application/vnd.clew.item+json'],
])('what only the chat has is JSON here', (part, contentType) => {
  const { content, content_type } = encodePart(part);
  expect(content_type).toBe(contentType);
  expect(JSON.parse(content ?? '')).toBeTypeOf('object');
});
