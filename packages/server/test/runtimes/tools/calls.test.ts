import { describe, expect, it } from 'vitest';
import { AgentError, type JsonObject } from '../../../src/model/index.ts';
import type { ToolCall } from '../../../src/ports/index.ts';
import { anna, engines, lines } from '../../engine/kit.ts';
import { caller, lastMessage, lastText, outputs, said, toolOf } from './kit.ts';

const engineWith = engines();

describe('a call', () => {
  it('is a step with its input, what it showed and what it gave back', async () => {
    const tool = toolOf({
      async call({ order }, { show, runId, stepId, threadId }) {
        show(`looking for ${order}`);
        return { ...said(`paid ${order}`), structuredContent: { runId, stepId, threadId } };
      },
    });
    const { send, log } = engineWith({ clerk: caller([tool, { order: 'A1', amount: 3 }]) });
    const { run } = await send('clerk');
    const events = await log(run.id);
    expect(lines(events).slice(2, -4)).toEqual(['step.started s1', 'step.delta', 'step.completed s1']);
    expect(events[2]?.data).toMatchObject({
      kind: 'tool',
      name: 'refund',
      title: 'Refund an order',
      input: { amount: 3 },
    });
    expect(lastText(events)).toBe('paid A1\n');
    expect(outputs(events)).toEqual([
      {
        content: [{ type: 'text', text: 'paid A1' }],
        structuredContent: { runId: run.id, stepId: 's1', threadId: run.threadId },
      },
    ]);
  });

  it('whose input does not fit is not made, and the model reads why', async () => {
    let made = 0;
    const tool = toolOf({ call: async () => said(`${++made}`) });
    const inputs = [
      { order: 'A1' },
      { order: 'A1', amount: 0 },
      { order: 'A1', amount: 1, more: true },
      'A1',
      undefined,
    ];
    const { send, log } = engineWith({ clerk: caller(...inputs.map((input) => [tool, input] as const)) });
    const events = await log((await send('clerk')).run.id);
    expect(lastText(events).trim().split('\n')).toEqual([
      "!Error: The input does not fit the schema: input must have required property 'amount'.",
      '!Error: The input does not fit the schema: input/amount must be >= 1.',
      '!Error: The input does not fit the schema: input must NOT have additional properties.',
      '!Error: The input must be a JSON object.',
      '!Error: The input must be a JSON object.',
    ]);
    expect(outputs(events).map((output) => output._meta)).toEqual(
      inputs.map(() => ({ 'clew/error': { code: 'tool_input_invalid' } })),
    );
    expect(made).toBe(0);
  });

  it('that fails tells the model, without the places of the machine', async () => {
    const failures = [
      () => {
        throw new Error('No such order.\n    at secret.ts:3');
      },
      () => {
        throw new AgentError('shop_closed', 'The shop is closed.');
      },
      async () => {
        await (await import('node:fs/promises')).readFile('/nowhere/at/all');
        return said('');
      },
      () => fetch('http://127.0.0.1:1/').then(() => said('')),
    ];
    const calls = failures.map((call) => [toolOf({ call: call as never }), { order: 'A', amount: 1 }] as const);
    const { send, log } = engineWith({ clerk: caller(...calls) });
    const events = await log((await send('clerk')).run.id);
    expect(lastText(events).trim().split('\n')).toEqual([
      '!Error: No such order.',
      '!Error: The shop is closed.',
      '!Error: The tool failed (ENOENT).',
      expect.stringMatching(/^!Error: (The tool failed \(ECONNREFUSED\)\.|bad port|fetch failed)/),
    ]);
    expect(outputs(events)[1]?._meta).toEqual({ 'clew/error': { code: 'shop_closed' } });
  });

  it('that takes too long is given up, though the tool does not listen', async () => {
    const slow = toolOf({ timeoutMs: 20, call: () => new Promise(() => {}) });
    const { send, log } = engineWith({ clerk: caller([slow, { order: 'A', amount: 1 }]) });
    const events = await log((await send('clerk')).run.id);
    expect(lastText(events)).toBe('!Error: `refund` gave no answer within 0.02 seconds.\n');
  });

  it('is aborted with its run', async () => {
    const aborted = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const tool = toolOf({
      call: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          begun.resolve();
          signal.addEventListener('abort', () => {
            aborted.resolve();
            reject(signal.reason);
          });
        }),
    });
    const { send, log, engine } = engineWith({ clerk: caller([tool, { order: 'A', amount: 1 }]) });
    const { run } = await send('clerk');
    await begun.promise;
    await engine.cancelRun(anna, run.id);
    await aborted.promise;
    expect(lines(await log(run.id)).at(-1)).toBe('run.cancelled');
  });

  it('is made at the same time as the others, and results keep their order', async () => {
    const both = Promise.withResolvers<void>();
    let open = 0;
    const call = async ({ order }: { readonly [key: string]: unknown }) => {
      open += 1;
      if (open === 2) both.resolve();
      await both.promise;
      return said(String(order));
    };
    const tool = toolOf({ call });
    const { send, log } = engineWith({
      clerk: caller([tool, { order: 'A', amount: 1 }], [tool, { order: 'B', amount: 1 }]),
    });
    const events = await log((await send('clerk')).run.id);
    expect(lastText(events)).toBe('A\nB\n');
  });

  it('that is done is not made again by another attempt; one that was cut off is, with the same id', async () => {
    const made: string[] = [];
    const cut = Promise.withResolvers<void>();
    const call = async ({ order }: JsonObject, { stepId }: ToolCall) => {
      made.push(`${order} ${stepId}`);
      if (order === 'B' && made.length === 2) {
        cut.resolve();
        await new Promise(() => {});
      }
      return said(`paid ${made.length}`);
    };
    const one = caller([toolOf({ call }), { order: 'A', amount: 1 }]);
    const two = caller([toolOf({ call }), { order: 'B', amount: 1 }]);
    const agents = {
      async clerk(...given: Parameters<typeof one>) {
        await one(...given);
        await two(...given);
      },
    };
    const settings = { leaseMs: 300 };
    const first = engineWith(agents, { settings });
    const { run } = await first.send('clerk');
    await cut.promise;
    await first.crash();
    const second = engineWith(agents, { folder: first.folder, settings });
    const events = await second.log(run.id);
    expect(lastText(events)).toBe('paid 1\npaid 3\n');
    expect(made).toEqual(['A s1', 'B s2', 'B s2']);
  });
});

describe('what a result holds', () => {
  it('for the person is shown and not read by the model; a widget is an item of the message', async () => {
    const widget = { response_type: 'image', source: 'https://example.org/label.png' };
    const tool = toolOf({
      call: async () => ({
        content: [
          { type: 'text', text: 'Label printed', audience: ['assistant'] },
          { type: 'text', text: 'Here is **your** label.', audience: ['user'] },
          { type: 'text', text: 'for both' },
        ],
        meta: { 'com.ibm.orchestrate/widget': widget, own: 1 },
      }),
    });
    const { send, log } = engineWith({ clerk: caller([tool, { order: 'A', amount: 1 }]) });
    const events = await log((await send('clerk')).run.id);
    expect(lastMessage(events).parts).toEqual([
      { type: 'text', text: 'Here is **your** label.\n\n' },
      { type: 'item', kind: 'image', value: { source: widget.source } },
      { type: 'text', text: 'Label printed\nfor both\n' },
    ]);
    expect(outputs(events)[0]).toEqual({
      content: [
        { type: 'text', text: 'Label printed', annotations: { audience: ['assistant'] } },
        { type: 'text', text: 'Here is **your** label.', annotations: { audience: ['user'] } },
        { type: 'text', text: 'for both' },
      ],
      _meta: { 'com.ibm.orchestrate/widget': widget, own: 1 },
    });
  });

  it('is not kept when it is larger than a log should hold', async () => {
    const tool = toolOf({ call: async () => said('x'.repeat(300_000)) });
    const { send, log } = engineWith({ clerk: caller([tool, { order: 'A', amount: 1 }]) });
    const events = await log((await send('clerk')).run.id);
    expect(lastText(events)).toMatch(/^!Error: The result has 3\d\d,?\d+ characters and a tool may give back 262144\./);
  });
});
