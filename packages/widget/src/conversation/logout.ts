import { indexedOutbox } from '../outbox/indexed.ts';
import type { Outbox } from '../outbox/outbox.ts';

/** Tells all chats with one server, in every tab, that whoever spoke has left. */
export interface Farewell {
  tell(): void;
  close(): void;
}

/** `onLeave` is called when a chat of another tab, or another chat of this page, has told it. */
export function createFarewell(hostUrl: string, onLeave: () => void): Farewell {
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(`clew logout ${hostUrl}`) : undefined;
  if (channel) channel.onmessage = onLeave;
  return {
    tell: () => channel?.postMessage(null),
    close: () => channel?.close(),
  };
}

/** Takes what waits out of all outboxes for a server: it must not be sent in the name of the next one. */
export async function emptyOutboxes(outbox: Outbox, hostUrl: string): Promise<void> {
  await empty(outbox);
  try {
    for (const { name } of await indexedDB.databases()) {
      if (!name?.startsWith(`clew:${hostUrl}:`)) continue;
      const other = indexedOutbox(name);
      await empty(other);
      other.close();
    }
  } catch {
    // A browser without databases, or one that does not list them: then the outbox of this chat is the only one that is known.
  }
}

async function empty(outbox: Outbox): Promise<void> {
  for (const { key } of await outbox.rows()) await outbox.remove(key);
}
