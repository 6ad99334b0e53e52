import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../kit/ports.ts';
import { tempDir } from '../../kit/temp-dir.ts';
import { answered, chat, say } from './open.ts';

const { open, serve } = chat();
const count = (to: number) => Array.from({ length: to }, (_, n) => n + 1).join(' ');

describe('the chat page', () => {
  test('greets, offers questions, and answers one with its sources', async () => {
    const page = await open();
    expect(await page.locator('.greeting').textContent()).toBe('Ask for anything.');
    expect(await page.locator('.greeting strong').textContent()).toBe('anything');
    expect(await page.locator('.lead').textContent()).toBe('I write it down.');
    expect(await page.title()).toBe('Writer · Clew');

    await page.getByRole('button', { name: 'A text' }).click();
    await answered(page);
    expect(await page.locator('.question').allInnerTexts()).toEqual(['Write a text']);
    expect(await page.locator('.welcome').isVisible()).toBe(false);
    expect(await page.locator('.steps summary').innerText()).toBe('Looking it up');

    const sources = page.locator('.sources li');
    expect(await sources.first().innerText()).toContain('A page');
    expect(await sources.last().innerText()).toContain('A file');
    await page.getByRole('button', { name: 'Source 2' }).first().click();
    const card = page.getByRole('dialog', { name: 'Source 2' });
    expect(await card.innerText()).toContain('knowledge/facts.md#second');
    expect(await card.evaluate((one) => one.matches(':focus'))).toBe(true);
    await sources.first().getByRole('button').click();
    const link = page.getByRole('dialog').getByRole('link');
    expect(await link.getAttribute('href')).toBe('https://example.org/facts');
  });

  test('shows Markdown as nodes, and nothing that could do harm', async () => {
    const page = await open();
    await say(page, 'Write');
    const text = await answered(page);
    const prose = page.locator('.prose');
    expect(await prose.getByRole('heading').first().textContent()).toBe('A heading');
    expect(text).toMatch(/The first fact\.\s?1 The second fact, with code & an &\.\s?2/);
    expect(await prose.locator('th').allInnerTexts()).toEqual(['Name', 'Age']);
    expect(await prose.locator('pre').first().textContent()).toContain("<script>alert('code')</script>");
    const links = await prose.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    expect(links).toContain('https://example.org/a');
    expect(links.every((link) => link?.startsWith('https://example.org/'))).toBe(true);
    expect(text).toContain('unsafe');
    expect(text).toContain('<img src=x');
    expect(await prose.locator('img, script').count()).toBe(0);
    expect(await page.title()).toBe('Writer · Clew');
  });

  test('keeps its thread over a reload and over Back', async () => {
    const page = await open();
    await say(page, 'Write');
    const text = await answered(page);
    expect(new URL(page.url()).hash).toMatch(/^#[0-9a-f-]{36}$/);
    await page.reload();
    expect(await answered(page)).toBe(text);
    expect(await page.locator('.steps summary').innerText()).toBe('Look it up');

    await page.getByRole('button', { name: 'New chat' }).first().click();
    await page.locator('.greeting').waitFor();
    expect(new URL(page.url()).hash).toBe('');
    expect(await page.locator('.question').count()).toBe(0);
    await page.goBack();
    expect(await answered(page)).toBe(text);
  });

  test('takes the thread from ?thread= too', async () => {
    const page = await open();
    await say(page, 'Write');
    const text = await answered(page);
    const { origin, hash } = new URL(page.url());
    await page.goto(`${origin}/chat?thread=${hash.slice(1)}`);
    expect(await answered(page)).toBe(text);
  });

  test('goes on with an answer that is being given when it is loaded again', async () => {
    const page = await open({ agent: 'counter' });
    await say(page, '100');
    await page.getByText('1 2 3 4 5').waitFor();
    await page.reload();
    expect(await answered(page)).toBe(count(100));
    expect(await page.locator('.reply').count()).toBe(1);
  });

  test('stops, and what was said stays', async () => {
    const page = await open({ agent: 'counter' });
    await say(page, '5000');
    await page.getByText('1 2 3 4 5').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(await answered(page)).toMatch(/^1 2 3 4 5/);
    expect(await page.locator('.reply .ended').innerText()).toContain('Stopped.');
    await page.reload();
    expect(await answered(page)).toMatch(/^1 2 3 4 5/);
    await say(page, '3');
    expect(await answered(page)).toBe('1 2 3');
  });

  test('shows what went wrong, also after a reload, and tries again', async () => {
    const page = await open({ agent: 'moody' });
    await say(page, 'Hello');
    await page.locator('.problem', { hasText: 'Not in the mood.' }).waitFor();
    await page.reload();
    await page.locator('.problem', { hasText: 'Not in the mood.' }).waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.reply', { hasText: 'Better now.' }).waitFor();
    expect(await page.locator('.question').allInnerTexts()).toEqual(['Hello', 'Hello']);
  });

  test('answers a question of the agent, and shows each message once', async () => {
    const page = await open({ agent: 'asker' });
    await say(page, 'Hi');
    expect(await answered(page)).toBe('What is your name?');
    await page.reload();
    expect(await answered(page)).toBe('What is your name?');
    await say(page, 'Ana');
    await page.locator('.reply', { hasText: 'Hello Ana, 3 letters.' }).waitFor();
    await page.reload();
    await page.locator('.reply', { hasText: 'Hello Ana, 3 letters.' }).waitFor();
    expect(await page.locator('.prose').allInnerTexts()).toEqual(['What is your name?', 'Hello Ana, 3 letters.']);
    expect(await page.locator('.steps summary').allInnerTexts()).toEqual(['Count letters']);
  });

  test('goes to another agent', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Agents' }).click();
    await page.getByRole('button', { name: 'Counter' }).click();
    await page.waitForFunction(() => document.title === 'Counter · Clew');
    expect(new URL(page.url()).search).toBe('?agent=counter');
    await say(page, '3');
    expect(await answered(page)).toBe('1 2 3');
    await page.goBack();
    await page.getByText('Ask for anything.').waitFor();
  });

  test('begins anew when a thread is not there', async () => {
    const page = await open();
    await page.goto(`${page.url()}#00000000-0000-4000-8000-000000000000`);
    await page.locator('.greeting').waitFor();
    await say(page, 'Write');
    await answered(page);
    expect(new URL(page.url()).hash).not.toBe('#00000000-0000-4000-8000-000000000000');
  });

  test('goes on when the server dies in the middle of an answer and comes back', async () => {
    const again = { port: await freePort(), args: ['--db', join(tempDir(), 'clew.db'), '--grace-ms', '0'] };
    const first = await serve(again);
    const page = await open({ agent: 'counter', url: first.url });
    await say(page, '150');
    await page.getByText('1 2 3 4 5').waitFor();
    await first.stop('SIGKILL');
    await serve(again);
    expect(await answered(page)).toBe(count(150));
  });

  test('can be used without a mouse and tells those who listen', async () => {
    const page = await open();
    const message = page.getByRole('textbox');
    await expect.poll(() => message.evaluate((field) => field.matches(':focus'))).toBe(true);
    await message.fill('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await answered(page);
    expect(await page.locator('.question').innerText()).toBe('one\ntwo');
    await page.locator('[data-live]', { hasText: 'The second fact' }).waitFor({ state: 'attached' });
  });

  test.each(['light', 'dark'] as const)('fits a phone, %s', async (colorScheme) => {
    const page = await open({ width: 390, height: 844, colorScheme });
    await say(page, 'Write');
    await answered(page);
    const [width, paper] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      getComputedStyle(document.body).backgroundColor,
    ]);
    expect(width).toBe(390);
    expect(paper).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(19, 20, 22)');
    const send = await page.getByRole('button', { name: 'Send' }).boundingBox();
    expect(send!.x + send!.width).toBeLessThanOrEqual(390);
    expect(send!.y + send!.height).toBeLessThanOrEqual(844);
  });
});
