import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { type Guarded, site as keysOfSite } from '../../identity/start.ts';
import { openChat, pageWith, say, snippet } from '../embed/site.ts';
import { identityStage } from './stage.ts';

const stage = identityStage();
const { served, echoOf, visit } = stage;

const said = (page: Page, text: string) => page.locator('.entry', { hasText: text }).last().waitFor();

describe('a page of a channel', () => {
  test('lets visitors chat, who are known when they come back and keep their conversation when they sign in', async () => {
    const server = await served({ default: { modes: ['anonymous', 'signed'], origins: [stage.origin] } });
    const shop = keysOfSite();
    await server.call('/private/embed/config', {
      method: 'POST',
      token: await server.operator(),
      body: { client_public_key: shop.publicKey },
    });
    const agent = await echoOf(server);
    const host = `http://127.0.0.1:${server.port}`;
    stage.show(pageWith(snippet({ host, agent, chatOptions: 'onLoad: (chat) => { window.chat = chat; },' })));
    const page = await visit(stage.origin);
    await openChat(page);
    await say(page, 'as a visitor');
    await said(page, 'as a visitor');
    await expect.poll(async () => (await threads(server)).length).toBe(1);
    await page.reload();
    await openChat(page);
    await said(page, 'as a visitor');

    const token = await shop.sign({ sub: 'ana', name: 'Ana' });
    await page.evaluate((jwt) => {
      (window as unknown as { chat: { updateAuthToken(token: string): void } }).chat.updateAuthToken(jwt);
    }, token);
    await say(page, 'as Ana');
    await said(page, 'as Ana');
    await expect
      .poll(async () => (await threads(server)).map(({ created_by_username }) => created_by_username))
      .toEqual(['Ana']);
  });

  test('is the only one that can', async () => {
    const server = await served({ default: { mode: 'anonymous', origins: ['https://shop.example.com'] } });
    stage.show(pageWith(''));
    const page = await visit(stage.origin);
    expect(await read(page, `http://127.0.0.1:${server.port}/api/v1/auth/visitor`, 'POST')).toBe('refused');
  });
});

describe('a page without an origin', () => {
  test('that has the snippet chats with an open server, as a file of its developer', async () => {
    const server = await served();
    const host = `http://127.0.0.1:${server.port}`;
    const file = join(server.folder, 'page.html');
    writeFileSync(file, pageWith(snippet({ host, agent: await echoOf(server) })));
    const page = await visit(pathToFileURL(file).href);
    await openChat(page);
    await say(page, 'from a file');
    await said(page, 'from a file');
    await expect.poll(async () => (await threads(server)).length).toBe(1);
  });

  test('that is a frame of a stranger reads nothing', async () => {
    const server = await served();
    const address = `http://127.0.0.1:${server.port}/api/v1/threads`;
    stage.show(pageWith('<iframe sandbox="allow-scripts" srcdoc="<p>a frame</p>"></iframe>'));
    const page = await visit(stage.origin);
    const frame = page.frames().find((one) => one.parentFrame() !== null);
    const outcome = await frame?.evaluate(async (url) => {
      try {
        return (await fetch(url)).status;
      } catch {
        return 'refused';
      }
    }, address);
    expect(outcome).toBe(403);
    // The page around it is one of this machine, which an open server takes.
    expect(await read(page, address)).toBe(200);
  });
});

async function threads(server: Guarded): Promise<{ created_by_username: string }[]> {
  return (await server.call('/threads', { token: await server.operator() })).body.data;
}

function read(page: Page, url: string, method = 'GET'): Promise<number | string> {
  return page.evaluate(
    async ([address, verb]) => {
      try {
        return (await fetch(address as string, { method: verb as string })).status;
      } catch {
        return 'refused';
      }
    },
    [url, method],
  );
}
