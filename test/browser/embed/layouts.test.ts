import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openChat, pageWith, snippet, stage } from './site.ts';

const lab = stage();

const visit = async (more: string, options: Parameters<typeof lab.visit>[1] = {}, body = '') =>
  (await lab.visit(pageWith(body + snippet({ host: lab.host, agent: await lab.agent('echo'), more })), options)).page;

/** Left, top, width and height of the window once it stands still. */
function windowOf(page: Page): Promise<number[]> {
  return page.locator('[class^=wxo-]').evaluate(async (host) => {
    const frame = host.shadowRoot!.querySelector('.frame')!;
    await Promise.all(frame.getAnimations().map(({ finished }) => finished));
    const { x, y, width, height } = frame.getBoundingClientRect();
    return [x, y, width, height];
  });
}

describe('layouts', () => {
  test('floats in the corner, as large as it is told', async () => {
    const page = await visit(`layout: { form: 'float', width: '420px', height: '500px' },`);
    await openChat(page);
    expect(await windowOf(page)).toEqual([1280 - 420 - 20, 800 - 500 - 20, 420, 500]);
  });

  test('floats on the left where people read from the right', async () => {
    const page = await visit('', {}, `<script>document.documentElement.dir = 'rtl'</script>`);
    await openChat(page);
    expect((await windowOf(page))[0]).toBe(20);
  });

  test.each([
    [390, 844],
    [320, 256],
  ])('takes all of a screen of %i × %i', async (width, height) => {
    const page = await visit('', { width, height });
    await openChat(page);
    expect(await windowOf(page)).toEqual([0, 0, width, height]);
    const input = await page.getByRole('textbox').boundingBox();
    expect(input!.y + input!.height).toBeLessThanOrEqual(height);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  test('stays above a keyboard on the screen', async () => {
    const page = await visit('', { width: 390, height: 844 });
    await openChat(page);
    await page.evaluate(() => {
      const view = window.visualViewport!;
      Object.defineProperty(view, 'height', { value: 500 });
      view.dispatchEvent(new Event('resize'));
    });
    expect(await windowOf(page)).toEqual([0, 0, 390, 500]);
  });

  test('covers the page, with a launcher or at once', async () => {
    const page = await visit(`layout: { form: 'fullscreen-overlay' },`);
    await openChat(page);
    expect(await windowOf(page)).toEqual([0, 0, 1280, 800]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Open the chat' }).waitFor();

    const atOnce = await visit(`layout: { form: 'fullscreen-overlay', showLauncher: false },`);
    await atOnce.getByRole('textbox').waitFor();
    expect(await windowOf(atOnce)).toEqual([0, 0, 1280, 800]);
    expect(await atOnce.getByRole('button', { name: 'Open the chat' }).count()).toBe(0);
  });

  test('fills the element of the page that it is given', async () => {
    const page = await visit(
      `layout: { form: 'custom', customElement: document.getElementById('mine') },`,
      {},
      '<div id="mine" style="width: 500px; height: 450px; margin-left: 100px"></div>',
    );
    await page.getByRole('textbox').waitFor();
    expect((await windowOf(page)).filter((_, at) => at !== 1)).toEqual([108, 500, 450]);
    expect(await page.getByRole('button', { name: 'Open the chat' }).count()).toBe(0);
    // It stands in the page from the beginning, so the keyboard stays where it is.
    expect(await page.evaluate('document.activeElement === document.body')).toBe(true);
  });

  test('lies over whatever the page has, and changes nothing of it', async () => {
    const hostile = `<style>* { all: unset !important; color: red !important } button { display: none !important }</style>
<div style="position: fixed; inset: 0; z-index: 2147483647; background: white"></div>`;
    const page = await visit(
      '',
      {},
      `${hostile}<p id="probe">Text</p><script>
      window.styleOf = () => JSON.stringify(['html', 'body', '#probe'].map((one) => Object.fromEntries([...getComputedStyle(document.querySelector(one))].filter((name) => !/height|block-size|origin/.test(name)).map((name) => [name, getComputedStyle(document.querySelector(one))[name]]))));
      window.before = styleOf();</script>`,
    );
    await openChat(page);
    const [, , width] = await windowOf(page);
    expect(width).toBe(400);
    expect(await page.evaluate('styleOf() === before')).toBe(true);
  });
});
