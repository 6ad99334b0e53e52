import type { ContentItem } from '@clew/wire/client';
import { expect, test } from 'vitest';
import { displayText, formData, isAsked, rangeOf } from '../../src/forms/answer.ts';
import { type Field, readForm } from '../../src/forms/fields.ts';
import { ENGLISH } from '../../src/locale/words.ts';

const form = (properties: object, ui: object = {}, more: object = {}) =>
  readForm({
    response_type: 'forms',
    id: '1',
    json_schema: { type: 'object', title: 'A form', properties, required: ['a'] },
    ui_schema: ui,
    ...more,
  } as ContentItem);
const first = (schema: object, look: object = {}): Field => form({ a: schema }, { a: look }).fields[0] as Field;

test.each<[string, object, object]>([
  ['text', { type: 'string' }, { 'ui:widget': 'TextWidget' }],
  ['text', { type: 'string' }, { 'ui:widget': 'SomethingNew' }],
  ['text', {}, {}],
  ['textarea', { type: 'string' }, { 'ui:widget': 'TextareaWidget' }],
  ['textarea', { type: 'string' }, { 'ui:options': { widget: 'textarea' } }],
  ['radio', { type: 'string', enum: ['a', 'b', 'c', 'd', 'e'] }, { 'ui:widget': 'RadioWidget' }],
  ['radio', { type: 'string', enum: ['a', 'b'] }, {}],
  ['combobox', { type: 'string', enum: ['a', 'b', 'c', 'd', 'e'] }, {}],
  ['combobox', { enum: ['a', 'b'] }, { 'ui:widget': 'ComboboxWidget' }],
  [
    'checkbox',
    {
      type: 'boolean',
      oneOf: [
        { const: true, title: 'Yes' },
        { const: false, title: 'No' },
      ],
    },
    { 'ui:widget': 'CheckboxWidget' },
  ],
  [
    'radio',
    {
      type: 'boolean',
      oneOf: [
        { const: true, title: 'Aye' },
        { const: false, title: 'No' },
      ],
    },
    { 'ui:widget': 'RadioWidget' },
  ],
  ['number', { type: 'integer' }, { 'ui:widget': 'NumberWidget' }],
  ['number', { type: 'number' }, {}],
  ['date', { type: 'string', format: 'date' }, { 'ui:widget': 'DateWidget', format: 'YYYY-MM-DD' }],
  [
    'dateRange',
    { type: 'array', items: { type: 'string', format: 'date' } },
    { 'ui:widget': 'DateWidget', 'ui:options': { range: true } },
  ],
  ['dateRange', { type: 'object', properties: { from: {}, to: {} } }, { 'ui:options': { range: true } }],
  ['table', { type: 'array', headers: [{ key: 'a', header: 'A' }], items: {} }, { 'ui:widget': 'Table' }],
  ['upload', { type: 'array', items: {}, multi: true }, { 'ui:widget': 'FileUpload' }],
  ['download', { type: 'string', files: { url: 'https://example.org/a' } }, { 'ui:widget': 'FileDownloadWidget' }],
  ['checkboxes', { type: 'array', items: { enum: ['a', 'b'] } }, {}],
])('%s is what shows %j with %j', (widget, schema, look) => {
  expect(first(schema, look).widget).toBe(widget);
});

test('names of choices come from wherever they stand', () => {
  const labels = (schema: object, look: object = {}) => first(schema, look).choices.map(({ label }) => label);
  expect(labels({ enum: ['a', 1], enumNames: ['Ah', 'One'] })).toEqual(['Ah', 'One']);
  expect(labels({ enum: ['a', 'b'] }, { 'ui:enumNames': ['Ah'] })).toEqual(['Ah', 'b']);
  expect(labels({ oneOf: [{ const: 'x', title: 'Ex' }, { const: 2 }, null, {}] })).toEqual(['Ex', '2']);
});

test('order, titles, texts of the buttons and what is hidden', () => {
  const { fields, hidden, submitText, cancelText, title } = form(
    { a: { title: 'A' }, b: {}, c: { title: 'C', default: 3 }, h: { default: 'kept' } },
    {
      'ui:order': ['c', '*', 'a', 'nobody'],
      'ui:submitButtonOptions': { submitText: 'Go' },
      'ui:cancelButtonOptions': { showCancel: true },
      b: { 'ui:title': 'Bee', 'ui:help': 'Buzzes.' },
      h: { 'ui:widget': 'hidden' },
    },
    { form_data: { a: 'x' } },
  );
  expect(fields.map(({ name }) => name)).toEqual(['c', 'b', 'a']);
  expect(fields.map(({ title }) => title)).toEqual(['C', 'Bee', 'A']);
  expect(fields.map(({ value }) => value)).toEqual([3, undefined, 'x']);
  expect(fields.map(({ required }) => required)).toEqual([false, false, true]);
  expect(fields[1]?.description).toBe('Buzzes.');
  expect({ hidden, submitText, cancelText, title }).toEqual({
    hidden: { h: 'kept' },
    submitText: 'Go',
    cancelText: '',
    title: 'A form',
  });
  expect(form({}, { 'ui:cancelButtonOptions': { showCancel: false, cancelText: 'x' } }).cancelText).toBeUndefined();
});

test('what cannot be shown is left out when it need not be answered, else the form is refused', () => {
  expect(form({ b: { type: 'array', items: {} } }).fields).toEqual([]);
  expect(() => form({ a: { type: 'object' } })).toThrow('"a"');
  expect(() => readForm({ response_type: 'forms', id: '1' })).toThrow('json_schema');
  for (const broken of [null, 3, 'x', [], { properties: 4 }, { properties: { a: null }, required: 'a' }]) {
    const item = { response_type: 'forms', id: '1', json_schema: broken, ui_schema: broken, form_data: broken };
    try {
      readForm(item).fields.map(isAsked);
    } catch (error) {
      expect(String(error)).toContain('json_schema');
    }
  }
});

test('what is sent, and what the reader is said to have said', () => {
  const answered = form(
    {
      a: { type: 'string', title: 'Name' },
      n: { type: 'number', title: 'Number' },
      yes: { type: 'boolean', title: 'Agreed' },
      city: { title: 'City', enum: ['b', 'p'] },
      stay: { type: 'array', items: {}, title: 'Stay' },
      rows: { type: 'array', tableType: 'multi', headers: [{ key: 'name', header: 'Name' }], title: 'Rooms' },
      seen: { type: 'array', tableType: 'dataTable', headers: [], title: 'Seen' },
      none: { type: 'string', title: 'None' },
    },
    { city: { 'ui:enumNames': ['Berlin', 'Paris'] }, stay: { 'ui:widget': 'DateWidget' } },
  );
  const rows = [
    { rowId: '1', name: 'Oak' },
    { rowId: '2', name: 'Elm' },
  ];
  const values = { a: 'Ana', n: 12345.5, yes: false, city: 'p', stay: ['2026-02-01', '2026-02-28'], rows, seen: [{}] };
  expect(formData(answered, values)).toEqual({
    a: 'Ana',
    n: 12345.5,
    yes: false,
    city: 'p',
    stay: ['2026-02-01', '2026-02-28'],
    rows,
  });
  expect(displayText(answered, values, ENGLISH).split('\n')).toEqual([
    'Name: Ana',
    'Number: 12,345.5',
    'Agreed: No',
    'City: Paris',
    'Stay: February 1, 2026 – February 28, 2026',
    'Rooms: Oak, Elm',
  ]);
});

test('a range is sent as its schema has it', () => {
  const sent = (schema: object) =>
    formData(form({ a: schema }, { a: { 'ui:options': { range: true } } }), { a: ['2026-01-01', '2026-01-02'] });
  expect(sent({ type: 'array', items: {} })).toEqual({ a: ['2026-01-01', '2026-01-02'] });
  expect(sent({ type: 'string', format: 'date' })).toEqual({ a: '2026-01-01/2026-01-02' });
  expect(sent({ type: 'object', properties: { from: {}, to: {} } })).toEqual({
    a: { from: '2026-01-01', to: '2026-01-02' },
  });
  expect(rangeOf({ start: 'x', end: 'y' })).toEqual(['x', 'y']);
  expect(rangeOf('x/y')).toEqual(['x', 'y']);
  expect(rangeOf(undefined)).toEqual(['', '']);
});
