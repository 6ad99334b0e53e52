import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Uploads } from '../engine/index.ts';
import type { Attachments, FileStore, KnowledgeIndex, Store } from '../ports/index.ts';
import { createAttachments, createFileLinks, withFileLimits, withFiles } from '../storage/files/index.ts';
import type { FileDesk } from '../wires/orchestrate/index.ts';
import { REAL_CLOCK } from './clock.ts';
import { openFileStore } from './file-store.ts';
import type { Storage } from './storage.ts';

/** Uploaded files, wired to all who have to do with them. */
export interface Files {
  /** The store whose messages come with fresh addresses, and whose threads take their files along when they are deleted. */
  readonly store: Store;
  readonly desk: FileDesk;
  readonly attachments: Attachments;
  /** All files, whoever owns them. */
  readonly all: Pick<FileStore, 'list' | 'remove'>;
  /** Whether files can be stored: see `OpenedFileStore`. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the store of files that the configuration names, for these messages and documents. */
export function openFiles(
  config: Config,
  { store, knowledge }: Pick<Storage, 'store'> & { readonly knowledge: KnowledgeIndex },
  from: {
    readonly secret: Uint8Array;
    readonly publicUrl: () => string;
    readonly log: Logger;
    readonly uploads: Uploads;
  },
): Files {
  const { files: settings, limits } = config;
  const { files, check } = openFileStore(config, from.log);
  const { uploads } = from;
  const links = createFileLinks({ ...from, seconds: settings.linkSeconds });
  const now = () => REAL_CLOCK.now();
  return {
    store: withFileLimits(withFiles(store, { files, links, knowledge, clock: REAL_CLOCK }), {
      files,
      links,
      limits: uploads,
    }),
    attachments: createAttachments(files, links, REAL_CLOCK),
    all: files,
    check,
    desk: {
      mostFiles: limits.uploadFiles,
      ask: (scope, bytes) => uploads.ask(scope, bytes),
      async receive(scope, { name, bytes }) {
        const id = REAL_CLOCK.id();
        const stored = await uploads.count(scope, bytes, (counted) =>
          files.put(scope, { id, name, at: now(), bytes: counted }),
        );
        return { ...stored, url: links.sign(stored.id, now()) };
      },
      async discard(scope, stored) {
        const bytes = stored.reduce((sum, { size }) => sum + size, 0);
        await uploads.giveBack(scope, { files: stored.length, bytes });
        await files.remove(
          scope,
          stored.map(({ id }) => id),
        );
      },
      async find(id, query) {
        links.check(id, query, now());
        return files.find(id);
      },
      read: (id, range) => files.read(id, range),
    },
    close: () => files.close(),
  };
}

/** The largest form that is taken: all files of an upload, and some room for what stands around them. */
export function formBytes({ uploadBytes, uploadFiles }: Config['limits']): number {
  return uploadBytes * uploadFiles + 1_048_576;
}
