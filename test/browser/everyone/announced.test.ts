import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { say } from '../embed/site.ts';
import { answered, everyone } from './everyone.ts';

const { enter, story, tell } = everyone();

declare global {
  var heard: string[];
  var live: () => string[];
}

/** Listens as a screen reader does: to all that is put into any live region of the page, from now on. */
async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const LIVE =
      '[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]:not([aria-live=off]), output';
    globalThis.heard = [];
    const roots = [...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? []);
    globalThis.live = () => roots.flatMap((root) => [...root.querySelectorAll(LIVE)].map(({ className }) => className));
    const watcher = new MutationObserver((changes) => {
      for (const { target, addedNodes, type } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        if (!element?.closest(LIVE)) continue;
        if (type === 'characterData') globalThis.heard.push(`changed: ${target.textContent}`);
        for (const node of addedNodes) globalThis.heard.push(node.textContent ?? '');
      }
    });
    for (const root of roots) watcher.observe(root, { childList: true, subtree: true, characterData: true });
  });
}

const heardBy = (page: Page) => page.evaluate(() => globalThis.heard);

/** All that was heard up to these words, which come at the end. */
async function heardUntil(page: Page, last: string): Promise<string[]> {
  await expect.poll(async () => (await heardBy(page)).at(-1), { timeout: 20_000 }).toBe(last);
  return heardBy(page);
}

describe('those who listen hear', () => {
  test('an answer as it comes: its beginning, sentences without signs, its end', async () => {
    const page = await enter('teller');
    await listen(page);
    await say(page, story());
    // Words come in sentences: the one that is not complete waits.
    await heardUntil(page, 'A story');
    await tell('burned **low**. Then it was [dark](https://example.org).\n\n- `one` star\n- two\n');
    expect(await heardUntil(page, 'The answer is complete.')).toEqual([
      'Teller is answering.',
      'A story',
      'Night came.\nThe sea was calm. Nobody stirred. The lamp burned low. Then it was dark.\none star\ntwo',
      'The answer is complete.',
    ]);
    await answered(page);
    await page.getByRole('button', { name: 'Copy the answer' }).focus();
    expect((await heardBy(page)).length).toBe(4);
    // One region, and no text of an answer in it but by these words.
    expect(await page.evaluate(() => globalThis.live())).toEqual(['unseen']);
    expect(await page.locator('[data-live]').evaluate((live) => live.closest('.scroll') === null)).toBe(true);
  });

  test('an answer that fails', async () => {
    const page = await enter('failer');
    await listen(page);
    await say(page, 'Go');
    expect(await heardUntil(page, 'The tides cannot be read today.')).toEqual([
      'Failer is answering.',
      'This goes well. And then',
      'The tides cannot be read today.',
    ]);
  });

  test('an answer that is stopped', async () => {
    const page = await enter('teller');
    await listen(page);
    await say(page, story());
    await heardUntil(page, 'A story');
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(await heardUntil(page, 'Stopped.')).toEqual([
      'Teller is answering.',
      'A story',
      'Night came.\nThe sea was calm. Nobody stirred. The lamp',
      'Stopped.',
    ]);
  });

  test('a question with a form, and what becomes of it', async () => {
    const page = await enter('asker');
    await listen(page);
    await say(page, 'A berth');
    expect(await heardUntil(page, 'Your answer is expected.')).toEqual([
      'Asker is answering.',
      'Which berth would you like?\nForm: A berth',
      'Your answer is expected.',
    ]);
    await page.getByLabel('Name of the boat').fill('Anna');
    await page.getByRole('radio', { name: 'North' }).check();
    await page.getByRole('button', { name: 'Submit' }).click();
    expect((await heardUntil(page, 'The answer is complete.')).slice(3)).toEqual([
      'Asker is answering.',
      'It is yours.',
      'The answer is complete.',
    ]);
  });

  test('that feedback was taken, that something was copied, and that the network is away', async () => {
    const page = await enter('writer', {
      permissions: ['clipboard-read', 'clipboard-write'],
      expected: /ERR_INTERNET/,
    });
    await say(page, 'Write');
    await answered(page);
    await listen(page);
    await page.getByRole('button', { name: 'Bad answer' }).click();
    await page.getByRole('button', { name: 'Submit' }).click();
    await heardUntil(page, 'Thank you for the feedback.');
    await page.getByRole('button', { name: 'Copy the answer' }).click();
    await heardUntil(page, 'Copied');
    await page.context().setOffline(true);
    expect(await heardUntil(page, 'You are offline. Messages wait here and are sent when you are back.')).toEqual([
      'Thank you for the feedback.',
      'Copied',
      'You are offline. Messages wait here and are sent when you are back.',
    ]);
  });
});
