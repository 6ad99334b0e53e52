import { expect, test } from 'vitest';
import { type Stage, stage } from './harness.ts';

const { open } = stage();
const NOON = Date.UTC(2026, 10, 21, 12);

const list = async (on: Stage, options: { total: number; failing?: boolean }) => {
  await on.page.evaluate((given) => globalThis.stage.threads(given), { now: NOON, ...options });
  await on.page.locator('.threads-scroll[aria-busy=false]').waitFor();
};
const visited = ({ page }: Stage) => page.evaluate(() => globalThis.stage.visited);
const titles = ({ page }: Stage) => page.locator('.threads-open .threads-title').allInnerTexts();

test('lists by day, marks the one that is open, opens and begins', async () => {
  const on = await open();
  await list(on, { total: 12 });
  expect(await on.page.getByRole('heading').allInnerTexts()).toEqual(['Today', 'Yesterday', 'Earlier']);
  expect(await on.page.locator('[aria-current=true] .threads-title').innerText()).toBe('Conversation 1');
  expect((await titles(on))[3]).toBe('Untitled');
  await on.page.getByRole('button', { name: /^Conversation 2/ }).press('Enter');
  await on.page.getByRole('button', { name: 'New chat' }).press('Enter');
  expect(await visited(on)).toEqual(['t2', 'new']);
  await on.page.evaluate(() => globalThis.stage.list?.update({ threadId: 't2' }));
  expect(await on.page.locator('[aria-current=true] .threads-title').innerText()).toBe('Conversation 2');
});

test('goes by the arrow keys', async () => {
  const on = await open();
  await list(on, { total: 5 });
  await on.page.locator('.threads-open').first().focus();
  const focused = () =>
    on.page.evaluate(
      () => document.querySelector('div')?.shadowRoot?.activeElement?.querySelector('.threads-title')?.textContent,
    );
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) await on.page.keyboard.press(key);
  expect(await focused()).toBe('Conversation 1');
  await on.page.keyboard.press('End');
  expect(await focused()).toBe('Conversation 4');
});

test('reads more as it is scrolled, and all in the end', async () => {
  const on = await open();
  await list(on, { total: 55 });
  expect((await titles(on)).length).toBe(20);
  await on.page.waitForFunction(() => {
    const root = document.querySelector('div')?.shadowRoot;
    root?.querySelector('.threads-scroll')?.scrollBy(0, 10_000);
    return root?.querySelectorAll('.threads-open').length === 55;
  });
  expect(await on.page.getByRole('button', { name: 'Load more' }).isVisible()).toBe(false);
});

test('finds by title among what was read', async () => {
  const on = await open();
  await list(on, { total: 25 });
  await on.page.getByRole('searchbox', { name: 'Search conversations' }).fill('VERSATION 1');
  expect((await titles(on)).slice(0, 2)).toEqual(['Conversation 1', 'Conversation 10']);
  await on.page.getByRole('searchbox').fill('nothing');
  expect(await on.page.getByText('No matches').isVisible()).toBe(true);
  expect(await on.page.getByRole('button', { name: 'Load more' }).isVisible()).toBe(true);
});

test('deletes after a question, and keeps the focus near', async () => {
  const on = await open();
  await list(on, { total: 3 });
  const bin = on.page.getByRole('button', { name: 'Delete “Conversation 1”' });
  await bin.focus();
  await on.page.keyboard.press('Enter');
  await on.page.keyboard.press('Escape');
  expect(await bin.evaluate((button) => button === (button.getRootNode() as ShadowRoot).activeElement)).toBe(true);
  expect(await visited(on)).toEqual([]);

  await on.page.keyboard.press('Enter');
  await on.page.keyboard.press('Tab');
  await on.page.keyboard.press('Enter');
  await on.page.waitForFunction(() => globalThis.stage.visited.length === 2);
  expect(await visited(on)).toEqual(['delete t1', 'new']);
  expect(await titles(on)).toEqual(['Conversation 0', 'Conversation 2']);
  const focused = await on.page.evaluate(() => document.querySelector('div')?.shadowRoot?.activeElement?.textContent);
  expect(focused).toContain('Conversation 2');

  await on.page.evaluate(() => {
    globalThis.stage.failing = true;
  });
  await on.page.getByRole('button', { name: 'Delete “Conversation 2”' }).press('Enter');
  await on.page.getByRole('button', { name: 'Delete', exact: true }).click();
  await on.page.getByText('The conversation could not be deleted.').waitFor();
});

test('says that there is nothing, or that it could not be read, and tries again', async () => {
  const on = await open();
  await list(on, { total: 0 });
  expect(await on.page.getByText('No conversations yet').isVisible()).toBe(true);
  await list(on, { total: 2, failing: true });
  expect(await on.page.getByText('The conversations could not be loaded.').isVisible()).toBe(true);
  await on.page.evaluate(() => {
    globalThis.stage.failing = false;
  });
  await on.page.getByRole('button', { name: 'Try again' }).click();
  await on.page.getByText('Conversation 1').waitFor();
});
