import type { Json, JsonObject, Message, Part, RunEvent, Scope } from '../../model/index.ts';
import {
  addHoldings,
  type FileLinks,
  type FileStore,
  type Holdings,
  type KnowledgeIndex,
  NO_HOLDINGS,
  type Person,
  type RemovableThread,
  type Store,
  threadBase,
} from '../../ports/index.ts';

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
      for (const { role, parts, steps, createdAt } of items) {
        for (const id of keptIn(steps)) ids.add(id);
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

  /** How many documents that were. */
  async function forget(threadId: string): Promise<number> {
    const base = threadBase(threadId);
    const paths = [...(await knowledge.known(base)).keys()];
    if (paths.length > 0) await knowledge.update(base, [], paths);
    return paths.length;
  }

  /** Files of a person that they uploaded as who they are, or as the visitor that they were before. How many those were. */
  async function removeFiles(person: Pick<Person, 'tenantId' | 'userId'>, ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    const { tenantId, userId } = person;
    const owners = new Set([userId, ...(await store.visitorsOf(person))]);
    let count = 0;
    for (const id of ids) {
      const file = await files.find(id).catch(() => undefined);
      if (!file || file.tenantId !== tenantId || !owners.has(file.userId)) continue;
      await files.remove(file, [id]);
      count += 1;
    }
    return count;
  }

  /** All files of a person, those too that stand in no message. */
  async function allFilesOf(person: Person): Promise<string[]> {
    const owners = new Set([person.userId, ...(await store.visitorsOf(person))]);
    const ids: string[] = [];
    for await (const { id, tenantId, userId } of files.list())
      if (tenantId === person.tenantId && owners.has(userId)) ids.push(id);
    return ids;
  }

  /** Files in the messages of a person's threads. */
  async function filesInThreads(person: Person): Promise<string[]> {
    const threads = await store.threadsOf(person, Number.MAX_SAFE_INTEGER);
    const found = threads
      .filter(({ mayHaveFiles }) => mayHaveFiles)
      .map((thread) => filesOf(ownerOf(thread), thread.id));
    return [...new Set((await Promise.all(found)).flat())];
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
      const { tenantId, userId } = await store.readThread(scope, threadId);
      await removeFiles({ tenantId, userId }, await filesOf(scope, threadId));
      await forget(threadId);
      await store.deleteThread(scope, threadId);
      // A run may have read another file until it lost its lease.
      await forget(threadId);
    },
    async measurePerson(person) {
      const ids = person.channel === undefined ? await allFilesOf(person) : await filesInThreads(person);
      return { ...(await store.measurePerson(person)), files: ids.length };
    },
    async removeThreads(threads, idle) {
      let counts: Holdings = NO_HOLDINGS;
      for (const thread of threads) {
        const ids = thread.mayHaveFiles ? await filesOf(ownerOf(thread), thread.id).catch(() => []) : [];
        counts = addHoldings(counts, { files: await removeFiles(thread, ids), documents: await forget(thread.id) });
      }
      const removed = await store.removeThreads(threads, idle);
      // A run may have read another file until it lost its lease.
      for (const { id } of threads) await forget(id);
      return { ...removed, counts: addHoldings(counts, removed.counts) };
    },
    async forgetPerson(person) {
      // Before the links to the visitors go, by which files are found.
      const files = person.channel === undefined ? await removeFiles(person, await allFilesOf(person)) : 0;
      return addHoldings(await store.forgetPerson(person), { files });
    },
  };
}

/** As whom the messages of a thread can be read. */
function ownerOf({ tenantId, userId }: RemovableThread): Scope {
  return { tenantId, userId, userName: '', audience: 'user' };
}

/** Files that tools gave back and that were stored for the person: `clew/files` in the results of calls. */
function keptIn(steps: Message['steps']): string[] {
  return steps.flatMap(({ output }) => {
    const meta = (output as { readonly _meta?: JsonObject } | null | undefined)?._meta;
    const kept = meta?.['clew/files'];
    return Array.isArray(kept) ? kept.flatMap((one) => (typeof one?.id === 'string' ? [one.id] : [])) : [];
  });
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
