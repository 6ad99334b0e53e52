import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SETTINGS } from '../../src/config/index.ts';

const page = readFileSync(new URL('../../../../docs/config.md', import.meta.url), 'utf8');

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
