import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { readVariable } from '../config/environment.ts';
import { ClewError } from '../model/index.ts';
import type { FileStore } from '../ports/index.ts';
import { type FileRules, openDisk, openS3, type S3Store } from '../storage/files/index.ts';

/** Where uploaded files are, as the configuration says. */
export interface OpenedFileStore {
  readonly files: FileStore;
  /**
   * Whether it will work, at the start. Rejects with `file_store_unusable` when a setting is wrong. A store that cannot be reached is waited for: the conversations do
   * without files until it is there, and the log says so.
   */
  check(): Promise<void>;
}

const TROUBLE = 'files can be neither stored nor read';

/** Opens the folder or the bucket. Nothing is asked of it yet. */
export function openFileStore({ files, limits, storage }: Config, log: Logger): OpenedFileStore {
  const types = files.types.split(/[,\s]+/).filter(Boolean);
  const rules: FileRules = { bytes: limits.uploadBytes, spreadsheetBytes: limits.spreadsheetBytes, types };
  if (files.store === 'disk') {
    const beside = storage.file === ':memory:' ? null : join(dirname(storage.file), 'files');
    return { files: openDisk({ folder: files.folder ?? beside, rules }), check: async () => {} };
  }
  const [accessKeyId, secretAccessKey] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].map(keyOf) as [string, string];
  const sessionToken = keyOf('AWS_SESSION_TOKEN') || undefined;
  const { bucket, region, endpoint, addressing, prefix } = files;
  const s3 = openS3({
    ...{ bucket: bucket ?? '', region, endpoint, addressing, prefix: prefix ?? '', rules },
    ...{ accessKeyId, secretAccessKey, sessionToken },
  });
  return {
    files: discreet(s3, log),
    async check() {
      if (accessKeyId === '' || secretAccessKey === '') {
        throw new ClewError(
          'file_store_unusable',
          'The file store has no key: `files.store` is `s3`, and AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not in the environment.',
        );
      }
      await s3.check().catch((error: unknown) => {
        if (!(error instanceof ClewError && error.code === 'file_store_unavailable')) throw error;
        log.warn({ err: error.cause ?? error }, `the file store cannot be reached: until it is, ${TROUBLE}`);
      });
    },
  };
}

function keyOf(name: string): string {
  return readVariable(name)?.trim() ?? '';
}

/** What is wrong with the settings is for whoever runs the server: others learn that there are no files for now. */
function discreet(s3: S3Store, log: Logger): FileStore {
  const tell = (error: unknown): unknown => {
    if (!(error instanceof ClewError)) return error;
    if (error.code === 'file_store_unavailable') log.warn({ err: error.cause ?? error }, TROUBLE);
    if (error.code !== 'file_store_unusable') return error;
    log.error({ err: error }, TROUBLE);
    return new ClewError('file_store_unavailable');
  };
  const telling =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      call(...args).catch((error: unknown) => {
        throw tell(error);
      });
  async function* tellingAll<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* items;
    } catch (error) {
      throw tell(error);
    }
  }
  return {
    put: telling(s3.put),
    find: telling(s3.find),
    remove: telling(s3.remove),
    read: (...args) => tellingAll(s3.read(...args)),
    list: () => tellingAll(s3.list()),
    close: () => s3.close(),
  };
}
