import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { type CitationPart, type RunEvent, textOf } from '../../../src/model/index.ts';
import { syncKnowledge } from '../../../src/runtimes/index.ts';
import { createKnowledgeIndex } from '../../../src/storage/sqlite/knowledge.ts';
import { of, scene, steps, streamed, textIn } from './kit.ts';

const index = createKnowledgeIndex(new DatabaseSync(':memory:'));
const TEXT =
  '# Trains\n\n## Night trains\n\nThe night train leaves at 23:10.\n\n## Bicycles\n\nBicycles travel in the last coach.\n';
await syncKnowledge({
  index,
  knowledgeBases: [
    { name: 'train docs', documents: [{ path: 'docs/trains.md', file: 'x', url: 'https://example.com/trains' }] },
  ],
  readFile: async () => Buffer.from(TEXT),
});

const agent = { knowledgeBases: ['train docs'] };
const search = (query: string, id = 'a', at = 0) => ({
  call: { id, name: 'search_train_docs', arguments: JSON.stringify({ query }), index: at },
});

function cited(events: readonly RunEvent[]): [text: string, title: string | undefined][] {
  const { parts } = of(events, 'message.completed').at(-1)!.data.message;
  const points = [...textOf(parts)];
  const citations = parts.filter((part): part is CitationPart => part.type === 'citation');
  return citations.map(({ start, end, title }) => [points.slice(start, end).join(''), title]);
}

describe('knowledge', () => {
  test('is a tool; marks become citations of their sentences before anybody sees them', async () => {
    const { model, ask } = await scene({ agent, index, settings: { coalesceMs: 0 } });
    model.script(
      [{ text: '\u{1F682} Let me look.' }, search('night train'), search('bicycles', 'b', 1)],
      [
        { text: 'It leaves at 23:10. [' },
        { text: '1' },
        { text: ']\n\n- Bicycles go in the last coach [2' },
        { text: '].' },
      ],
    );
    const events = await ask();
    expect(textIn(events)).toBe('\u{1F682} Let me look.\n\nIt leaves at 23:10.\n\n- Bicycles go in the last coach.');
    expect(streamed(events)).toBe(textIn(events));
    expect(cited(events)).toEqual([
      ['It leaves at 23:10.', 'Trains › Night trains'],
      ['Bicycles go in the last coach', 'Trains › Bicycles'],
    ]);
    expect(steps(events)).toEqual([
      'model test/small',
      'search search_train_docs',
      'search search_train_docs',
      'model test/small',
    ]);
    const [offer] = model.requests[0]!.body.tools;
    expect(offer.function).toMatchObject({ name: 'search_train_docs', parameters: { required: ['query'] } });
    const told = model.requests[1]!.body.messages.slice(-2).map(({ content }: { content: string }) => content);
    expect(told[0]).toContain('[1] Trains › Night trains\nThe night train leaves at 23:10.');
    expect(told[1]).toContain('[2] Trains › Bicycles');
  });

  test('is found first for models without tools', async () => {
    const { model, ask } = await scene({ agent: { ...agent, spec: { llm_config: { tools: false } } }, index });
    model.script([{ text: 'At 23:10 [1].' }]);
    const events = await ask('When does the night train leave?');
    expect(steps(events)).toEqual(['search knowledge_search', 'model test/small']);
    expect(model.requests[0]?.body.tools).toBeUndefined();
    expect(model.requests[0]?.body.messages[0].content).toContain('[1] Trains › Night trains');
    expect(cited(events)).toEqual([['At 23:10', 'Trains › Night trains']]);
    expect(textIn(events)).toBe('At 23:10.');
  });

  test('that was found in an earlier turn is read again as it was', async () => {
    const { model, ask, send, log } = await scene({ agent, index });
    model.script([search('night train')], [{ text: 'At 23:10 [1].' }], [{ text: 'As I said.' }]);
    const { run } = await send('thinker', 'When?');
    await log(run.id);
    await ask('Sure?', { threadId: run.threadId });
    const [, second, third] = model.requests;
    expect(third?.body.messages.slice(1, 4)).toEqual(second?.body.messages.slice(1));
    expect(third?.body.messages[4]).toEqual({ role: 'assistant', content: 'At 23:10 [1].' });
  });
});
