import { expect, test } from 'vitest';
import { type Field, readForm } from '../../src/forms/fields.ts';
import { flawOf } from '../../src/forms/validation.ts';

function field(schema: object, { look = {}, required = false }: { look?: object; required?: boolean } = {}): Field {
  const json_schema = { type: 'object', properties: { a: schema }, required: required ? ['a'] : [] };
  return readForm({ response_type: 'forms', id: '1', json_schema, ui_schema: { a: look } }).fields[0] as Field;
}

const text = { type: 'string' };
const range = { type: 'array', items: { type: 'string', format: 'date' } };
const rangeLook = { 'ui:widget': 'DateWidget', 'ui:options': { range: true } };

test.each<[object, unknown, string | undefined]>([
  [text, undefined, undefined],
  [{ ...text, minLength: 3 }, 'ab', 'formMinLength'],
  [{ ...text, minLength: 2 }, '🙂🙂', undefined],
  [{ ...text, maxLength: 2 }, '🙂🙂', undefined],
  [{ ...text, maxLength: 2 }, 'abc', 'formMaxLength'],
  [{ ...text, format: 'email' }, 'ana@example.org', undefined],
  [{ ...text, format: 'email' }, 'ana@', 'formEmail'],
  [{ ...text, format: 'email' }, 'ana@example..org', 'formEmail'],
  [{ ...text, format: 'uri' }, 'example', 'formUrl'],
  [{ ...text, format: 'uri' }, 'https://example.org', undefined],
  [{ ...text, pattern: '^[A-Z]{2}\\d+$' }, 'AB12', undefined],
  [{ ...text, pattern: '^[A-Z]{2}\\d+$' }, 'ab12', 'formPattern'],
  [{ ...text, pattern: '([' }, 'anything', undefined],
  [{ type: 'integer' }, 1.5, 'formInteger'],
  [{ type: 'number' }, Number.NaN, 'formNumber'],
  [{ type: 'number', minimum: 1 }, 0, 'formMin'],
  [{ type: 'number', maximum: 1 }, 2, 'formMax'],
  [{ type: 'number', exclusiveMinimum: 0 }, 0, 'formAbove'],
  [{ type: 'number', exclusiveMaximum: 0 }, 0, 'formBelow'],
  [{ type: 'number', multipleOf: 0.1 }, 0.3, undefined],
  [{ type: 'number', multipleOf: 0.1 }, 0.35, 'formStep'],
  [{ type: 'number', multipleOf: 0 }, 0.35, undefined],
  [{ ...text, format: 'date' }, '2026-02-29', 'formDate'],
  [{ ...text, format: 'date' }, '2028-02-29', undefined],
  [{ ...text, format: 'date', formatMinimum: '2026-01-01' }, '2025-12-31', 'formEarliest'],
  [{ ...text, format: 'date', formatMaximum: '2026-01-01' }, '2026-01-02', 'formLatest'],
  [{ enum: ['a', 'b'] }, 'c', 'formChoose'],
  [{ enum: [1, 2] }, 2, undefined],
  [{ type: 'array', items: { enum: ['a', 'b', 'c'] }, minItems: 2 }, ['a'], 'formMinItems'],
  [{ type: 'array', items: { enum: ['a', 'b', 'c'] }, maxItems: 1 }, ['a', 'b'], 'formMaxItems'],
  [{ type: 'boolean' }, false, undefined],
])('%j with %j: %s', (schema, value, word) => {
  expect(flawOf(field(schema), value)?.word).toBe(word);
});

test.each<[object, unknown, string | undefined]>([
  [text, undefined, 'formRequired'],
  [text, '', 'formRequired'],
  [{ enum: ['a', 'b'] }, undefined, 'formChoose'],
  [{ type: 'number' }, undefined, 'formRequired'],
  [{ type: 'number' }, 0, undefined],
  [{ type: 'boolean' }, false, undefined],
  [{ type: 'boolean', const: true }, false, 'formRequired'],
  [{ type: 'array', items: { enum: ['a'] } }, [], 'formMinItems'],
])('required %j with %j: %s', (schema, value, word) => {
  expect(flawOf(field(schema, { required: true }), value)?.word).toBe(word);
});

test.each<[unknown, string | undefined]>([
  [undefined, undefined],
  [['2026-01-01', ''], 'formBothDates'],
  [['', '2026-01-01'], 'formBothDates'],
  [['2026-01-02', '2026-01-01'], 'formDateOrder'],
  [['2026-01-01', '2026-01-01'], undefined],
])('the range %j: %s', (value, word) => {
  expect(flawOf(field(range, { look: rangeLook }), value)?.word).toBe(word);
});

test('a pattern that could keep the page busy is left to the server', () => {
  const started = performance.now();
  expect(flawOf(field({ ...text, pattern: '^(a+)+$' }), `${'a'.repeat(60)}!`)).toBeUndefined();
  expect(flawOf(field({ ...text, pattern: '^((a|a)*)*$' }), `${'a'.repeat(60)}!`)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('a field that cannot be changed is never wrong', () => {
  expect(flawOf(field({ ...text, readOnly: true }, { required: true }), undefined)).toBeUndefined();
});
