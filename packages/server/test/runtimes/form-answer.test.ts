import { expect, test } from 'vitest';
import type { Part } from '../../src/model/index.ts';
import { formOf } from '../../src/runtimes/form-answer.ts';

const data = { email: 'ada@example.com', guests: 2 };
const json = (value: unknown, contentType = 'application/json'): Part => ({
  type: 'file',
  contentType,
  content: JSON.stringify(value),
});
const item = (value: object): Part => ({ type: 'item', kind: 'form_operation', value: value as never });

test.each<[string, Part]>([
  ['the chat', item({ form_operation: 'submit', form_data: data })],
  ['the chat, as the ADK sends it', item({ form_operation: 'submit', form_data: JSON.stringify(data) })],
  ['values over ACP', json(data)],
  ['values in base64', { ...json(data), content: btoa(JSON.stringify(data)), encoding: 'base64' } as Part],
  ['an item over ACP', json({ response_type: 'form_operation', form_operation: 'submit', form_data: data })],
  ['the form itself, filled in', json({ name: 'f', schema: {}, data }, 'application/vnd.clew.form+json')],
  ['a form of another agent', { type: 'form', name: 'f', schema: {}, data }],
])('a form is read from %s', (_, part) => {
  expect(formOf([{ type: 'text', text: '' }, part])).toEqual({ operation: 'submit', data });
});

test('a cancel is no submit, and so is what nobody knows', () => {
  expect(formOf([item({ form_operation: 'cancel' })])).toEqual({ operation: 'cancel', data: {} });
  expect(formOf([json({ form_operation: 'launch', form_data: data })])).toEqual({ operation: 'cancel', data });
});

test('words and broken JSON are no form', () => {
  expect(formOf([{ type: 'text', text: 'Ada' }])).toBeUndefined();
  expect(formOf([{ type: 'file', contentType: 'application/json', content: '{' }])).toBeUndefined();
  expect(formOf([json([1])])).toBeUndefined();
});
