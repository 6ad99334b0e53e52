import { describe, expect, test } from 'vitest';
import { openChat, pageWith, say, snippet, stage } from './site.ts';

const lab = stage();

describe('the documented snippet on a page of another origin', () => {
  test.each(['/wxoLoader.js?embed=true', '/wxochat/wxoLoader.js?embed=true'] as const)('chats, by %s', async (path) => {
    const { page } = await lab.visit(pageWith(snippet({ host: lab.host, agent: await lab.agent('echo'), path })));
    await openChat(page);
    await say(page, 'a thread in the labyrinth');
    await page.getByText('a thread in the labyrinth').nth(1).waitFor();
  });

  test.each([
    [false, 'before the page is loaded, then what it will need, and asks nothing'],
    [true, 'until the launcher is touched, where the reader saves data'],
  ])('loads one small script (saves data: %s) %s', async (saveData) => {
    // A picture that comes late keeps the page from being loaded.
    let arrive = () => {};
    const late = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const loaded: string[] = [];
    const script = snippet({ host: lab.host, agent: await lab.agent('echo') });
    const { page } = await lab.visit(pageWith(`${script}<img src="/late.png" alt="">`), {
      async before(page) {
        page.on('request', (request) => loaded.push(request.url()));
        await page.addInitScript((saves) => {
          Object.defineProperty(navigator, 'connection', { value: { saveData: saves } });
        }, saveData);
        await page.route('**/late.png', async (route) => {
          await late;
          await route.fulfill({ status: 204 });
        });
      },
    });
    const launcher = page.getByRole('button', { name: 'Open the chat' });
    await launcher.waitFor();
    const idle = () => page.evaluate(() => new Promise((resolve) => requestIdleCallback(() => resolve(0))));
    const ofChat = () => loaded.filter((url) => url.startsWith(lab.host));
    await idle();
    expect(ofChat()).toEqual([`${lab.host}/wxoLoader.js?embed=true`]);

    arrive();
    await page.waitForLoadState('load');
    await idle();
    if (saveData) {
      expect(ofChat()).toHaveLength(1);
      await launcher.hover();
    }
    await expect.poll(() => ofChat().some((url) => /\/clew\/chat-/.test(url))).toBe(true);
    await expect.poll(() => ofChat().some((url) => /\/clew\/answers-/.test(url))).toBe(true);
    expect(loaded.filter((url) => /\/api\//.test(url))).toEqual([]);
    expect(await page.locator('.wxo-float-main').count()).toBe(0);
  });

  test('gives the keyboard to the input, and back to the launcher', async () => {
    const { page } = await lab.visit(pageWith(snippet({ host: lab.host, agent: await lab.agent('echo') })));
    await page.getByRole('button', { name: 'Open the chat' }).focus();
    await page.keyboard.press('Enter');
    const input = page.getByRole('textbox');
    await input.waitFor();
    await expect.poll(() => input.evaluate((field) => field.matches(':focus'))).toBe(true);
    await page.keyboard.press('Escape');
    const launcher = page.getByRole('button', { name: 'Open the chat' });
    await expect.poll(() => launcher.evaluate((button) => button.matches(':focus'))).toBe(true);
  });

  test('is one chat, however often the page calls init', async () => {
    const twice = snippet({ host: lab.host, agent: await lab.agent('echo') });
    const again =
      '<script>addEventListener("load", () => setTimeout(() => { wxoLoader.init(); wxoLoader.init(); }, 200));</script>';
    const { page } = await lab.visit(pageWith(twice + twice + again));
    await openChat(page);
    await page.evaluate('wxoLoader.init()');
    expect(await page.locator('clew-launcher').count()).toBe(1);
    expect(await page.evaluate('document.querySelectorAll("body > *").length')).toBe(7);
  });

  test('gives the instance to onLoad and calls back in the documented order', async () => {
    const chatOptions = `onLoad: function (instance) {
      window.seen = ['onLoad'];
      for (const name of ['view:change', 'chat:ready']) instance.on(name, (event) => window.seen.push(name + ' ' + (event.reason ?? '')));
      instance.on('pre:send', async (event) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        event.message.message.content = event.message.message.content.toUpperCase();
      });
      window.chat = instance;
    }`;
    const { page } = await lab.visit(
      pageWith(snippet({ host: lab.host, agent: await lab.agent('echo'), chatOptions })),
    );
    await page.waitForFunction('window.seen?.length === 3');
    expect(await page.evaluate('seen')).toEqual(['onLoad', 'view:change chatLoaded', 'chat:ready ']);
    await openChat(page);
    await say(page, 'small letters');
    await page.getByText('SMALL LETTERS', { exact: true }).first().waitFor();
    expect(await page.getByText('small letters', { exact: true }).count()).toBe(1);
    await page.evaluate('chat.changeView("launcher")');
    await page.getByRole('button', { name: 'Open the chat' }).waitFor();
    expect(await page.evaluate('seen.slice(3)')).toEqual([
      'view:change launcherClicked',
      'view:change calledChangeView',
    ]);
  });

  test.each([
    ['nothing', 'window.wxOConfiguration = undefined', /hostURL is mandatory/],
    ['no agent', 'delete window.wxOConfiguration.chatOptions.agentId', /chatOptions\.agentId is mandatory/],
    [
      'a wrong colour',
      'window.wxOConfiguration.style = { primaryColor: "red" }',
      /style\.primaryColor must be #rrggbb/,
    ],
    ['a key that is not known', 'window.wxOConfiguration.layuot = {}', /layuot is not known/],
  ])('says once what is wrong with %s', async (_, spoil, complaint) => {
    const html = pageWith(snippet({ host: lab.host, agent: await lab.agent('echo'), before: `${spoil};` }));
    const { page, errors } = await lab.visit(html, { expected: /wxO error ::: Config error :::/ });
    await page.waitForFunction('window.wxoLoader');
    await expect.poll(() => errors.length).toBe(1);
    expect(errors[0]).toMatch(complaint);
    expect(errors[0]).toMatch(/^wxO error ::: Config error ::: .*clew embed/);
  });
});

describe('the guide', () => {
  const starter = stage('examples/starter');

  test('answers with its sources', async () => {
    const { page } = await starter.visit(
      pageWith(snippet({ host: starter.host, agent: await starter.agent('guide') })),
    );
    await openChat(page);
    await say(page, 'How do I embed the chat?');
    await page.getByText('How do we know?').or(page.getByText('Sources')).first().waitFor();
  });
});
