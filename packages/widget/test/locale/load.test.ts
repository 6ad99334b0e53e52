import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { dayText, isDay } from '../../src/locale/dates.ts';
import { loadWords } from '../../src/locale/load.ts';

const FOLDER = join(import.meta.dirname, '../../src/locale');
const LIMIT = 3 * 1024;
const tables = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    return { file, table: JSON.parse(text) as Record<string, string> };
  });
const english = tables.find(({ file }) => file === 'en.json')?.table ?? {};
const holes = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

test('there are seven languages', () => {
  expect(tables.map(({ file }) => file)).toEqual(
    ['de', 'en', 'es', 'fr', 'it', 'ja', 'pt-BR'].map((language) => `${language}.json`),
  );
});

test.each(tables)('$file says everything, with the same values filled in', ({ table }) => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(english).sort());
  for (const [word, text] of Object.entries(table)) {
    expect(text.trim(), word).not.toBe('');
    expect(holes(text), word).toEqual(holes(english[word] ?? ''));
    expect(text, word).not.toMatch(/[<>]/);
  }
});

test.each(tables)('$file is small', ({ table }) => {
  expect(gzipSync(JSON.stringify(table), { level: 9 }).length).toBeLessThanOrEqual(LIMIT);
});

test.each([
  ['de', 'de', 'Senden'],
  ['de-AT', 'de-AT', 'Senden'],
  ['DE_at', 'de-AT', 'Senden'],
  ['pt-BR', 'pt-BR', 'Enviar'],
  ['pt', 'pt', 'Enviar'],
  ['pt-PT', 'pt-PT', 'Enviar'],
  ['ja-JP', 'ja-JP', '送信'],
  ['en-GB', 'en-GB', 'Send'],
  ['zh', 'en', 'Send'],
  ['', 'en', 'Send'],
  ['not a tag!', 'en', 'Send'],
  ['constructor', 'en', 'Send'],
])('the words for %j', async (tag, locale, send) => {
  const error = vi.spyOn(console, 'error');
  const words = await loadWords(tag);
  expect({ locale: words.locale, send: words.t('send') }).toEqual({ locale, send });
  expect(error).not.toHaveBeenCalled();
});

test('days of the calendar', () => {
  expect(['2026-02-28', '2026-02-29', '2026-13-01', '26-1-1', '', '2026-02-28T00:00'].map(isDay)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(dayText('2026-02-28', 'de')).toBe('28. Februar 2026');
  expect(dayText('2026-02-28', 'en-GB')).toBe('28 February 2026');
  expect(dayText('soon', 'de')).toBe('soon');
});
