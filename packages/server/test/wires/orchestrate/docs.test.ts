import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERRORS } from '../../../src/model/index.ts';
import { STATUS } from '../../../src/wires/orchestrate/errors.ts';
import { createTestWire } from './kit.ts';

const page = (name: string) => readFileSync(new URL(`../../../../../docs/${name}`, import.meta.url), 'utf8');

/** The rows of a page's tables whose first cell is code, without their marks. */
function rows(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('docs/wires.md lists every address, and no other', () => {
  const [section = ''] = page('wires.md')
    .split(/^(?=# )/m)
    .filter((part) => part.startsWith('# Orchestrate'));
  const listed = rows(section).flatMap(
    ([first]) => /^`((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`$/.exec(first ?? '')?.[1] ?? [],
  );
  const { wire } = createTestWire({});
  expect(listed.toSorted()).toEqual(wire.endpoints.map(({ method, path }) => `${method} ${path}`).toSorted());
});

test('docs/errors.md has the statuses of this wire', () => {
  const listed = rows(page('errors.md')).map(([code, , status]) => [code?.replaceAll('`', ''), Number(status)]);
  expect(Object.fromEntries(listed)).toEqual(STATUS);
  expect(Object.keys(STATUS)).toEqual(Object.keys(ERRORS));
});
