import { parseUuid } from '@clew/wire/acp';
import { expect, test } from 'vitest';
import { labelCollision, labelOf } from '../../../src/wires/acp/names.ts';

test.each([
  ['echo', 'echo'],
  ['context_variables_test_agent', 'context-variables-test-agent'],
  ['Sales & Support', 'sales-support'],
  ['--Über--', 'uber'],
  ['a.b', 'a-b'],
  ['x'.repeat(70), 'x'.repeat(63)],
  [`${'x'.repeat(62)}-y`, 'x'.repeat(62)],
])('%s becomes a label', (name, label) => {
  const made = labelOf(name);
  expect(made).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
  expect(made).toBe(label);
  expect(labelOf(made)).toBe(made);
});

test('two agents with one label are told', () => {
  expect(labelCollision([{ name: 'a_b' }, { name: 'c' }])).toBeUndefined();
  expect(labelCollision([{ name: 'a_b' }, { name: 'c' }, { name: 'a-b' }])).toEqual({
    label: 'a-b',
    names: ['a_b', 'a-b'],
  });
});

test.each([
  ['A6D81785-D70E-4E9D-A858-6DF96B4D383E'],
  ['a6d81785d70e4e9da8586df96b4d383e'],
  ['{a6d81785-d70e-4e9d-a858-6df96b4d383e}'],
  ['urn:uuid:a6d81785-d70e-4e9d-a858-6df96b4d383e'],
])('%s is a UUID', (text) => {
  expect(parseUuid(text)).toBe('a6d81785-d70e-4e9d-a858-6df96b4d383e');
});

test('a name of another script gets a label of its own', () => {
  expect(labelOf('日本')).toMatch(/^agent-[0-9a-f]{8}$/);
  expect(labelOf('日本')).not.toBe(labelOf('中国'));
});
