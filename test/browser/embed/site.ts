import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { launchChromium } from '../../kit/chromium.ts';
import { ROOT, type ServedProcess, serve } from '../../kit/server.ts';
import { makeTempDir, removeTempDir } from '../../kit/temp-dir.ts';

/** What `clew embed --json` gives for an agent. */
export interface Agent {
  readonly id: string;
  readonly tenantId: string;
}

export interface VisitOptions {
  readonly width?: number;
  readonly height?: number;
  /** Headers of the page, e.g. a content security policy. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Complaints that the test is about: they do not fail it. */
  readonly expected?: RegExp;
  /** What happens before the page is asked for. Then the visit does not wait until it is loaded. */
  readonly before?: (page: Page) => Promise<void>;
  /** Whatever else is to be said of the browser, e.g. a touch screen. */
  readonly browser?: BrowserContextOptions;
}

/** A page of a stranger, and what its browser had to say. */
export interface Visit {
  readonly page: Page;
  /** Errors of the console, also those that are expected. */
  readonly errors: string[];
}

/** The lab, a browser, and a site of another origin. */
export interface Stage {
  /** Address of the lab's server. */
  readonly host: string;
  agent(name: string): Promise<Agent>;
  /** Opens a page of the lab's server. */
  open(path: string, options?: VisitOptions): Promise<Visit>;
  /** Opens a page with this mark-up; the test fails if the page throws or the browser refuses anything. */
  visit(html: string, options?: VisitOptions): Promise<Visit>;
}

export interface StageOptions {
  /** Changes to the environment of the server. */
  readonly env?: () => Readonly<Record<string, string>>;
  /** Further arguments of the browser. */
  readonly browserArgs?: string[];
}

export function stage(project = 'examples/lab', { env, browserArgs = [] }: StageOptions = {}): Stage {
  let browser: Browser;
  let lab: ServedProcess;
  let site: Server;
  const pages = new Map<string, { html: string; headers: Readonly<Record<string, string>> }>();
  const folder = makeTempDir();

  beforeAll(async () => {
    site = createServer((request, response) => {
      const page = pages.get(request.url ?? '');
      response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...page?.headers });
      response.end(page?.html ?? '');
    });
    site.listen(0, '127.0.0.1');
    const started = serve({
      project: join(ROOT, project),
      args: ['--db', join(folder, 'clew.db'), '--grace-ms', '0'],
      ...(env ? { env: env() } : {}),
    });
    [browser, lab] = await Promise.all([launchChromium({ args: browserArgs }), started, once(site, 'listening')]);
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
    site?.close();
    removeTempDir(folder);
  });

  return {
    get host() {
      return lab.url;
    },
    async agent(name) {
      const response = await fetch(`${lab.url}/api/v1/orchestrate/agents?names=${name}&include_hidden=true`);
      const [found] = (await response.json()) as { id: string; tenant_id: string }[];
      if (!found) throw new Error(`There is no agent ${name}.`);
      return { id: found.id, tenantId: found.tenant_id };
    },
    open: (path, options) => go(lab.url + path, options),
    async visit(html, options = {}) {
      const path = `/${pages.size}`;
      pages.set(path, { html, headers: options.headers ?? {} });
      return go(`http://127.0.0.1:${(site.address() as AddressInfo).port}${path}`, options);
    },
  };

  async function go(
    url: string,
    { width = 1280, height = 800, expected, browser: more, before }: VisitOptions = {},
  ): Promise<Visit> {
    const context = await browser.newContext({ viewport: { width, height }, locale: 'en', ...more });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('console', (said) => {
      if (said.type() === 'error' && !/favicon/.test(said.location().url)) errors.push(said.text());
    });
    onTestFinished(async () => {
      await context.close();
      const complaints = errors.filter((error) => !expected?.test(error));
      if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`);
    });
    await before?.(page);
    // Whoever comes before it may keep the page from being loaded.
    await page.goto(url, before ? { waitUntil: 'commit' } : {});
    return { page, errors };
  }
}

export interface SnippetOptions {
  readonly host: string;
  readonly agent: Agent;
  /** Further members of the configuration, as JavaScript: `layout: { form: 'custom' },`. */
  readonly more?: string;
  /** Further members of `chatOptions`. */
  readonly chatOptions?: string;
  /** JavaScript that runs before `init`. */
  readonly before?: string;
  readonly path?: '/wxoLoader.js?embed=true' | '/wxochat/wxoLoader.js?embed=true';
}

/** The script as the documentation of the web chat has it. */
export function snippet({
  host,
  agent,
  more = '',
  chatOptions = '',
  before = '',
  path = '/wxoLoader.js?embed=true',
}: SnippetOptions): string {
  return `<script>
  window.wxOConfiguration = {
    orchestrationID: '${agent.tenantId}',
    hostURL: '${host}',
    rootElementID: 'root',
    showLauncher: true,
    deploymentPlatform: 'ibmcloud',
    crn: 'crn:v1:bluemix:public:watsonx-orchestrate:us-south:a/0:1::',
    chatOptions: { agentId: '${agent.id}', ${chatOptions} },
    ${more}
  };
  setTimeout(function () {
    const script = document.createElement('script');
    script.src = \`\${window.wxOConfiguration.hostURL}${path}\`;
    script.addEventListener('load', function () { ${before} wxoLoader.init(); });
    document.head.appendChild(script);
  }, 0);
</script>`;
}

/** A page of somebody's. */
export function pageWith(body: string): string {
  return `<!doctype html><html lang="en"><head><title>A page</title></head><body><h1>A page</h1><div id="root"></div>${body}</body></html>`;
}

/** Opens the chat by its launcher, and waits until it greets: before, it does not know its agent. */
export async function openChat(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open the chat' }).click();
  await page.locator('.greeting, .entry').first().waitFor();
}

/** Writes something and sends it with the keyboard. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox').fill(text);
  await page.keyboard.press('Enter');
}
