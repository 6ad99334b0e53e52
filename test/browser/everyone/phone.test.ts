import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { answered, everyone, settled, WHOLE } from './everyone.ts';
import { outside, small } from './layout.ts';

const { arrive } = everyone();

const PHONE = { width: 390, height: 844, deviceScaleFactor: 3, isMobile: true, hasTouch: true } as const;

async function open(agent: string, more = WHOLE): Promise<Page> {
  const page = await arrive(agent, { ...PHONE, more });
  await page.getByRole('button', { name: 'Open the chat' }).tap();
  await page.locator('.welcome').waitFor();
  return page;
}

/** What a keyboard on the screen does to a page: what is seen becomes lower, and may lie lower in the page. */
async function keyboard(page: Page, height: number, top = 0): Promise<void> {
  await page.evaluate(
    ({ height, top }) => {
      const view = window.visualViewport as VisualViewport;
      Object.defineProperties(view, {
        height: { value: height, configurable: true },
        offsetTop: { value: top, configurable: true },
      });
      view.dispatchEvent(new Event('resize'));
      view.dispatchEvent(new Event('scroll'));
    },
    { height, top },
  );
}

describe('on a phone', () => {
  test('the chat takes the screen, and everything can be touched', async () => {
    const page = await open('writer');
    await expect.poll(() => page.locator('.frame').boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    // There is no larger size to go to.
    expect(await page.getByRole('button', { name: 'Full size' }).count()).toBe(0);
    await page.getByRole('button', { name: 'A text' }).tap();
    await answered(page);
    // The keyboard of the screen does not come up over the answer.
    expect(await page.locator('.composer textarea').evaluate((one) => one.matches(':focus'))).toBe(false);
    expect(await outside(page)).toEqual([]);
    expect(await small(page)).toEqual([]);
    await page.locator('.mark').first().tap();
    await page.locator('.source-card').getByRole('button', { name: 'Close' }).tap();
    await page.getByRole('button', { name: 'Conversations' }).tap();
    await page.locator('.threads-bin').first().waitFor();
    expect(await small(page)).toEqual([]);
    await page.locator('.threads-open').first().tap();
    await page.getByRole('button', { name: 'Close the chat' }).tap();
    await page.getByRole('button', { name: 'Open the chat' }).waitFor();
  });

  test('fields have letters of 16 px, so that no browser zooms in on them', async () => {
    const page = await open('asker');
    await page.locator('.composer textarea').fill('A berth');
    await page.getByRole('button', { name: 'Send' }).tap();
    await page.getByLabel('Name of the boat').waitFor();
    await page.getByRole('button', { name: 'Bad answer' }).tap();
    await page.getByRole('button', { name: 'Conversations' }).tap();
    await page.getByRole('searchbox').waitFor();
    const sizes = await page
      .locator('textarea, select, input:not([type=checkbox], [type=radio])')
      .evaluateAll((fields) => fields.map((field) => getComputedStyle(field).fontSize));
    expect([...new Set(sizes)]).toEqual(['16px']);
  });

  test.each([
    ['at the top', 400, 0],
    ['pushed down, as in Safari', 400, 180],
    ['on its side', 180, 0],
  ])('the field stays above the keyboard: %s', async (_, height, top) => {
    const page = await open('writer');
    await page.getByRole('button', { name: 'A text' }).tap();
    await answered(page);
    await page.locator('.composer textarea').tap();
    await keyboard(page, height, top);
    const inSight = async (selector: string) => {
      const { y, height: high } = (await page.locator(selector).first().boundingBox()) as { y: number; height: number };
      return y >= top && y + high <= top + height;
    };
    await expect.poll(() => inSight('.composer')).toBe(true);
    expect(await inSight('.header')).toBe(true);
    // The end of the answer is still in sight.
    await expect
      .poll(() => page.locator('.scroll').evaluate((one) => one.scrollHeight - one.clientHeight - one.scrollTop))
      .toBeLessThan(2);
    await page.locator('.composer textarea').fill('One\n'.repeat(12));
    expect(await inSight('.composer')).toBe(true);
    expect(await inSight('.send')).toBe(true);
  });

  test('nothing lies under a notch or the bar at the bottom', async () => {
    const page = await arrive('writer', { ...PHONE, more: WHOLE });
    const client = await page.context().newCDPSession(page);
    await client.send(
      'Emulation.setSafeAreaInsetsOverride' as never,
      { insets: { top: 47, bottom: 34, left: 10, right: 10 } } as never,
    );
    await page.getByRole('button', { name: 'Open the chat' }).tap();
    await page.locator('.welcome').waitFor();
    await settled(page);
    const boxOf = async (selector: string) => (await page.locator(selector).first().boundingBox())!;
    const [first, composer] = [await boxOf('.header .tool'), await boxOf('.composer')];
    expect(first.y).toBeGreaterThanOrEqual(47);
    expect(composer.y + composer.height).toBeLessThanOrEqual(844 - 34);
    expect(composer.x).toBeGreaterThanOrEqual(10);
  });
});
