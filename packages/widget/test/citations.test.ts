import { describe, expect, test } from 'vitest';
import { sourcesOf } from '../src/answers/citations.ts';
import { feedbackPlace, storedFeedback } from '../src/answers/feedback.ts';
import { ENGLISH } from '../src/locale/words.ts';

const result = (url: string, title: string, path: string | null = null) => ({
  url,
  title,
  body: 'Body',
  result_metadata: { score: 1, document_retrieval_source: path },
});
const citation = (from: unknown, at: unknown, index: unknown, text = '') => ({
  range_start: from,
  range_end: at,
  search_result_idx: index,
  text,
});
const item = (citations: unknown, results: unknown) => ({
  id: '1',
  response_type: 'conversational_search',
  text: 'x'.repeat(100),
  citations_title: '',
  citations,
  search_results: results,
});

describe('the sources of an answer', () => {
  test('are read with their places, and only safe addresses can be opened', () => {
    const results = [
      result('https://example.org/a/b', 'A'),
      result('', '', 'docs/b.md'),
      result('javascript:alert(1)', 'C'),
      result('https://example.org/', ''),
    ];
    expect(sourcesOf(item([], results), 100).sources).toMatchObject([
      { title: 'A', address: 'https://example.org/a/b', place: 'example.org/a/b' },
      { title: 'docs/b.md', address: undefined, place: 'docs/b.md' },
      { title: 'C', address: undefined, place: '' },
      { title: 'https://example.org/', place: 'example.org' },
    ]);
  });

  test('marks stand in the order of the text, once for each source and place', () => {
    const all = [
      citation(50, 60, 1, 'Said so'),
      citation(0, 10, 0),
      citation(2, 10, 0),
      citation(0, 100, 0),
      citation(0, 20, 9),
      citation('0', 20, 0),
    ];
    const { marks, cited } = sourcesOf(item(all, [result('', 'A'), result('', 'B')]), 100);
    expect(marks).toEqual([
      { from: 0, at: 10 },
      { from: 50, at: 60 },
    ]);
    expect(cited).toEqual([
      { source: 0, snippet: 'Body' },
      { source: 1, snippet: 'Said so' },
    ]);
  });

  test.each([[undefined], [null], ['text'], [[null, 1, 'a']]])('nonsense is passed over: %j', (nonsense) => {
    expect(() => sourcesOf(item(nonsense, nonsense), 100)).not.toThrow();
  });
});

describe('feedback', () => {
  const said = (content: object[], state: Record<string, unknown> | null = null) => ({
    id: 'm',
    content: content as never,
    incomplete: false,
    interrupt: false,
    interim: false,
    state,
  });
  const text = (id: string, feedback?: object) => ({
    id,
    response_type: 'text',
    text: 'a',
    message_options: { feedback },
  });

  test('belongs to the item that asks for it, else to the last text, unless that turns it off', () => {
    expect(feedbackPlace(said([text('1', { is_on: true }), text('2')]), ENGLISH)?.item.id).toBe('1');
    expect(feedbackPlace(said([text('1'), text('2'), { id: '3', response_type: 'option' }]), ENGLISH)?.item.id).toBe(
      '2',
    );
    expect(feedbackPlace(said([text('1', { is_on: false })]), ENGLISH)).toBeUndefined();
    expect(feedbackPlace(said([{ id: '1', response_type: 'image' }]), ENGLISH)).toBeUndefined();
  });

  test('asks for details as the agent wants it', () => {
    const plain = feedbackPlace(said([text('1')]), ENGLISH);
    expect(plain).toMatchObject({ positive: { shown: false }, negative: { shown: true } });
    expect(plain?.negative.categories.length).toBeGreaterThan(2);
    const options = {
      positive_options: { categories: ['Quick'], disclaimer: 'Read it' },
      show_negative_details: false,
    };
    expect(feedbackPlace(said([text('1', options)]), ENGLISH)).toMatchObject({
      positive: { shown: true, categories: ['Quick'], disclaimer: 'Read it' },
      negative: { shown: false },
    });
  });

  test('is read from what is stored', () => {
    const stored = { is_positive: false, text: 'No', selected_categories: ['Wrong'] };
    expect(storedFeedback(said([], { content: { 1: { feedback: stored } } }), '1')).toEqual(stored);
    for (const state of [null, {}, { content: null }, { content: { 1: { feedback: 'x' } } }]) {
      expect(storedFeedback(said([], state), '1')).toBeUndefined();
    }
  });
});
