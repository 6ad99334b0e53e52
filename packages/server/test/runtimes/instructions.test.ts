import { expect, test } from 'vitest';
import { fillInstructions } from '../../src/runtimes/instructions.ts';

test.each([
  ['Greet {wxo_user_name}.', { wxo_user_name: 'Ada' }, 'Greet Ada.'],
  ['{a}{a}{b}', { a: 'x', b: 'y' }, 'xxy'],
  ['Say {unknown}.', { known: 'x' }, 'Say {unknown}.'],
  ['{n} {flag} {list} {nothing}', { n: 1.5, flag: false, list: ['a', 1], nothing: null }, '1.5 false ["a",1] null'],
  ['{a}', { a: '{b}', b: 'secret' }, '{b}'],
  ['{a}', { a: '$& $1' }, '$& $1'],
  ['{__proto__} {constructor} {toString}', {}, '{__proto__} {constructor} {toString}'],
  ['{ a } {} {a b} {"json": 1} {1a}', { a: 'x', '1a': 'y' }, '{ a } {} {a b} {"json": 1} {1a}'],
  ['{client.id} {kunden-nummer} {größe}', { 'client.id': 1, 'kunden-nummer': 2, größe: 3 }, '1 2 3'],
])('%s', (instructions, context, filled) => {
  expect(fillInstructions(instructions, context)).toBe(filled);
});
