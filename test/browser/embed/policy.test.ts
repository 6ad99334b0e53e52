import { describe, expect, test } from 'vitest';
import { openChat, pageWith, say, stage } from './site.ts';

const lab = stage();

/** The page writes its own script addresses through a policy, as it must where Trusted Types are required. */
const scriptOf = (nonce: string, agent: { id: string; tenantId: string }) => `<script nonce="${nonce}">
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI));
  window.wxOConfiguration = { orchestrationID: '${agent.tenantId}', hostURL: '${lab.host}', chatOptions: { agentId: '${agent.id}' } };
  const script = document.createElement('script');
  const policy = trustedTypes.createPolicy('page', { createScriptURL: (url) => url });
  script.src = policy.createScriptURL('${lab.host}/wxoLoader.js?embed=true');
  script.addEventListener('load', () => wxoLoader.init());
  document.head.appendChild(script);
</script>`;

describe('a strict content security policy', () => {
  test.each([
    ['nonces and strict-dynamic', "script-src 'nonce-abc' 'strict-dynamic'"],
    ['addresses', `script-src 'nonce-abc' HOST`],
  ])('with %s and Trusted Types is never violated', async (_, scripts) => {
    const policy = `default-src 'none'; ${scripts.replace('HOST', lab.host)}; style-src 'nonce-abc'; connect-src ${lab.host}; require-trusted-types-for 'script'`;
    const { page } = await lab.visit(pageWith(scriptOf('abc', await lab.agent('echo'))), {
      headers: { 'content-security-policy': policy },
    });
    await openChat(page);
    await say(page, '**bold** and `code` and\n\n| a | b |\n|---|---|\n| 1 | 2 |');
    await page.getByRole('table').last().waitFor();
    expect(await page.evaluate('violations')).toEqual([]);
  });
});
