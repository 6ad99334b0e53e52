import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { ChatInstance } from '../../../../packages/widget/src/api/clew.d.ts';
import { pageWith, stage } from '../../embed/site.ts';
import { CANARY_ARGS, canary } from './canary.ts';
import { findings } from './findings.ts';

declare global {
  interface Window {
    guest: ChatInstance;
    /** Set by a payload that runs. */
    hits: string[];
  }
}

const bird = canary();
const lab = stage('test/browser/guest/project', { env: () => ({ CANARY: bird.host }), browserArgs: CANARY_ARGS });

/** Media of the chat's own server are loaded without asking, and these are not there. */
const EXPECTED = /Failed to load resource: the server responded with a status of 40[04]|cannot be shown/;

const countOf = (list: string) =>
  (JSON.parse(readFileSync(join(import.meta.dirname, `../payloads/${list}.json`), 'utf8')) as unknown[]).length;
const sentences = (list: string, name = list) => Array.from({ length: countOf(list) }, (_, n) => `${name} ${n}`);
const texts = (list: string) =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, `../payloads/${list}.json`), 'utf8').replaceAll('CANARY', bird.host),
  ) as string[];

interface Watched {
  readonly page: Page;
  /** Everything that must not have happened so far. */
  readonly happened: () => Promise<string[]>;
}

async function open(): Promise<Watched> {
  const { page } = await lab.visit(
    pageWith(`<script type="module">import { createChat } from '${lab.host}/clew.js';
window.hits = [];
window.xss = window.alert = window.prompt = window.confirm = (what) => hits.push(String(what));
window.guest = await createChat({ agent: 'parrot', layout: { form: 'fullscreen-overlay', showLauncher: false }, features: { showThreadList: true } });</script>`),
    { expected: EXPECTED },
  );
  const seen: string[] = [];
  const ours = [lab.host];
  const own = [page.url(), new URL('/favicon.ico', page.url()).href];
  const context = page.context();
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith('data:') && !own.includes(url) && !ours.includes(new URL(url).origin))
      seen.push(`request: ${url}`);
  });
  context.on('page', (opened) => seen.push(`page: ${opened.url()}`));
  page.on('dialog', (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('framenavigated', (frame) => {
    if (frame !== page.mainFrame() || frame.url() !== page.url()) seen.push(`navigation: ${frame.url()}`);
  });
  await page.waitForFunction('window.guest');
  return {
    page,
    happened: async () => {
      const found = await page.evaluate(findings, ours);
      const hits = await page.evaluate(() => [
        ...window.hits,
        ...(document.title === 'A page' ? [] : [document.title]),
      ]);
      return [...seen, ...hits, ...found, ...(bird.connections > 0 ? [`connections: ${bird.connections}`] : [])];
    },
  };
}

/** Says all of them one after the other, waiting for each answer to end; all in the page, which is quicker. */
async function sayAll(page: Page, all: readonly string[]): Promise<void> {
  for (const text of all) {
    const before = await page.locator('.reply').count();
    await page.evaluate((what) => window.guest.send(what), text);
    await page.locator('.reply').nth(before).and(page.locator('[aria-busy=false]')).waitFor();
  }
}

/** Opens whatever opens without asking another server. */
async function openAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const host of document.body.children) {
      const root = host.shadowRoot;
      for (const details of root?.querySelectorAll('details') ?? []) details.open = true;
      for (const button of root?.querySelectorAll<HTMLElement>('.mark, .sources button, .steps button') ?? [])
        button.click();
    }
  });
}

describe('nothing that an agent says makes a request or runs', () => {
  test.each([
    ['text with Markdown and HTML', () => sentences('markdown')],
    ['text with sources', () => sentences('markdown', 'cited').slice(0, 60)],
    [
      'what the reader says, which is also the title of the conversation',
      () =>
        texts('markdown')
          .filter((text) => text.length < 300)
          .slice(0, 40),
    ],
    ['content items of every kind', () => sentences('items')],
    ['forms', () => sentences('forms')],
    ['steps and errors', () => [...sentences('steps'), ...sentences('errors')]],
  ])(
    '%s',
    async (_, said) => {
      const all = said();
      const { page, happened } = await open();
      await sayAll(page, all);
      await expect.poll(() => page.locator('.reply .pending').count()).toBe(0);
      await openAll(page);
      expect(await happened()).toEqual([]);
      await page.reload();
      await page
        .locator('.reply')
        .nth(all.length - 1)
        .waitFor();
      await openAll(page);
      expect(await happened()).toEqual([]);
    },
    300_000,
  );

  test('what the page watches for would be seen', async () => {
    const { page, happened } = await open();
    await page.locator('.reply, .greeting').first().waitFor();
    await page.evaluate((host) => {
      const root = [...document.body.children].find(({ shadowRoot }) =>
        shadowRoot?.querySelector('.reply, .greeting'),
      )?.shadowRoot;
      const image = document.createElement('img');
      image.src = `http://${host}/seen.png`;
      root?.append(image);
      window.alert('seen');
    }, bird.host);
    await expect.poll(() => bird.connections).toBeGreaterThan(0);
    await expect
      .poll(happened)
      .toEqual([
        `request: http://${bird.host}/seen.png`,
        'seen',
        expect.stringMatching(/^address: <img/),
        expect.stringMatching(/^connections: /),
      ]);
  });
});
