import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './source.ts';

const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
const [, section = ''] = page.split('## What protects what\n');
const rows = (section.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(1)
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

/** Whether there is a test at a place: a file, or a folder with some. */
function isTest(place: string): boolean {
  if (['', '.live'].some((kind) => existsSync(join(ROOT, `${place}${kind}.test.ts`)))) return true;
  return existsSync(join(ROOT, place)) && readdirSync(join(ROOT, place)).some((name) => name.endsWith('.test.ts'));
}

test('the threat model has lines', () => {
  expect(rows.length).toBeGreaterThan(20);
});

test.each(rows.map(([, danger = '', , tests = '']) => [danger, tests]))('a test holds: %s', (_, tests) => {
  const places = [...tests.matchAll(/`([^`]+)`/g)].map(([, place]) => place as string);
  expect(places, 'Each line of docs/security.md names the test that holds it.').not.toEqual([]);
  expect(places.filter((place) => !isTest(place))).toEqual([]);
});
