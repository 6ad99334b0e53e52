import { createTransport } from '@clew/wire/client';
import type { ApiKeyMade, ApiKeyReply, Security, SecurityRequest } from '@clew/wire/orchestrate';
import type { Connection } from '../connect.ts';

/** The keys that a server knows, for its operator. */
export interface KeyRegistry {
  security(channel: string): Promise<Security>;
  setSecurity(channel: string, change: SecurityRequest): Promise<Security>;
  /** A new key pair of the server; its public half, PEM. */
  makeServerKey(): Promise<string>;
  apiKeys(): Promise<ApiKeyReply[]>;
  makeApiKey(about: { role: string; name: string; channel?: string }): Promise<ApiKeyMade>;
  revokeApiKey(id: string): Promise<void>;
}

/** The registry of the server that was connected to. Calls reject with `ApiError` when its operator is somebody else. */
export function keyRegistry({ url, token }: Connection): KeyRegistry {
  const transport = createTransport({ baseUrl: url, ...(token === undefined ? {} : { token }) });
  const path = '/private/embed/config';
  return {
    security: (channel) => transport.json({ path, query: { channel } }),
    setSecurity: (channel, body) => transport.json({ method: 'POST', path, query: { channel }, body }),
    async makeServerKey() {
      const made = await transport.json<{ public_key: string }>({
        method: 'POST',
        path: '/private/embed/generate-key-pair',
      });
      return made.public_key;
    },
    apiKeys: async () => (await transport.json<{ keys: ApiKeyReply[] }>({ path: '/private/keys' })).keys,
    makeApiKey: (body) => transport.json({ method: 'POST', path: '/private/keys', body }),
    async revokeApiKey(id) {
      await transport.send({ method: 'DELETE', path: `/private/keys/${encodeURIComponent(id)}` });
    },
  };
}
