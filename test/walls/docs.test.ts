import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FINDINGS } from '../../packages/server/src/cli/doctor/finding.ts';
import { ERRORS } from '../../packages/server/src/model/errors.ts';
import { VISIBILITY } from '../../packages/server/src/model/event.ts';
import { STATUS as ACP_STATUS } from '../../packages/server/src/wires/acp/errors.ts';
import { STATUS } from '../../packages/server/src/wires/orchestrate/errors.ts';
import { listFiles, ROOT, readSources } from './source.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const packageOf = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/** The rows of the table below a heading, cells trimmed and without backticks. */
function table(markdown: string, heading: string): string[][] {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`There is no heading "## ${heading}".`);
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
  );
}

describe('docs/events.md', () => {
  const page = read('docs/events.md');

  test('lists every event with its audience', () => {
    const listed = Object.fromEntries(table(page, 'Events').map((row) => [row[0], row[3]]));
    const known = Object.fromEntries(Object.entries(VISIBILITY).map(([type, rule]) => [type, rule.event]));
    expect(listed, 'VISIBILITY in packages/server/src/model/event.ts and the table must agree.').toEqual(known);
  });

  test('says of every event what the wires make of it', () => {
    expect(table(page, 'Readings').map((row) => row[0])).toEqual(Object.keys(VISIBILITY));
  });
});

describe('docs/errors.md', () => {
  test('has the statuses of the Orchestrate chat API', () => {
    const listed = Object.fromEntries(table(read('docs/errors.md'), 'Codes').map((row) => [row[0], Number(row[2])]));
    expect(listed).toEqual({ ...STATUS });
  });

  test('has the statuses of ACP', () => {
    const listed = Object.fromEntries(table(read('docs/errors.md'), 'Codes').map((row) => [row[0], Number(row[3])]));
    expect(listed).toEqual({ ...ACP_STATUS });
  });

  test('has the rows of the registry', () => {
    const listed = Object.fromEntries(table(read('docs/errors.md'), 'Codes').map((row) => [row[0], row[1]]));
    expect(listed, 'ERRORS in packages/server/src/model/errors.ts and the table must agree.').toEqual({ ...ERRORS });
  });
});

describe('docs/doctor.md', () => {
  test('has the rows of the registry', () => {
    const page = read('docs/doctor.md');
    const rows = [...table(page, 'Findings of an installation'), ...table(page, 'Findings of a page')];
    const listed = Object.fromEntries(rows.map(([code, kind, meaning]) => [code, [kind, meaning]]));
    expect(listed, 'FINDINGS in packages/server/src/cli/doctor/finding.ts and the tables must agree.').toEqual({
      ...FINDINGS,
    });
  });

  test('has nothing that is never found', () => {
    const sources = listFiles('packages/server/src/cli/doctor')
      .filter((path) => !path.endsWith('finding.ts'))
      .map(read)
      .join('\n');
    expect(Object.keys(FINDINGS).filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });
});

describe('packages/server/package.json', () => {
  const sources = readSources().filter((source) => source.path.startsWith('packages/server/'));
  const used = new Set(sources.flatMap((source) => source.imports.map((one) => packageOf(one.specifier))));

  test('lists no dependency that nothing imports', () => {
    const { dependencies } = JSON.parse(read('packages/server/package.json')) as {
      dependencies: Record<string, string>;
    };
    expect(Object.keys(dependencies).filter((name) => !used.has(name))).toEqual([]);
  });
});

describe('docs/adr', () => {
  test('gives a reason for every dependency that is installed with the server', () => {
    const { dependencies } = JSON.parse(read('packages/server/package.json')) as {
      dependencies: Record<string, string>;
    };
    const explained = table(read('docs/adr/0001-dependencies.md'), 'Dependencies').map((row) => row[0]);
    expect(explained).toEqual(Object.keys(dependencies));
  });

  test('numbers its records without gaps', () => {
    const numbers = listFiles('docs/adr').map((path) => Number.parseInt(path.slice('docs/adr/'.length), 10));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});
