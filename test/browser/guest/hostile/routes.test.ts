import { expect, test } from 'vitest';
import { openChat, pageWith, snippet, stage } from '../../embed/site.ts';
import { ask } from '../talk.ts';
import { measure } from './measure.ts';

declare global {
  interface Window {
    begin: () => void;
    wxoLoader?: { init(): void };
  }
}

const lab = stage('test/browser/guest/project');

test('a page that mounts twice and changes its routes keeps one chat, as it was', async () => {
  const script = snippet({ host: lab.host, agent: await lab.agent('showcase') });
  const { page } = await lab.visit(
    pageWith(script.replace('setTimeout(function () {', 'window.begin = (function () {').replace('}, 0);', '});')),
  );
  // Effects run, are undone, and run again; both of them load the script.
  await page.evaluate(() => {
    window.begin();
    window.begin();
  });
  await openChat(page);
  await ask(page, 'table');
  const before = await page.evaluate(measure);
  await page.evaluate(() => {
    history.pushState({}, '', '/second');
    document.getElementById('root')?.replaceChildren(document.createElement('main'));
    window.wxoLoader?.init();
    window.dispatchEvent(new PopStateEvent('popstate'));
    location.hash = 'third';
    window.wxoLoader?.init();
    document.documentElement.className = 'route-third';
  });
  expect(await page.evaluate(measure)).toEqual(before);
  expect(await page.locator('.reply').count()).toBe(1);
  await ask(page, 'code');

  // Turbo and the like put a new body in place of the old one.
  await page.evaluate(() => {
    const body = document.createElement('body');
    body.append('another page');
    document.body.replaceWith(body);
    window.wxoLoader?.init();
  });
  await openChat(page);
  expect(
    await page.evaluate(() => [...document.body.children].map(({ localName }) => localName.replace(/-\d.*/, ''))),
  ).toEqual(['clew-launcher', 'clew-chat']);
  // The thread goes on in the new one.
  await page.locator('.reply').nth(1).waitFor();
  await ask(page, 'table');
  expect(await page.locator('.question').count()).toBe(3);
});
