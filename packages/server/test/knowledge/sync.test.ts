import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test, vi } from 'vitest';
import type { KnowledgeIndex } from '../../src/ports/index.ts';
import { syncKnowledge } from '../../src/runtimes/index.ts';
import { createKnowledgeIndex } from '../../src/storage/sqlite/knowledge.ts';

let index: KnowledgeIndex;
let files: Record<string, string | Error>;

beforeEach(() => {
  index = createKnowledgeIndex(new DatabaseSync(':memory:'));
  files = { '/p/a.md': '# A\n\napple', '/p/b.txt': 'pear', '/p/c.html': '<p>plum' };
});

function sync(bases: Record<string, readonly string[]>) {
  return syncKnowledge({
    index,
    knowledgeBases: Object.entries(bases).map(([name, paths]) => ({
      name,
      documents: paths.map((path) => ({ path, file: `/p/${path}`, url: null })),
    })),
    readFile: async (file) => {
      const content =
        files[file] ?? Object.assign(new Error(`ENOENT: no such file, open '${file}'`), { code: 'ENOENT' });
      if (content instanceof Error) throw content;
      return Buffer.from(content);
    },
  });
}

async function has(word: string, base = 'docs'): Promise<boolean> {
  return (await index.search([base], [word], 1)).length > 0;
}

test('only what has changed is read again', async () => {
  const update = vi.spyOn(index, 'update');
  expect(await sync({ docs: ['a.md', 'b.txt', 'c.html'] })).toEqual({
    added: 3,
    updated: 0,
    removed: 0,
    unchanged: 0,
    findings: [],
  });
  update.mockClear();
  expect(await sync({ docs: ['a.md', 'b.txt', 'c.html'] })).toMatchObject({
    added: 0,
    updated: 0,
    removed: 0,
    unchanged: 3,
  });
  expect(update).not.toHaveBeenCalled();
  files['/p/a.md'] = '# A\n\ncherry';
  expect(await sync({ docs: ['a.md', 'c.html'] })).toMatchObject({ updated: 1, removed: 1, unchanged: 1 });
  expect(update).toHaveBeenCalledTimes(1);
  expect(await Promise.all(['apple', 'cherry', 'pear', 'plum'].map((word) => has(word)))).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

test('a knowledge base that is gone leaves nothing behind', async () => {
  await sync({ docs: ['a.md'], other: ['a.md', 'b.txt'] });
  expect(await sync({ docs: ['a.md'] })).toMatchObject({ removed: 2, unchanged: 1 });
  expect(await index.list()).toEqual(['docs']);
  expect(await has('apple', 'other')).toBe(false);
});

test('what cannot be read is said without places of the server, and the rest goes on', async () => {
  await sync({ docs: ['a.md'] });
  files['/p/a.md'] = Object.assign(new Error("EACCES: permission denied, open '/p/a.md'"), { code: 'EACCES' });
  files['/p/odd.md'] = new Error('/p/odd.md exploded');
  files['/p/x.zip'] = 'PK';
  files['/p/bad.pdf'] = 'no pdf';
  files['/p/deep.html'] = '<div>'.repeat(20_000);
  const { findings, ...counts } = await sync({
    docs: ['a.md', 'gone.md', 'odd.md', 'x.zip', 'bad.pdf', 'deep.html', 'b.txt'],
  });
  expect(counts).toEqual({ added: 1, updated: 0, removed: 1, unchanged: 0 });
  expect(findings).toEqual([
    { knowledgeBase: 'docs', path: 'a.md', message: 'The file may not be read: its permissions forbid it.' },
    { knowledgeBase: 'docs', path: 'gone.md', message: 'The file does not exist.' },
    { knowledgeBase: 'docs', path: 'odd.md', message: 'The file cannot be read.' },
    {
      knowledgeBase: 'docs',
      path: 'x.zip',
      message: 'Files that end in .zip cannot be read. Give Markdown, plain text, HTML or PDF.',
    },
    { knowledgeBase: 'docs', path: 'bad.pdf', message: 'The PDF is broken and cannot be read.' },
    { knowledgeBase: 'docs', path: 'deep.html', message: 'The file cannot be read.' },
  ]);
  expect(await has('pear')).toBe(true);
});
