import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listFiles, ROOT, readSources } from './source.ts';

const AIM = 300;
const LIMIT = 500;
const files = listFiles();
const code = files.filter((path) => /\.(ts|tsx|js|mjs)$/.test(path));

describe('taste', () => {
  test('no folder has a name that says nothing', () => {
    const folders = new Set(files.flatMap((path) => path.split('/').slice(0, -1)));
    const nameless = ['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'misc', 'lib'].filter((name) =>
      folders.has(name),
    );
    expect(nameless, 'A room is called after what it does (ARCHITECTURE.md, "Rooms").').toEqual([]);
  });

  test(`no file is longer than ${LIMIT} lines`, () => {
    const lengths = code.map((path) => ({
      path,
      lines: readFileSync(join(ROOT, path), 'utf8').split('\n').length - 1,
    }));
    const long = lengths.filter(({ lines }) => lines > AIM).sort((a, b) => b.lines - a.lines);
    if (long.length > 0)
      console.info(`Longer than ${AIM} lines:\n${long.map(({ path, lines }) => `  ${lines} ${path}`).join('\n')}`);
    const tooLong = long.filter(({ lines }) => lines > LIMIT).map(({ path, lines }) => `${path} has ${lines} lines`);
    expect(tooLong, 'A file fits one sitting: split it by what its parts do.').toEqual([]);
  });

  test('only config reads the environment', () => {
    const readers = readSources()
      .filter(
        (source) =>
          source.path.startsWith('packages/server/src/') && !source.path.startsWith('packages/server/src/config/'),
      )
      .flatMap((source) => source.environment.map((line) => `${source.path}:${line}`));
    expect(
      readers,
      'Settings are read once, in packages/server/src/config; everybody else gets the frozen value.',
    ).toEqual([]);
  });

  test('no file contains a path of somebody’s machine', () => {
    const machine = /(?<![\w.:/$}~*-])\/(?:work|root|home|Users|tmp)\/[\w.]/;
    const text = files.filter(
      (path) => !/\.(png|ico|woff2?|pdf|db|gz|zip)$/.test(path) && path !== 'package-lock.json',
    );
    const found = text.flatMap((path) =>
      readFileSync(join(ROOT, path), 'utf8')
        .split('\n')
        .flatMap((line, index) => (machine.test(line) ? [`${path}:${index + 1} ${line.trim().slice(0, 100)}`] : [])),
    );
    expect(found, 'Write paths relative to the repository or the project.').toEqual([]);
  });
});
