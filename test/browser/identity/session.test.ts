import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { ChatInstance } from '../../../packages/widget/src/api/clew.d.ts';
import { type Guarded, site as keysOfSite, seconds } from '../../identity/start.ts';
import { openChat, pageWith, say, snippet } from '../embed/site.ts';
import { identityStage } from './stage.ts';

const stage = identityStage();
const onLoad = 'onLoad: (chat) => { window.chat = chat; },';

/** Runs in the page: the chat that it was given. */
const chatOf = (page: Page) => page.evaluateHandle(() => (window as unknown as { chat: ChatInstance }).chat);
const setToken = async (page: Page, token: string) =>
  (await chatOf(page)).evaluate((chat, jwt) => chat.updateAuthToken(jwt), token);
const logOut = async (page: Page) => (await chatOf(page)).evaluate((chat) => chat.logout());

async function pageFor(server: Guarded): Promise<void> {
  const agent = await stage.echoOf(server);
  stage.show(pageWith(snippet({ host: `http://127.0.0.1:${server.port}`, agent, chatOptions: onLoad })));
}

const entries = (page: Page) => page.locator('.entry');
const said = (page: Page, text: string) => page.locator('.entry', { hasText: text }).last().waitFor();

/** The message and what the agent makes of it, which says it again. */
const answered = (page: Page, text: string) => page.locator('.entry', { hasText: text }).nth(1).waitFor();

async function owners(server: Guarded): Promise<string[]> {
  const { data } = (await server.call('/threads', { token: await server.operator() })).body;
  return data.map(({ created_by }: { created_by: string }) => created_by);
}

describe('whoever logs out', () => {
  test('is gone from every tab, with what waited to be sent, and who comes next is somebody else', async () => {
    const server = await stage.served({ default: { mode: 'anonymous', origins: [stage.origin] } });
    await pageFor(server);
    const profile = await stage.profile();
    const one = await profile.newPage();
    await one.goto(stage.origin);
    await openChat(one);
    await say(one, 'a secret of the first');
    await one.locator('.reply[aria-busy=false]').waitFor();
    const thread = await one.evaluate(() => JSON.stringify({ ...sessionStorage }));
    const two = await profile.newPage();
    await two.addInitScript((kept) => Object.assign(sessionStorage, JSON.parse(kept)), thread);
    await two.goto(stage.origin);
    await openChat(two);
    await said(two, 'a secret of the first');
    const token = await one.evaluate(() => Object.values(localStorage).find((value) => value.startsWith('ey')));

    // What cannot be sent waits in the database of the origin.
    await profile.route('**/orchestrate/runs**', (route) => route.abort());
    await say(two, 'never to be sent');
    await said(two, 'never to be sent');
    await logOut(one);
    await expect.poll(() => entries(one).count()).toBe(0);
    await expect.poll(() => entries(two).count()).toBe(0);
    await profile.unroute('**/orchestrate/runs**');
    await say(one, 'hello from the second');
    await said(one, 'hello from the second');
    await expect.poll(async () => new Set(await owners(server)).size).toBe(2);
    const threads = (await server.call('/threads', { token: await server.operator() })).body.data;
    const texts = await Promise.all(
      threads.map(async ({ id }: { id: string }) =>
        JSON.stringify((await server.call(`/threads/${id}/messages`, { token: await server.operator() })).body),
      ),
    );
    expect(texts.join()).toContain('hello from the second');
    expect(texts.join()).not.toContain('never to be sent');
    expect(await one.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain(token);
  });

  test('was signed in: the token is good for nothing, and the page is asked for another', async () => {
    const server = await stage.served({ default: { mode: 'signed', origins: [stage.origin] } });
    const shop = keysOfSite();
    await server.call('/private/embed/config', {
      method: 'POST',
      token: await server.operator(),
      body: { client_public_key: shop.publicKey },
    });
    await pageFor(server);
    const page = await stage.visit(stage.origin);
    const token = await shop.sign({ sub: 'ana', name: 'Ana' });
    await page.waitForFunction(() => 'chat' in window);
    await setToken(page, token);
    await openChat(page);
    await say(page, 'as Ana');
    await said(page, 'as Ana');
    expect((await server.call('/threads', { token })).status).toBe(200);
    await logOut(page);
    await page.getByText('Please sign in', { exact: true }).waitFor();
    expect(await entries(page).count()).toBe(0);
    expect((await server.call('/threads', { token })).status).toBe(401);
    const next = await shop.sign({ sub: 'ben', name: 'Ben' });
    await setToken(page, next);
    await say(page, 'as Ben');
    await said(page, 'as Ben');
  });
});

test('a visitor works a little for its token where the channel wants that, and notices nothing', async () => {
  const server = await stage.served({
    default: { mode: 'anonymous', origins: [stage.origin], proofOfWork: { difficulty: 1 } },
  });
  expect((await server.call('/auth/visitor', { method: 'POST' })).body.code).toBe('proof_required');
  await pageFor(server);
  const page = await stage.visit(stage.origin);
  await openChat(page);
  await say(page, 'hello');
  await said(page, 'hello');
});

test('a channel for signed users without a key says on the page that it is not set up, and what to do', async () => {
  const server = await stage.served({ default: { mode: 'signed', origins: [stage.origin] } });
  await pageFor(server);
  const page = await stage.visit(stage.origin);
  await page.locator('clew-launcher button').click();
  await page.getByText('This chat is not set up correctly', { exact: true }).waitFor();
  expect(await page.locator('.trouble').innerText()).toContain('clew keys new');
});

test('a token that ends in mid-conversation is asked for once, what was refused is sent once more, and nothing is lost', async () => {
  const server = await stage.served({ default: { mode: 'signed', origins: [stage.origin] } });
  const shop = keysOfSite();
  await server.call('/private/embed/config', {
    method: 'POST',
    token: await server.operator(),
    body: { client_public_key: shop.publicKey },
  });
  await pageFor(server);
  const page = await stage.visit(stage.origin);
  await page.waitForFunction(() => 'chat' in window);
  const [first, fresh] = (await Promise.all([800, 900].map((n) => shop.sign({ sub: 'ana', exp: seconds() + n })))) as [
    string,
    string,
  ];
  const asked: (string | null)[] = [];
  await page.exposeFunction('signAgain', (old: string | null) => {
    asked.push(old);
    return fresh;
  });
  await (await chatOf(page)).evaluate((chat) =>
    chat.on('authTokenNeeded', async (event) => {
      const { signAgain } = window as unknown as { signAgain(old: string | null): Promise<string> };
      event.authToken = await signAgain(event.authToken);
    }),
  );
  await setToken(page, first);
  await openChat(page);
  await say(page, 'before');
  await answered(page, 'before');

  const sent: { token: string; body: string; status: number }[] = [];
  page.on('response', (response) => {
    const request = response.request();
    if (request.method() !== 'POST' || !/\/runs(\?|$)/.test(request.url())) return;
    const token = request.headers().authorization?.replace('Bearer ', '') ?? '';
    sent.push({ token, body: request.postData() ?? '', status: response.status() });
  });
  // As if its time were over. Which of the chat's requests is the first to be refused is up to it.
  await server.call('/auth/logout', { method: 'POST', token: first });
  for (const text of ['in between', 'after']) {
    await say(page, text);
    await answered(page, text);
  }

  // Taken once each; one that was refused is the same message, and was sent once more.
  const taken = sent.filter(({ status }) => status === 200);
  expect(taken.map(({ token }) => token)).toEqual([fresh, fresh]);
  const refused = sent.filter(({ status }) => status !== 200);
  expect(refused.map(({ token, status, body }) => [token, status, body])).toEqual(
    refused.map(() => [first, 401, taken[0]?.body]),
  );
  expect(refused.length).toBeLessThanOrEqual(1);
  expect(asked).toEqual([first]);
  const { data } = (await server.call('/threads', { token: fresh })).body;
  expect(data).toHaveLength(1);
  const texts = async () =>
    (await server.call(`/threads/${data[0].id}/messages`, { token: fresh })).body
      .filter(({ role }: { role: string }) => role === 'user')
      .map(({ content }: { content: [{ text: string }] }) => content[0].text);
  await expect.poll(texts, { timeout: 10_000 }).toEqual(['before', 'in between', 'after']);
});
