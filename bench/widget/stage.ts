import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { launchChromium } from '../../test/kit/chromium.ts';
import { startServer } from '../servers/process.ts';

/** A page of another origin than the server, in a browser profile of its own: nothing is cached. */
export interface Visit {
  readonly page: Page;
  readonly cdp: CDPSession;
  close(): Promise<void>;
}

/** A Clew server with the agent `writer`, a browser, and a stranger's site. */
export interface WidgetStage {
  readonly browser: Browser;
  /** Address of the server. */
  readonly host: string;
  visit(pace?: Pace): Promise<Visit>;
  close(): Promise<void>;
}

/** `slow`: a quarter of the CPU, 9 Mbit/s, 60 ms. */
export type Pace = 'full' | 'slow';

/** What the page notes of itself, in milliseconds of its own clock. */
export interface Notes {
  clicked: number;
  entered: number;
  /** The input of the chat had the keyboard for the first time. */
  focused: number;
  /** Requests to the server's API that the page made, by when. */
  requests: { method: string; path: string; at: number }[];
}

declare global {
  interface Window {
    notes: Notes;
    /** Resolves when the input of the chat has the keyboard for the first time. Rejects after half a minute. */
    inputFocused: Promise<void>;
  }
}

const PAGE =
  '<!doctype html><html lang="en"><head><title>A page</title></head><body><h1>A page</h1><p>Of somebody.</p></body></html>';

export async function startStage(): Promise<WidgetStage> {
  const server = await startServer('clew', { project: join(import.meta.dirname, 'project') });
  const site = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(PAGE);
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const browser = await launchChromium();
  return {
    browser,
    host: `http://127.0.0.1:${server.port}`,
    async visit(pace = 'full') {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en' });
      const page = await context.newPage();
      await page.addInitScript(takeNotes);
      const cdp = await context.newCDPSession(page);
      if (pace === 'slow') {
        const rate = 9_000_000 / 8;
        await cdp.send('Network.enable');
        await cdp.send('Network.emulateNetworkConditions', {
          offline: false,
          latency: 60,
          downloadThroughput: rate,
          uploadThroughput: rate,
        });
        await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      }
      await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
      return { page, cdp, close: () => context.close() };
    },
    async close() {
      await browser.close();
      await server.stop();
      site.close();
    },
  };
}

/** Runs in the page, before anything else. */
function takeNotes(): void {
  const notes: Notes = { clicked: 0, entered: 0, focused: 0, requests: [] };
  window.notes = notes;
  addEventListener('click', ({ timeStamp }) => (notes.clicked ||= timeStamp), { capture: true });
  const onKey = ({ key, timeStamp }: KeyboardEvent) => {
    if (key === 'Enter') notes.entered = timeStamp;
  };
  addEventListener('keydown', onKey, { capture: true });
  window.inputFocused = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('The input of the chat did not get the keyboard.')), 30_000);
    addEventListener('focusin', ({ target }) => {
      const active = (target as Element).shadowRoot?.activeElement;
      if (!(active instanceof HTMLTextAreaElement) || active.disabled) return;
      notes.focused ||= performance.now();
      resolve();
    });
  });
  const { fetch } = window;
  window.fetch = (...request) => {
    const { method, url } = new Request(...request);
    notes.requests.push({ method, path: new URL(url).pathname, at: performance.now() });
    return fetch(...request);
  };
}

/** Puts the documented script on the page; milliseconds from its insertion to the frame that shows the launcher. */
export async function embed({ page }: Visit, host: string): Promise<number> {
  return page.evaluate(async (hostURL) => {
    const began = performance.now();
    Object.assign(window, {
      wxOConfiguration: { orchestrationID: 'bench', hostURL, chatOptions: { agentId: 'writer' } },
    });
    const script = document.createElement('script');
    script.src = `${hostURL}/wxoLoader.js?embed=true`;
    const loaded = new Promise((resolve) => script.addEventListener('load', resolve));
    document.head.append(script);
    await loaded;
    window.wxoLoader?.init();
    // A message that is sent within a frame arrives after it has been painted.
    await new Promise((resolve) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = resolve;
        port2.postMessage(0);
      }),
    );
    const button = document.querySelector('clew-launcher')?.shadowRoot?.querySelector('button');
    if (!button?.checkVisibility()) throw new Error('There is no launcher.');
    return performance.now() - began;
  }, host);
}

/**
 * Presses the launcher as a hand does: the pointer comes, goes down and up. `atOnce`: in the moment in which the launcher is there, while the page still
 * settles; else half a second later, as the fastest of readers. Resolves when the chat greets. Until the input has the keyboard the page waits by itself: a
 * locator that polls is work in the page, and 10 ms of what is measured.
 */
export async function open({ page }: Visit, atOnce = false): Promise<void> {
  const box = await page.locator('clew-launcher button').boundingBox();
  if (!box) throw new Error('There is no launcher.');
  if (!atOnce) await page.waitForTimeout(500);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.evaluate(() => window.inputFocused);
  await page.locator('.greeting, .entry').first().waitFor();
}
