import { createTransport } from '@clew/wire/client';
import type { ChannelStateReply } from '@clew/wire/orchestrate';
import type { Connection } from './connect.ts';

/** The channels of a server, for its operator. */
export interface ChannelRegistry {
  list(): Promise<ChannelStateReply[]>;
  setPaused(name: string, paused: boolean): Promise<ChannelStateReply>;
}

/** The registry of the server that was connected to. Calls reject with `ApiError` when its operator is somebody else. */
export function channelRegistry({ url, token }: Connection): ChannelRegistry {
  const transport = createTransport({ baseUrl: url, ...(token === undefined ? {} : { token }) });
  const path = '/private/channels';
  return {
    list: async () => (await transport.json<{ channels: ChannelStateReply[] }>({ path })).channels,
    setPaused: (name, paused) =>
      transport.json({ method: 'POST', path: `${path}/${encodeURIComponent(name)}/${paused ? 'pause' : 'resume'}` }),
  };
}
