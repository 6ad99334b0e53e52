import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { ChatInstance } from '../../../../packages/widget/src/api/clew.d.ts';
import { type Agent, openChat, pageWith, stage } from '../../embed/site.ts';
import { ask } from '../talk.ts';

declare global {
  interface Window {
    guest: ChatInstance;
    violations: string[];
  }
}

const lab = stage('test/browser/guest/project');

const WATCH = `window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => violations.push([event.violatedDirective, event.blockedURI, event.sample].join(' ')));`;

/** The page writes the address of the loader through a policy of its own, as it must where Trusted Types are required. */
const loaderOf = ({ id, tenantId }: Agent) => `<script nonce="abc">${WATCH}
  window.wxOConfiguration = { orchestrationID: '${tenantId}', hostURL: '${lab.host}', features: { showThreadList: true },
    chatOptions: { agentId: '${id}', onLoad: (chat) => { window.guest = chat; } } };
  const script = document.createElement('script');
  script.src = trustedTypes.createPolicy('page', { createScriptURL: (url) => url }).createScriptURL('${lab.host}/wxoLoader.js?embed=true');
  script.addEventListener('load', () => wxoLoader.init());
  document.head.appendChild(script);
</script>`;

const moduleOf = () => `<script nonce="abc">${WATCH}</script><script type="module" nonce="abc">
import { createChat } from '${lab.host}/clew.js';
window.guest = await createChat({ agent: 'showcase', features: { showThreadList: true } });
</script>`;

/** Everything that a reader may do, in a chat that has been opened. */
async function useAll(page: Page): Promise<void> {
  await openChat(page);
  for (const said of ['code', 'table', 'citations', 'rich', 'form']) {
    await ask(page, said);
    if (said === 'code') await page.locator('code[data-done] span').first().waitFor();
    if (said === 'citations') {
      await page.locator('.mark').click();
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
    }
    if (said === 'rich') {
      await page.getByRole('button', { name: 'Show image' }).waitFor();
      await page.locator('.steps summary').last().click();
    }
  }
  await page.getByRole('textbox', { name: 'Name' }).fill('Ana');
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.locator('.reply').nth(5).and(page.locator('[aria-busy=false]')).waitFor();
  await page.getByRole('button', { name: 'Conversations', exact: true }).click();
  await page.locator('.threads-open').first().waitFor();
  await page.locator('.threads-open').first().press('Escape');
  await expect.poll(() => page.evaluate(() => window.guest !== undefined)).toBe(true);
  await page.evaluate(() => window.guest.updateLocale('de'));
  await page.getByRole('button', { name: 'Chat schließen' }).click();
  await page.getByRole('button', { name: 'Chat öffnen' }).waitFor();
}

const TYPES = "require-trusted-types-for 'script'";

describe('a content security policy is never violated', () => {
  test.each([
    ['nonces and strict-dynamic', "script-src 'nonce-abc' 'strict-dynamic'; style-src 'nonce-abc'", TYPES],
    ['addresses beside a nonce', "script-src 'nonce-abc' 'self' HOST; style-src 'self'", TYPES],
    ['names of Trusted Types', "script-src 'nonce-abc' 'strict-dynamic'", `${TYPES}; trusted-types page lit-html`],
  ])('the loader, by %s', async (_, scripts, types) => {
    const agent = await lab.agent('showcase');
    const policy = `default-src 'none'; ${scripts.replace('HOST', lab.host)}; ${types}; connect-src ${lab.host}`;
    const { page } = await lab.visit(pageWith(loaderOf(agent)), { headers: { 'content-security-policy': policy } });
    await useAll(page);
    expect(await page.evaluate(() => window.violations)).toEqual([]);
  });

  test.each([
    ['nonces and strict-dynamic', "script-src 'nonce-abc' 'strict-dynamic'"],
    ['addresses beside a nonce', "script-src 'nonce-abc' HOST"],
  ])('the module, by %s', async (_, scripts) => {
    const policy = `default-src 'none'; ${scripts.replace('HOST', lab.host)}; ${TYPES}; connect-src ${lab.host}`;
    const { page } = await lab.visit(pageWith(moduleOf()), { headers: { 'content-security-policy': policy } });
    await useAll(page);
    expect(await page.evaluate(() => window.violations)).toEqual([]);
  });

  test('a list of Trusted Types without lit-html keeps the chat from being loaded, and the console says so', async () => {
    const agent = await lab.agent('showcase');
    const policy = `default-src 'none'; script-src 'nonce-abc' 'strict-dynamic'; connect-src ${lab.host}; ${TYPES}; trusted-types page`;
    const { page, errors } = await lab.visit(pageWith(loaderOf(agent)), {
      headers: { 'content-security-policy': policy },
      expected: /Content Security Policy|TrustedTypePolicy|could not be loaded|TypeError/,
    });
    await page.getByRole('button', { name: 'Open the chat' }).click();
    await expect.poll(() => errors.join()).toContain('[Clew] The chat could not be loaded.');
    expect(await page.evaluate(() => window.violations)).toContainEqual(
      expect.stringContaining('trusted-types trusted-types-policy lit-html'),
    );
  });
});
