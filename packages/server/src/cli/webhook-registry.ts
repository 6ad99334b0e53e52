import { createTransport } from '@clew/wire/client';
import type { WebhooksReply, WebhookTestReply } from '@clew/wire/orchestrate';
import type { Connection } from './connect.ts';

/** The webhooks of a server, for its operator. */
export interface WebhookRegistry {
  list(limit: number): Promise<WebhooksReply>;
  /** These deliveries, or all that were given up. How many. */
  retry(ids: readonly string[]): Promise<number>;
  test(name: string): Promise<WebhookTestReply>;
}

/** The registry of the server that was connected to. Calls reject with `ApiError` when its operator is somebody else. */
export function webhookRegistry({ url, token }: Connection): WebhookRegistry {
  const transport = createTransport({ baseUrl: url, ...(token === undefined ? {} : { token }) });
  const path = '/private/webhooks';
  return {
    list: (limit) => transport.json({ path, query: { limit: String(limit) } }),
    async retry(ids) {
      const body = ids.length === 0 ? {} : { ids };
      return (await transport.json<{ retried: number }>({ method: 'POST', path: `${path}/retry`, body })).retried;
    },
    test: (name) => transport.json({ method: 'POST', path: `${path}/${encodeURIComponent(name)}/test` }),
  };
}
