import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { start } from './start.ts';

const server = await start(['--body-bytes', '1000000']);
const url = `${server.url}/api/v1`;

afterEach(() => server.calm());

async function send(path: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : new Blob([new Uint8Array(body)]),
  });
  const text = await response.text();
  expect(text).not.toMatch(/\bat .*\.(ts|js):\d+|node_modules|node:internal/);
  const { code, data } = JSON.parse(text) as { code?: string; data?: { code?: string } };
  return { status: response.status, code: data?.code ?? code };
}

const run = (more: string) => `{"agent_id":"echo","message":{"role":"user","content":"x"},${more}}`;
const acpRun = (more: string) => `{"agent_name":"echo","input":[{"parts":[{"content":"x"}]}],${more}}`;

describe.each([
  ['the Orchestrate chat API', '/api/v1/orchestrate/runs', run, 400, 415],
  ['ACP', '/runs', acpRun, 422, 422],
])('bodies of %s', (_, path, body, unreadable, unsupported) => {
  test.each([
    ['lists', '['],
    ['objects', '{"a":'],
  ])('a hundred thousand %s in each other', async (_kind, open) => {
    const deep = body(`"context":${open.repeat(100_000 / open.length)}`);
    expect(await send(path, deep)).toEqual({ status: unreadable, code: 'unreadable_json' });
  });

  test.each([
    ['a number beyond all others', `"context":{"n":1e999,"m":-1e999,"d":${'9'.repeat(5_000)}}`],
    ['many keys', `"context":{${Array.from({ length: 5_000 }, (_x, at) => `"k${at}":${at}`).join()}}`],
    ['the same key again and again', `"context":{${'"a":1,'.repeat(5_000)}"a":2}`],
    ['a long key', `"context":{"${'k'.repeat(50_000)}":1}`],
    [
      'names of prototypes',
      '"context":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,"hasOwnProperty":2,"valueOf":null}',
    ],
    ['names of prototypes around', '"__proto__":{"polluted":1},"constructor":1,"toString":"x","hasOwnProperty":[]'],
  ])('%s', async (_kind, more) => {
    const { status } = await send(path, body(more));
    expect([200, 202, 422]).toContain(status);
  });

  test.each([
    ['gzip', gzipSync(Buffer.alloc(50_000_000))],
    ['deflate', deflateSync(Buffer.alloc(50_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(5_000_000))],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(50_000_000)))],
  ])('a bomb packed by %s is not unpacked', async (encoding, packed) => {
    expect(packed.length).toBeLessThan(100_000);
    expect(await send(path, packed, { 'content-encoding': encoding })).toEqual({
      status: unsupported,
      code: 'unsupported_media_type',
    });
  });
});

test.each([
  ['a million delimiters', '--b\r\n'.repeat(1_000_000)],
  ['a part without an end of its head', `--b\r\n${'X-A: b\r\n'.repeat(100_000)}`],
  [
    'a thousand parts',
    `${'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nx\r\n'.repeat(1_000)}--b--\r\n`,
  ],
  [
    'a name without an end',
    `--b\r\nContent-Disposition: form-data; name="files"; filename="${'\\"'.repeat(7_000)}\r\n\r\nx\r\n--b--\r\n`,
  ],
])('a form of %s', async (_, form) => {
  const { status } = await send('/api/v1/orchestrate/upload-to-s3', form, {
    'content-type': 'multipart/form-data; boundary=b',
  });
  expect([200, 400, 413, 422]).toContain(status);
});

test('names of prototypes as ids, parameters and headers', async () => {
  for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'toString']) {
    for (const path of [
      `/threads/${name}`,
      `/orchestrate/runs/${name}`,
      `/orchestrate/agents?names=${name}`,
      `/threads?${name}=1&limit=${name}`,
    ]) {
      const response = await fetch(`${url}${path}`, { headers: { [name]: name, 'x-ibm-wo-orchestrate-id': name } });
      await response.text();
      expect(response.status, path).toBeLessThan(500);
    }
  }
});
