import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { say } from '../embed/site.ts';
import { answered, type Everyone, everyone, settled, WHOLE } from './everyone.ts';
import { outside, small, squeezed } from './layout.ts';

const { arrive, enter } = everyone();

/** Each state of the chat: how one gets there. */
const STATES: Readonly<Record<string, (from: Everyone['enter'], arrival: object) => Promise<Page>>> = {
  open: (from, arrival) => from('writer', { ...arrival, more: WHOLE }),
  async answered(from, arrival) {
    const page = await from('writer', { ...arrival, more: WHOLE });
    await say(page, 'Write a text');
    await answered(page);
    await page.locator('.steps summary').click();
    await page.getByRole('button', { name: 'Bad answer' }).click();
    return page;
  },
  async source(from, arrival) {
    const page = await from('writer', { ...arrival, more: WHOLE });
    await say(page, 'Write a text');
    await answered(page);
    await page.locator('.mark').first().press('Enter');
    await page.locator('.source-card').waitFor();
    return page;
  },
  async error(from, arrival) {
    const page = await from('failer', { ...arrival, more: WHOLE });
    await say(page, 'Go');
    await page.locator('.problem').waitFor();
    return page;
  },
  async form(from, arrival) {
    const page = await from('asker', { ...arrival, more: WHOLE });
    await say(page, 'A berth');
    await page.getByRole('button', { name: 'Submit' }).press('Enter');
    await page.locator('.form-flaws').waitFor();
    return page;
  },
  async list(from, arrival) {
    const page = await from('writer', { ...arrival, more: WHOLE });
    await say(page, 'Write a text');
    await answered(page);
    await page.getByRole('button', { name: 'Conversations' }).click();
    await page.locator('.threads-open').first().waitFor();
    return page;
  },
};

/** WCAG 2.2, 1.4.12. */
const SPACING = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`;

describe.each([
  ['a desk', 1280, 800],
  ['200 % zoom', 640, 400],
  ['400 % zoom', 320, 256],
] as const)('%s: all is there and large enough', (_, width, height) => {
  test.each(Object.keys(STATES))('%s', async (state) => {
    const page = await STATES[state]!(enter, { width, height });
    expect(await outside(page)).toEqual([]);
    expect(await squeezed(page)).toEqual([]);
    expect(await small(page)).toEqual([]);
    // There is a place to read in, and one to write in.
    const room = await page.locator('.scroll').evaluate((one) => one.clientHeight);
    expect(room).toBeGreaterThan(height / 4);
  });
});

test.each(Object.keys(STATES))('wider spaces between letters, words and lines: %s', async (state) => {
  const page = await STATES[state]!(enter, { width: 390, height: 700 });
  await page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    for (const { shadowRoot } of document.querySelectorAll('*')) shadowRoot?.adoptedStyleSheets.push(sheet);
  }, SPACING);
  expect(await outside(page)).toEqual([]);
  expect(await squeezed(page)).toEqual([]);
});

test('the width of the window decides, not the browser that is used', async () => {
  const phone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1';
  const shapes: unknown[] = [];
  for (const arrival of [{}, { userAgent: phone }]) {
    const page = await enter('writer', { ...arrival, more: WHOLE });
    await settled(page);
    shapes.push(
      await page.locator('.frame').evaluate((frame) =>
        [frame, ...frame.querySelectorAll('*')].map((one) => {
          const { x, y, width, height } = one.getBoundingClientRect();
          return [one.className.toString(), x, y, width, height];
        }),
      ),
    );
  }
  expect(shapes[1]).toEqual(shapes[0]);
});

test('nothing moves for those who want no motion', async () => {
  const page = await arrive('teller', { reducedMotion: 'reduce', more: WHOLE });
  const moving = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('*')].flatMap(({ shadowRoot }) =>
        (shadowRoot?.getAnimations() ?? []).map((one) => (one as CSSAnimation).animationName ?? 'transition'),
      ),
    );
  await page.evaluate(() => document.addEventListener('animationstart', () => (document.title = 'moved'), true));
  await page.getByRole('button', { name: 'Open the chat' }).click();
  await page.locator('.welcome').waitFor();
  expect(await moving()).toEqual([]);
  await say(page, 'nowhere:');
  await page.locator('.problem').waitFor();
  await answered(page);
  await page.getByRole('button', { name: 'Bad answer' }).click();
  await page.getByRole('button', { name: 'Conversations' }).click();
  expect(await moving()).toEqual([]);
  expect(await page.title()).toBe('A harbour');
});

test('with colours of the reader’s own all that can be pressed has an outline, and so has what has the focus', async () => {
  const page = await STATES.answered!(enter, { forcedColors: 'active' });
  const bare = await page.evaluate(() => {
    const roots = [...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? []);
    return roots
      .flatMap((root) => [
        ...root.querySelectorAll<HTMLElement>('button, textarea, select, input, .bubble, .sheet, .composer'),
      ])
      .filter((one) => one.getClientRects().length > 0 && !one.matches('.composer textarea'))
      .filter((one) => {
        const { borderTopStyle, borderTopWidth, backgroundColor, forcedColorAdjust } = getComputedStyle(one);
        return (
          (borderTopStyle === 'none' || borderTopWidth === '0px') && !(forcedColorAdjust === 'none' && backgroundColor)
        );
      })
      .map((one) => one.outerHTML.slice(0, 120));
  });
  expect(bare).toEqual([]);
  await page.locator('.composer textarea').focus();
  expect(await page.locator('.composer').evaluate((one) => getComputedStyle(one).outlineStyle)).toBe('solid');
});
