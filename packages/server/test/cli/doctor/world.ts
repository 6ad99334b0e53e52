import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { type ClewServer, createServer } from '../../../src/app/index.ts';
import type { FindingCode, Line } from '../../../src/cli/doctor/finding.ts';
import { type DiagnoseOptions, diagnose } from '../../../src/cli/doctor/page/diagnose.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { agentFile, folderOf } from '../project.ts';
import { listen, proxyTo } from './front.ts';

type Settings = Record<string, unknown>;

/** Somebody's site with the chat of a Clew server behind a proxy: all of it real, and all of it can be changed in the middle of a test. */
export interface World {
  /** Address of the page. */
  readonly page: string;
  /** Address of the server as readers reach it: the proxy. */
  readonly host: string;
  /** Folder of the server's project. */
  readonly folder: string;
  /** `Authorization` of all requests that the proxy got. */
  readonly authorizations: string[];
  /** Lines of the proxy. */
  proxy: string[];
  /** Headers of the page. */
  headers: Record<string, string>;
  /** The page as it is sent. */
  html: () => string;
  /** Status of the page. */
  status: number;
  /** Members of `window.wxOConfiguration`, as JavaScript. */
  configuration: string[];
  /** What comes after the configuration. */
  readonly script: string[];
  /** Changes the settings of the server and starts it again. */
  settle(change: (settings: Settings) => void): Promise<void>;
  readonly server: ClewServer;
  readonly site: { readonly publicKey: string; readonly privateKey: KeyObject };
  sign(claims: Record<string, unknown>, key?: KeyObject | Uint8Array, alg?: string): Promise<string>;
  token: string | undefined;
  /** What the doctor says of the page. */
  lines(options?: Partial<DiagnoseOptions>): Promise<Line[]>;
}

export interface WorldOptions {
  /** `channels` of the settings; SITE stands for the origin of the page. Default: anonymous visitors from the page. */
  readonly channel?: Settings;
  /** Whether the page is on https. Default false. */
  readonly secure?: boolean;
  /** Answer the address of the script from the proxy, as a cache does. Default true: the build may not be there. */
  readonly cached?: boolean;
}

export async function world({ channel = {}, secure = false, cached = true }: WorldOptions = {}): Promise<World> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  let upstream = '';
  const behind = proxyTo(
    () => upstream,
    () => it.proxy,
  );
  const authorizations: string[] = [];
  const host = await listen((incoming, outgoing) => {
    if (incoming.headers.authorization) authorizations.push(incoming.headers.authorization);
    if (cached && /^\/(wxochat\/)?wxoLoader\.js/.test(incoming.url ?? '')) {
      outgoing.writeHead(200, {
        'content-type': 'text/javascript',
        'access-control-allow-origin': '*',
        ...dateOf(it.proxy),
      });
      outgoing.end('window.wxoLoader = { init() {} };');
    } else behind(incoming, outgoing);
  });
  const site = await listen(
    (incoming, outgoing) => {
      const there = incoming.url === '/';
      outgoing.writeHead(there ? it.status : 404, { 'content-type': 'text/html; charset=utf-8', ...it.headers });
      outgoing.end(there ? it.html() : '');
    },
    { secure },
  );
  const settings: Settings = {
    server: { publicUrl: host },
    channels: { shop: { modes: ['anonymous'], origins: [site], ...channel } },
  };
  const folder = folderOf({ 'agents/echo.yaml': agentFile('echo'), 'site.pem': pem });
  let server: ClewServer | undefined;
  const begin = async () => {
    writeFileSync(join(folder, 'clew.config.yaml'), stringify(settings));
    const flags = { port: '0', graceMs: '0', logLevel: 'silent' };
    server = await createServer(loadConfig({ project: folder, flags, terminal: false }));
    const { port } = await server.start();
    upstream = `http://127.0.0.1:${port}`;
  };
  onTestFinished(async () => server?.close());

  const it: World = {
    page: `${site}/`,
    host,
    folder,
    authorizations,
    proxy: [],
    headers: {},
    status: 200,
    configuration: [],
    script: [
      "const script = document.createElement('script');",
      "script.src = window.wxOConfiguration.hostURL + '/wxoLoader.js?embed=true';",
      "script.addEventListener('load', function () { wxoLoader.init(); });",
      'document.head.appendChild(script);',
    ],
    html: () =>
      `<!doctype html><html><head><title>A page</title></head><body><div id="root"></div><script>\nwindow.wxOConfiguration = {\n${it.configuration.join('\n')}\n};\n${it.script.join('\n')}\n</script></body></html>`,
    async settle(change) {
      change(settings);
      await server?.close();
      await begin();
    },
    get server() {
      return server as ClewServer;
    },
    site: { publicKey: pem, privateKey },
    sign: (claims, key = privateKey, alg = 'ES256') =>
      new SignJWT({ sub: 'ana', exp: Math.floor(Date.now() / 1_000) + 900, ...claims })
        .setProtectedHeader({ alg })
        .sign(key),
    token: undefined,
    async lines(options = {}) {
      const lines: Line[] = [];
      const pace = { chunks: 4, everyMs: 20 };
      for await (const line of diagnose(it.page, { now: Date.now, browser: null, pace, token: it.token, ...options }))
        lines.push(line);
      return lines;
    },
  };
  await begin();
  it.configuration = [`orchestrationID: 'shop',`, `hostURL: '${host}',`, `chatOptions: { agentId: 'echo' },`];
  return it;
}

/** The codes of what is wrong, without what may be meant. */
export function failures(lines: readonly Line[]): FindingCode[] {
  return lines.flatMap(({ status, code }) => (status === 'fail' && code ? [code] : []));
}

/** The line with this code. Throws what there is when there is none. */
export function lineWith(lines: readonly Line[], code: FindingCode): Line {
  const line = lines.find((one) => one.code === code);
  if (line) return line;
  throw new Error(
    `There is no ${code} among:\n${lines.map(({ status, code: other, what }) => `${status} ${other ?? ''} ${what}`).join('\n')}`,
  );
}

/** Does to the world what a finding says, in the way that a person would: a header, a line of the proxy, a piece of the settings or of the page. */
export async function apply({ change }: Line, it: World): Promise<void> {
  if (change === null) throw new Error('The finding has nothing to apply.');
  const header = /^([\w-]+): (.*)$/.exec(change);
  if (/^channels:\n/.test(change)) return it.settle((settings) => merge(settings, parse(change)));
  if (header && /^Content-/.test(change)) it.headers[String(header[1]).toLowerCase()] = String(header[2]);
  else if (/^(proxy_pass_header|add_header) /.test(change)) {
    const name = change.split(/[\s;]+/)[1];
    it.proxy = it.proxy.filter((line) => line.split(/[\s;]+/)[1] !== name);
  } else if (/^(proxy_|limit_)/.test(change)) {
    const directive = change.split(/\s+/)[0];
    it.proxy = [...it.proxy.filter((line) => line.split(/\s+/)[0] !== directive), change];
  } else if (/^\w+: .*,$/s.test(change)) {
    const key = change.split(':')[0];
    it.configuration = [...it.configuration.filter((line) => line.split(':')[0] !== key), change];
  } else if (/^script\./.test(change)) it.script.splice(1, 0, change);
  else throw new Error(`Nobody knows how to apply: ${change}`);
}

function merge(into: Settings, from: Settings): void {
  for (const [key, value] of Object.entries(from)) {
    const before = into[key];
    if (Array.isArray(value)) into[key] = [...new Set([...(Array.isArray(before) ? before : []), ...value])];
    else if (typeof value === 'object' && value !== null) {
      into[key] ??= {};
      merge(into[key] as Settings, value as Settings);
    } else into[key] = value;
  }
}

/** A proxy whose clock is wrong stamps everything with it. */
function dateOf(lines: readonly string[]): Record<string, string> {
  const line = lines.find((one) => one.startsWith('add_header Date '));
  return line ? { date: line.replace(/^add_header Date "|";$/g, '') } : {};
}
