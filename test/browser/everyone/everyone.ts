import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { openChat, snippet, stage } from '../embed/site.ts';

export interface Arrival extends BrowserContextOptions {
  readonly width?: number;
  readonly height?: number;
  /** Further members of the configuration, as JavaScript. */
  readonly more?: string;
  /** Attributes of the page's root element. Default `lang="en"`. */
  readonly html?: string;
  /** Mark-up of the page behind its main part. */
  readonly body?: string;
  /** Complaints that the test is about. */
  readonly expected?: RegExp;
}

/** All that a header can have. */
export const WHOLE = `header: { showAiDisclaimer: true, showMaximize: true, showResetButton: true }, features: { showThreadList: true },`;

/** The agents of `project/`, a page with a chat, and the other half of the teller's story. */
export interface Everyone {
  /** A page of a harbour whose chat talks to this agent; `window.chat` is its instance. */
  arrive(agent: string, arrival?: Arrival): Promise<Page>;
  /** The same, with the chat open and its greeting there. */
  enter(agent: string, arrival?: Arrival): Promise<Page>;
  /** A page of the server itself. */
  page(path: string, arrival?: Arrival): Promise<Page>;
  /** Where the teller waits for the second half of its story. */
  story(): string;
  /** Gives it to whoever waits for it. */
  tell(rest: string): Promise<void>;
}

export function everyone(): Everyone {
  const lab = stage('test/browser/everyone/project');
  const waiting = new Set<ServerResponse>();
  let library: Server;
  beforeAll(async () => {
    library = createServer((_, response) => {
      waiting.add(response);
      response.on('close', () => waiting.delete(response));
      library.emit('asked');
    }).listen(0, '127.0.0.1');
    await once(library, 'listening');
  });
  afterAll(() => {
    library?.closeAllConnections();
    library?.close();
  });

  const arrive: Everyone['arrive'] = async (agent, arrival = {}) => {
    const { width, height, more = '', html = 'lang="en"', body = '', expected, ...browser } = arrival;
    const script = snippet({
      host: lab.host,
      agent: await lab.agent(agent),
      more,
      chatOptions: 'onLoad(chat) { window.chat = chat; },',
    });
    const markup = `<!doctype html><html ${html}><head><meta name="viewport" content="width=device-width, initial-scale=1"><title>A harbour</title></head>
<body><main><h1>A harbour</h1><p>Boats <a id="link" href="#berths">and berths</a>.</p><div id="root"></div></main>${body}${script}</body></html>`;
    const { page } = await lab.visit(markup, {
      ...sizeOf({ width, height }),
      ...(expected ? { expected } : {}),
      browser,
    });
    return page;
  };
  return {
    arrive,
    async enter(agent, arrival) {
      const page = await arrive(agent, arrival);
      await openChat(page);
      await page.locator('.welcome').waitFor();
      return page;
    },
    async page(path, { width, height, more: _, html: __, body: ___, expected, ...browser } = {}) {
      const { page } = await lab.open(path, {
        ...sizeOf({ width, height }),
        ...(expected ? { expected } : {}),
        browser,
      });
      return page;
    },
    story: () => `http://127.0.0.1:${(library.address() as AddressInfo).port}/`,
    async tell(rest) {
      if (waiting.size === 0) await once(library, 'asked');
      for (const response of waiting) response.end(rest);
    },
  };
}

function sizeOf({ width, height }: { width: number | undefined; height: number | undefined }) {
  return { ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) };
}

/** Until the newest answer is complete and can be judged. */
export async function answered(page: Page): Promise<void> {
  await page
    .locator('.entry')
    .last()
    .and(page.locator('.reply[aria-busy=false]'))
    .locator('.tools button')
    .first()
    .waitFor();
}

/** Until nothing moves any more, but for what breathes while one waits. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.allSettled(
      [...document.querySelectorAll('*')]
        .flatMap(({ shadowRoot }) => shadowRoot?.getAnimations() ?? [])
        .filter((animation) => animation.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
        .map(({ finished }) => finished),
    ),
  );
}

/** What has the keyboard: the words it is called by, also inside of shadow roots; empty when it is the page itself. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    if (!at || at === document.body) return '';
    const label = at.id && (at.getRootNode() as ShadowRoot).querySelector(`label[for="${at.id}"]`)?.textContent;
    return (at.getAttribute('aria-label') || at.getAttribute('placeholder') || label || at.textContent || at.className)
      .replace(/\s+/g, ' ')
      .trim();
  });
}

/** Waits for that. */
export async function untilFocused(page: Page, name: string | RegExp): Promise<void> {
  const poll = expect.poll(() => focused(page));
  await (typeof name === 'string' ? poll.toBe(name) : poll.toMatch(name));
}
