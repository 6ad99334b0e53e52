import { AgentError, ClewError, ERRORS } from '../../model/index.ts';
import type { Attachments, Clock, FileLinks, FileStore } from '../../ports/index.ts';

/** The files of messages as runtimes read them. */
export function createAttachments(files: FileStore, links: FileLinks, clock: Pick<Clock, 'now' | 'id'>): Attachments {
  return {
    async keep(owner, { name, bytes }) {
      const at = clock.now();
      const file = await files.put(owner, { id: clock.id(), name, at, bytes: once(bytes) });
      return { file, url: links.sign(file.id, at) };
    },
    async find(url, at) {
      const id = links.idOf(url, at);
      if (id === undefined) return undefined;
      return files.find(id).catch((error: unknown) => {
        if (error instanceof ClewError && error.code === 'file_not_found') return undefined;
        throw failure(error);
      });
    },
    async read({ id }) {
      try {
        const pieces: Uint8Array[] = [];
        for await (const piece of files.read(id)) pieces.push(piece);
        return Buffer.concat(pieces);
      } catch (error) {
        throw failure(error);
      }
    },
  };
}

/** A run that cannot have its files for now fails and says so, rather than answer without them. */
function failure(error: unknown): unknown {
  if (!(error instanceof ClewError && error.code === 'file_store_unavailable')) return error;
  return new AgentError(error.code, ERRORS.file_store_unavailable);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
