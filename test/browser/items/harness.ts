import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { sourcePlugins } from '../../../packages/widget/build.mjs';
import { launchChromium } from '../../kit/chromium.ts';

const ENTRY = join(import.meta.dirname, 'stage.ts');

/** As strict as a page can be about what the chat does in it. Media and frames may come from anywhere, so that only the chat holds them back. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src * data:; media-src * data:; frame-src *; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

export interface Stage {
  readonly page: Page;
  /** Addresses that the page asked for, apart from itself and its script. */
  readonly requests: string[];
  /** What was said so far. */
  said(): Promise<{ content: unknown; display?: string }[]>;
}

export interface StageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly locale?: string;
  readonly dir?: 'rtl';
}

/** A browser with a blank page in which the chunks that load on demand are driven; `other` is a server of another origin. */
export function stage(): { open(options?: StageOptions): Promise<Stage>; readonly other: string } {
  let browser: Browser;
  let home: Server;
  let other: Server;
  const addressOf = (server: Server, host: string) => `http://${host}:${(server.address() as AddressInfo).port}`;

  beforeAll(async () => {
    const script = await bundle();
    const pixel = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
      'base64',
    );
    const answer = createServer((request, response) => {
      if (request.url === '/stage.js') response.setHeader('content-type', 'text/javascript').end(script);
      else if (request.url === '/missing.png') response.writeHead(404).end();
      else if (request.url?.endsWith('.png')) response.setHeader('content-type', 'image/png').end(pixel);
      else {
        response.setHeader('content-type', 'text/html');
        if (request.url !== '/') return response.end('<!doctype html><title>Elsewhere</title>');
        response.setHeader('content-security-policy', POLICY);
        response.end(
          '<!doctype html><html lang="en"><title>Stage</title><body><script src="/stage.js" type="module"></script>',
        );
      }
    });
    home = answer;
    other = createServer((request, response) => answer.emit('request', request, response));
    await Promise.all([home, other].map((server) => new Promise<void>((done) => server.listen(0, done))));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    home?.close();
    other?.close();
  });

  return {
    get other() {
      return addressOf(other, 'localhost');
    },
    async open({ width = 440, height = 900, colorScheme = 'light', locale = 'en', dir } = {}) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale });
      const page = await context.newPage();
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (line) => {
        if (line.type() === 'error' && !/status of 404|ERR_/.test(line.text())) complaints.push(line.text());
      });
      onTestFinished(async () => {
        await context.close();
        if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`);
      });
      const address = addressOf(home, 'localhost');
      page.on('request', (request) => {
        const url = request.url();
        if (![`${address}/`, `${address}/stage.js`].includes(url) && !url.endsWith('favicon.ico')) requests.push(url);
      });
      await page.goto(`${address}/`);
      await page.waitForFunction(() => 'stage' in globalThis);
      if (dir) await page.evaluate((value) => document.documentElement.setAttribute('dir', value), dir);
      return { page, requests, said: () => page.evaluate(() => globalThis.stage.said) };
    },
  };
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    format: 'esm',
    write: false,
    conditions: ['clew-source'],
    plugins: sourcePlugins,
  });
  return outputFiles[0]?.text ?? '';
}
