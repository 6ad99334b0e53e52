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
    expect(await page.locator('h1').innerHTML()).toBe('Ask for <strong>anything</strong>.');
    expect(await page.locator('.lead').textContent()).toBe('I write it down.');
    expect(await page.title()).toBe('Writer · Clew');

    await page.getByRole('button', { name: 'A text' }).click();
    await answered(page);
    expect(await page.locator('.question').allInnerTexts()).toEqual(['Write a text']);
    expect(await page.locator('#welcome').isVisible()).toBe(false);
    expect(await page.locator('.steps summary').textContent()).toBe('Looking it up');

    const sources = page.locator('.sources li');
    expect(
      await sources.locator('a').evaluateAll((all) => all.map((a) => [a.textContent, a.getAttribute('href')])),
    ).toEqual([['A page', 'https://example.org/facts']]);
    expect(await sources.last().textContent()).toContain('knowledge/facts.md#second');
    expect(await sources.locator('.snippet').allInnerTexts()).toEqual([
      'The first fact stands here.',
      'And here the second.',
    ]);
    await page.getByRole('button', { name: 'Source 2' }).click();
    expect(await sources.last().evaluate((entry) => entry === document.activeElement)).toBe(true);
  });

  test('shows Markdown as nodes, and nothing that could do harm', async () => {
    const page = await open();
    await say(page, 'Write');
    const text = await answered(page);
    const prose = page.locator('.prose');
    expect(await prose.locator('h4').textContent()).toBe('A heading');
    expect(text).toContain('The first fact.1 The second fact, with code & an &.2');
    expect(await prose.locator('th').allInnerTexts()).toEqual(['Name', 'Age']);
    expect(await prose.locator('pre').textContent()).toBe("<script>alert('code')</script>");
    expect(await prose.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))).toEqual([
      'https://example.org/a',
      'https://example.org/p.png',
    ]);
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
    expect(await page.locator('.steps summary').textContent()).toBe('Look it up');

    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.locator('h1').waitFor();
    expect(new URL(page.url()).hash).toBe('');
    expect(await page.locator('.question').count()).toBe(0);
    await page.goBack();
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

  test.each(['the button', 'Escape'])('stops by %s, and what was said stays', async (way) => {
    const page = await open({ agent: 'counter' });
    await say(page, '5000');
    await page.getByText('1 2 3 4 5').waitFor();
    if (way === 'Escape') await page.keyboard.press('Escape');
    else await page.getByRole('button', { name: 'Stop' }).click();
    expect(await answered(page)).toMatch(/^1 2 3 4 5/);
    expect(await page.locator('.reply .note').textContent()).toBe('Stopped.');
    await page.reload();
    expect(await answered(page)).toMatch(/^1 2 3 4 5/);
    expect(await page.locator('.reply .note').textContent()).toBe('Stopped.');
    await say(page, '3');
    expect(await answered(page)).toBe('1 2 3');
  });

  test('shows what went wrong, also after a reload, and tries again', async () => {
    const page = await open({ agent: 'moody' });
    await say(page, 'Hello');
    expect(await page.getByRole('alert').textContent()).toContain('Not in the mood.');
    await page.reload();
    expect(await page.getByRole('alert').textContent()).toContain('Not in the mood.');
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
    await page.getByLabel('Agent').selectOption('Counter');
    await page.getByRole('heading', { name: 'Ask Counter' }).waitFor();
    expect(new URL(page.url()).search).toBe('?agent=counter');
    await say(page, '3');
    expect(await answered(page)).toBe('1 2 3');
    await page.goBack();
    await page.getByRole('heading', { name: 'Ask for anything.' }).waitFor();
  });

  test('says so when a thread is not there', async () => {
    const page = await open();
    await page.goto(`${page.url()}#00000000-0000-4000-8000-000000000000`);
    expect(await page.getByRole('alert').textContent()).toMatch(/^There is no such thread/);
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.locator('h1').waitFor();
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
    const message = page.getByRole('textbox', { name: 'Message' });
    expect(await message.evaluate((field) => field === document.activeElement)).toBe(true);
    await message.fill('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await answered(page);
    expect(await page.locator('.question').textContent()).toBe('one\ntwo');
    expect(await page.getByRole('status').textContent()).toContain('The second fact');
    expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
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
    // A long answer is read from its beginning: the question stays in sight, and a button leads to the end.
    const question = await page.locator('.question').boundingBox();
    expect(question!.y).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Go to the latest message' }).click();
    await page.locator('#latest').waitFor({ state: 'hidden' });
    const send = await page.locator('#send').boundingBox();
    expect(send!.x + send!.width).toBeLessThanOrEqual(390);
  });
});
