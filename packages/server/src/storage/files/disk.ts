import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClewError } from '../../model/index.ts';
import type { FileStore, NewFile, StoredFile } from '../../ports/index.ts';
import { type FileRules, takeIn } from './intake.ts';

export interface DiskOptions {
  /** Absolute path of the folder, made when the first file comes; null: one that is removed at the end. */
  readonly folder: string | null;
  readonly rules: FileRules;
}

/** Where files are until they are whole. */
const INCOMING = 'incoming';
/** What was left there by a process that died goes after this long. */
const STALE_MS = 86_400_000;
const ABOUT = 'about.json';
/** A folder of files whose ids begin alike. */
const SHELF = /^[\da-f]{2}$/;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Files in a folder: each in one of its own (`ab/<id>/`), the content under its SHA-256 and beside it `about.json`. It is written in `incoming/` and moved as a
 * whole, so that a file is there or not. Several servers may share the folder. Rejected: one copy for equal contents, since then a deletion must know who
 * else has them, and two people can learn that they hold the same file.
 */
export function openDisk({ folder, rules }: DiskOptions): FileStore {
  let made: Promise<string> | undefined;
  const root = (): Promise<string> => {
    made ??= (folder === null ? mkdtemp(join(tmpdir(), 'clew-files-')) : makeFolder(folder)).catch((error: unknown) => {
      // Whoever comes next may find the disk mounted, or its permissions repaired.
      made = undefined;
      throw error;
    });
    return made;
  };
  const place = async (id: string): Promise<string> => join(await root(), id.slice(0, 2), id);

  async function find(id: string): Promise<StoredFile> {
    if (!UUID.test(id)) throw new ClewError('file_not_found');
    try {
      return JSON.parse(await readFile(join(await place(id), ABOUT), 'utf8')) as StoredFile;
    } catch (error) {
      throw missing(error);
    }
  }

  return {
    find,
    async put({ tenantId, userId }, { id, name, at, bytes }: NewFile) {
      const incoming = join(await root(), INCOMING, id);
      await mkdir(incoming, { recursive: true });
      try {
        const content = join(incoming, 'content');
        const taken = await writeAll(content, { name, bytes }, rules);
        const stored: StoredFile = { id, tenantId, userId, ...taken, createdAt: at };
        await rename(content, join(incoming, stored.sha256));
        await writeFile(join(incoming, ABOUT), JSON.stringify(stored), { flush: true });
        await mkdir(join(await root(), id.slice(0, 2)), { recursive: true });
        await rename(incoming, await place(id));
        return stored;
      } catch (error) {
        await rm(incoming, { recursive: true, force: true });
        throw error;
      }
    },
    async *read(id, range) {
      const { sha256 } = await find(id);
      try {
        yield* createReadStream(join(await place(id), sha256), range) as AsyncIterable<Uint8Array>;
      } catch (error) {
        throw missing(error);
      }
    },
    async remove({ tenantId, userId }, ids) {
      for (const id of ids) {
        const file = await find(id).catch(() => undefined);
        if (file?.tenantId === tenantId && file.userId === userId)
          await rm(await place(id), { recursive: true, force: true });
      }
    },
    async *list() {
      for (const shelf of await readdir(await root())) {
        if (!SHELF.test(shelf)) continue;
        for (const id of await readdir(join(await root(), shelf)).catch(() => [])) {
          // One that is removed meanwhile is no file any more.
          const file = await find(id).catch(() => undefined);
          if (file) yield file;
        }
      }
    },
    async close() {
      if (folder === null && made) await rm(await made, { recursive: true, force: true });
    },
  };
}

/** Writes what comes, and waits until the disk has it. */
async function writeAll(path: string, file: Pick<NewFile, 'name' | 'bytes'>, rules: FileRules) {
  const handle = await open(path, 'wx', 0o600);
  try {
    const taken = await takeIn(file, rules, (piece) => handle.writeFile(piece));
    await handle.sync();
    return taken;
  } finally {
    await handle.close();
  }
}

async function makeFolder(folder: string): Promise<string> {
  const incoming = join(folder, INCOMING);
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  for (const name of await readdir(incoming)) {
    const left = join(incoming, name);
    const { mtimeMs } = await stat(left).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < Date.now() - STALE_MS) await rm(left, { recursive: true, force: true });
  }
  return folder;
}

function missing(error: unknown): unknown {
  return (error as { code?: unknown }).code === 'ENOENT' ? new ClewError('file_not_found') : error;
}
