import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { launchChromium } from '../../kit/chromium.ts';
import { ROOT, type ServedProcess, serve } from '../../kit/server.ts';
import { makeTempDir, removeTempDir } from '../../kit/temp-dir.ts';

const SOURCE = join(ROOT, 'packages/widget/src');

/** A chat without a view, as a page would make it; `lines` is the transcript as people would tell it. */
const PAGE_SCRIPT = `
import { createClient } from '@clew/wire/client';
import { createConversation } from './conversation/conversation.ts';
import { createBus } from './events/bus.ts';
import { ENGLISH } from './locale/words.ts';
import { indexedOutbox } from './outbox/indexed.ts';
import { textOf } from '../test/answer-text.ts';

window.indexedOutbox = indexedOutbox;
window.start = (agentId, threadId) => {
  const options = { hostUrl: location.origin, agentId, threadId, environmentId: '', rememberThread: true };
  const client = createClient({ baseUrl: location.origin, retry: { firstMs: 10, longestMs: 100 } });
  window.chat = createConversation({ client, bus: createBus(() => undefined), options, words: ENGLISH });
  return window.chat.open();
};
window.lines = () => window.chat.state.entries.map((entry) =>
  entry.kind === 'question' ? '> ' + entry.text + (entry.delivery === 'sent' ? '' : ' (' + entry.delivery + ')') : textOf(entry.answer));
`;

declare global {
  interface Window {
    chat: import('../../../packages/widget/src/conversation/conversation.ts').Conversation;
    start(agentId: string, threadId?: string): Promise<void>;
    lines(): string[];
    indexedOutbox: typeof import('../../../packages/widget/src/outbox/indexed.ts').indexedOutbox;
  }
}

const folder = makeTempDir();
let browser: Browser;
let server: ServedProcess;
let script: string;
let context: BrowserContext;

beforeAll(async () => {
  const bundle = await build({
    stdin: { contents: PAGE_SCRIPT, resolveDir: SOURCE, loader: 'ts' },
    bundle: true,
    format: 'iife',
    write: false,
  });
  script = bundle.outputFiles[0]?.text ?? '';
  [browser, server] = await Promise.all([
    launchChromium(),
    serve({ project: 'test/e2e/project', args: ['--db', join(folder, 'clew.db'), '--grace-ms', '0'] }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  removeTempDir(folder);
});
beforeEach(async () => {
  context = await browser.newContext();
  await context.route('**/page', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><p>A page.' }),
  );
  return () => context.close();
});

/** A tab, with nothing in it but the scripts. */
async function blank(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${server.url}/page`);
  await page.addScriptTag({ content: script });
  return page;
}

async function tab(agent: string, threadId?: string): Promise<Page> {
  const page = await blank();
  await page.evaluate(([name, id]) => window.start(name as string, id), [agent, threadId]);
  return page;
}

const say = (page: Page, content: string) => page.evaluate((text) => window.chat.say({ content: text }), content);
const lines = (page: Page) => page.evaluate(() => window.lines());
const reads = (page: Page, ...wanted: unknown[]) =>
  vi.waitFor(async () => expect(await lines(page)).toEqual(wanted), { timeout: 15_000, interval: 20 });
const threadOf = (page: Page) =>
  vi.waitFor(
    async () => (await page.evaluate(() => window.chat.state.threadId)) ?? Promise.reject(new Error('No thread yet.')),
    { timeout: 10_000 },
  );

describe('in a browser', () => {
  test('what is said offline outlives the tab, and is sent once when there is a network', async () => {
    const page = await tab('echo');
    await say(page, 'hello');
    await reads(page, '> hello', 'hello');
    await context.setOffline(true);
    await say(page, 'kept');
    await reads(page, '> hello', 'hello', '> kept (waiting)');
    expect(await page.evaluate(() => window.chat.state.connection)).toBe('offline');
    const threadId = await threadOf(page);
    await page.close();
    await context.setOffline(false);
    const [next, other] = await Promise.all([tab('echo', threadId), tab('echo', threadId)]);
    await reads(next, '> hello', 'hello', '> kept', 'kept');
    await reads(other, '> hello', 'hello', '> kept', 'kept');
    const runs = await (await fetch(`${server.url}/api/v1/orchestrate/runs?thread_id=${threadId}`)).json();
    expect(runs.total).toBe(2);
  });

  test('a reload in mid-answer goes on in the same thread', async () => {
    const page = await tab('slow');
    await say(page, 'count');
    await reads(page, '> count', expect.stringContaining(' 20 '));
    await page.reload();
    await page.addScriptTag({ content: script });
    await page.evaluate(() => window.start('slow'));
    expect((await lines(page))[1]).toContain(' 20 ');
    await reads(page, '> count', expect.stringContaining(' 60 '));
    await page.evaluate(() => window.chat.stop());
    await expect.poll(() => page.evaluate(() => window.chat.state.busy)).toBe(false);
    const told = (await lines(page))[1]?.trim().split(' ').map(Number) ?? [];
    expect(told).toEqual(told.map((_, n) => n + 1));
  });

  test('an agent that takes one message at a time says so, and the refused message can be sent again', async () => {
    const page = await tab('single');
    await say(page, 'short');
    await reads(page, '> short', 'short');
    const threadId = await threadOf(page);
    const api = `${server.url}/api/v1/orchestrate/runs`;
    const body = { agent_id: 'single', thread_id: threadId, message: { role: 'user', content: 'from elsewhere' } };
    const headers = { 'content-type': 'application/json' };
    const { run_id } = await (await fetch(api, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    await say(page, 'short');
    const problem = () =>
      page.evaluate(() => {
        const last = window.chat.state.entries.at(-1);
        return last?.kind === 'reply' ? last.answer.problem : undefined;
      });
    await expect.poll(problem).toBe('The last answer is still on its way. Please wait for it.');
    expect((await lines(page)).at(-2)).toBe('> short (failed)');
    await fetch(`${api}/cancel/${run_id}`, { method: 'POST' });
    await expect.poll(async () => (await (await fetch(`${api}/${run_id}`)).json()).status).toBe('cancelled');
    await page.evaluate(() => window.chat.retry(window.chat.state.entries.at(-1)?.key ?? ''));
    await expect.poll(async () => (await lines(page)).slice(-2)).toEqual(['> short', 'short']);
  });

  test('six tabs share one connection, and survive the death of the one that has it', async () => {
    const first = await tab('slow');
    await say(first, 'count');
    const threadId = await threadOf(first);
    const streams: string[] = [];
    context.on('request', (request) => {
      if (request.headers().accept === 'text/event-stream') streams.push(request.url());
    });
    const others = await Promise.all(Array.from({ length: 5 }, () => tab('slow', threadId)));
    await Promise.all(others.map((page) => reads(page, '> count', expect.stringContaining(' 60 '))));
    expect(streams).toEqual([]);
    await first.close();
    await Promise.all(others.map((page) => reads(page, '> count', expect.stringContaining(' 120 '))));
    expect(streams).toHaveLength(1);
    expect(streams[0]).toContain('after=');
    await others[4]?.evaluate(() => window.chat.stop());
    for (const page of others) {
      await vi.waitFor(async () => expect(await page.evaluate(() => window.chat.state.busy)).toBe(false), {
        timeout: 10_000,
      });
    }
    const told = await Promise.all(others.map(async (page) => (await lines(page))[1]));
    expect(new Set(told).size).toBe(1);
    const numbers = told[0]?.trim().split(' ').map(Number) ?? [];
    expect(numbers).toEqual(numbers.map((_, n) => n + 1));
  });

  test('the outbox is shared by tabs, keeps its order, and outlives the clearing of the site’s data', async () => {
    const [one, two] = [await blank(), await blank()];
    const row = (key: string, at: number) => ({
      key,
      room: 'r',
      at,
      text: key,
      silent: false,
      body: { message: { id: key, role: 'user' as const, content: key } },
    });
    const put = (page: Page, rows: ReturnType<typeof row>[]) =>
      page.evaluate(async (given) => {
        const outbox = window.indexedOutbox('clew:test');
        await Promise.all(given.map((one) => outbox.put(one)));
        void outbox.remove('gone');
      }, rows);
    const keys = (page: Page) =>
      page.evaluate(async () => (await window.indexedOutbox('clew:test').rows()).map(({ key }) => key));
    await put(one, [row('b', 2), row('gone', 3), row('a', 1)]);
    expect(await keys(two)).toEqual(['a', 'b']);
    await two.evaluate(
      () =>
        new Promise((resolve) => {
          indexedDB.deleteDatabase('clew:test').onsuccess = resolve;
        }),
    );
    expect(await keys(one)).toEqual([]);
    await put(one, [row('c', 1)]);
    expect(await keys(two)).toEqual(['c']);
    const memory = await two.evaluate(
      async (given) => {
        const outbox = window.indexedOutbox('clew:none', {
          open: () => {
            throw new Error('blocked');
          },
        } as unknown as IDBFactory);
        await outbox.put(given);
        return (await outbox.rows()).length;
      },
      row('d', 1),
    );
    expect(memory).toBe(1);
  });
});
