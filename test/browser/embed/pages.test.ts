import { describe, expect, test } from 'vitest';
import { freePort } from '../../kit/ports.ts';
import { openChat, pageWith, say, snippet, stage } from './site.ts';

const lab = stage();

describe('the sample site', () => {
  test('shows the chat in each layout, with a script to copy that works', async () => {
    const { page } = await lab.open('/?agent=echo');
    await openChat(page);
    await say(page, 'in the corner');
    await page.getByText('in the corner', { exact: true }).nth(1).waitFor();
    const script = (await page.locator('#snippet').textContent()) ?? '';
    expect(script).toContain(`hostURL: '${lab.host}'`);

    await page.getByRole('button', { name: 'In the page' }).click();
    await page.locator('#box').getByRole('textbox').waitFor();
    expect(new URL(page.url()).search).toBe('?layout=custom&agent=echo');
    expect(await page.locator('clew-launcher').count()).toBe(0);
    await page.getByRole('button', { name: 'Full screen' }).click();
    await page.locator('.wxo-fullscreen-overlay-main').getByRole('textbox').waitFor();

    const { page: other } = await lab.visit(pageWith(script));
    await openChat(other);
  });

  test('talks to the agent that is chosen', async () => {
    const { page } = await lab.open('/');
    await page.getByLabel('Agent').selectOption('Echo');
    await page.waitForFunction(() => location.search.endsWith('agent=echo'));
    await openChat(page);
    await page.getByRole('textbox', { name: /Echo/ }).waitFor();
  });
});

describe('the files of the widget', () => {
  test('go to any origin; those with a hash are kept, and the newest stands in for one that is gone', async () => {
    const read = async (path: string) => {
      const { status, headers } = await fetch(lab.host + path);
      return [status, headers.get('access-control-allow-origin'), headers.get('cache-control')];
    };
    for (const path of ['/wxoLoader.js?embed=true', '/wxochat/wxoLoader.js', '/clew.js', '/clew.d.ts'])
      expect([path, ...(await read(path))]).toEqual([path, 200, '*', 'no-cache']);
    const loader = await (await fetch(`${lab.host}/wxoLoader.js`)).text();
    const chunk = /clew\/chat-\w{8}\.js/.exec(loader)?.[0];
    expect(await read(`/${chunk}`)).toEqual([200, '*', 'public, max-age=31536000, immutable']);
    expect(await read('/clew/chat-ABCDEFGH.js')).toEqual([200, '*', 'no-cache']);
    expect((await read('/clew/nothing-ABCDEFGH.js'))[0]).toBe(404);
  });
});

describe('the check of an embedding', () => {
  const check = async (script: string, expected?: RegExp) => {
    const { page } = await lab.open('/embed-check', expected ? { expected } : {});
    await page.getByLabel(/^The script/).fill(script);
    await page.getByRole('button', { name: 'Check it' }).click();
    const verdict = page.locator('#verdict');
    await expect.poll(() => verdict.textContent()).not.toBe('Checking …');
    return { verdict: await verdict.textContent(), lines: (await page.locator('#list li').allInnerTexts()).join('\n') };
  };

  test('finds nothing wrong with a script of ours', async () => {
    const { verdict, lines } = await check(snippet({ host: lab.host, agent: await lab.agent('echo') }));
    expect(verdict).toBe('It should work.');
    expect(lines).toContain('The agent is "Echo".');
    expect(lines).toContain('pages of other origins may load it');
  });

  test('names an agent that is not there, and those that are', async () => {
    const { verdict, lines } = await check(snippet({ host: lab.host, agent: { id: 'nobody', tenantId: 't' } }));
    expect(verdict).toBe('One thing is wrong.');
    expect(lines).toMatch(/There is no agent "nobody"[\s\S]*echo \(/);
  });

  test('says when nobody is there', async () => {
    const host = `http://127.0.0.1:${await freePort()}`;
    const { lines } = await check(
      snippet({ host, agent: await lab.agent('echo') }),
      /ERR_CONNECTION_REFUSED|Failed to load/,
    );
    expect(lines).toContain('cannot be reached from this browser');
  });

  test('takes an address with parameters', async () => {
    const { page } = await lab.open(`/embed-check?host=${encodeURIComponent(lab.host)}&agent=echo`);
    await page.getByText('It should work.').waitFor();
  });
});
