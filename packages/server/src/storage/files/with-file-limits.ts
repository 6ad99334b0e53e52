import type { Json, JsonObject, Part, Scope } from '../../model/index.ts';
import type { FileLinks, FileStore, Store } from '../../ports/index.ts';

/** How many files, and bytes of them, are sent with one message. */
export interface SentFiles {
  readonly files: number;
  readonly bytes: number;
}

/** What a thread may hold. */
export interface SentFileLimits {
  /** Rejects when the thread would hold too much with these. */
  admitSent(scope: Scope, threadId: string, sent: SentFiles): Promise<void>;
  takeBackSent(scope: Scope, threadId: string, sent: SentFiles): Promise<void>;
  forget(threadId: string): Promise<void>;
}

export interface WithFileLimitsOptions {
  readonly files: Pick<FileStore, 'find'>;
  readonly links: Pick<FileLinks, 'idOf'>;
  readonly limits: SentFileLimits;
}

/**
 * The store with a limit for the files of a thread: they are counted when a message with them is taken, since an upload knows of no thread. A file that is sent
 * with two messages counts twice.
 */
export function withFileLimits(store: Store, { files, links, limits }: WithFileLimitsOptions): Store {
  async function sentIn(messages: readonly { readonly parts: readonly Part[] }[], at: number): Promise<SentFiles> {
    const texts = messages.flatMap(({ parts }) => parts.flatMap(textsIn));
    // A part may name its file in several places.
    const ids = new Set(texts.flatMap((text) => links.idOf(text, at) ?? []));
    let bytes = 0;
    for (const id of ids) bytes += (await files.find(id).catch(gone)).size;
    return { files: ids.size, bytes };
  }

  /** Counts the files, does the work, and takes them back when the work was not done, or had been done before. */
  async function counted<T>(
    asked: { readonly scope: Scope; readonly threadId: string; readonly sent: SentFiles },
    work: () => Promise<T>,
    isNew: (result: T) => boolean,
  ): Promise<T> {
    const { scope, threadId, sent } = asked;
    await limits.admitSent(scope, threadId, sent);
    let taken = false;
    try {
      const result = await work();
      taken = isNew(result);
      return result;
    } finally {
      if (!taken) await limits.takeBackSent(scope, threadId, sent);
    }
  }

  return {
    ...store,
    async startRun(scope, command) {
      const { message, earlier, threadId, at } = command;
      const own = [...earlier.filter(({ role }) => role === 'user'), message];
      const sent = await sentIn(own, at);
      const work = () => store.startRun(scope, command);
      if (sent.files === 0) return work();
      // A message that was taken and is sent again because its answer was lost is no new one, however full the thread is by now.
      const known = command.once !== null && (await store.findMessage(scope, message.id).catch(() => undefined));
      if (known && known.threadId === threadId) return work();
      return counted({ scope, threadId, sent }, work, ({ created }) => created);
    },
    async answerRun(scope, runId, answer) {
      const sent = await sentIn([answer], answer.at);
      const work = () => store.answerRun(scope, runId, answer);
      if (sent.files === 0) return work();
      const { threadId } = await store.readRun(scope, runId);
      return counted({ scope, threadId, sent }, work, () => true);
    },
    async deleteThread(scope, threadId) {
      await store.deleteThread(scope, threadId);
      await limits.forget(threadId);
    },
    async removeThreads(threads, idle) {
      const removed = await store.removeThreads(threads, idle);
      // One that was passed over keeps its count; which one that was is not told.
      if (removed.counts.threads === threads.length)
        for (const { id, mayHaveFiles } of threads) if (mayHaveFiles) await limits.forget(id);
      return removed;
    },
  };
}

/** What is not there takes no room. */
function gone(error: unknown): { size: number } {
  if ((error as { code?: unknown }).code === 'file_not_found') return { size: 0 };
  throw error;
}

/** All texts of a part that may be addresses of files. */
function textsIn(part: Part): string[] {
  if (part.type !== 'file' && part.type !== 'item') return [];
  const found: string[] = [];
  const walk = (value: Json | undefined): void => {
    if (typeof value === 'string') found.push(value);
    else if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) Object.values(value as JsonObject).forEach(walk);
  };
  walk(part as unknown as JsonObject);
  return found.filter((text) => text.includes('/files/'));
}
