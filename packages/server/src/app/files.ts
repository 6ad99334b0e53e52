import { dirname, join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Attachments, Store } from '../ports/index.ts';
import { createAttachments, createFileLinks, openDisk, withFiles } from '../storage/files/index.ts';
import type { FileDesk } from '../wires/orchestrate/index.ts';
import { REAL_CLOCK } from './clock.ts';
import type { Storage } from './storage.ts';

/** Uploaded files, wired to all who have to do with them. */
export interface Files {
  /** The store whose messages come with fresh addresses, and whose threads take their files along when they are deleted. */
  readonly store: Store;
  readonly desk: FileDesk;
  readonly attachments: Attachments;
  close(): Promise<void>;
}

/** Chooses where files are: in `files.folder`, else beside the database. */
export function openFiles(
  { files: settings, limits, storage: { file } }: Config,
  { store, knowledge }: Pick<Storage, 'store' | 'knowledge'>,
  from: { readonly secret: Uint8Array; readonly publicUrl: () => string },
): Files {
  const folder = settings.folder ?? (file === ':memory:' ? null : join(dirname(file), 'files'));
  const types = settings.types.split(/[,\s]+/).filter(Boolean);
  const rules = { bytes: limits.uploadBytes, spreadsheetBytes: limits.spreadsheetBytes, types };
  const files = openDisk({ folder, rules });
  const links = createFileLinks({ ...from, seconds: settings.linkSeconds });
  const now = () => REAL_CLOCK.now();
  return {
    store: withFiles(store, { files, links, knowledge, clock: REAL_CLOCK }),
    attachments: createAttachments(files, links),
    desk: {
      mostFiles: limits.uploadFiles,
      async receive(scope, { name, bytes }) {
        const stored = await files.put(scope, { id: REAL_CLOCK.id(), name, at: now(), bytes });
        return { ...stored, url: links.sign(stored.id, now()) };
      },
      discard: (scope, ids) => files.remove(scope, ids),
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
