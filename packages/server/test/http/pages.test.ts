import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Page } from '../../src/http/index.ts';
import { endpoint, serve } from './kit.ts';

const page = (text: string): Page => ({ contentType: 'text/html; charset=utf-8', bytes: Buffer.from(text) });

test('pages are shown with a policy, and again only when they have changed', async () => {
  const pages = new Map([['/', page('<h1>Hello</h1>')]]);
  const { url } = await serve([], { pages });
  const first = await fetch(url);
  expect(await first.text()).toBe('<h1>Hello</h1>');
  expect(first.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(Object.fromEntries(first.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  const headers = { 'if-none-match': first.headers.get('etag') as string };
  expect((await fetch(url, { headers })).status).toBe(304);
  pages.set('/', page('<h1>Bye</h1>'));
  expect(await (await fetch(url, { headers })).text()).toBe('<h1>Bye</h1>');
  const posted = await fetch(url, { method: 'POST' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  expect((await fetch(`${url}/../etc/passwd`)).status).toBe(404);
});

test('scripts of the widget go to any origin, compressed as the client takes it, and are kept when their name has a hash', async () => {
  const script = Buffer.from('export const one = 1;');
  const compressed = { br: brotliCompressSync(script), gzip: gzipSync(script) };
  const shared: Page = { contentType: 'text/javascript; charset=utf-8', bytes: script, compressed, shared: true };
  const pages = new Map([
    ['/clew.js', shared],
    ['/clew/chat-AB12CD34.js', { ...shared, immutable: true }],
  ]);
  const { url } = await serve([], { pages });
  const get = (path: string, encodings: string) => fetch(url + path, { headers: { 'accept-encoding': encodings } });

  for (const [asked, given] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['identity', null],
    ['brotli', null],
  ] as const) {
    const reply = await get('/clew.js', asked);
    expect([asked, reply.headers.get('content-encoding'), await reply.text()]).toEqual([asked, given, String(script)]);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'Accept-Encoding',
      'cache-control': 'no-cache',
    });
    const headers = { 'if-none-match': reply.headers.get('etag') as string, 'accept-encoding': asked };
    expect((await fetch(`${url}/clew.js`, { headers })).status).toBe(304);
  }
  const hashed = await get('/clew/chat-AB12CD34.js', 'br');
  expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
});

test('/health tells the version, and when the store does not work', async () => {
  let works = true;
  const check = () => (works ? Promise.resolve() : Promise.reject(new Error('locked')));
  const { url } = await serve([], { check });
  const up = await fetch(`${url}/health`);
  expect([up.status, await up.json()]).toEqual([200, { status: 'ok', version: '1.2.3' }]);
  works = false;
  const down = await fetch(`${url}/health`);
  expect([down.status, await down.json()]).toEqual([503, { status: 'unavailable', version: '1.2.3' }]);
});

interface Node {
  id: string;
  children?: Node[];
}
const node: z.ZodType<Node> = z.object({
  id: z.uuid().describe('Its `id`.'),
  children: z.lazy(() => node.array()).optional(),
});
const content = z.union([z.string(), z.array(z.object({ text: z.string() }))]).meta({ id: 'Content' });
const described = endpoint('POST', '/api/{thread_id}/runs', () => ({ status: 201 }), {
  aliases: ['/v1/{thread_id}/runs'],
  summary: 'Starts a <run>',
  schemas: {
    query: z.object({ stream: z.stringbool().default(false), limit: z.coerce.number().describe('At most') }),
    body: z.looseObject({
      message: z.object({ role: z.enum(['user', 'human']), content }),
      agent_id: z.uuid().nullish(),
    }),
    reply: node,
    status: 201,
  },
});

test('/openapi.json describes the endpoints from their schemas', async () => {
  const { url } = await serve([described]);
  // biome-ignore lint/suspicious/noExplicitAny: the document is compared member by member below
  const api = (await (await fetch(`${url}/openapi.json`)).json()) as any;
  expect(api.openapi).toBe('3.1.0');
  expect(api.servers).toEqual([{ url }]);
  expect(Object.keys(api.paths)).toEqual([
    '/api/{thread_id}/runs',
    '/health',
    '/health/alive',
    '/health/stream',
    '/openapi.json',
    '/orchestrate/openapi.json',
  ]);
  const run = api.paths['/api/{thread_id}/runs'].post;
  expect(run).toMatchObject({
    operationId: 'orchestrate_post_api_thread_id_runs',
    'x-aliases': ['/v1/{thread_id}/runs'],
  });
  expect(run.parameters).toMatchObject([
    { name: 'thread_id', in: 'path', required: true },
    { name: 'stream', in: 'query', required: false },
    { name: 'limit', in: 'query', required: true, description: 'At most' },
  ]);
  const body = run.requestBody.content['application/json'].schema;
  expect(body.properties.message.properties.content).toEqual({ $ref: '#/components/schemas/ContentInput' });
  expect(Object.keys(run.responses)).toEqual(['201', 'default']);
  expect(api['x-errors'].find((row: { code: string }) => row.code === 'too_large').statuses).toEqual({
    orchestrate: 413,
    operations: 413,
  });

  const refs = [...JSON.stringify(api).matchAll(/"\$ref":"#\/components\/(schemas|responses)\/([^"]+)"/g)];
  expect(refs.length).toBeGreaterThan(3);
  for (const [, kind, name] of refs) expect(Object.keys(api.components[kind as string])).toContain(name);
  expect(JSON.stringify(api)).not.toContain('#/$defs');
  expect(JSON.stringify(api)).not.toContain('"$ref":"#"');
});

test('/docs shows it to people and loads nothing', async () => {
  const { url } = await serve([described]);
  const reply = await fetch(`${url}/docs`);
  const text = await reply.text();
  expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(reply.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(text).toContain('Starts a &#60;run&#62;');
  expect(text).toContain('thread_id');
  expect(text).toContain(`curl &#39;${url}/api/THREAD_ID/runs?limit=1&#39;`);
  expect(text).toContain('Its <code>id</code>.');
  expect(text).toContain('cursor_unknown');
  expect(text).not.toMatch(/<script|<link|@import|url\(/);
});
