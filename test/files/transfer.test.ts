import { existsSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Called, start } from './start.ts';

const server = await start({ limits: { uploadBytes: 100_000, spreadsheetBytes: 2_000, uploadFiles: 3 } });
afterAll(() => server.end());

const notes = new File(['# Notes\n\nThe code is 4711.\n'], 'notes.md');
const [png] = [Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')];

const one = async (file: File): Promise<string> => (await server.upload([file])).body[0].url;
const tokenOf = async (name: string): Promise<string> =>
  (await server.call('/auth/token', { method: 'POST', body: new URLSearchParams({ username: name, password: '-' }) }))
    .body.access_token;

test('an upload answers in the documented shape, under every spelling of the address', async () => {
  for (const path of [
    '/api/v1/orchestrate/upload-to-s3/',
    '/v1/orchestrate/upload-to-s3',
    '/mfe_home_archer/api/v1/orchestrate/upload-to-s3',
  ]) {
    const body = new FormData();
    body.append('text', 'what is this?');
    body.append(
      'fileMetaData',
      '[{"fileName":"notes.md","invalid":false,"id":"1","statusCode":200,"uploadStatus":"uploading","url":""}]',
    );
    body.append('files', notes);
    const { status, body: entries } = await server.call(`${server.url}${path}`, { method: 'POST', body });
    expect(status).toBe(200);
    expect(entries).toEqual([
      {
        fileName: 'notes.md',
        id: null,
        url: expect.stringMatching(new RegExp(`^${server.url}/files/[\\da-f-]{36}\\?exp=\\d+&sig=[\\w-]{43}$`)),
        errorBody: null,
        errorSubject: null,
        statusCode: 200,
        invalid: false,
        contentType: 'text/markdown',
        size: 27,
      },
    ]);
  }
});

test('the address gives the file back, without a token', async () => {
  const found = await server.call(await one(notes));
  expect([found.status, found.text]).toEqual([200, '# Notes\n\nThe code is 4711.\n']);
  expect(Object.fromEntries(found.headers)).toMatchObject({
    'content-type': 'text/markdown; charset=utf-8',
    'content-length': '27',
    'content-disposition': `attachment; filename="notes.md"; filename*=UTF-8''notes.md`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'accept-ranges': 'bytes',
  });
});

test('what a browser could run is only ever saved, whatever it is called', async () => {
  const shown = async (content: string | Buffer, name: string) => {
    const { headers } = await server.call(await one(new File([content as string], name, { type: 'image/png' })), {
      method: 'HEAD',
    });
    return [headers.get('content-type'), headers.get('content-disposition')?.split(';')[0]];
  };
  expect(await shown('<svg onload="alert(1)"/>', 'a.png')).toEqual(['image/svg+xml', 'attachment']);
  expect(await shown('<html><script>1</script>', 'a.png')).toEqual(['text/html; charset=utf-8', 'attachment']);
  expect(await shown(png as Buffer, 'page.html')).toEqual(['image/png', 'inline']);
  expect(await shown('%PDF-1.7\n', 'a.html')).toEqual(['application/pdf', 'inline']);
});

test('every address has a policy that runs no script', async () => {
  const policy = async (content: string, name: string) =>
    (await server.call(await one(new File([content], name)))).headers.get('content-security-policy');
  expect(await policy('<html>', 'a.html')).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox");
  expect(await policy('%PDF-1.7\n', 'a.pdf')).toBe("script-src 'none'; base-uri 'none'; form-action 'none'");
});

test('the description of the server says how to upload', async () => {
  const { paths } = (await server.call(`${server.url}/openapi.json`)).body;
  const { requestBody } = paths['/api/v1/orchestrate/upload-to-s3'].post;
  expect(requestBody.content['multipart/form-data'].schema.properties.files).toMatchObject({
    type: 'array',
    items: { type: 'string', format: 'binary' },
  });
  expect((await server.call(`${server.url}/docs`)).text).toContain('files=@FILE');
});

test('names cannot break out of the header', async () => {
  const { headers } = await server.call(await one(new File(['x'], 'a"; filename="b.html\n日本.txt')));
  expect(headers.get('content-disposition')).toBe(
    `attachment; filename="a_; filename=_b.html __.txt"; filename*=UTF-8''a%22%3B%20filename%3D%22b.html%20%E6%97%A5%E6%9C%AC.txt`,
  );
});

test('parts of a file are given to who asks for them', async () => {
  const url = await one(notes);
  const part = async (range: string, more: Record<string, string> = {}) => {
    const { status, text, headers } = await server.call(url, { headers: { range, ...more } });
    return [status, status === 416 ? '' : text, headers.get('content-range')];
  };
  expect(await part('bytes=2-6')).toEqual([206, 'Notes', 'bytes 2-6/27']);
  expect(await part('bytes=-6')).toEqual([206, '4711.\n', 'bytes 21-26/27']);
  expect(await part('bytes=25-99')).toEqual([206, '.\n', 'bytes 25-26/27']);
  expect(await part('bytes=27-')).toEqual([416, '', 'bytes */27']);
  expect(await part('bytes=-0')).toEqual([416, '', 'bytes */27']);
  for (const whole of ['bytes=0-1,3-4', 'lines=1-2', 'bytes=5-2', 'bytes=-']) expect((await part(whole))[0]).toBe(200);
  expect((await part('bytes=2-6', { 'if-range': '"other"' }))[0]).toBe(200);
  const tag = (await server.call(url)).headers.get('etag') as string;
  expect((await part('bytes=2-6', { 'if-range': tag }))[0]).toBe(206);
  expect((await server.call(url, { headers: { 'if-none-match': tag } })).status).toBe(304);
});

test('another address, another id or another time is refused', async () => {
  const [url, other] = [new URL(await one(notes)), new URL(await one(notes))];
  const refused = async (change: (address: URL) => void) => {
    const address = new URL(url);
    change(address);
    const { status, body } = await server.call(address.href);
    return [status, body.code];
  };
  const invalid = [403, 'file_link_invalid'];
  expect(await refused((a) => a.searchParams.set('exp', '99999999999'))).toEqual(invalid);
  expect(await refused((a) => a.searchParams.set('sig', 'x'.repeat(43)))).toEqual(invalid);
  expect(await refused((a) => a.searchParams.delete('sig'))).toEqual(invalid);
  expect(
    await refused((a) => {
      a.pathname = other.pathname;
    }),
  ).toEqual(invalid);
  expect(
    await refused((a) => {
      a.pathname = '/files/..%2f..%2fsecret';
    }),
  ).toEqual(invalid);
});

test('what is too large, of a wrong type or too much is refused alone; the others are there', async () => {
  const { status, body } = await server.upload([
    notes,
    new File(['x'.repeat(100_001)], 'large.txt'),
    new File(['MZ\0\0'], 'tool.exe'),
    new File(['x'], 'fourth.txt'),
  ]);
  expect(status).toBe(200);
  const row = ({ fileName, statusCode, errorSubject, invalid, url }: Called['body']) => [
    fileName,
    statusCode,
    errorSubject,
    invalid,
    url !== null,
  ];
  expect(body.map(row)).toEqual([
    ['notes.md', 200, null, false, true],
    ['large.txt', 413, 'too_large', true, false],
    ['tool.exe', 415, 'file_type_refused', true, false],
    ['fourth.txt', 413, 'too_large', true, false],
  ]);
});

test('an upload of which nothing is left says so by its status', async () => {
  const code = async (answer: Promise<Called>) => [(await answer).status, (await answer).body.code];
  expect(await code(server.upload([new File(['x'.repeat(100_001)], 'a.txt')]))).toEqual([413, 'too_large']);
  expect(await code(server.upload([new File(['PK\x03\x04', 'x'.repeat(3_000)], 'a.xlsx')]))).toEqual([
    413,
    'too_large',
  ]);
  expect(await code(server.upload([new File(['\x7fELF\0'], 'a.png')]))).toEqual([415, 'file_type_refused']);
  expect(await code(server.upload([]))).toEqual([422, 'invalid_request']);
  const post = (init: RequestInit) => code(server.call('/orchestrate/upload-to-s3', { method: 'POST', ...init }));
  expect(await post({ body: '{}', headers: { 'content-type': 'application/json' } })).toEqual([
    415,
    'unsupported_media_type',
  ]);
  const form = { 'content-type': 'multipart/form-data; boundary=x' };
  expect(await post({ body: '--x\r\nnonsense', headers: form })).toEqual([400, 'unreadable_form']);
  expect(await post({ body: 'x'.repeat(2_000_000), headers: form })).toEqual([413, 'too_large']);
});

test('a form that is far too large is refused without being read', async () => {
  const body = new Blob(['x'.repeat(60_000_000)]);
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const { status } = await server.call('/orchestrate/upload-to-s3', { method: 'POST', body, headers });
  expect(status).toBe(413);
});

test('a client that asks before it sends is told to go on, also beyond the size of other bodies', async () => {
  const text = `--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n${'x'.repeat(90_000)}\r\n--x--\r\n`;
  const status = await new Promise((resolve, reject) => {
    const asking = request(`${server.url}/api/v1/orchestrate/upload-to-s3`, {
      method: 'POST',
      headers: {
        expect: '100-continue',
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': String(text.length),
      },
    });
    asking.on('continue', () => asking.end(text)).on('response', (response) => resolve(response.statusCode));
    asking.on('error', reject).flushHeaders();
  });
  expect(status).toBe(200);
});

test('a client that goes away in the middle leaves nothing behind', async () => {
  const incoming = join(server.folder, '.clew', 'files', 'incoming');
  const sending = request(`${server.url}/api/v1/orchestrate/upload-to-s3`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '90000' },
  });
  sending.on('error', () => {});
  sending.write(`--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n${'x'.repeat(50_000)}`);
  await expect.poll(() => existsSync(incoming) && readdirSync(incoming).length).toBe(1);
  sending.destroy();
  await expect.poll(() => readdirSync(incoming).length).toBe(0);
});

test('messages come with fresh addresses on both wires; one that is not ours stays', async () => {
  const [file] = (await server.upload([notes])).body;
  const foreign = {
    fileName: 'b.txt',
    url: `https://example.com/files/${crypto.randomUUID()}?exp=1&sig=${'x'.repeat(43)}`,
  };
  const { threadId, messages } = await server.say('see', { agent: 'echo', files: [file, foreign] });
  const [asked] = messages;
  expect(asked.content.map((item: Called['body']) => item.response_type)).toEqual([
    'text',
    'file_download',
    'file_download',
  ]);
  const [shown] = asked.content[1].files;
  expect(shown.fileName).toBe('notes.md');
  expect((await server.call(shown.url)).text).toContain('4711');
  expect(asked.content[2].files[0].url).toBe(foreign.url);
  await expect
    .poll(async () => (await server.call(`/threads/${threadId}/messages`)).body[0].content[1].files[0].url)
    .not.toBe(shown.url);
  const session = (await server.call(`${server.url}/sessions/${threadId}`)).body;
  const [part] = (await server.call(session.history[0])).body.parts.filter(
    ({ content_url }: Called['body']) => content_url,
  );
  expect(part).toMatchObject({ name: 'notes.md', content_type: 'text/markdown' });
  expect((await server.call(part.content_url)).text).toContain('4711');
});

test('several files in the content of a message are a file each, for every agent and on both wires', async () => {
  const files = (await server.upload([notes, new File(['b'], 'b.txt')])).body;
  const { threadId } = await server.say([{ response_type: 'file_download', files }], { agent: 'echo' });
  const { history } = (await server.call(`${server.url}/sessions/${threadId}`)).body;
  const { parts } = (await server.call(history[0])).body;
  expect(parts.map(({ name }: Called['body']) => name)).toEqual(['notes.md', 'b.txt']);
});

test('who deletes a thread deletes its files, but not those of somebody else', async () => {
  const [anna, bert] = [await tokenOf('anna'), await tokenOf('bert')];
  const [file] = (await server.upload([notes], anna)).body;
  const shared = await server.say('look', { agent: 'echo', files: [file], token: bert });
  await server.call(`/threads/${shared.threadId}`, { method: 'DELETE', token: bert });
  expect((await server.call(file.url)).status).toBe(200);
  const own = await server.say('look', { agent: 'echo', files: [file], token: anna });
  await server.call(`/threads/${own.threadId}`, { method: 'DELETE', token: anna });
  expect((await server.call(file.url)).body).toMatchObject({ code: 'file_not_found' });
});
