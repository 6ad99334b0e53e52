/**
 * Makes the pictures of the README: `node --conditions=clew-source scripts/screenshots.ts` with the pinned Node, after `npm run build`. They show the starter project
 * as a newcomer sees it: on a desk, on a phone, and in the dark.
 */
import { join } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import { launchChromium } from '../test/kit/chromium.ts';
import { ROOT, serve } from '../test/kit/server.ts';

const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const PICTURES: Readonly<Record<string, BrowserContextOptions>> = {
  'chat.png': DESK,
  'chat-dark.png': { ...DESK, colorScheme: 'dark' },
  'chat-phone.png': PHONE,
};

const server = await serve({ verb: 'serve', project: 'examples/starter', args: ['--db', ':memory:'] });
const browser = await launchChromium();
try {
  for (const [name, look] of Object.entries(PICTURES)) {
    // Nothing moves in a picture.
    const context = await browser.newContext({ ...look, locale: 'en', reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Open the chat' }).click();
    await page.locator('.greeting').first().waitFor();
    await page.getByRole('textbox').fill('What happens when the connection drops?');
    await page.keyboard.press('Enter');
    await page.locator('.reply[aria-busy=false] .sources').waitFor();
    await page.locator('.reply .actions-place button').first().waitFor();
    await page.mouse.move(0, 0);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(ROOT, 'docs/images', name) });
    await context.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
