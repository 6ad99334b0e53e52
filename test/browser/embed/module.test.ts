import { describe, expect, test } from 'vitest';
import type { ChatInstance } from '../../../packages/widget/src/api/clew.d.ts';
import { openChat, pageWith, say, stage } from './site.ts';

const lab = stage();

declare global {
  interface Window {
    embedded: ChatInstance;
    embeddedAll: ChatInstance[];
  }
}

const module = (code: string) =>
  pageWith(`<script type="module">import { createChat } from '${lab.host}/clew.js';\n${code}</script>`);

describe('the module clew.js', () => {
  test('makes a chat and gives its instance', async () => {
    const { page } = await lab.visit(module(`window.embedded = await createChat({ agent: 'echo' });`));
    await openChat(page);
    await page.evaluate(() => window.embedded.send('said by the page'));
    await page.getByText('said by the page').nth(1).waitFor();
    expect(await page.evaluate(() => window.embedded.getLocale())).toBe('en');
  });

  test('says what is wrong with the options', async () => {
    const { page } = await lab.visit(
      module(`window.why = await createChat({ agent: 'echo', host: 7 }).catch((error) => error.message);`),
    );
    await page.waitForFunction('window.why');
    expect(await page.evaluate('why')).toMatch(/host must be string/);
  });

  test('speaks the language it is told, also later', async () => {
    const { page } = await lab.visit(module(`window.embedded = await createChat({ agent: 'echo', locale: 'de' });`));
    await page.getByRole('button', { name: 'Chat öffnen' }).waitFor();
    await page.waitForFunction('window.embedded');
    await page.evaluate(() => window.embedded.updateLocale('fr'));
    await page.getByRole('button', { name: 'Ouvrir le chat' }).waitFor();
  });

  test('shows several chats, each with its own colours', async () => {
    const { page } = await lab.visit(
      pageWith(`<style>.half { display: inline-block; width: 45%; height: 500px }</style><div id="a" class="half"></div><div id="b" class="half"></div>
<script type="module">import { createChat } from '${lab.host}/clew.js';
const of = (id, headerColor) => createChat({ agent: 'echo', layout: { form: 'custom', element: document.getElementById(id) }, style: { headerColor, theme: 'light' } });
window.embeddedAll = [await of('a', '#004400'), await of('b', '#ffee00')];</script>`),
    );
    await page.getByRole('textbox').nth(1).waitFor();
    await page.evaluate(() => window.embeddedAll[0]!.send('only in the first'));
    await page.locator('#a').getByText('only in the first').nth(1).waitFor();
    expect(await page.locator('#b').getByText('only in the first').count()).toBe(0);
    const colours = (id: string) =>
      page.locator(`${id} > *`).evaluate((host) => {
        const all = [...host.shadowRoot!.querySelectorAll('*')].map((one) => getComputedStyle(one).backgroundColor);
        return ['rgb(0, 68, 0)', 'rgb(255, 238, 0)'].filter((colour) => all.includes(colour));
      });
    expect(await colours('#a')).toEqual(['rgb(0, 68, 0)']);
    expect(await colours('#b')).toEqual(['rgb(255, 238, 0)']);
  });

  test('leaves nothing behind when it is destroyed, fifty times over', async () => {
    const { page } = await lab.visit(
      module(`window.round = async () => {
  const chat = await createChat({ agent: 'echo', rememberThread: false });
  await chat.changeView('mainWindow');
  chat.destroy();
};`),
    );
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    await page.waitForFunction('window.round');
    const rounds = (count: number) =>
      page.evaluate(`(async () => { for (let n = 0; n < ${count}; n++) await round(); })()`);
    const left = async () => {
      await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
      return { nodes: of('Nodes'), listeners: of('JSEventListeners'), heap: of('JSHeapUsedSize') };
    };
    await rounds(10);
    const before = await left();
    await rounds(50);
    // What was under way when it was destroyed may take a moment to be let go.
    await expect.poll(async () => (await left()).nodes - before.nodes, { timeout: 20_000 }).toBeLessThanOrEqual(20);
    const after = await left();
    expect(after.listeners - before.listeners).toBeLessThanOrEqual(2);
    expect((after.heap - before.heap) / 50).toBeLessThan(10_240);
    expect(
      await page.evaluate(() => [
        document.querySelectorAll('body > *').length,
        sessionStorage.length,
        localStorage.length,
      ]),
    ).toEqual([3, 0, 0]);
  });
});

describe('<clew-chat>', () => {
  const element = (attributes: string) =>
    pageWith(
      `<script type="module" src="${lab.host}/clew.js"></script><clew-chat host="${lab.host}" agent="echo" ${attributes}></clew-chat>`,
    );

  test('is a chat in mark-up', async () => {
    const { page } = await lab.visit(element('primary-color="#224466"'));
    await openChat(page);
    await say(page, 'from an element');
    await page.getByText('from an element').nth(1).waitFor();
  });

  test('fills itself, goes with the page, and comes again', async () => {
    const { page } = await lab.visit(element('layout="custom" style="display: block; height: 480px"'));
    await page.getByRole('textbox').waitFor();
    const box = () => page.locator('clew-chat > *').evaluate((host) => host.getBoundingClientRect().height);
    expect(await box()).toBe(480);
    await page.evaluate(() => {
      const chat = document.querySelector('clew-chat')!;
      document.body.prepend(chat);
    });
    expect(await page.locator('clew-chat > *').count()).toBe(1);
    await page.evaluate(async () => {
      const chat = document.querySelector('clew-chat')!;
      chat.remove();
      await new Promise((resolve) => setTimeout(resolve, 50));
      document.body.append(chat);
    });
    await page.getByRole('textbox').waitFor();
    expect(await page.locator('clew-chat > *').count()).toBe(1);
    expect(await box()).toBe(480);
  });
});
