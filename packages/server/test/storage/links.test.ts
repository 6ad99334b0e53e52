import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { Part, Scope } from '../../src/model/index.ts';
import { createFileLinks, openDisk, withFiles } from '../../src/storage/files/index.ts';
import { openSqlite } from '../../src/storage/sqlite/store.ts';

const HOUR = 3_600_000;
const ID = '11111111-2222-4333-8444-555555555555';
const secret = new Uint8Array(32).fill(1);
const links = createFileLinks({ secret, publicUrl: () => 'https://chat.example.com', seconds: 3_600 });
const scope: Scope = { tenantId: randomUUID(), userId: randomUUID(), userName: 'anna', audience: 'user' };

const queryOf = (url: string) => new URL(url).searchParams;

test('an address is good until its end, for its file alone, and for this installation alone', () => {
  const url = links.sign(ID, 0);
  expect(url).toMatch(new RegExp(`^https://chat\\.example\\.com/files/${ID}\\?exp=3600&sig=[\\w-]{43}$`));
  const code = (id: string, at: number, by = links) => {
    try {
      by.check(id, queryOf(url), at);
      return 'good';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code(ID, HOUR)).toBe('good');
  expect(code(ID, HOUR + 1)).toBe('file_link_invalid');
  expect(code(randomUUID(), 0)).toBe('file_link_invalid');
  const other = createFileLinks({ secret: new Uint8Array(32).fill(2), publicUrl: () => '', seconds: 1 });
  expect(code(ID, 0, other)).toBe('file_link_invalid');
  expect(links.idOf(url, HOUR)).toBe(ID);
  expect(links.idOf(url, HOUR + 1)).toBeUndefined();
  expect(links.idOf(`${url}x`, 0)).toBeUndefined();
  expect(links.idOf('https://example.com/files/', 0)).toBeUndefined();
});

/** A thread with one message at `at` that has these parts, read at `now`. */
async function thread({ at, parts }: { at: number; parts: readonly Part[] }) {
  const { store: bare, knowledge } = openSqlite({ file: ':memory:' });
  const files = openDisk({ folder: null, rules: { bytes: 1, spreadsheetBytes: 1, types: [] } });
  onTestFinished(async () => {
    await bare.close();
    await files.close();
  });
  let now = at;
  const store = withFiles(bare, { files, links, knowledge, clock: { now: () => now } });
  const { run, message } = await store.startRun(scope, {
    runId: randomUUID(),
    at,
    agentId: randomUUID(),
    agentName: 'echo',
    threadId: randomUUID(),
    thread: 'new',
    title: 'files',
    message: { id: randomUUID(), parts },
    spareMessageId: randomUUID(),
    earlier: [],
    history: [],
    state: null,
    context: {},
    options: {},
    once: null,
    answerWaiting: false,
    doubleTexting: 'enqueue',
    lane: '',
    queue: null,
    claim: null,
  });
  return {
    store,
    bare,
    ids: [run.threadId, message.id] as const,
    later: (to: number) => {
      now = to;
    },
  };
}

const file = (url: string): Part => ({ type: 'file', contentType: 'text/plain', url });

test('a message that is read later has a fresh address, wherever in it the old one stands', async () => {
  const url = links.sign(ID, 0);
  const item: Part = { type: 'item', kind: 'file_download', value: { files: [{ fileName: 'a.txt', url }] } };
  const { store, bare, ids, later } = await thread({
    at: 1_000,
    parts: [file(url), item, { type: 'text', text: url }],
  });
  later(9 * HOUR);
  const fresh = links.sign(ID, 9 * HOUR);
  const { parts } = await store.readMessage(scope, ...ids);
  expect(parts).toEqual([
    file(fresh),
    { ...item, value: { files: [{ fileName: 'a.txt', url: fresh }] } },
    { type: 'text', text: url },
  ]);
  expect((await bare.readMessage(scope, ...ids)).parts[0]).toEqual(file(url));
});

test('an address that had ended when it was sent stays dead, also in a message that is changed later', async () => {
  const url = links.sign(ID, 0);
  const { store, ids } = await thread({ at: 2 * HOUR, parts: [file(url)] });
  expect((await store.readMessage(scope, ...ids)).parts).toEqual([file(url)]);

  const old = await thread({ at: 0, parts: [file('https://example.com/a.txt')] });
  old.later(2 * HOUR);
  await old.store.updateMessage(scope, ...old.ids, { parts: [file(url)], at: 2 * HOUR });
  expect((await old.store.readMessage(scope, ...old.ids)).parts).toEqual([file(url.split('?')[0] as string)]);
});
