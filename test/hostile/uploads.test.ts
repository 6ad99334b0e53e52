import { crc32, deflateRawSync, deflateSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { pdfBomb } from '../../packages/server/test/knowledge/pdf-file.ts';
import { start } from './start.ts';

const server = await start();
const url = `${server.url}/api/v1`;
const MIB = 1_048_576;

afterEach(() => server.calm());

/** Uploads a file, sends it to the agent that reads files, and gives its answer. While it reads, others are answered. */
async function ask(file: File): Promise<{ status: number; answer: string }> {
  const form = new FormData();
  form.append('files', file);
  const uploaded = await fetch(`${url}/orchestrate/upload-to-s3`, { method: 'POST', body: form });
  const files = (await uploaded.json()) as unknown;
  if (uploaded.status >= 400) return { status: uploaded.status, answer: JSON.stringify(files) };
  const running = fetch(`${url}/orchestrate/runs?stream=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      agent_id: 'reader',
      message: { role: 'user', content: 'What does it say?' },
      context: { data: [{ id: '1', response_type: 'file_download', files }], source: 'TOOL' },
    }),
  });
  let done = false;
  const answered = running
    .then((response) => response.text())
    .finally(() => {
      done = true;
    });
  let others = 0;
  while (!done) others += Number((await fetch(`${server.url}/health`)).ok);
  expect(others).toBeGreaterThan(0);
  return { status: uploaded.status, answer: await answered };
}

/** A zip file with one member that says what it likes about its size. */
function zip(name: string, content: Uint8Array, claimed = content.length): Uint8Array {
  const packed = deflateRawSync(content, { level: 9 });
  const head = Buffer.alloc(26);
  head.writeUInt16LE(20, 0);
  head.writeUInt16LE(8, 4);
  head.writeUInt32LE(crc32(content), 10);
  head.writeUInt32LE(packed.length, 14);
  head.writeUInt32LE(claimed, 18);
  head.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), head, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06'), end]);
}

/** A picture that says it is this large and holds next to nothing. */
function png(width: number, height: number): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6], 8);
  const pixels = deflateSync(Buffer.alloc(20 * MIB));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const DOCX = 'word/document.xml';
const file = (name: string, content: string | Uint8Array) => new File([new Uint8Array(Buffer.from(content))], name);

test.each<[string, () => File, RegExp]>([
  [
    'a PDF that unpacks to a gigabyte',
    () => file('bomb.pdf', pdfBomb(deflateSync(Buffer.alloc(1_000 * MIB, ' ')))),
    /too (much|long)/,
  ],
  [
    'a PDF packed twice',
    () => file('twice.pdf', pdfBomb(deflateSync(deflateSync(Buffer.alloc(400 * MIB, ' '))))),
    /PDF/,
  ],
  ['HTML nested without an end', () => file('deep.html', '<div>'.repeat(100_000)), /too (long|deeply)|broken/],
  ['Markdown nested without an end', () => file('deep.md', '>'.repeat(100_000)), /too (long|deeply)/],
  ['a zip bomb as a document', () => file('bomb.docx', zip(DOCX, Buffer.alloc(200 * MIB))), /docx/],
  ['a document that lies about its size', () => file('lie.docx', zip(DOCX, Buffer.alloc(MIB), 0xffff_ffff)), /docx/],
  ['a zip bomb', () => file('bomb.zip', zip('a', Buffer.alloc(200 * MIB))), /file_type_refused/],
  ['a picture of 65,535 by 65,535 pixels', () => file('large.png', png(65_535, 65_535)), /./],
  ['a picture larger than there are numbers', () => file('huge.png', png(0xffff_ffff, 0xffff_ffff)), /./],
  ['a picture that is a page', () => file('page.png', '<!doctype html><script>alert(1)</script>'), /./],
])(
  '%s',
  async (_, make, expected) => {
    const { status, answer } = await ask(make());
    expect(status).toBeLessThan(500);
    expect(answer).toMatch(expected);
    expect(answer).not.toMatch(/agent_failed|server_error|node_modules/);
  },
  120_000,
);
