import { expect, test } from 'vitest';
import { panelStage } from './harness.ts';

const { open } = panelStage();

test('the panel keeps frames in order and in place, whatever is said, inserted or taken away', async () => {
  const { page } = await open();
  await page.evaluate(() => globalThis.panelStage.mount());
  const shown = (keys: readonly number[]) =>
    page.evaluate((all) => {
      const { root, question, show } = globalThis.panelStage;
      const before = new Set(root.querySelectorAll('.entry'));
      const watch = new MutationObserver(() => {});
      watch.observe(root, { childList: true, subtree: true });
      show({ entries: all.map((key) => question(`${key}`, `${key}`)) });
      const moved = watch.takeRecords().flatMap(({ removedNodes }) => [...removedNodes]);
      return {
        sizes: [...root.querySelectorAll('.group')].map(({ childElementCount }) => childElementCount),
        moved: moved.filter((node) => before.has(node as Element) && node.isConnected).length,
      };
    }, keys);
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
  expect(await shown(range(0, 40))).toEqual({ sizes: [16, 16, 8], moved: 0 });
  expect(await shown(range(0, 50))).toEqual({ sizes: [16, 16, 16, 2], moved: 0 });
  const texts = () => page.locator('.entry').allTextContents();
  const inserted = [...range(0, 20), 100, ...range(20, 50)];
  expect(await shown(inserted)).toEqual({ sizes: [16, 17, 16, 2], moved: 0 });
  await expect.poll(texts).toEqual(inserted.map(String));
  expect(await shown([...range(-3, 0), ...range(0, 50)])).toEqual({ sizes: [3, 16, 16, 16, 2], moved: 0 });
  await expect.poll(texts).toEqual(range(-3, 50).map(String));
  expect(await shown(range(40, 50))).toEqual({ sizes: [8, 2], moved: 0 });
  expect(await texts()).toEqual(range(40, 50).map(String));
  expect(await shown([])).toEqual({ sizes: [], moved: 0 });
});
