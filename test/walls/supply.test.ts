import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { complaints, isAllowed, thirdParty } from '../../packages/server/supply.mjs';
import { ROOT } from './source.ts';

const brought = thirdParty(ROOT);
const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { integrity?: string; version: string }>;
};

describe('what comes with the package', () => {
  test('is known in full, with what its dependencies need', () => {
    const names = brought.installed.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['zod', 'pg', 'pg-protocol', 'xtend', 'sonic-boom']));
    expect(brought.bundled.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['lit', 'lit-html', 'highlight.js']),
    );
    expect(names).not.toContain('vitest');
  });

  test('has licences that it may be given on with, and runs nothing when it is installed', () => {
    expect(complaints(brought)).toEqual([]);
  });

  test('is pinned by version and by hash', () => {
    const loose = [...brought.installed, ...brought.bundled].filter(
      ({ path, version }) => packages[path]?.version !== version || !/^sha512-/.test(packages[path]?.integrity ?? ''),
    );
    expect(loose).toEqual([]);
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'packages/server/package.json'), 'utf8'));
    for (const range of Object.values<string>(dependencies)) expect(range).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test.each([
    ['MIT', true],
    ['(AFL-2.1 OR BSD-3-Clause)', true],
    ['MIT AND ISC', true],
    ['MIT AND GPL-3.0-only', false],
    ['GPL-3.0-only', false],
    ['AGPL-3.0-or-later OR SSPL-1.0', false],
    ['SEE LICENSE IN LICENSE.md', false],
    [undefined, false],
  ])('a licence %s is allowed: %s', (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });

  test('is complained about by name', () => {
    const entry = {
      path: 'node_modules/a',
      name: 'a',
      version: '1.0.0',
      license: 'GPL-3.0-only',
      hasInstallScript: true,
    };
    expect(complaints({ installed: [entry], bundled: [] })).toEqual([
      expect.stringContaining('a has the licence GPL-3.0-only'),
      expect.stringContaining('a runs a script'),
    ]);
  });
});
