import { openAsBlob } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClewError } from '../../model/index.ts';
import type { FileStore, NewFile, StoredFile } from '../../ports/index.ts';
import { type FileRules, takeIn } from './intake.ts';
import type { S3Access } from './s3-access.ts';
import { createS3Client, type S3Client } from './s3-client.ts';

export interface S3Options extends S3Access {
  /** Put before the id of each file, for instance `clew/`; empty for none. */
  readonly prefix: string;
  readonly rules: FileRules;
}

/** A file store that can say at the start whether it will work. */
export interface S3Store extends FileStore {
  /**
   * Writes a small object, which shows that key, bucket, region and permissions are right. Rejects with `file_store_unusable`, whose message says what to set, and with
   * `file_store_unavailable` when nobody answers.
   */
  check(): Promise<void>;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const PROBE = 'clew-start';

/**
 * Files in a bucket that speaks the S3 API: one object for each, `<prefix><id>`, with what is known of it in its metadata, so that a single request makes it there or
 * not. The bucket stays private: downloads go through the server, which alone says how a browser may show them.
 *
 * A file is written to the temporary folder first and sent from there, since S3 wants to know its length and hash before its first byte. So it is refused, or breaks
 * off, before the bucket hears of it, a request that failed can be made again, and no more than one piece is in memory. Rejected: multipart uploads, which hold five
 * MiB or more of every upload in memory and leave parts behind, invisible and paid for, when a process dies.
 */
export function openS3({ prefix, rules, ...access }: S3Options): S3Store {
  const client = createS3Client(access);
  const keyOf = (id: string): string => `${prefix}${id}`;
  let made: Promise<string> | undefined;
  const folder = (): Promise<string> => {
    made ??= mkdtemp(join(tmpdir(), 'clew-upload-')).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };

  async function find(id: string): Promise<StoredFile> {
    if (!UUID.test(id)) throw new ClewError('file_not_found');
    const { headers } = await client.send({ method: 'HEAD', key: keyOf(id) });
    return toFile(id, headers);
  }

  return {
    find,
    async put({ tenantId, userId }, { id, name, at, bytes }: NewFile) {
      const path = join(await folder(), id);
      try {
        const taken = await writeAll(path, { name, bytes }, rules);
        const stored: StoredFile = { id, tenantId, userId, ...taken, createdAt: at };
        await client.send({
          method: 'PUT',
          key: keyOf(id),
          headers: metadataOf(stored),
          sha256: stored.sha256,
          body: () => openAsBlob(path),
        });
        return stored;
      } finally {
        await rm(path, { force: true });
      }
    },
    async *read(id, range) {
      if (!UUID.test(id)) throw new ClewError('file_not_found');
      const part = range && { headers: { range: `bytes=${range.start}-${range.end}` } };
      const { body } = await client.send({ method: 'GET', key: keyOf(id), ...part });
      if (body) yield* body as unknown as AsyncIterable<Uint8Array>;
    },
    async remove({ tenantId, userId }, ids) {
      for (const id of ids) {
        const file = await find(id).catch((error: unknown) => {
          if (error instanceof ClewError && error.code === 'file_not_found') return undefined;
          throw error;
        });
        if (file?.tenantId === tenantId && file.userId === userId)
          await client.send({ method: 'DELETE', key: keyOf(id) });
      }
    },
    async *list() {
      for await (const id of idsIn(client, prefix)) {
        const file = await find(id).catch((error: unknown) => {
          if (error instanceof ClewError && error.code === 'file_not_found') return undefined;
          throw error;
        });
        if (file) yield file;
      }
    },
    async check() {
      await client.send({ method: 'PUT', key: keyOf(PROBE), body: async () => new Blob(['ok']) });
    },
    async close() {
      if (made) await rm(await made, { recursive: true, force: true });
    },
  };
}

/** Ids of the objects below a prefix, page by page. Whose they are stands in the metadata of each, which costs a request. */
async function* idsIn(client: S3Client, prefix: string): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const more: Record<string, string> = token === undefined ? {} : { 'continuation-token': token };
    const answer = await client.send({ method: 'GET', key: '', query: { 'list-type': '2', prefix, ...more } });
    const xml = await answer.text();
    for (const [, key = ''] of xml.matchAll(/<Key>([^<]*)<\/Key>/g)) {
      // Its end needs no decoding, whatever the prefix is.
      const id = key.slice(-36);
      if (UUID.test(id)) yield id;
    }
    token = /<NextContinuationToken>([^<]*)<\/NextContinuationToken>/.exec(xml)?.[1]?.replaceAll('&amp;', '&');
  } while (token !== undefined);
}

async function writeAll(path: string, file: Pick<NewFile, 'name' | 'bytes'>, rules: FileRules) {
  const handle = await open(path, 'wx', 0o600);
  try {
    return await takeIn(file, rules, (piece) => handle.writeFile(piece));
  } finally {
    await handle.close();
  }
}

/** S3 keeps 2 KiB of metadata, in ASCII: the longest name takes half of it. */
function metadataOf({ name, contentType, sha256, tenantId, userId, createdAt }: StoredFile): Record<string, string> {
  return {
    'content-type': contentType,
    'x-amz-meta-name': Buffer.from(name).toString('base64url'),
    'x-amz-meta-sha256': sha256,
    'x-amz-meta-tenant': tenantId,
    'x-amz-meta-user': userId,
    'x-amz-meta-created': String(createdAt),
  };
}

/** What somebody else put under the key, without our metadata, is no file of ours. */
function toFile(id: string, headers: Headers): StoredFile {
  const meta = (name: string): string => {
    const value = headers.get(`x-amz-meta-${name}`);
    if (value === null) throw new ClewError('file_not_found');
    return value;
  };
  return {
    id,
    tenantId: meta('tenant'),
    userId: meta('user'),
    name: Buffer.from(meta('name'), 'base64url').toString(),
    contentType: headers.get('content-type') ?? 'application/octet-stream',
    size: Number(headers.get('content-length')),
    sha256: meta('sha256'),
    createdAt: Number(meta('created')),
  };
}
