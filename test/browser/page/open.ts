import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { launchChromium } from '../../kit/chromium.ts';
import { type ServedProcess, type ServeOptions, serve } from '../../kit/server.ts';
import { makeTempDir, removeTempDir } from '../../kit/temp-dir.ts';

export interface OpenOptions {
  /** Name of the agent. Default: the project's. */
  readonly agent?: string;
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** Address of another server than the one of the file. */
  readonly url?: string;
}

export interface Chat {
  /** A server on the project of these tests; its database is gone after them. */
  serve(options?: ServeOptions): Promise<ServedProcess>;
  /** A page of its own; the test fails if it throws or if the browser refuses anything. */
  open(options?: OpenOptions): Promise<Page>;
}

/** A browser and a server for the tests of a file. */
export function chat(): Chat {
  let browser: Browser;
  let server: ServedProcess;
  const folder = makeTempDir();
  let servers = 0;
  const start = (options: ServeOptions = {}) =>
    serve({
      project: join(import.meta.dirname, 'project'),
      args: ['--db', join(folder, `${servers++}.db`), '--grace-ms', '0'],
      ...options,
    });

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), start()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    removeTempDir(folder);
  });

  return {
    serve: start,
    async open({ agent, width = 1280, height = 800, colorScheme = 'light', url = server.url } = {}) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (said) => {
        // A server that is away, a thread that is not there and a file that is refused, all on purpose, are no faults of the page.
        const onPurpose = /net::ERR_|status of (404|413)|cannot be shown/.test(said.text());
        if (said.type() === 'error' && !onPurpose) complaints.push(said.text());
      });
      onTestFinished(async () => {
        await context.close();
        if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`);
      });
      await page.goto(agent === undefined ? `${url}/chat` : `${url}/chat?agent=${agent}`);
      await page.locator('.greeting, .reply').first().waitFor();
      return page;
    },
  };
}

/** Writes a message and sends it with the keyboard. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox').fill(text);
  await page.keyboard.press('Enter');
  await page.locator('.question', { hasText: text }).last().waitFor();
}

/** The text of the newest reply once it is complete and answers the newest question, without what stands around it. */
export async function answered(page: Page): Promise<string> {
  await page.locator('.entry').last().and(page.locator('.reply[aria-busy=false]')).waitFor();
  return (await page.locator('.reply').last().locator('.prose').allInnerTexts()).join('\n').trim();
}
