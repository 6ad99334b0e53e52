import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { startModelServer } from '../kit/model-server.ts';
import { type Shown, start } from './start.ts';

const model = await startModelServer();
const server = await start({ models: { scripted: { baseUrl: model.baseUrl } } });
afterAll(async () => {
  await server.end();
  await model.close();
});

const manual = new File(
  [
    '# Manual\n\n## Reset\n\nTo reset the boiler, hold the red button for nine seconds.\n\n## Cleaning\n\nClean it once a year.\n',
  ],
  'manual.md',
);
const upload = async (...files: File[]): Promise<unknown[]> => (await server.upload(files)).body;
const textOf = ({ content }: Shown): string => content.map(({ text }: Shown) => text ?? '').join('');

/** What the index of the stopped or running server has of a thread. */
function indexed(threadId: string): number {
  const db = new DatabaseSync(join(server.folder, '.clew', 'clew.db'), { readOnly: true });
  const sql = 'SELECT count(*) AS n FROM knowledge_documents WHERE knowledge_base = ?';
  const { n } = db.prepare(sql).get(`thread:${threadId}`) as { n: number };
  db.close();
  return n;
}

test('files of a thread are searched in that thread, with citations, and nowhere else', async () => {
  const { threadId, messages } = await server.say('How do I reset the boiler?', {
    agent: 'reader',
    files: await upload(manual),
  });
  const answer = messages.at(-1);
  expect(textOf(answer)).toContain('nine seconds');
  expect(answer.content[0]).toMatchObject({
    response_type: 'conversational_search',
    citations: [{ title: 'Manual › Reset' }],
  });
  expect(JSON.stringify(answer.step_history)).toContain('read_attached_files');

  const later = await server.say('How often is it to be cleaned?', { agent: 'reader', thread: threadId });
  expect(textOf(later.messages.at(-1))).toContain('once a year');
  expect(JSON.stringify(later.messages.at(-1).step_history)).not.toContain('read_attached_files');

  const elsewhere = await server.say('How do I reset the boiler?', { agent: 'reader' });
  expect(textOf(elsewhere.messages.at(-1))).not.toContain('nine seconds');
});

test('files without a word are read, and what cannot be read is told', async () => {
  const files = await upload(manual, new File(['a,b\n'], 'table.csv'), new File(['%PDF-1.7\nbroken'], 'broken.pdf'));
  const { messages } = await server.say('', { agent: 'reader', files });
  expect(messages[0].content.map((item: Shown) => item.response_type)).not.toContain('conversational_search');
  const said = textOf(messages.at(-1));
  expect(said).toContain('I have read');
  expect(said).toContain('manual.md');
  expect(said).toContain('table.csv');
  expect(said).toMatch(/I cannot read.+broken\.pdf/);
});

test('files that stand in a message of ACP are read as those that were uploaded', async () => {
  const ask = async (agent: string, ...files: object[]) => {
    const input = [{ role: 'user', parts: [{ content: 'How do I reset the boiler?' }, ...files] }];
    const body = JSON.stringify({ agent_name: agent, input });
    return (await fetch(`${server.url}/runs`, { method: 'POST', body })).json() as Promise<Shown>;
  };
  const text = await manual.text();
  const plain = { name: 'manual.md', content_type: 'text/markdown', content: text };
  const encoded = { ...plain, content_encoding: 'base64', content: Buffer.from(text).toString('base64') };
  for (const file of [plain, encoded]) {
    const run = await ask('reader', file);
    const { parts } = run.output.at(-1);
    expect(parts.map(({ content }: Shown) => content ?? '').join('')).toContain('nine seconds');
    expect(JSON.stringify(parts)).toContain('"title":"Manual › Reset"');
    expect(indexed(run.session_id)).toBe(1);
  }
  const run = await ask('reader', { name: 'manual', content_type: 'application/pdf', content: '%PDF-1.7 broken' });
  expect(JSON.stringify(run.output)).toMatch(/I cannot read.+manual\.pdf/);
});

test('an agent that does not chat with documents reads none', async () => {
  const { threadId } = await server.say('hello', { agent: 'echo', files: await upload(manual) });
  expect(indexed(threadId)).toBe(0);
});

test('what was indexed goes with the thread', async () => {
  const { threadId } = await server.say('How do I reset the boiler?', { agent: 'reader', files: await upload(manual) });
  expect(indexed(threadId)).toBe(1);
  await server.call(`/threads/${threadId}`, { method: 'DELETE' });
  await expect.poll(() => indexed(threadId)).toBe(0);
});

test('a model searches the files by a tool, and sees the pictures themselves', async () => {
  const [png] = [Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')];
  model.script(
    [{ call: { id: 'c1', name: 'search_attached_files', arguments: '{"query":"reset the boiler"}' } }],
    [{ text: 'Hold the red button for nine seconds [1].' }],
  );
  const files = await upload(manual, new File([png as Buffer<ArrayBuffer>], 'photo.png'));
  const { messages } = await server.say('How do I reset it?', { agent: 'thinker', files });
  expect(textOf(messages.at(-1))).toBe('Hold the red button for nine seconds.');
  expect(messages.at(-1).content[0].citations).toHaveLength(1);
  const [first, second] = model.requests;
  const asked = JSON.stringify(first?.body.messages.at(-1));
  expect(asked).toContain('[The file manual.md. Its text can be searched.]');
  expect(asked).toContain(`data:image/png;base64,${png?.toString('base64')}`);
  expect(asked).not.toContain('/files/');
  expect(JSON.stringify(second?.body.messages)).toContain('hold the red button');
});
