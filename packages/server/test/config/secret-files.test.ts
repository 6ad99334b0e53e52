import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readVariable } from '../../src/config/environment.ts';
import { ConfigError, formatMistake } from '../../src/config/index.ts';
import { load, projectFolder } from './folder.ts';

const URL = 'postgres://clew:secret@db.example.com/clew';

function written(content: string): string {
  const file = join(projectFolder(), 'secret');
  writeFileSync(file, content);
  return file;
}

function mistakes(env: Record<string, string>): string[] {
  try {
    load(null, { env });
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.map(formatMistake);
  }
  return [];
}

test('the address of the database may stand in a file', () => {
  expect(load(null, { env: { CLEW_DATABASE_URL_FILE: written(`${URL}\n`) } }).storage.url).toBe(URL);
  expect(load(null, { env: { CLEW_DATABASE_DIRECT_URL_FILE: written(URL) } }).storage.directUrl).toBe(URL);
  expect(load(null, { env: { CLEW_DATABASE_URL_FILE: '' } }).storage.url).toBe(null);
});

test('what is wrong with such a file is said without what it says', () => {
  expect(mistakes({ CLEW_DATABASE_URL_FILE: '/nowhere/secret' })).toEqual([
    'environment: CLEW_DATABASE_URL_FILE: `/nowhere/secret` cannot be read (ENOENT). Name a file that this user may read.',
  ]);
  const file = written(' \n');
  expect(mistakes({ CLEW_DATABASE_URL_FILE: file })).toEqual([
    `environment: CLEW_DATABASE_URL_FILE: \`${file}\` is empty. Write the value into it.`,
  ]);
  expect(mistakes({ CLEW_DATABASE_URL_FILE: written('mysql://u:hidden@h/d') }).join()).not.toContain('hidden');
  expect(mistakes({ CLEW_DATABASE_URL_FILE: written(URL), CLEW_DATABASE_URL: URL })).toEqual([
    'environment: CLEW_DATABASE_URL_FILE: `CLEW_DATABASE_URL` is set, too. Take one of the two away.',
  ]);
});

test('so may a variable that a file of the project names', () => {
  onTestFinished(() => {
    for (const name of ['SOME_KEY', 'SOME_KEY_FILE']) delete process.env[name];
  });
  process.env.SOME_KEY_FILE = written('k-1\n');
  expect(readVariable('SOME_KEY')).toBe('k-1');
  process.env.SOME_KEY = 'k-2';
  expect(readVariable('SOME_KEY')).toBe('k-2');
  process.env.SOME_KEY = '';
  process.env.SOME_KEY_FILE = '/nowhere/secret';
  expect(readVariable('SOME_KEY')).toBeUndefined();
});
