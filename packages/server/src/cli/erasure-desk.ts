import { createTransport } from '@clew/wire/client';
import type { ErasureReceiptReply, ErasureReply } from '@clew/wire/orchestrate';
import type { Connection } from './connect.ts';

/** Whom a command is about. */
export interface Erased {
  readonly sub: string;
  readonly channel?: string;
}

/** Erasure of people on a server, for its operator. */
export interface ErasureDesk {
  measure(who: Erased): Promise<ErasureReply>;
  erase(who: Erased): Promise<ErasureReply>;
  receipts(): Promise<ErasureReceiptReply[]>;
}

/** The desk of the server that was connected to. Calls reject with `ApiError` when its operator is somebody else. */
export function erasureDesk({ url, token }: Connection): ErasureDesk {
  const transport = createTransport({ baseUrl: url, ...(token === undefined ? {} : { token }) });
  const path = '/private/erasures';
  return {
    measure: (who) => transport.json({ method: 'POST', path, body: { ...who, dry_run: true } }),
    erase: (who) => transport.json({ method: 'POST', path, body: who }),
    receipts: async () => (await transport.json<{ receipts: ErasureReceiptReply[] }>({ path })).receipts,
  };
}
