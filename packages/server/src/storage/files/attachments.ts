import type { Attachments, FileLinks, FileStore } from '../../ports/index.ts';

/** The files of messages as runtimes read them. */
export function createAttachments(files: FileStore, links: FileLinks): Attachments {
  return {
    async find(url, at) {
      const id = links.idOf(url, at);
      return id === undefined ? undefined : files.find(id).catch(() => undefined);
    },
    async read({ id }) {
      const pieces: Uint8Array[] = [];
      for await (const piece of files.read(id)) pieces.push(piece);
      return Buffer.concat(pieces);
    },
  };
}
