import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SETTINGS } from '../../src/config/index.ts';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const page = read('docs/config.md');
const cells = (row: string) => row.split('|').map((cell) => cell.trim());

/** To bring the page up to date, copy the expected rows. */
test('docs/config.md has one row for each setting, in the order and the words of the table', () => {
  const rows = page.split('\n').filter((line) => /^\| `/.test(line));
  const expected = SETTINGS.map((setting) => {
    const fallback =
      setting.shownDefault === String(setting.fallback) || setting.type === 'path'
        ? `\`${setting.shownDefault}\``
        : setting.shownDefault;
    return `| \`${setting.key}\` | \`${setting.env}\` | \`--${setting.flag}\` | ${fallback} | ${setting.description} |`;
  });
  expect(rows).toEqual(expected);
});

test('the manual that a new project comes with says the same of the settings that it names', () => {
  const rows = read('examples/starter/knowledge/configuration.md')
    .split('\n')
    .filter((line) => /^\| `/.test(line));
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    const [, key, env, flag, fallback = ''] = cells(row);
    const setting = SETTINGS.find((one) => `\`${one.key}\`` === key);
    expect([env, flag], key).toEqual([`\`${setting?.env}\``, `\`--${setting?.flag}\``]);
    // Where a default is told in words, these may be others.
    if (/^`[^`]*`$/.test(fallback)) expect(fallback, key).toBe(`\`${setting?.shownDefault}\``);
  }
});
