import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { ChatInstance } from '../../../../packages/widget/src/api/clew.d.ts';
import { pageWith, snippet, stage } from '../../embed/site.ts';
import { ask } from '../talk.ts';
import { record, type Traces } from './record.ts';

declare global {
  interface Window {
    guest: ChatInstance;
    traces: Traces;
    round: () => Promise<void>;
  }
}

const lab = stage('test/browser/guest/project');

const HOST = `<style>body { margin: 12px; background: #fed } .box { animation: none; color: teal } @media (hover) { a { color: green } }</style>
<main><h2>Heading</h2><p class="box">Text with <a href="#x">a link</a> and <code>code</code></p><button>Press</button><input value="x"><select><option>1</option></select>
<textarea>t</textarea><table><tr><th>a</th><td>b</td></tr></table><ul><li>one</li></ul><pre>pre</pre><dialog>d</dialog><form><label>l</label></form><section hidden>h</section></main>`;

/** Everything about the page that a chat could change by being there. */
function state(): Record<string, unknown> {
  const all = [
    document.documentElement,
    document.head,
    document.body,
    ...document.querySelectorAll('#root, h1, main, main *'),
  ];
  const styles = all.map((element) =>
    [
      element.localName,
      ...[...getComputedStyle(element)].map((name) => getComputedStyle(element).getPropertyValue(name)),
    ].join(),
  );
  const attributes = all.map((element) =>
    element
      .getAttributeNames()
      .map((name) => `${name}=${element.getAttribute(name)}`)
      .join(),
  );
  const boxes = all.map((element) => JSON.stringify(element.getBoundingClientRect()));
  return {
    styles,
    attributes,
    boxes,
    size: [document.documentElement.scrollWidth, document.documentElement.scrollHeight, scrollX, scrollY],
    head: [...document.head.children].map(({ outerHTML }) => outerHTML),
    sheets: [document.styleSheets.length, document.adoptedStyleSheets.length],
    highlights: 'highlights' in CSS ? CSS.highlights.size : 0,
    title: document.title,
    address: [location.href, history.length],
    cookies: document.cookie,
    local: Object.keys(localStorage),
    focus: document.activeElement?.localName,
  };
}

async function openChat(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open the chat' }).click();
  await page.locator('.composer textarea').waitFor();
}

/** Uses what leaves something: sources, code, a form. */
async function talk(page: Page): Promise<void> {
  for (const said of ['code', 'citations', 'rich']) await ask(page, said);
  await page.getByRole('button', { name: 'Show image' }).waitFor();
  await page.locator('.mark').click();
  await page.getByRole('dialog').waitFor();
}

describe('a page is left as it was', () => {
  test('its styles, its head, its names, its storage', async () => {
    const script = snippet({
      host: lab.host,
      agent: await lab.agent('showcase'),
      chatOptions: 'onLoad: (chat) => { window.guest = chat; }',
    });
    // The page says itself when its chat comes.
    const { page } = await lab.visit(
      pageWith(
        `${HOST}${script.replace('setTimeout(function () {', 'window.begin = (function () {').replace('}, 0);', '});')}`,
      ),
    );
    await page.evaluate(record);
    const names = await page.evaluate(() => Object.getOwnPropertyNames(window));
    const before = await page.evaluate(state);
    await page.evaluate('begin()');
    await openChat(page);
    const { head, focus, ...open } = await page.evaluate(state);
    const { head: ownHead, focus: ownFocus, ...own } = before;
    expect(open).toEqual(own);
    expect((head as string[]).filter((one) => !(ownHead as string[]).includes(one))).toEqual([
      expect.stringContaining('/wxoLoader.js'),
    ]);
    expect([focus, ownFocus]).toEqual([expect.stringMatching(/^clew-chat-/), 'body']);
    await talk(page);
    await page.evaluate(() => window.guest.destroy());
    const { head: _, ...after } = await page.evaluate(state);
    const { head: __, ...was } = before;
    expect(after).toEqual(was);
    const added = await page.evaluate(
      (known) => Object.getOwnPropertyNames(window).filter((name) => !known.includes(name)),
      names,
    );
    expect(added.sort()).toEqual(['guest', 'litHtmlVersions', 'wxoLoader']);
    const kept = await page.evaluate(() => Object.keys(sessionStorage));
    expect(kept).toEqual([expect.stringMatching(/^clew:http/)]);
    expect(await page.context().cookies()).toEqual([]);
    expect(
      await page.evaluate(() => document.querySelectorAll('body > :not(h1, #root, style, main, script)').length),
    ).toBe(0);
    await expect.poll(() => page.evaluate(() => window.traces.listeners())).toEqual([]);
    await expect.poll(() => page.evaluate(() => window.traces.timers())).toBe(0);
    await expect.poll(() => page.evaluate(async () => (await navigator.locks.query()).held?.length)).toBe(0);
  });

  test('nothing at all is kept where the chat is not to remember', async () => {
    const { page } = await lab.visit(
      pageWith(`<script type="module">import { createChat } from '${lab.host}/clew.js';
window.guest = await createChat({ agent: 'showcase', rememberThread: false });</script>`),
    );
    await openChat(page);
    await talk(page);
    await page.evaluate(() => window.guest.destroy());
    expect(
      await page.evaluate(async () => [
        Object.keys(sessionStorage),
        Object.keys(localStorage),
        (await indexedDB.databases()).map(({ name }) => name),
        await caches.keys(),
        document.cookie,
      ]),
    ).toEqual([[], [], [], [], '']);
  });

  test('fifty conversations leave less than ten kilobytes each', async () => {
    const { page } = await lab.visit(
      pageWith(`<script type="module">import { createChat } from '${lab.host}/clew.js';
performance.setResourceTimingBufferSize(1);
window.round = async () => {
  const chat = await createChat({ agent: 'showcase', rememberThread: false, features: { showThreadList: true } });
  await chat.changeView('mainWindow');
  for (const said of ['code', 'citations']) {
    const answered = new Promise((resolve) => chat.once('receive', resolve));
    await chat.send(said);
    await answered;
  }
  chat.destroy();
};</script>`),
    );
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    await page.waitForFunction('window.round');
    const rounds = (count: number) =>
      page.evaluate(async (n) => {
        for (let one = 0; one < n; one++) await window.round();
      }, count);
    const left = async () => {
      // What one collection finds to be unused may have kept other things until then.
      for (let times = 0; times < 3; times += 1) await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
      return { nodes: of('Nodes'), listeners: of('JSEventListeners'), heap: of('JSHeapUsedSize') };
    };
    const good = {
      nodes: expect.toSatisfy((n) => n <= 20),
      listeners: expect.toSatisfy((n) => n <= 2),
      heap: expect.toSatisfy((n) => n < 50 * 10_240),
    };
    await rounds(25);
    const batch = async () => {
      const before = await left();
      await rounds(50);
      // What was under way when a chat was destroyed may take a moment to be let go.
      let seen: Awaited<ReturnType<typeof left>> | undefined;
      const kept = async () => {
        const now = await left();
        seen = {
          nodes: now.nodes - before.nodes,
          listeners: now.listeners - before.listeners,
          heap: now.heap - before.heap,
        };
        return seen;
      };
      await expect
        .poll(kept, { timeout: 10_000, interval: 500 })
        .toEqual(good)
        .catch(() => {});
      return seen;
    };
    // A browser that compiles its code anew in the middle keeps that once, what a conversation leaves is there every time.
    let last = await batch();
    for (let more = 2; more > 0 && !good.heap.asymmetricMatch(last?.heap); more -= 1) last = await batch();
    expect(last).toEqual(good);
  });
});
