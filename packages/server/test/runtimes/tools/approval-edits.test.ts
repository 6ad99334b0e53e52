import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/index.ts';
import { engines } from '../../engine/kit.ts';
import { form, lastMessage, lastText } from './kit.ts';
import { approvalIn, askedBy, input, shop } from './shop.ts';

const asked = askedBy(engines());

/** The form of a question, as it is filled in. */
interface Filled {
  readonly schema: { readonly properties: Readonly<Record<string, JsonObject>> };
  readonly data: JsonObject;
}

describe('a call whose input a person may change', () => {
  it('is made with the input as the person left it, and the model is told', async () => {
    const { refund, made } = shop();
    const data = { decision: 'approve', input_order: 'A1', input_amount: '12.5' };
    const events = await (await asked([refund, input])).answer(form('submit', data));
    expect(made).toEqual([{ order: 'A1', amount: 12.5 }]);
    expect(lastText(events)).toBe('The person changed the input to {"order":"A1","amount":12.5}.\npaid 12.5\n');
    expect(lastMessage(events).steps[0]?.input).toEqual({ order: 'A1', amount: 12.5 });
    expect(approvalIn(events)).toMatchObject({ edited: true });
  });

  it('asks again when an edit does not fit, or nothing is decided', async () => {
    const { refund, made } = shop();
    const waiting = await asked([refund, input]);
    const second = await waiting.answer(form('submit', { decision: 'approve', input_amount: 0 }));
    expect(lastText(second)).toMatch(
      /^This does not fit Refund an order: input\/amount must be >= 1\.\n\nMay I do this\?/,
    );
    const third = await waiting.answer(form('submit', { input_amount: 2 }));
    expect(lastText(third)).toMatch(/^Choose `approve` or `reject` for Refund an order\./);
    await waiting.answer(form('submit', { decision: 'approve', input_amount: 2 }));
    expect(made).toEqual([{ order: 'A1', amount: 2 }]);
  });

  it('keeps what was entered when it asks again: nobody rejects or types twice', async () => {
    const { refund, made } = shop();
    const waiting = await asked([refund, input], [refund, { ...input, order: 'A2' }]);
    const sent = {
      call_1_decision: 'approve',
      call_1_input_amount: 0,
      call_2_decision: 'reject',
      call_2_reason: 'Twice.',
    };
    const again = lastMessage(await waiting.answer(form('submit', sent))).parts[1] as unknown as Filled;
    expect(again.data).toMatchObject({ ...sent, call_1_input_order: 'A1', call_2_input_order: 'A2' });
    await waiting.answer(form('submit', { ...again.data, call_1_input_amount: 4 }));
    expect(made).toEqual([{ order: 'A1', amount: 4 }]);
  });

  it('offers what was left open, and an answer that changes nothing is no edit', async () => {
    const { made, refund } = shop();
    const properties = {
      order: { type: 'string' },
      amount: { type: 'number', default: 3 },
      note: { type: 'string', title: 'Note' },
      urgent: { type: 'boolean' },
      lines: { type: 'array', items: { type: 'string' } },
    };
    const tool = { ...refund, inputSchema: { type: 'object', properties, required: ['order'] } };
    const given = { order: 'A1', lines: ['x'] };
    const waiting = await asked([tool, given]);
    const { schema, data } = waiting.question[1] as unknown as Filled;
    expect(schema.properties).toMatchObject({
      input_amount: { type: 'number', title: 'amount' },
      input_note: { title: 'Note' },
    });
    expect(Object.keys(schema.properties)).toEqual([
      'decision',
      'input_order',
      'input_amount',
      'input_note',
      'input_lines',
      'reason',
    ]);
    expect(schema.properties.input_amount).not.toHaveProperty('default');
    const events = await waiting.answer(form('submit', { ...data, input_note: '' }));
    expect(made).toEqual([given]);
    expect(approvalIn(events)).not.toHaveProperty('edited');
  });

  it('takes objects apart and shows lists as JSON; an edit that does not fit names the field', async () => {
    const { made, refund } = shop();
    const $defs = {
      Address: {
        type: 'object',
        properties: { city: { type: 'string', minLength: 1 }, zip: { anyOf: [{ type: 'integer' }, { type: 'null' }] } },
        required: ['city'],
      },
    };
    const properties = {
      address: { $ref: '#/$defs/Address' },
      lines: {
        type: 'array',
        items: { type: 'object', properties: { sku: { type: 'string' }, n: { type: 'integer' } } },
      },
    };
    const tool = { ...refund, inputSchema: { type: 'object', properties, required: ['address'], $defs } };
    const given = { address: { city: 'Oslo', zip: 150, note: 'kept' }, lines: [{ sku: 'a', n: 1 }] };
    const waiting = await asked([tool, given]);
    const { schema, data, ui } = waiting.question[1] as unknown as Filled & { ui: JsonObject };
    expect(schema.properties).toMatchObject({
      'input_address.city': { type: 'string', title: 'address.city', minLength: 1 },
      'input_address.zip': { type: 'integer' },
      input_lines: { type: 'string', title: 'lines (JSON)' },
    });
    expect(ui.input_lines).toEqual({ 'ui:widget': 'textarea' });
    expect(data).toMatchObject({ 'input_address.city': 'Oslo', 'input_address.zip': 150 });
    const said = async (change: JsonObject) => lastText(await waiting.answer(form('submit', { ...data, ...change })));
    expect(await said({ input_lines: '[{' })).toMatch(/^This does not fit Refund an order: `lines` must be JSON\./);
    expect(await said({ input_lines: '[{"sku":"a","n":"x"}]' })).toMatch(/input\/lines\/0\/n must be integer\./);
    expect(await said({ 'input_address.city': '' })).toMatch(/input\/address\/city must NOT have fewer than 1/);
    const change = { 'input_address.city': 'Bergen', 'input_address.zip': '', input_lines: '[{"sku":"b","n":2}]' };
    await waiting.answer(form('submit', { ...data, ...change }));
    expect(made).toEqual([{ address: { city: 'Bergen', note: 'kept' }, lines: [{ sku: 'b', n: 2 }] }]);
  });

  it('takes whole members of the input from a program', async () => {
    const { made, refund } = shop();
    const waiting = await asked([refund, input]);
    const bad = await waiting.answer(form('submit', { decision: 'approve', input: { amount: 'much' } }));
    expect(lastText(bad)).toMatch(/^This does not fit Refund an order: input\/amount must be number\./);
    await waiting.answer(form('submit', { decision: 'approve', input: { amount: 7 } }));
    expect(made).toEqual([{ order: 'A1', amount: 7 }]);
  });
});
