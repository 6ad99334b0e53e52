import { describe, expect, test } from 'vitest';
import { startModelServer } from '../../../../../test/kit/model-server.ts';
import { anna } from '../../engine/kit.ts';
import { of, scene, steps, streamed, textIn, tool } from './kit.ts';

describe('a run that is entered again', () => {
  test('makes a call that was cut off anew; other words begin the message anew', async () => {
    const model = await startModelServer();
    const first = await scene({ model, settings: { coalesceMs: 0 } });
    model.script([{ text: 'Once upon ' }, { until: new Promise(() => {}) }]);
    const { run } = await first.send('thinker');
    for await (const batch of first.engine.tail(anna, run.id, 0)) if (streamed(batch) !== '') break;
    await first.crash();

    model.script([{ text: 'Long ago.' }]);
    const second = await scene({ model, folder: first.folder });
    const events = await second.log(run.id);
    expect(of(events, 'message.reset')).toHaveLength(1);
    expect(textIn(events)).toBe('Long ago.');
    expect(steps(events)).toEqual(['model test/small']);
    await model.close();
  });

  test('pays no token and uses no tool twice', async () => {
    const model = await startModelServer();
    const used: string[] = [];
    const pay = tool('pay', async () => {
      used.push('pay');
      return { content: [{ type: 'text', text: 'paid' }] };
    });
    const options = { model, agent: { tools: ['pay'] }, tools: [pay], settings: { coalesceMs: 0 } };
    const first = await scene(options);
    model.script(
      [{ reasoning: 'hm' }, { text: 'Paying. ' }, { call: { id: 'a', name: 'pay', arguments: '{}' } }],
      [{ text: 'It is' }, { until: new Promise(() => {}) }],
    );
    const { run } = await first.send('thinker');
    let seen = '';
    for await (const batch of first.engine.tail(anna, run.id, 0)) {
      seen += streamed(batch);
      if (seen.endsWith('It is')) break;
    }
    await first.crash();

    model.script([{ text: 'It is done.' }]);
    const second = await scene({ ...options, folder: first.folder });
    const events = await second.log(run.id);
    expect(textIn(events)).toBe('Paying. \n\nIt is done.');
    expect(streamed(events), 'nothing is said twice').toBe('Paying. \n\nIt is done.');
    expect(used).toEqual(['pay']);
    expect(model.requests).toHaveLength(3);
    expect(model.requests[2]?.body.messages).toEqual(model.requests[1]?.body.messages);
    await model.close();
  });

  test('waits for a person between the call and the tool, and tells the model what became of it', async () => {
    const model = await startModelServer();
    const paid: unknown[] = [];
    const pay = tool(
      'pay',
      async (input) => {
        paid.push(input);
        return { content: [{ type: 'text', text: 'paid' }] };
      },
      { permission: 'write_only' },
    );
    const options = { model, agent: { tools: ['pay'] }, tools: [pay] };
    const first = await scene(options);
    model.script([{ text: 'I shall pay.' }, { call: { id: 'a', name: 'pay', arguments: '{}' } }]);
    const { run } = await first.send('thinker', 'Pay');
    expect((await first.log(run.id)).at(-1)?.type).toBe('run.waiting');
    await first.crash();

    const second = await scene({ ...options, folder: first.folder });
    model.script([{ text: 'Paid.' }], [{ text: 'Welcome.' }]);
    await second.engine.answerRun(anna, run.id, { parts: [{ type: 'text', text: 'yes' }] });
    const events = await second.log(run.id, 0);
    const all = events.at(-1)?.type === 'run.completed' ? events : await second.log(run.id, events.length);
    expect(all.at(-1)?.type).toBe('run.completed');
    expect(paid).toEqual([{}]);
    expect(model.requests).toHaveLength(2);
    await second.ask('Thanks', { threadId: run.threadId });
    expect(model.requests[2]?.body.messages.slice(1)).toEqual([
      { role: 'user', content: 'Pay' },
      { role: 'assistant', content: 'I shall pay.', tool_calls: [expect.objectContaining({ id: 'a' })] },
      { role: 'tool', tool_call_id: 'a', content: 'paid' },
      { role: 'assistant', content: 'Paid.' },
      { role: 'user', content: 'Thanks' },
    ]);
    await model.close();
  });
});
