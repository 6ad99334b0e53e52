import { createHash, randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FileStore } from '../../packages/server/src/ports/index.ts';

/** What every store of files must take: at most 10,000 bytes (spreadsheets 1,000) of `image/*`, `text/*`, `application/pdf` and spreadsheets. */
export interface FileStoreKit {
  readonly name: string;
  open(): Promise<FileStore>;
}

export const anna = { tenantId: randomUUID(), userId: randomUUID() };
const bert = { ...anna, userId: randomUUID() };
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

async function* pieces(...all: readonly (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const one of all) yield Buffer.from(one as string);
}

export function fileSuite({ name, open }: FileStoreKit): void {
  describe(`FileStore on ${name}`, () => {
    const start = async () => {
      const files = await open();
      onTestFinished(() => files.close());
      const put = (fileName: string, ...content: readonly (string | Buffer)[]) =>
        files.put(anna, { id: randomUUID(), name: fileName, at: 5, bytes: pieces(...content) });
      const read = async (...asked: Parameters<FileStore['read']>) => {
        const found: Uint8Array[] = [];
        for await (const piece of files.read(...asked)) found.push(piece);
        return Buffer.concat(found).toString();
      };
      return { files, put, read };
    };

    test('gives back what was put, as a whole and in parts', async () => {
      const { files, put, read } = await start();
      const stored = await put('notes.md', '# He', 'llo\n');
      expect(stored).toMatchObject({ ...anna, name: 'notes.md', contentType: 'text/markdown', size: 8, createdAt: 5 });
      expect(stored.sha256).toBe(createHash('sha256').update('# Hello\n').digest('hex'));
      expect(await files.find(stored.id)).toEqual(stored);
      expect(await read(stored.id)).toBe('# Hello\n');
      expect(await read(stored.id, { start: 2, end: 4 })).toBe('Hel');
      const empty = await put('empty.txt');
      expect(empty.size).toBe(0);
      expect(await read(empty.id)).toBe('');
    });

    test('the same content twice is two files', async () => {
      const { files, put, read } = await start();
      const [one, two] = [await put('a.txt', 'same'), await put('b.txt', 'same')];
      expect(one.sha256).toBe(two.sha256);
      await files.remove(anna, [one.id]);
      expect(await read(two.id)).toBe('same');
    });

    test('says what a file is by its content', async () => {
      const { put } = await start();
      const type = async (fileName: string, content: string | Buffer) => (await put(fileName, content)).contentType;
      expect(await type('harmless.txt', PNG)).toBe('image/png');
      expect(await type('photo.png', '<!doctype html><script>alert(1)</script>')).toBe('text/html');
      expect(await type('photo.png', '<svg onload="alert(1)"/>')).toBe('image/svg+xml');
      expect(await type('photo.jpg', '<?xml version="1.0"?><svg/>')).toBe('image/svg+xml');
      expect(await type('table.csv', 'a,b\n1,2\n')).toBe('text/csv');
      expect(await type('a.pdf', '%PDF-1.7\n')).toBe('application/pdf');
      expect(await type('a.pdf', 'just words')).toBe('text/plain');
      expect(await type('guide.md', '<p align="center">Logo</p>\n\n# Guide')).toBe('text/markdown');
    });

    test('refuses types that are not allowed, and leaves nothing', async () => {
      const { put } = await start();
      const refused = { code: 'file_type_refused' };
      await expect(put('tool.png', '\x7fELF\x02\x01\x01\0\0\0')).rejects.toMatchObject(refused);
      await expect(put('tool.txt', Buffer.from([1, 2, 3, 0]))).rejects.toMatchObject(refused);
      await expect(put('a.zip', 'PK\x03\x04')).rejects.toMatchObject(refused);
    });

    test('stops at the limit, of spreadsheets at theirs, without reading on', async () => {
      const { files, put } = await start();
      await expect(put('a.txt', 'x'.repeat(10_000))).resolves.toMatchObject({ size: 10_000 });
      await expect(put('a.xlsx', 'PK\x03\x04', 'x'.repeat(2_000))).rejects.toMatchObject({ code: 'too_large' });
      let given = 0;
      async function* endless() {
        for (;;) {
          given += 1_000;
          yield Buffer.alloc(1_000, 'x');
        }
      }
      const id = randomUUID();
      await expect(files.put(anna, { id, name: 'a.txt', at: 1, bytes: endless() })).rejects.toMatchObject({
        code: 'too_large',
      });
      expect(given).toBe(11_000);
      await expect(files.find(id)).rejects.toMatchObject({ code: 'file_not_found' });
    });

    test('a file that breaks off is not there', async () => {
      const { files } = await start();
      const id = randomUUID();
      async function* broken() {
        yield Buffer.from('half');
        throw new Error('gone');
      }
      await expect(files.put(anna, { id, name: 'a.txt', at: 1, bytes: broken() })).rejects.toThrow('gone');
      await expect(files.find(id)).rejects.toMatchObject({ code: 'file_not_found' });
    });

    test('names are never paths and hide nothing', async () => {
      const { put } = await start();
      const cleaned = async (fileName: string) => (await put(fileName, 'x')).name;
      expect(await cleaned('../../etc/passwd')).toBe('passwd');
      expect(await cleaned('C:\\Users\\anna\\notes.txt')).toBe('notes.txt');
      expect(await cleaned('a\0b\r\nc.txt')).toBe('abc.txt');
      expect(await cleaned('photo\u202egpj.exe')).toBe('photogpj.exe');
      expect(await cleaned('..')).toBe('file');
      expect(await cleaned('')).toBe('file');
      expect(await cleaned(`${'long'.repeat(100)}.txt`)).toMatch(/^(long)+.*\.txt$/);
      expect((await cleaned(`${'long'.repeat(100)}.txt`)).length).toBe(255);
    });

    test('removes what belongs to the person, and nothing else', async () => {
      const { files, put, read } = await start();
      const { id } = await put('a.txt', 'x');
      await files.remove(bert, [id]);
      expect(await read(id)).toBe('x');
      await files.remove(anna, [id, randomUUID(), '../..']);
      await expect(files.find(id)).rejects.toMatchObject({ code: 'file_not_found' });
      await expect(read(id)).rejects.toMatchObject({ code: 'file_not_found' });
    });

    test('lists all files, whoever owns them', async () => {
      const { files, put } = await start();
      const listed = async () => {
        const found: string[] = [];
        for await (const file of files.list()) {
          expect(await files.find(file.id)).toEqual(file);
          found.push(file.id);
        }
        return found.sort();
      };
      // A bucket may have those of other tests.
      const before = await listed();
      const one = await put('a.txt', 'x');
      const other = await files.put(bert, { id: randomUUID(), name: 'b.txt', at: 5, bytes: pieces('y') });
      expect(await listed()).toEqual([...before, one.id, other.id].sort());
      await files.remove(anna, [one.id]);
      expect(await listed()).toEqual([...before, other.id].sort());
    });

    test.each(['../../etc/passwd', 'x', '..', '%2e%2e', ''])(
      'an id that is none (%j) is not looked for',
      async (id) => {
        const { files, read } = await start();
        await expect(files.find(id)).rejects.toMatchObject({ code: 'file_not_found' });
        await expect(read(id)).rejects.toMatchObject({ code: 'file_not_found' });
      },
    );
  });
}
