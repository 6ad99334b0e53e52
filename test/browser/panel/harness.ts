import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { sourcePlugins } from '../../../packages/widget/build.mjs';
import { launchChromium } from '../../kit/chromium.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src *; media-src *; frame-src *; require-trusted-types-for 'script'";
const PAGE =
  '<!doctype html><html lang="en"><title>Stage</title><link rel="stylesheet" href="/stage.css"><main></main><script src="/stage.js" type="module"></script>';
const SHEET = 'html, body, main, .host { margin: 0; height: 100%; } .host { display: block; }';

export interface Stage {
  readonly page: Page;
  /** Addresses of other origins that the page asked for. */
  readonly foreign: string[];
}

/** A browser with a page, strict about scripts and styles, in which the panel shows states made by hand. */
export function panelStage(): {
  open(options?: { width?: number; height?: number; colorScheme?: 'light' | 'dark' }): Promise<Stage>;
} {
  let browser: Browser;
  let server: Server;

  beforeAll(async () => {
    const files = await bundle();
    server = createServer((request, response) => {
      const name = request.url?.slice(1) ?? '';
      const script = files.get(name);
      if (script) response.setHeader('content-type', 'text/javascript').end(script);
      else if (name === 'stage.css') response.setHeader('content-type', 'text/css').end(SHEET);
      else if (name !== '') response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': POLICY }).end(PAGE);
    });
    await new Promise<void>((done) => server.listen(0, done));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  return {
    async open({ width = 400, height = 640, colorScheme = 'light' } = {}) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      const page = await context.newPage();
      const complaints: string[] = [];
      const foreign: string[] = [];
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (line) => {
        if (line.type() === 'error' && !/status of 404/.test(line.text())) complaints.push(line.text());
      });
      onTestFinished(async () => {
        await context.close();
        if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`);
      });
      const address = `http://localhost:${(server.address() as AddressInfo).port}/`;
      page.on('request', (request) => {
        if (!request.url().startsWith(address)) foreign.push(request.url());
      });
      await page.goto(address);
      await page.waitForFunction(() => globalThis.panelStage !== undefined);
      return { page, foreign };
    },
  };
}

async function bundle(): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'stage.ts')],
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['clew-source'],
    write: false,
    plugins: sourcePlugins,
  });
  return new Map(outputFiles.map(({ path, text }) => [path.slice(1), text]));
}
