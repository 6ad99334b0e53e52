import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { checkLoader } from '../../../src/cli/doctor/page/loader.ts';
import { sightOf } from '../../../src/cli/doctor/page/sight.ts';
import { checkVersion } from '../../../src/cli/doctor/page/version.ts';
import { CERTIFICATE } from '../../http/certificate.ts';
import { clew } from '../console.ts';
import { listen } from './front.ts';
import { apply, failures, lineWith, type World, world } from './world.ts';

const POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline'";

describe('the script in the page', () => {
  test.each([
    ['snippet_no_loader', (it: World) => it.script.splice(1, 1)],
    ['snippet_no_init', (it: World) => it.script.splice(2, 1)],
  ] as const)('%s is found, and gone after the printed fix', async (code, spoil) => {
    const it = await world();
    spoil(it);
    const lines = await it.lines();
    expect(failures(lines)).toEqual([code]);
    await apply(lineWith(lines, code), it);
    expect(failures(await it.lines())).toEqual([]);
  });

  test.each([
    ['snippet_missing', (it: World): unknown => (it.html = () => '<!doctype html><h1>A page</h1>')],
    ['snippet_malformed', (it: World): unknown => (it.configuration[1] = it.configuration[1]?.replace(',', '') ?? '')],
    ['key_missing', (it: World): unknown => it.configuration.shift()],
  ] as const)('%s is found, and gone with what `clew embed` prints', async (code, spoil) => {
    const it = await world();
    spoil(it);
    const lines = await it.lines();
    expect(failures(lines)).toEqual([code]);
    expect(lineWith(lines, code).fix).toContain('clew embed');
    const env = { CLEW_URL: it.host, CLEW_TOKEN: await it.server.operatorToken() };
    const { stdout } = await clew(['embed', '--agent', 'echo', '--host', it.host], { env, cwd: it.folder });
    it.html = () => `<!doctype html><html><body>${stdout}</body></html>`;
    expect(failures(await it.lines())).toEqual([]);
  });

  test('keys may be written in either case; what is misspelt is named with what was meant', async () => {
    const it = await world();
    it.configuration = it.configuration.map((line) =>
      line.replace('hostURL', 'hostUrl').replace('orchestrationID', 'orchestrationId'),
    );
    it.script[1] = "script.src = window.wxOConfiguration.hostUrl + '/wxochat/wxoLoader.js?embed=true';";
    expect((await it.lines()).filter(({ status }) => status !== 'ok')).toEqual([]);
    it.configuration.push("layuot: { form: 'float' },");
    const line = lineWith(await it.lines(), 'key_wrong');
    expect(line.fix).toContain('Did you mean layout?');
  });

  test('it may stand in a file, and be a module or an element', async () => {
    const it = await world();
    const code = `window.wxOConfiguration = {${it.configuration.join('')}};${it.script.join('')}`;
    const files = await listen((_, outgoing) =>
      outgoing.writeHead(200, { 'content-type': 'text/javascript' }).end(code),
    );
    it.html = () => `<!doctype html><script src="${files}/app.js"></script>`;
    expect(failures(await it.lines())).toEqual([]);
    it.html = () => `<!doctype html><clew-chat host="${it.host}" agent="echo"></clew-chat>`;
    expect(failures(await it.lines())).toEqual(['snippet_no_loader']);
  });

  test('it may stand in a frame of the page; a sandbox there is found, and gone with the printed one', async () => {
    const it = await world();
    const inner = it.html().replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    let sandbox = 'sandbox="allow-scripts"';
    it.html = () => `<!doctype html><iframe ${sandbox} srcdoc="${inner}"></iframe>`;
    const lines = await it.lines();
    expect(failures(lines)).toEqual(['sandboxed']);
    sandbox = String(lineWith(lines, 'sandboxed').change);
    expect(failures(await it.lines())).toEqual([]);
  });

  test('a frame of the page is named, for the chat may be in it', async () => {
    const it = await world();
    it.html = () => '<!doctype html><iframe src="https://chat.example.com/page"></iframe>';
    const lines = await it.lines();
    expect(lineWith(lines, 'in_frame').change).toBe('clew doctor https://chat.example.com/page');
  });
});

describe('the content security policy', () => {
  test.each([
    ['csp_script', `${POLICY}; connect-src *`],
    ['csp_connect', `${POLICY} HOST`],
    ['csp_inline', 'script-src HOST; connect-src HOST'],
    ['csp_trusted_types', "script-src 'unsafe-inline' HOST; connect-src HOST; trusted-types mine"],
    ['sandboxed', "script-src 'unsafe-inline' HOST; sandbox allow-scripts"],
  ] as const)('%s is found in a header, and gone with the printed one', async (code, policy) => {
    const it = await world();
    const host = it.host;
    if (code === 'csp_trusted_types') {
      it.script[1] = `script.src = trustedTypes.createPolicy('mine', { createScriptURL: (url) => url }).createScriptURL('${host}/wxoLoader.js?embed=true');`;
    }
    const requires = code === 'csp_trusted_types' ? "; require-trusted-types-for 'script'" : '';
    it.headers['content-security-policy'] = policy.replaceAll('HOST', host) + requires;
    const lines = await it.lines();
    expect(failures(lines)).toEqual([code]);
    await apply(lineWith(lines, code), it);
    expect(failures(await it.lines())).toEqual([]);
  });

  test('in a <meta>, all that is refused is mended by one printed policy', async () => {
    const it = await world();
    let meta = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'">`;
    const html = it.html();
    it.html = () => html.replace('<head>', `<head>${meta}`);
    const lines = await it.lines();
    expect(failures(lines)).toEqual(['csp_inline', 'csp_script', 'csp_connect']);
    meta = String(lineWith(lines, 'csp_script').change);
    expect(meta).toMatch(
      /^<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/,
    );
    expect(failures(await it.lines())).toEqual([]);
  });

  test('Trusted Types refuse an address that is a text; the printed tag is taken', async () => {
    const it = await world();
    it.headers['content-security-policy'] = "require-trusted-types-for 'script'";
    const lines = await it.lines();
    expect(failures(lines)).toEqual(['csp_trusted_types']);
    it.script.splice(0, 4, 'wxoLoader.init();');
    const html = it.html();
    it.html = () => html.replace('<script>', `${lineWith(lines, 'csp_trusted_types').change}<script>`);
    expect(failures(await it.lines())).toEqual([]);
  });
});

describe('the page', () => {
  test.each([
    ['page_refused', (it: World): unknown => (it.status = 404)],
    ['page_not_html', (it: World): unknown => (it.headers['content-type'] = 'text/plain')],
  ] as const)('%s is found', async (code, spoil) => {
    const it = await world();
    spoil(it);
    const lines = await it.lines();
    expect(failures(lines)).toEqual([code]);
    if (code === 'page_not_html') await apply(lineWith(lines, code), it);
    else it.status = 200;
    expect(failures(await it.lines())).toEqual([]);
  });

  test('page_certificate is told apart from a page that cannot be reached', async () => {
    const it = await world({ secure: true });
    expect(failures(await it.lines())).toEqual(['page_certificate']);
    const away = await clew(['doctor', 'http://127.0.0.1:1/', '--no-browser']);
    expect(away.code).toBe(1);
    expect(away.stdout).toContain('[page_unreachable]');
  });

  test('host_certificate is told of a server that cannot prove who it is', async () => {
    const it = await world();
    const other = await listen((_, outgoing) => outgoing.end(), { secure: true });
    it.configuration[1] = `hostURL: '${other}',`;
    expect(failures(await it.lines())).toEqual(['host_certificate']);
  });

  test('mixed_content is found on a page with https', async () => {
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, CERTIFICATE]);
    try {
      const it = await world({ secure: true });
      it.configuration[1] = `hostURL: 'http://named.example:1/',`;
      const lines = await it.lines();
      expect(failures(lines)).toEqual(['mixed_content', 'host_unreachable']);
      expect(lineWith(lines, 'mixed_content').change).toBe(`hostURL: 'https://named.example:1',`);
    } finally {
      setDefaultCACertificates(trusted);
    }
  });
});

test('host_local is told of a page that other people read', async () => {
  const sight = sightOf({ url: 'https://www.example.com/', html: '', header: '' });
  const host = 'http://localhost:1';
  const embedding = { host, agent: '', channel: undefined, token: undefined, worksTokenOut: false, inline: undefined };
  const loader = { url: `${host}/wxoLoader.js`, added: true };
  const { lines } = await checkLoader({ ...embedding, loader }, sight, Date.now);
  expect(failures(lines)).toEqual(['host_local', 'host_unreachable']);
});

test('HTTP/1.1 is told where other machines use it', async () => {
  const seen = (protocol: string) => ({
    ...sightOf({ url: 'https://www.example.com/', html: '', header: '' }),
    seen: { protocols: new Map([['https://chat.example.com', protocol]]) } as never,
  });
  expect((await checkVersion('https://chat.example.com', seen('http/1.1')))?.code).toBe('http_one');
  expect((await checkVersion('https://chat.example.com', seen('h2')))?.status).toBe('ok');
  expect((await checkVersion('http://127.0.0.1:4321', seen('http/1.1')))?.status).toBe('ok');
});
