import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { clew } from '../../packages/server/test/cli/console.ts';
import { startModelServer } from '../kit/model-server.ts';
import { say, site, start } from './start.ts';

/** Unlike any other word, so that no index shares its beginning with one. */
const CANARY = 'xqzcanary';
const KEPT = 'vwjkept';

const AGENTS = {
  'agents/reader.yaml':
    'spec_version: v1\nkind: native\nname: reader\ndescription: Reads files.\nllm: clew/guide\nchat_with_docs:\n  enabled: true\n',
  'agents/asker.ts': `export const agent = { name: 'asker', description: 'Asks.' };
import { ask } from 'clew';
export default async function* asker(turn) { yield 'So: '; yield ask(turn.text + ' question?'); }`,
  'agents/keeper.ts': `export const agent = { name: 'keeper', description: 'Keeps a state, and pays.' };
export default async function* keeper(turn) {
  await turn.setState({ note: turn.text + ' state' });
  yield JSON.stringify(await turn.tool('pay', { to: turn.text }));
}`,
  'tools/pay.ts': `import { defineTool, z } from 'clew';
export default defineTool({
  displayName: 'Pay', description: 'Pays.', permission: 'write_only', input: z.object({ to: z.string() }), run: ({ to }) => to,
});`,
  'agents/slow.ts': `export const agent = { name: 'slow', description: 'Never ends.' };
export default async function* slow(turn) {
  yield '${CANARY} beginning';
  await new Promise((resolve) => turn.signal.addEventListener('abort', resolve));
}`,
};

/** What searches by meaning, and a subscriber that is out of order and would be told of every word. */
const model = await startModelServer();
model.embed(() => [1, 0]);
const subscriber = createServer((_, response) => response.writeHead(503).end());
await new Promise<void>((done) => subscriber.listen(0, '127.0.0.1', done));
const server = await start({ default: { modes: ['signed', 'anonymous'] } }, ['--embeddings', 'house/small'], {
  files: AGENTS,
  config: {
    models: { house: { baseUrl: model.baseUrl } },
    webhooks: [
      {
        name: 'broken',
        url: `http://127.0.0.1:${(subscriber.address() as AddressInfo).port}/`,
        events: ['run.completed', 'run.waiting', 'run.cancelled'],
        include: ['text', 'user'],
        secretEnv: 'HOOK_SECRET',
      },
    ],
  },
  env: { HOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
});
afterAll(async () => {
  await server.end();
  await model.close();
  subscriber.close();
});

/** Uploads a file and gives back its address. */
async function upload(name: string, content: string, token: string): Promise<string> {
  const form = new FormData();
  form.append('files', new File([content], name));
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${server.url}/api/v1/orchestrate/upload-to-s3`, {
    method: 'POST',
    headers,
    body: form,
  });
  return ((await response.json()) as { url: string }[])[0]?.url ?? '';
}

/** Plants the word wherever somebody can leave one. Gives back the address of a link under which somebody else may approve. */
async function talk(word: string, token: string): Promise<string | undefined> {
  for (let n = 0; n < 12; n += 1) {
    const text = `${word}${n} ${'and so on '.repeat(n * 40)}`;
    const { threadId, messageId } = await say(server, text, {
      token,
      context: { note: `${word} context` },
      agent: 'secretive',
    });
    await server.call(`/threads/${threadId}/messages/${messageId}`, {
      method: 'PATCH',
      token,
      body: { message_state: { mark: `${word} state` } },
    });
    await server.call(`/threads/${threadId}`, { method: 'PATCH', token, body: { title: `${word} title` } });
  }
  const url = await upload(`${word}-file.md`, `# Manual\n\n## ${word} chapter\n\nHold the ${word}button.\n`, token);
  await upload(`${word}-unsent.md`, `${word} was never sent`, token);
  const data = [
    { id: '1', response_type: 'text', text: `What about the ${word}button?` },
    { id: '2', response_type: 'file_download', files: [{ url, fileName: `${word}-file.md` }] },
  ];
  const answer = await server.call('/orchestrate/runs?stream=true', {
    method: 'POST',
    token,
    body: { message: { role: 'user', content: data[0]?.text }, agent_id: 'reader', context: { data, source: 'TOOL' } },
  });
  expect(answer.text).toContain(`${word}button`);
  await say(server, `${word} asks`, { token, agent: 'asker' });
  const { runId } = await say(server, `${word} pays`, { token, agent: 'keeper' });
  const link = `/orchestrate/runs/${runId}/approval/link`;
  return (await server.call(link, { method: 'POST', token, body: { name: `${word} approver` } })).body.url;
}

/** Rows of a table that meet a condition, as they stand on the disk. */
function rows(table: string, where = 'TRUE', ...values: string[]): number {
  const db = new DatabaseSync(join(server.folder, '.clew', 'clew.db'), { readOnly: true });
  const { count } = db.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${where}`).get(...values) as {
    count: number;
  };
  db.close();
  return count;
}

/** All bytes of the database, its log and the files, the secret left out. */
function stored(folder = join(server.folder, '.clew')): string {
  return readdirSync(folder)
    .filter((name) => name !== 'secret')
    .map((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? `${name}\n${stored(path)}` : `${name}\n${readFileSync(path, 'latin1')}`;
    })
    .join('\n')
    .toLowerCase();
}

/** How often a word stands there, with a little of what is around it. */
function found(word: string): string[] {
  return [...stored().matchAll(new RegExp(`.{0,20}${word.slice(0, -1)}.{0,20}`, 'g'))].map(([text]) => text);
}

test('a person who is erased is nowhere any more: database, write-ahead log, index and files', async () => {
  const shop = site();
  const token = await server.operator();
  await server.call('/private/embed/config', { method: 'POST', token, body: { client_public_key: shop.publicKey } });
  const anna = await shop.sign({ sub: 'anna', name: `${CANARY} name` });
  const ben = await shop.sign({ sub: 'ben', name: KEPT });
  const visitor = (await server.call('/auth/visitor', { method: 'POST' })).body.access_token;
  await talk(CANARY, visitor);
  await talk(KEPT, ben);
  // The visitor signs in, and goes on.
  await server.call('/threads', { token: anna, headers: { 'x-clew-visitor': visitor } });
  const link = await talk(CANARY, anna);
  const keptLink = await talk(KEPT, ben);
  const open = await server.call('/orchestrate/runs', {
    method: 'POST',
    token: anna,
    body: { message: { role: 'user', content: `${CANARY} slow` }, agent_id: 'slow' },
  });
  expect(open.status).toBeLessThan(300);
  expect(found(CANARY).length).toBeGreaterThan(100);
  const kept = (await server.call('/threads?limit=100', { token: ben })).text;
  // Everything is told to the subscriber, who does not take it, and every chapter was read by the model.
  await expect.poll(() => rows('webhook_events')).toBe(0);
  await expect.poll(() => rows('knowledge_vectors')).toBe(4);
  const ofBen = (await server.call('/orchestrate/runs?limit=100', { token: ben })).body.data as { id: string }[];
  const deliveries = rows('webhook_deliveries');
  const deliveriesOfBen = ofBen.reduce((sum, { id }) => sum + rows('webhook_deliveries', 'run_id = ?', id), 0);
  expect(deliveries).toBeGreaterThan(deliveriesOfBen);

  const run = (...args: string[]) => clew(['users', ...args, '--url', server.url], { cwd: server.folder });
  const looked = JSON.parse((await run('erase', 'anna', '--dry-run', '--json')).stdout);
  expect(looked).toMatchObject({
    dry_run: true,
    receipt: null,
    counts: { threads: 31, files: 4, documents: 2, visitors: 1 },
  });
  expect(found(CANARY).length).toBeGreaterThan(100);

  const done = await run('erase', 'anna', '--yes', '--json');
  expect(done.code).toBe(0);
  const { counts, receipt } = JSON.parse(done.stdout);
  expect(counts).toMatchObject({ threads: 31, runs: 31, files: 4, documents: 2, visitors: 1 });
  expect(counts.events).toBeGreaterThan(100);
  expect(found(CANARY)).toEqual([]);

  // What stood beside the conversations is gone with them, and no one else's.
  expect(rows('webhook_events')).toBe(0);
  expect(rows('webhook_deliveries')).toBe(deliveriesOfBen);
  expect(rows('knowledge_vectors')).toBe(2);
  const page = (address = '') => fetch(address).then(({ status }) => status);
  expect([await page(link), await page(keptLink)]).toEqual([404, 200]);

  // Everybody else has everything.
  expect((await server.call('/threads?limit=100', { token: ben })).text).toBe(kept);
  expect(found(KEPT).length).toBeGreaterThan(50);
  const reader = await say(server, `What about the ${KEPT}button?`, { token: ben, agent: 'reader' });
  expect(reader.stream).not.toContain(CANARY);

  const receipts = await server.call('/private/erasures', { token });
  expect(receipts.body.receipts).toEqual([receipt]);
  expect((await run('receipts')).stdout).toContain(receipt.id);
  const again = JSON.parse((await run('erase', 'anna', '--dry-run', '--json')).stdout);
  expect(Object.values(again.counts).every((count) => count === 0)).toBe(true);

  // Also after the server has stopped, and for whoever looks with SQL.
  await server.stop();
  expect(found(CANARY)).toEqual([]);
  const db = new DatabaseSync(join(server.folder, '.clew', 'clew.db'));
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  db.close();
  expect(server.output()).not.toContain(CANARY);
});

test('only an operator erases, and only somebody', async () => {
  const folder = server.folder;
  expect(folder).toBeTruthy();
  const other = await start({ default: { modes: ['anonymous'] } });
  try {
    const visitor = (await other.call('/auth/visitor', { method: 'POST' })).body.access_token;
    const ask = (token: string, body: object) => other.call('/private/erasures', { method: 'POST', token, body });
    expect(await ask(visitor, { sub: 'anna' })).toMatchObject({ status: 403, body: { code: 'operator_only' } });
    const token = await other.operator();
    expect((await ask(token, { sub: '' })).status).toBe(422);
    expect((await ask(token, { sub: '   ' })).status).toBe(422);
    expect(await ask(token, { sub: 'x', channel: 'nope' })).toMatchObject({
      status: 404,
      body: { code: 'channel_not_found' },
    });
    expect((await ask(token, { sub: randomUUID() })).body.counts.threads).toBe(0);
    const refused = await clew(['users', 'erase', 'anna', '--url', other.url], { cwd: other.folder });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--dry-run')]);
  } finally {
    await other.end();
  }
});
