import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModelServer, startModelServer } from '../kit/model-server.ts';
import { type ServedProcess, serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';

const DOCUMENT = `# Shop

## Refunds
You get your money back within a week.

## Dogs
They may come along on a leash.

${Array.from({ length: 8 }, (_, at) => `## Part ${at}\nClouds and stars ${at}.`).join('\n\n')}
`;
/** A model that knows one topic. */
const vectorOf = (text: string) => (/dog|hound|puppy/i.test(text) ? [1, 0.1] : [0, 1]);

let model: ModelServer;
let folder: string;
let server: ServedProcess;
const start = () => serve({ project: folder, args: ['--grace-ms', '0', '--embeddings', 'house/small'] });

beforeAll(async () => {
  model = await startModelServer();
  model.embed(vectorOf);
  folder = makeTempDir();
  for (const path of ['agents', 'knowledge_bases', 'knowledge']) mkdirSync(join(folder, path));
  const write = (path: string, content: string) => writeFileSync(join(folder, path), content);
  write('clew.config.yaml', JSON.stringify({ models: { house: { baseUrl: model.baseUrl } } }));
  write('knowledge/shop.md', DOCUMENT);
  write(
    'knowledge_bases/docs.yaml',
    'spec_version: v1\nkind: knowledge_base\nname: docs\ndescription: x\ndocuments: [knowledge/shop.md]\n',
  );
  write(
    'agents/guide.yaml',
    'spec_version: v1\nkind: native\nname: guide\ndescription: Answers.\nllm: clew/guide\nknowledge_base: [docs]\nchat_with_docs: { enabled: true }\n',
  );
  server = await start();
});
afterAll(async () => {
  await server.stop();
  await model.close();
  removeTempDir(folder);
});

async function ask(content: string, more: object = {}): Promise<string> {
  const response = await fetch(`${server.url}/api/v1/orchestrate/runs?stream=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: { role: 'user', content }, agent_id: 'guide', ...more }),
  });
  return await response.text();
}
const embedded = () => model.requests.flatMap(({ body }) => body.input as string[]);

test('documents are found by their meaning, which is asked once for each of them', async () => {
  await expect.poll(() => server.output(), { timeout: 20_000 }).toContain('passages were embedded');
  const passages = embedded().length;
  expect(await ask('May my hound join me?')).toContain('on a leash');
  expect(await ask('May my unicorn join me?')).not.toContain('on a leash');
  expect(embedded().slice(passages)).toEqual(['May my hound join me?', 'May my unicorn join me?']);
});

test('files of a conversation are found by their meaning, too', async () => {
  const form = new FormData();
  form.append(
    'files',
    new File([`# Notes\n\n## Walks\nThe dog walks at 7:15.\n\n${DOCUMENT.replaceAll('Dogs', 'Cats')}`], 'notes.md'),
  );
  const upload = await fetch(`${server.url}/api/v1/orchestrate/upload-to-s3`, { method: 'POST', body: form });
  const files = await upload.json();
  const context = { data: [{ response_type: 'file_download', files }], source: 'TOOL' };
  expect(await ask('Which routine has my hound?', { context })).toContain('7:15');
});

test('while the model is away, words are searched', async () => {
  model.embed(vectorOf, () => ({ status: 401 }));
  expect(await ask('When are refunds paid?')).toContain('within a week');
  expect(server.output()).toContain('words are searched all the same');
});

test('a provider that there is not is a mistake in the configuration', async () => {
  const failure = await serve({ project: folder, args: ['--embeddings', 'hause/small'] }).catch(
    (error: Error) => error,
  );
  expect((failure as Error).message).toContain('There is no model provider `hause`. Did you mean `house/small`?');
});

test('nothing is embedded again after a restart', async () => {
  await server.stop();
  model.embed(vectorOf);
  const before = embedded().length;
  server = await start();
  expect(await ask('And a puppy?')).toContain('on a leash');
  expect(embedded().slice(before)).toEqual(['And a puppy?']);
});
