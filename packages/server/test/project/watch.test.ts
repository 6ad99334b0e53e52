import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchProject } from '../../src/project/index.ts';
import { agentYaml, projectFolder, put } from './folder.ts';

const FILES = {
  'clew.config.yaml': '',
  'agents/a.yaml': agentYaml('a'),
  'knowledge/deep/x.md': 'x',
  'node_modules/p/a.js': '',
  '.clew/clew.db': '',
};

/** Watches a folder; `next` gives the paths of the next report, or of one that was not asked for yet. */
function watching(folder: string) {
  const reports: (readonly string[])[] = [];
  let bell = () => {};
  const watcher = watchProject(
    folder,
    (paths) => {
      reports.push(paths);
      bell();
    },
    { debounceMs: 20 },
  );
  onTestFinished(() => watcher.close());
  return {
    close: watcher.close,
    reports,
    async next(): Promise<readonly string[]> {
      while (reports.length === 0) await new Promise<void>((resolve) => (bell = resolve));
      return reports.shift()!;
    },
  };
}

const changes: [name: string, change: (folder: string) => void, reported: string][] = [
  ['a file that is written', (folder) => put(folder, 'agents/a.yaml', 'x'), 'agents/a.yaml'],
  ['a new file', (folder) => put(folder, 'agents/b.ts', 'x'), 'agents/b.ts'],
  ['a file that is deleted', (folder) => unlinkSync(join(folder, 'agents/a.yaml')), 'agents/a.yaml'],
  ['the configuration', (folder) => put(folder, 'clew.config.yaml', 'x'), 'clew.config.yaml'],
  ['a document', (folder) => put(folder, 'knowledge/deep/x.md', 'y'), 'knowledge/deep/x.md'],
  [
    'a file that an editor saves by renaming',
    (folder) => {
      put(folder, 'agents/.a.yaml.tmp', 'x');
      renameSync(join(folder, 'agents/.a.yaml.tmp'), join(folder, 'agents/a.yaml'));
    },
    'agents/a.yaml',
  ],
  ['a new folder with a file', (folder) => put(folder, 'knowledge_bases/d.yaml', 'x'), 'knowledge_bases'],
  ['a folder that is gone', (folder) => rmSync(join(folder, 'knowledge'), { recursive: true }), 'knowledge'],
];

test.each(changes)('reports %s, and the change after it', async (_, change, reported) => {
  const folder = projectFolder(FILES);
  const watch = watching(folder);
  change(folder);
  expect(await watch.next()).toContain(reported);
  put(folder, 'agents/a.yaml', 'z');
  const after = new Set(await watch.next());
  while (!after.has('agents/a.yaml')) for (const path of await watch.next()) after.add(path);
});

test('follows folders that are made, moved and made again', async () => {
  const folder = projectFolder(FILES);
  const watch = watching(folder);
  const expectChange = async (path: string) => {
    put(folder, path, 'new');
    while (!(await watch.next()).includes(path));
  };
  mkdirSync(join(folder, 'knowledge/new'));
  await watch.next();
  await expectChange('knowledge/new/a.md');
  renameSync(join(folder, 'knowledge'), join(folder, 'docs'));
  await watch.next();
  await expectChange('docs/deep/x.md');
  rmSync(join(folder, 'agents'), { recursive: true });
  mkdirSync(join(folder, 'agents'));
  await watch.next();
  await expectChange('agents/a.yaml');
});

test('says nothing of the database, of dependencies and of files that cannot matter', async () => {
  const folder = projectFolder(FILES);
  const watch = watching(folder);
  for (const path of [
    '.clew/clew.db',
    'node_modules/p/a.js',
    'clew.db',
    'agents/a.yaml.swp',
    'agents/.a.yaml.swp',
    'agents/a.yaml~',
  ])
    put(folder, path, 'x');
  put(folder, 'agents/a.yaml', 'x');
  expect(await watch.next()).toEqual(['agents/a.yaml']);
  expect(watch.reports).toEqual([]);
});

test('joins changes that come together, and follows links without going in circles', async () => {
  const folder = projectFolder({ ...FILES, 'outside/k.md': '' });
  symlinkSync(join(folder, 'outside'), join(folder, 'knowledge/linked'));
  symlinkSync(folder, join(folder, 'knowledge/around'));
  const watch = watching(folder);
  put(folder, 'agents/a.yaml', '1');
  put(folder, 'agents/b.yaml', '2');
  put(folder, 'clew.config.yaml', '3');
  expect(await watch.next()).toEqual(['agents/a.yaml', 'agents/b.yaml', 'clew.config.yaml']);
});

test('is quiet once it is closed, and closing twice is fine', async () => {
  const folder = projectFolder(FILES);
  const closed = watching(folder);
  put(folder, 'agents/a.yaml', 'x');
  closed.close();
  closed.close();
  const open = watching(folder);
  put(folder, 'agents/a.yaml', 'y');
  await open.next();
  expect(closed.reports).toEqual([]);
});
