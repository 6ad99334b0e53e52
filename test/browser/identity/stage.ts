import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type Guarded, start } from '../../identity/start.ts';
import { launchChromium } from '../../kit/chromium.ts';

/** A browser, a site of one page, and servers with channels. */
export interface IdentityStage {
  /** Origin of the site. */
  readonly origin: string;
  /** What the site answers from now on. */
  show(html: string): void;
  /** A server that ends with the test. */
  served(channels?: object): Promise<Guarded>;
  echoOf(server: Guarded): Promise<{ id: string; tenantId: string }>;
  /** A browser profile of its own, for the test. */
  profile(): Promise<BrowserContext>;
  /** A page of a profile of its own. */
  visit(url: string): Promise<Page>;
}

export function identityStage(): IdentityStage {
  let browser: Browser;
  let site: Server;
  let origin: string;
  let html = '';

  beforeAll(async () => {
    site = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
    });
    site.listen(0, '127.0.0.1');
    [browser] = await Promise.all([launchChromium(), once(site, 'listening')]);
    origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });

  const profile = async () => {
    const context = await browser.newContext({ locale: 'en' });
    onTestFinished(() => context.close());
    return context;
  };
  return {
    get origin() {
      return origin;
    },
    show(page) {
      html = page;
    },
    async served(channels) {
      const server = await start(channels);
      onTestFinished(() => server.end());
      return server;
    },
    async echoOf(server) {
      const token = await server.operator();
      const [agent] = (await server.call('/orchestrate/agents?names=echo', { token })).body;
      return { id: agent.id as string, tenantId: agent.tenant_id as string };
    },
    profile,
    async visit(url) {
      const page = await (await profile()).newPage();
      await page.goto(url);
      return page;
    },
  };
}
