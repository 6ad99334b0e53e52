import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readForm } from '../../src/http/form.ts';

const BODY = [
  '--edge\r\ncontent-disposition: form-data; name="text"\r\n\r\nhello\r\n',
  '--edge\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nline\r\n--edg\r\n\r\n--edge--\r\n',
].join('');

function incoming(pieces: readonly string[], headers: Record<string, string> = {}): IncomingMessage {
  const stream = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  return Object.assign(stream, {
    headers: { 'content-type': 'multipart/form-data; boundary=edge', ...headers },
    complete: true,
  }) as unknown as IncomingMessage;
}

async function read(pieces: readonly string[], { limit = 10_000, headers = {} } = {}): Promise<string[][]> {
  const parts: string[][] = [];
  for await (const { name, fileName, bytes } of readForm(incoming(pieces, headers), limit)) {
    const content: Uint8Array[] = [];
    for await (const piece of bytes) content.push(piece);
    parts.push([name, fileName ?? '-', Buffer.concat(content).toString()]);
  }
  return parts;
}

const file = (line: string, content = 'x') => `--edge\r\n${line}\r\n\r\n${content}\r\n--edge--`;
const named = async (name: string) =>
  (await read([file(`Content-Disposition: form-data; name="files"; ${name}`)]))[0]?.[1];

test('parts are the same wherever the network cuts the body', async () => {
  const whole = [
    ['text', '-', 'hello'],
    ['files', 'a.txt', 'line\r\n--edg\r\n'],
  ];
  expect(await read([BODY])).toEqual(whole);
  expect(await read([...BODY])).toEqual(whole);
  for (let at = 1; at < BODY.length; at += 1) expect(await read([BODY.slice(0, at), BODY.slice(at)])).toEqual(whole);
});

test('a part that nobody reads is passed over', async () => {
  const names: string[] = [];
  for await (const { name } of readForm(incoming([BODY]), 10_000)) names.push(name);
  expect(names).toEqual(['text', 'files']);
});

test('what stands before the first boundary and after the last is not looked at; an empty file is one', async () => {
  const line = 'Content-Disposition: form-data; name="files"; filename=""';
  expect(await read([`preamble\r\n${file(line, '')}\r\nepilogue`])).toEqual([['files', '', '']]);
  expect(await read(['--edge--\r\n'])).toEqual([]);
});

test('names come as browsers, Python and curl write them', async () => {
  expect(await named('filename="a %22b%22.txt"')).toBe('a "b".txt');
  expect(await named('filename="a \\"b\\".txt"')).toBe('a "b".txt');
  expect(await named("filename*=utf-8''na%C3%AFve.txt")).toBe('naïve.txt');
  expect(await named('filename="日本.txt"')).toBe('日本.txt');
  expect(await named('filename=bare.txt')).toBe('bare.txt');
  expect(await named('filename="../../etc/passwd"')).toBe('../../etc/passwd');
  expect(await named('filename*=utf-8\'\'%ZZ; filename="b.txt"')).toBe('b.txt');
});

test.each([
  ['ends in the middle', [BODY.slice(0, -10)]],
  ['ends in a head', ['--edge\r\ncontent-disposition: form-data; name="a"\r\n']],
  ['has nothing', ['']],
  ['has a head without end', [`--edge\r\n${'x'.repeat(20_000)}`, 'x'.repeat(20_000)]],
  ['has no boundary', ['y'.repeat(40_000)]],
  ['has a part without a name', [file('content-type: text/plain')]],
  ['has something behind a boundary', ['--edgewise\r\ncontent-disposition: form-data; name="a"\r\n\r\nx\r\n--edge--']],
  ['has too many parts', ['--edge\r\ncontent-disposition: form-data; name="a"\r\n\r\nx\r\n'.repeat(101)]],
])('a body that %s is refused', async (_, pieces) => {
  await expect(read(pieces, { limit: 1_000_000 })).rejects.toMatchObject({ code: 'unreadable_form' });
});

test('other types, encodings and sizes are refused', async () => {
  const code = (headers: Record<string, string>, limit?: number) =>
    read([BODY], { headers, ...(limit ? { limit } : {}) }).catch((error) => error.code);
  expect(await code({ 'content-type': 'application/json' })).toBe('unsupported_media_type');
  expect(await code({ 'content-encoding': 'gzip' })).toBe('unsupported_media_type');
  expect(await code({ 'content-type': 'multipart/form-data' })).toBe('unreadable_form');
  expect(await code({ 'content-length': '10001' })).toBe('too_large');
  expect(await code({}, 50)).toBe('too_large');
  expect(
    await read([BODY], { headers: { 'content-type': 'Multipart/Form-Data; charset=x; boundary="edge"' } }),
  ).toHaveLength(2);
});

test('a client that goes away in the middle is no malformed form', async () => {
  const gone = incoming([BODY.slice(0, 60)]);
  Object.assign(gone, { complete: false });
  const parts = readForm(gone, 10_000);
  await expect(parts.next().then(() => parts.next())).rejects.toMatchObject({ name: 'ClientGone' });
});
