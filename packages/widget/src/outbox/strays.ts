import { ApiError, type Client } from '@clew/wire/client';
import type { Tabs } from '../tabs/tabs.ts';
import { inThread, type Outbox, type Row } from './outbox.ts';

interface Means {
  readonly outbox: Outbox;
  readonly client: Client;
  readonly tabs: Pick<Tabs<unknown>, 'alone'>;
  readonly signal: AbortSignal;
}

/** Sends what the outbox has for conversations that no tab shows any more: those of a tab that crashed or was closed offline. */
export async function sendStrays(
  { outbox, client, tabs, signal }: Means,
  isHere: (room: string) => boolean,
): Promise<void> {
  const rooms = new Set((await outbox.rows()).map(({ room }) => room));
  for (const room of rooms) {
    if (isHere(room)) continue;
    await tabs.alone(room, async () => {
      // Read again: whoever had the room before may have sent some.
      const rows = (await outbox.rows()).filter((row) => row.room === room);
      await sendRows(rows, { outbox, client, signal });
    });
  }
}

/** One after another: the first of a conversation without a thread makes one for the others. */
async function sendRows(rows: readonly Row[], { outbox, client, signal }: Omit<Means, 'tabs'>): Promise<void> {
  let threadId: string | undefined;
  for (const [place, row] of rows.entries()) {
    const { key, body } = threadId === undefined || row.body.thread_id ? row : inThread(row, threadId);
    try {
      const { content } = body.message;
      threadId = (await client.createRun({ content, messageId: key, more: body }, { signal })).thread_id;
      for (const later of rows.slice(place + 1)) if (!later.body.thread_id) await outbox.put(inThread(later, threadId));
    } catch (error) {
      if (!(error instanceof ApiError) || error.isTransient || error.status === 401) return;
      console.error('[Clew] A message that was waiting was refused.', error);
    }
    await outbox.remove(key);
  }
}
