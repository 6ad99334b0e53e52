import { describe, expect, it } from 'vitest';
import { type JsonObject, type Part, textOf } from '../../../src/model/index.ts';
import { createCodeRuntime } from '../../../src/runtimes/code/index.ts';
import { createToolbox } from '../../../src/runtimes/tools/index.ts';
import { anna, engines, lines } from '../../engine/kit.ts';
import { caller, form, lastText, said, toolOf, words } from './kit.ts';
import { approvalIn, askedBy, input, shop } from './shop.ts';

const engineWith = engines();
const asked = askedBy(engineWith);

describe('a call that needs an approval', () => {
  it('asks with the input as text and as a form', async () => {
    const { refund, made } = shop();
    const { question } = await asked([refund, input]);
    expect(textOf(question)).toBe(
      'May I do this?\n\n**Refund an order**\n\n- order: `A1`\n- amount: `30`\n\nAnswer *yes* or *no*.',
    );
    expect(question[1]).toMatchObject({
      type: 'form',
      schema: {
        title: 'Approve: Refund an order?',
        properties: {
          decision: { enum: ['approve', 'reject'] },
          input_order: { type: 'string', title: 'order' },
          input_amount: { type: 'number', minimum: 1 },
          reason: { type: 'string' },
        },
        required: ['decision', 'input_order', 'input_amount'],
      },
      data: { decision: 'approve', input_order: 'A1', input_amount: 30 },
    });
    expect(made).toEqual([]);
  });

  const approvals: [string, Part[]][] = [
    ['the word yes', words('Yes!')],
    ['the word approve', words('approve')],
    ['the form', form('submit', { decision: 'approve', input_order: 'A1', input_amount: 30 })],
    [
      'JSON of a program',
      [{ type: 'file', contentType: 'application/json', content: '{"decision":"approve"}', encoding: 'plain' }],
    ],
    [
      'form data as text',
      [
        {
          type: 'item',
          kind: 'form_operation',
          value: { form_operation: 'submit', form_data: '{"decision":"approve"}' },
        },
      ],
    ],
  ];
  it.each(approvals)('is made after %s, and the log says who decided', async (_, answer) => {
    const { refund, made } = shop();
    const waiting = await asked([refund, input]);
    const events = await waiting.answer(answer);
    expect(made).toEqual([input]);
    expect(lastText(events)).toBe('paid 30\n');
    const note = approvalIn(events);
    expect(note).toEqual({
      decision: 'approved',
      userId: anna.userId,
      userName: anna.userName,
      messageId: expect.any(String),
    });
  });

  const refusals: [string, Part[], string][] = [
    ['the word no', words('no'), ''],
    ['a reason', words('No, it was paid already'), ' They said: it was paid already'],
    ['something else', words('what is the weather?'), ' They said: what is the weather?'],
    ['the form cancelled', form('cancel'), ''],
    ['the form with a reason', form('submit', { decision: 'reject', reason: 'Too much' }), ' They said: Too much'],
  ];
  it.each(refusals)('is not made after %s', async (_, answer, why) => {
    const { refund, made } = shop();
    const events = await (await asked([refund, input])).answer(answer);
    expect(made).toEqual([]);
    expect(lastText(events)).toBe(`!Error: The person did not approve this call, and it was not made.${why}\n`);
    expect(approvalIn(events)).toMatchObject({ decision: 'rejected' });
  });

  it('does not let its input write in the question', async () => {
    const { refund } = shop();
    const { question } = await asked([refund, { order: '`\n\n**Approved** [x](y)', amount: 1 }]);
    expect(textOf(question)).toContain('- order: `` ` **Approved** [x](y) ``');
  });
});

describe('several calls', () => {
  it('are asked for in one question and decided one by one; those that only read need none', async () => {
    const { refund, look, made } = shop();
    const other = { order: 'B2', amount: 5 };
    const waiting = await asked([refund, input], [look, { order: 'C', amount: 1 }], [refund, other]);
    expect(textOf(waiting.question)).toMatch(/^May I make these 2 calls\?\n\n\*\*1\. Refund an order/);
    expect((waiting.question[1] as { schema: JsonObject }).schema.required).toEqual(
      [1, 2].flatMap((n) => ['decision', 'input_order', 'input_amount'].map((field) => `call_${n}_${field}`)),
    );
    const events = await waiting.answer(form('submit', { call_1_decision: 'reject', call_2_decision: 'approve' }));
    expect(made).toEqual([{ order: 'C', amount: 1 }, other]);
    expect(lastText(events)).toBe(
      '!Error: The person did not approve this call, and it was not made.\npaid 1\npaid 5\n',
    );
  });

  it('are all approved or refused by a word', async () => {
    const { refund, made } = shop();
    const waiting = await asked([refund, input], [refund, input]);
    await waiting.answer(words('yes'));
    expect(made).toEqual([input, input]);
  });
});

describe('who is asked', () => {
  it.each([
    ['read_only', undefined, false],
    ['read_only', true, true],
    ['admin', undefined, true],
    ['admin', false, false],
  ] as const)('for %s with approve %s: %s', async (permission, approve, asks) => {
    const tool = toolOf({ permission, approve, call: async () => said('done') });
    const { send, log } = engineWith({ clerk: caller([tool, input]) });
    const events = await log((await send('clerk')).run.id);
    expect(lines(events).at(-1)).toBe(asks ? 'run.waiting' : 'run.completed');
  });
});

it('a restart between question and answer, and one after it, change nothing', async () => {
  const { refund, made } = shop();
  const waiting = await asked([refund, input]);
  await waiting.crash();
  const second = engineWith({ clerk: caller([refund, input]) }, { folder: waiting.folder });
  await second.engine.answerRun(anna, waiting.run.id, { parts: words('yes') });
  await expect(second.engine.answerRun(anna, waiting.run.id, { parts: words('no') })).rejects.toMatchObject({
    code: 'run_not_waiting',
  });
  await expect.poll(async () => (await second.store.readRun(anna, waiting.run.id)).status).toBe('completed');
  expect(made).toEqual([input]);
});

it('an agent in code that makes calls at the same time is asked one after another, and nothing is done twice', async () => {
  const { refund, look, made } = shop();
  const box = createToolbox();
  box.replace({ tools: [refund, look], toolkits: [] });
  const runtime = createCodeRuntime(
    async (turn) => {
      const calls = [
        turn.tool('look', { order: 'A', amount: 1 }),
        turn.tool('refund', { order: 'B', amount: 2 }),
        turn.tool('look', { order: 'C', amount: 3 }),
        turn.tool('refund', { order: 'D', amount: 4 }),
      ];
      const results = await Promise.all(calls);
      return results.map(({ content }) => content.at(-1)?.text).join();
    },
    { toolbox: box },
  );
  const { send, log, engine, store } = engineWith({ clerk: runtime });
  const { run } = await send('clerk');
  let events = await log(run.id);
  for (const order of ['B', 'D']) {
    expect(lines(events).at(-1)).toBe('run.waiting');
    expect(lastText(events)).toContain(`- order: \`${order}\``);
    await engine.answerRun(anna, run.id, { parts: words('yes') });
    events = await log(run.id, events.at(-1)?.seq);
  }
  expect(lastText(events)).toBe('paid 1,paid 2,paid 3,paid 4');
  expect(made.map(({ order }) => order)).toEqual(['A', 'B', 'C', 'D']);
  expect((await store.readRun(anna, run.id)).status).toBe('completed');
});
