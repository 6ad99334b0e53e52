import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import {
  apply,
  failures,
  lineWith,
  world as make,
  type WorldOptions,
} from '../../../packages/server/test/cli/doctor/world.ts';

/** A world whose pages the doctor opens in a real browser, with the chat as it is built. */
async function world(options: WorldOptions = {}) {
  const it = await make({ ...options, cached: false });
  // Undefined: the browser of the machine.
  const lines = () => it.lines({ browser: undefined });
  return { it, lines };
}

const profiles = () => readdirSync(tmpdir()).filter((name) => name.startsWith('clew-doctor-'));
const OPENS = 'The chat opens and greets.';

describe('a page in a browser', () => {
  test('that is well is said to open, and the browser leaves nothing behind', async () => {
    const { lines } = await world();
    const before = profiles();
    const said = await lines();
    expect(said.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(said.at(-1)?.what).toBe(OPENS);
    expect(profiles()).toEqual(before);
  });

  test('sets the chat up while it runs, which reading it does not show', async () => {
    const { it, lines } = await world();
    const [first, ...rest] = it.configuration;
    it.html = () =>
      `<!doctype html><html><body><script>const given = { ${first}\n${rest.join('\n')} }; window.wxOConfiguration = Object.assign({}, given);\n${it.script.join('\n')}</script></body></html>`;
    expect(lineWith(await it.lines(), 'browser_missing').what).toContain('works window.wxOConfiguration out');
    const said = await lines();
    expect(failures(said)).toEqual([]);
    expect(said.at(-1)?.what).toBe(OPENS);
  });

  test.each([
    ['csp_script', "script-src 'unsafe-inline'; connect-src HOST"],
    ['csp_connect', "script-src 'unsafe-inline' HOST; connect-src 'self'"],
    ['csp_inline', 'script-src HOST; connect-src HOST'],
    [
      'csp_trusted_types',
      "script-src 'unsafe-inline' HOST; connect-src HOST; trusted-types mine; require-trusted-types-for 'script'",
    ],
  ] as const)('with a policy that refuses the chat: %s, and the printed one lets it in', async (code, policy) => {
    const { it, lines } = await world();
    if (code === 'csp_trusted_types')
      it.script[1] = `script.src = trustedTypes.createPolicy('mine', { createScriptURL: (url) => url }).createScriptURL('${it.host}/wxoLoader.js?embed=true');`;
    it.headers['content-security-policy'] = policy.replaceAll('HOST', it.host);
    const said = await lines();
    expect(failures(said)).toEqual([code]);
    await apply(lineWith(said, code), it);
    const after = await lines();
    expect(failures(after)).toEqual([]);
    expect(after.map(({ what }) => what)).toContain(OPENS);
  });

  test('whose origin the channel does not list', async () => {
    const { it, lines } = await world({ channel: { origins: ['https://www.example.com'] } });
    const said = await lines();
    expect(failures(said)).toEqual(['origin_refused']);
    await apply(lineWith(said, 'origin_refused'), it);
    expect((await lines()).at(-1)?.what).toBe(OPENS);
  });

  test('that gets an expired token from its site', async () => {
    const { it, lines } = await world({ channel: { modes: ['signed'], keys: ['site.pem'] } });
    const old = await it.sign({ exp: Math.floor(Date.now() / 1_000) - 3_600 });
    it.configuration.push(`identityTokenFunction: async () => '${old}',`);
    const said = await lines();
    expect(failures(said)).toEqual(['token_expired']);
    it.configuration.splice(-1, 1, `identityTokenFunction: async () => '${await it.sign({})}',`);
    const after = await lines();
    expect(failures(after)).toEqual([]);
    expect(after.map(({ what }) => what)).toEqual(expect.arrayContaining(['The server takes the token.', OPENS]));
  });

  test('whose tokens for others stay with them', async () => {
    const { it, lines } = await world({ channel: { modes: ['signed'], keys: ['site.pem'] } });
    it.script.unshift("fetch('/', { headers: { authorization: 'Bearer of-the-site-alone' } });");
    expect(failures(await lines())).toEqual(['token_missing']);
    expect(it.authorizations.filter((one) => one.includes('of-the-site-alone'))).toEqual([]);
  });

  test('with the chat as a module', async () => {
    const { it, lines } = await world();
    it.html = () =>
      `<!doctype html><html><body><script type="module">import { createChat } from '${it.host}/clew.js'; await createChat({ agent: 'echo' });</script></body></html>`;
    const said = await lines();
    expect(failures(said)).toEqual([]);
    expect(said.at(-1)?.what).toBe(OPENS);
  });

  test('that never gets as far as the chat', async () => {
    const { it, lines } = await world();
    it.script.unshift('if (!window.consent) throw new Error("no consent yet");');
    const said = await lines();
    expect(failures(said)).toEqual(['chat_missing']);
  });

  test('whose own scripts break the chat', async () => {
    const { it, lines } = await world();
    it.script.unshift("window.fetch = () => Promise.reject(new TypeError('not today'));");
    const said = await lines();
    expect(failures(said)).toEqual(['chat_failed']);
    expect(lineWith(said, 'chat_failed').what).toMatch(/The chat says: \w+/);
  });

  test('is read when the browser cannot be used', async () => {
    const { it } = await world();
    const said = await it.lines({ browser: process.execPath });
    expect(lineWith(said, 'browser_failed').what).toContain('could not be used');
    expect(failures(said)).toEqual([]);
  });
});
