import { inOrder, memoryOutbox, type Outbox, type Row } from './outbox.ts';

const STORE = 'rows';

/**
 * An outbox in IndexedDB that outlives its tab and is shared by all of an origin. Where the browser gives none (private windows, blocked storage, a
 * full disk), the messages are kept as long as the page is.
 */
export function indexedOutbox(name: string, factory: IDBFactory | undefined = indexedDbOfPage()): Outbox {
  if (!factory) return memoryOutbox();
  const memory = memoryOutbox();
  let opened: Promise<IDBDatabase | undefined> | undefined;

  const open = (): Promise<IDBDatabase | undefined> => {
    opened ??= openDatabase(factory, name, () => {
      opened = undefined;
    });
    return opened;
  };
  const within = async <T>(
    mode: IDBTransactionMode,
    act: (rows: IDBObjectStore) => IDBRequest<T>,
    instead: () => Promise<T>,
  ): Promise<T> => {
    const database = await open();
    if (!database) return instead();
    try {
      return await settled(act(database.transaction(STORE, mode).objectStore(STORE)));
    } catch (error) {
      console.warn('[Clew] Messages cannot be kept over a reload of the page.', error);
      return instead();
    }
  };

  return {
    async put(row) {
      await within<unknown>(
        'readwrite',
        (rows) => rows.put(row) as IDBRequest<unknown>,
        () => memory.put(row),
      );
    },
    async remove(key) {
      await memory.remove(key);
      await within(
        'readwrite',
        (rows) => rows.delete(key),
        async () => undefined,
      );
    },
    async rows() {
      const kept = await within<Row[]>(
        'readonly',
        (rows) => rows.getAll(),
        async () => [],
      );
      return inOrder([...kept, ...(await memory.rows())]);
    },
    close() {
      void opened?.then((database) => database?.close());
      opened = undefined;
    },
  };
}

function openDatabase(factory: IDBFactory, name: string, gone: () => void): Promise<IDBDatabase | undefined> {
  return new Promise((resolve) => {
    try {
      const request = factory.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
      request.onsuccess = () => {
        const database = request.result;
        // Whoever clears the site's data does not wait for us.
        database.onversionchange = () => {
          database.close();
          gone();
        };
        database.onclose = gone;
        resolve(database);
      };
      request.onerror = () => resolve(undefined);
      request.onblocked = () => resolve(undefined);
    } catch {
      resolve(undefined);
    }
  });
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Reading the property throws where storage is blocked. */
function indexedDbOfPage(): IDBFactory | undefined {
  try {
    return globalThis.indexedDB;
  } catch {
    return undefined;
  }
}
