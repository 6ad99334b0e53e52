import type { Json, JsonObject, Message, Part, RunEvent } from '../../model/index.ts';
import { type FileLinks, type FileStore, type KnowledgeIndex, type Store, threadBase } from '../../ports/index.ts';

export interface WithFilesOptions {
  readonly files: FileStore;
  readonly links: FileLinks;
  readonly knowledge: KnowledgeIndex;
  readonly clock: { now(): number };
}

/** Messages of a thread are looked through in pieces of this many. */
const PAGE = 500;

/**
 * A store whose readers get fresh addresses of files, and that deletes a thread with the files of its person and what was indexed of them. What is stored
 * keeps the address that was good when it was written: that proves that whoever wrote it had been given it. The log under a lease and the turn stay as they
 * are, since a runtime that is entered again must find what it found.
 */
export function withFiles(store: Store, { files, links, knowledge, clock }: WithFilesOptions): Store {
  const renew = (at: number) => {
    const now = clock.now();
    return (url: string): string => {
      const id = links.idOf(url, at);
      return id === undefined ? url : links.sign(id, now);
    };
  };
  const freshMessage = (message: Message): Message => {
    if (message.parts.every(({ type }) => type === 'text')) return message;
    return { ...message, parts: changed(message.parts, renew(message.createdAt)) };
  };
  const freshEvent = (event: RunEvent): RunEvent => {
    if (event.type === 'message.completed')
      return { ...event, data: { ...event.data, message: freshMessage(event.data.message) } };
    if (event.type !== 'message.part') return event;
    const [value] = changed([event.data.value], renew(event.at)) as [typeof event.data.value];
    return value === event.data.value ? event : { ...event, data: { ...event.data, value } };
  };

  async function filesOf(...[scope, threadId]: Parameters<Store['deleteThread']>): Promise<string[]> {
    const ids = new Set<string>();
    for (let offset = 0; ; offset += PAGE) {
      const { items } = await store.listMessages(scope, threadId, { limit: PAGE, offset });
      for (const { role, parts, createdAt } of items) {
        if (role !== 'user') continue;
        changed(parts, (url) => {
          const id = links.idOf(url, createdAt);
          if (id !== undefined) ids.add(id);
          return url;
        });
      }
      if (items.length < PAGE) return [...ids];
    }
  }

  async function forget(threadId: string): Promise<void> {
    const base = threadBase(threadId);
    const paths = [...(await knowledge.known(base)).keys()];
    if (paths.length > 0) await knowledge.update(base, [], paths);
  }

  return {
    ...store,
    readEvents: async (...args) => (await store.readEvents(...args)).map(freshEvent),
    readMilestones: async (...args) => (await store.readMilestones(...args)).map(freshEvent),
    listMessages: async (...args) => {
      const page = await store.listMessages(...args);
      return { ...page, items: page.items.map(freshMessage) };
    },
    readMessage: async (...args) => freshMessage(await store.readMessage(...args)),
    findMessage: async (...args) => freshMessage(await store.findMessage(...args)),
    listRunMessages: async (...args) => (await store.listRunMessages(...args)).map(freshMessage),
    async updateMessage(scope, threadId, messageId, change) {
      // An address that has ended must not come to life in a message that is older than its end.
      const good = (url: string) =>
        links.idOf(url, 0) === undefined || links.idOf(url, change.at) ? url : withoutQuery(url);
      const parts = change.parts && { parts: changed(change.parts, good) };
      return freshMessage(await store.updateMessage(scope, threadId, messageId, { ...change, ...parts }));
    },
    async deleteThread(scope, threadId) {
      // The thread goes last: a deletion that broke off is asked for again.
      await files.remove(scope, await filesOf(scope, threadId));
      await forget(threadId);
      await store.deleteThread(scope, threadId);
      // A run may have read another file until it lost its lease.
      await forget(threadId);
    },
  };
}

/** The parts with their addresses changed; those in which nothing changes stay the same objects. */
function changed(parts: readonly Part[], change: (url: string) => string): Part[] {
  return parts.map((part) =>
    part.type === 'file' || part.type === 'item'
      ? (walk(part as unknown as JsonObject, change) as unknown as Part)
      : part,
  );
}

function walk(value: Json, change: (url: string) => string): Json {
  if (typeof value === 'string') return value.includes('/files/') ? change(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list = value.map((one) => walk(one, change));
    return list.some((one, at) => one !== value[at]) ? list : value;
  }
  let differs = false;
  const members: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value as JsonObject)) {
    members[name] = walk(member, change);
    if (members[name] !== member) differs = true;
  }
  return differs ? members : value;
}

function withoutQuery(url: string): string {
  return url.split('?')[0] as string;
}
